"""The exercises of notebook 05: right ways, wrong ones, and what is said of them."""

import cv2
import numpy as np
import pytest
from sklearn.cluster import KMeans

from vqlib import Codebook, design, image, measure
from vqlib.exercises.checking import judge, part_of
from vqlib.exercises.dither_trial import FAULTS as DITHER_FAULTS
from vqlib.exercises.dither_trial import TRIALS, Way, diffused, hint_for
from vqlib.exercises.median_cut_trial import CROWD, palette_of
from vqlib.exercises.median_cut_trial import FAULTS as CUT_FAULTS
from vqlib.exercises.median_cut_trial import TRIALS as CUT_TRIALS
from vqlib.exercises.median_cut_trial import Way as CutWay


def said(name, what, answer):
    return judge(name, part_of(name, what), answer)


@pytest.fixture(scope="module")
def china():
    return image.sample("china", colour=True)


@pytest.fixture(scope="module")
def coffee():
    return image.sample("coffee", colour=True)


# --- 05.1 ----------------------------------------------------------------------------------------

OWN = "the PSNR with its own colours"


@pytest.mark.parametrize("seed", range(3))
def test_any_start_gives_the_psnr_and_the_loss(seed, china, coffee):
    own = image.quantize_image(coffee, 4, seed=seed).psnr
    palette = image.quantize_image(china, 4, seed=seed).codebook
    assert said("05.1", OWN, own).right
    assert said("05.1", "the loss", own - image.encode_image(coffee, palette).psnr).right


def test_a_palette_by_another_library_gives_the_psnr(coffee):
    colours, counts = np.unique(coffee.reshape(-1, 3), axis=0, return_counts=True)
    means = KMeans(16, n_init=1, random_state=5).fit(colours.astype(float), sample_weight=counts)
    shown = image.encode_image(coffee, Codebook(means.cluster_centers_))
    for psnr in (shown.psnr, [shown.psnr], np.array([shown.psnr]), np.float32(shown.psnr)):
        assert said("05.1", OWN, psnr).right


def test_what_is_accepted_ends_beyond_the_tolerance(coffee):
    psnr = image.quantize_image(coffee, 4).psnr
    assert all(said("05.1", OWN, psnr + error).right for error in (-0.29, 0.29))
    assert not any(said("05.1", OWN, psnr + error).right for error in (-0.46, 0.46))


def test_the_bytes_are_exact(coffee):
    stored = image.quantize_image(coffee, 4).stored_bytes
    assert said("05.1", "the bytes", stored).right
    assert said("05.1", "the bytes", stored + 1).words == (
        "Count the bits of all indices, then the palette."
    )
    assert said("05.1", "the bytes", stored - 48).words == "The palette has to be stored too."


@pytest.mark.parametrize("guess", [0, 3.5, "7", np.array([4])])
def test_any_guess_will_do(guess):
    assert said("05.1", "your guess", guess).right


# --- 05.2 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_lists_of_levels_by_any_way_give_gain_and_colours(seed, china):
    components = china.reshape(-1, 3).T
    lists = [design.lloyd(values[:, None].astype(float), 4, seed=seed) for values in components]
    combined = image.encode_image(china, design.product(*lists))
    gain = image.quantize_image(china, 6, seed=seed).psnr - combined.psnr
    assert said("05.2", "the gain", gain).right
    assert said("05.2", "the colours used", len(np.unique(combined.indices))).right


def test_colours_that_are_not_used_are_not_the_colours_used():
    assert said("05.2", "the colours used", 64).words.startswith("Not all combinations occur.")
    assert said("05.2", "the colours used", 30).words == "So many are not used."
    assert said("05.2", "your guess", 65).words == "It is at most 64."


# --- 05.3 ----------------------------------------------------------------------------------------


def without_a_rim(picture, levels):
    """Another right way: no rim, rows turned round, single precision; it spoils its argument."""
    work = picture.astype(np.float32)
    picture[:] = 0
    for y in range(len(work)):
        turn = 1 if y % 2 == 0 else -1
        ahead = work[y, ::turn]
        below = work[y + 1 : y + 2, ::turn]
        for x in range(len(ahead)):
            value = ahead[x]
            ahead[x] = min(levels, key=lambda level: abs(level - value))
            error = value - ahead[x]
            ahead[x + 1 : x + 2] += error * 7 / 16
            below[:, max(x - 1, 0) : x] += error * 3 / 16
            below[:, x : x + 1] += error * 5 / 16
            below[:, x + 1 : x + 2] += error / 16
    return work


def test_any_right_error_diffusion_passes():
    def as_bytes(picture, levels):
        return without_a_rim(picture, levels).astype(np.uint8)

    def as_lists(picture, levels):
        return diffused(picture, levels, Way()).tolist()

    for function in (without_a_rim, as_bytes, as_lists):
        assert said("05.3", "your function", function).right


@pytest.mark.parametrize(("hint", "way"), DITHER_FAULTS.items(), ids=range(len(DITHER_FAULTS)))
def test_each_known_mistake_of_error_diffusion_gets_its_hint(hint, way):
    verdict = said("05.3", "your function", lambda picture, levels: diffused(picture, levels, way))
    assert not verdict.right
    assert verdict.words == hint


def test_one_way_is_what_the_library_does():
    one_way = Way(is_backward=lambda row: False)
    for picture, levels in TRIALS:
        expected = image.diffuse(picture, Codebook(levels)).picture
        assert np.array_equal(diffused(picture, levels, one_way), expected)


def test_rounding_decides_nothing_in_the_trials():
    for picture, levels in TRIALS:
        for nudge in (-0.4, 0.4):
            nudged = diffused(picture + nudge / picture.size, levels, Way())
            assert np.array_equal(nudged, diffused(picture, levels, Way()))


def test_other_mistakes_of_error_diffusion_are_told():
    picture, levels = TRIALS[0]
    swapped = np.where(picture > 127, 0.0, 255.0)
    assert hint_for(swapped, picture, levels).startswith("At row 0, column 0 of a picture of 1 x 7")
    for function, words in (
        (lambda picture, levels: picture, "It returns 188, and the levels are [0.0, 255.0]."),
        (
            lambda picture, levels: picture.T,
            "Of a picture of shape (1, 7) it returns one of (7, 1).",
        ),
    ):
        assert said("05.3", "your function", function).words == words


# --- 05.4 ----------------------------------------------------------------------------------------


def recursive(pixels, bits):
    """Another right way: by recursion, with ranks instead of sorting, rounded to bytes."""
    if bits == 0:
        return np.round(np.mean(pixels, axis=0, keepdims=True)).astype(np.uint8)
    component = int((pixels.max(0) - pixels.min(0)).argmax())
    part = np.argpartition(pixels[:, component], len(pixels) // 2)
    low = pixels[part[: len(pixels) // 2]]
    high = pixels[part[len(pixels) // 2 :]]
    return np.vstack([recursive(high, bits - 1), recursive(low, bits - 1)])


def test_any_right_median_cut_passes():
    def as_codebook(pixels, bits):
        return Codebook(recursive(pixels, bits))

    def as_lists(pixels, bits):
        colours = palette_of(pixels, bits, CutWay()).tolist()
        pixels[:] = 0
        return colours

    for function in (recursive, as_codebook, as_lists):
        assert said("05.4", "your function", function).right


WAYS = [(hint, way) for hint, ways in CUT_FAULTS.items() for way in ways]


@pytest.mark.parametrize(("hint", "way"), WAYS, ids=range(len(WAYS)))
def test_each_known_mistake_of_median_cut_gets_its_hint(hint, way):
    verdict = said("05.4", "your function", lambda pixels, bits: palette_of(pixels, bits, way))
    assert not verdict.right
    assert verdict.words == hint


def test_nothing_is_tied_in_the_trials():
    for pixels, bits in CUT_TRIALS:
        boxes = [pixels]
        for _ in range(bits):
            lengths = np.sort([np.ptp(box, axis=0) for box in boxes], axis=1)
            assert (lengths[:, 2] - lengths[:, 1] > 0.5).all()
            cut = [CutWay().cut(box, CutWay().side(box, 0)) for box in boxes]
            boxes = [half for halves in cut for half in halves]


def test_halves_of_equal_pixels_are_told():
    def at_the_median(pixels, bits):
        boxes = [pixels]
        for _ in range(bits):
            sides = [box[:, np.ptp(box, axis=0).argmax()] for box in boxes]
            lower = [values <= np.median(values) for values in sides]
            pairs = [(box[low], box[~low]) for box, low in zip(boxes, lower, strict=True)]
            boxes = [half for pair in pairs for half in pair]
        return np.array([box.mean(axis=0) for box in boxes])

    verdict = said("05.4", "your function", at_the_median)
    assert (
        verdict.words
        == "Where many pixels are equal, both halves must still get equally many " + ("of them.")
    )
    assert len(at_the_median(CROWD, 1)) == 2


def test_other_mistakes_of_median_cut_are_told():
    def of_sixteen(pixels, bits):
        return np.zeros((2**bits, 3)) + pixels.max() + 20

    def the_mean(pixels, bits):
        return np.zeros((2**bits, 3)) + pixels.mean(axis=0)

    def doubled_darkest(pixels, bits):
        palette = palette_of(pixels, bits, CutWay())
        return palette[[*range(1, 2**bits), 1]]

    def too_few(pixels, bits):
        return pixels[:1]

    def no_number(pixels, bits):
        return np.full((2**bits, 3), np.nan)

    for function, words in (
        (of_sixteen, "Some colour lies outside of the box around all pixels."),
        (the_mean, "With 4 pixels and bits=1 some of its colours are others."),
        (
            doubled_darkest,
            "The mean of its colours is not that of the pixels: are all halves equally large?",
        ),
        (too_few, "With bits=1 it must return an array of shape (2, 3), got (1, 3)."),
        (no_number, "What it returns must hold finite numbers only."),
    ):
        assert said("05.4", "your function", function).words == words


# --- 05.5 ----------------------------------------------------------------------------------------


def times(picture):
    """By how much dither raises the blurred error, with another blur than the one of `check`."""
    levels = Codebook([64, 192])
    places = np.arange(-8, 9)
    bell = np.exp(-(places**2) / 8)
    kernel = np.outer(bell, bell) / bell.sum() ** 2
    soft = cv2.filter2D(picture.astype(float), -1, kernel)
    results = (image.encode_image(picture, levels), image.diffuse(picture, levels))
    shown = [cv2.filter2D(result.picture.astype(float), -1, kernel) for result in results]
    errors = [measure.mse(soft, picture) for picture in shown]
    return errors[1] / errors[0]


@pytest.mark.parametrize(("grey", "ground"), [(194, 64), (196, 64), (62, 192), (58, 192), (255, 0)])
def test_a_picture_is_judged_by_its_factor(grey, ground):
    picture = np.full((64, 64), ground, np.uint8)
    picture[:48] = grey
    verdict = said("05.5", "your picture", picture)
    assert verdict.right == (times(picture) >= 4)
    told = float(verdict.words.removeprefix("With dither its blurred error is ").split()[0])
    assert told == pytest.approx(times(picture), rel=0.01)


def test_a_picture_may_be_of_another_type():
    picture = np.full((64, 64), 64)
    picture[:48] = 194
    for same in (picture, picture.astype(float), picture.tolist()):
        assert said("05.5", "your picture", same).right


@pytest.mark.parametrize("picture", [np.full((64, 64), 192), np.full((64, 64), 64)])
def test_a_picture_of_levels_has_no_error(picture):
    assert said("05.5", "your picture", picture).words.startswith("Without dither it has no error")


@pytest.mark.parametrize(
    ("picture", "got"),
    [
        (np.array([], np.uint8), "one of uint8 and shape (0,)"),
        (np.ones((64, 64), complex), "one of complex128 and shape (64, 64)"),
        (Codebook([1, 2]), "Codebook"),
    ],
)
def test_what_is_no_array_of_numbers_is_told(picture, got):
    words = f"It must be an array of numbers, got {got}."
    assert said("05.5", "your picture", picture).words == words


# --- 05.6 ----------------------------------------------------------------------------------------


def test_the_factors_are_those_of_bits(coffee):
    icon = np.arange(32 * 32 * 3, dtype=np.uint8).reshape(32, 32, 3)
    palette = design.lloyd(image.to_vectors(icon), 20)
    stored = image.encode_image(icon, palette)
    assert stored.size == 20
    assert said("05.6", "the factor without palette", 24 / stored.index_rate).right
    assert said("05.6", "the factor with palette", 24 / stored.rate).right
    assert said("05.6", "the factor without palette", 10_000).words == (
        "Colours are counted. Count bits."
    )


EXPLANATIONS = [
    "The file holds indices. One of 20 takes 5 bits, one of 2^24 takes 24. So it is 4.8 at most.",
    "What counts are bits per pixel and not colours! With twenty colours, each pixel needs five "
    "binary digits. Fewer words make shorter words, but only by the logarithm.",
    "You do not store all colours once. You store one number for each pixel. 24 bits became 5.",
]


@pytest.mark.parametrize("explanation", EXPLANATIONS)
def test_right_explanations_pass(explanation):
    assert said("05.6", "your explanation", explanation).right


# --- all -----------------------------------------------------------------------------------------


def raises(*arguments):
    raise RuntimeError("no")


STRANGE = ["no", None, np.nan, np.zeros((2, 2, 2)), ["a", "b"], dict, {1: 2}, raises, [..., 3]]
NUMBERS = [(name, what) for name, what in (("05.1", OWN), ("05.2", "the gain"))]
TRIED = [("05.3", "your function"), ("05.4", "your function"), ("05.5", "your picture")]


@pytest.mark.parametrize(("name", "what"), [*NUMBERS, *TRIED, ("05.6", "your explanation")])
@pytest.mark.parametrize("answer", STRANGE, ids=range(len(STRANGE)))
def test_strange_answers_get_one_sentence(name, what, answer):
    verdict = said(name, what, answer)
    assert not verdict.right
    assert 10 < len(verdict.words) < 120


@pytest.mark.parametrize(("name", "what"), TRIED[:2])
@pytest.mark.parametrize("result", STRANGE, ids=range(len(STRANGE)))
def test_functions_with_strange_results_get_one_sentence(name, what, result):
    verdict = said(name, what, lambda first, second: result)
    assert not verdict.right
    assert 10 < len(verdict.words) < 120
