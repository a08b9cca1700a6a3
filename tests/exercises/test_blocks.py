"""The exercises of notebook 06: right ways, wrong ones, and what is said of them."""

import bz2
import io
import lzma

import cv2
import numpy as np
import pytest
from PIL import Image
from sklearn.cluster import KMeans

from vqlib import Codebook, design, image, measure
from vqlib.exercises.blocks_trial import FAULTS, OTHER_RIMS, REPEAT, TRIALS, filled_rim
from vqlib.exercises.checking import judge, part_of
from vqlib.exercises.picture_contest import PLACES


def said(name, what, answer):
    return judge(name, part_of(name, what), answer)


@pytest.fixture(scope="module")
def china():
    return image.sample("china")[:424]


# --- 06.1 ----------------------------------------------------------------------------------------


def test_the_rates_are_those_of_a_quantized_picture():
    picture = np.random.default_rng(0).integers(0, 256, (250, 400), np.uint8)
    tiles = Codebook(np.unique(image.to_vectors(picture, 3), axis=0)[:512])
    stored = image.encode_image(picture, tiles, block=3)
    assert said("06.1", "the rate of the indices", stored.index_rate).right
    assert said("06.1", "the rate of the codebook", stored.rate - stored.index_rate).right
    assert not said("06.1", "the rate of the indices", stored.index_rate + 0.004).right
    assert said("06.1", "the rate of the indices", 1.0).words == (
        "Blocks over the rim cost a whole index, too."
    )


def test_the_pixels_are_right_within_one_percent():
    pixels = 10 * 8 * 256 * 64 / (8 / 64)
    assert all(said("06.1", "the pixels", pixels * share).right for share in (0.991, 1, 1.009))
    assert said("06.1", "the pixels", pixels * 1.02).words == "It has to be right within 1 %."
    assert said("06.1", "the pixels", pixels / 10).words == "There both take the same."


# --- 06.2 ----------------------------------------------------------------------------------------


def cut_with_a_loop(picture, side):
    rows = range(0, picture.shape[0], side)
    columns = range(0, picture.shape[1], side)
    filled = np.pad(picture, side, mode="edge")[side:, side:]
    places = [(y, x) for y in rows for x in columns]
    return [filled[y : y + side, x : x + side].ravel().tolist() for y, x in places]


def put_back_with_a_loop(blocks, shape, side):
    picture = np.zeros((shape[0] + side, shape[1] + side))
    across = -(-shape[1] // side)
    for number, block in enumerate(blocks):
        y = number // across * side
        x = number % across * side
        picture[y : y + side, x : x + side] = block.reshape(side, side)
    blocks[:] = 0
    return picture[: shape[0], : shape[1]]


def put_back_in_rows(blocks, shape, side):
    rows = -(-shape[0] // side)
    lines = [np.hstack(row.reshape(-1, side, side)) for row in np.split(blocks, rows)]
    return np.vstack(lines)[: shape[0], : shape[1]]


@pytest.mark.parametrize("cut", [cut_with_a_loop, image.to_vectors])
def test_any_right_cut_passes(cut):
    assert said("06.2", "cut", cut).right


@pytest.mark.parametrize("put_back", [put_back_with_a_loop, put_back_in_rows, image.to_picture])
def test_any_right_way_back_passes(put_back):
    assert said("06.2", "put_back", put_back).right


WRONG_CUTS = [(hint, way) for hint, way in FAULTS.items()]
WRONG_CUTS += [(REPEAT, filled_rim(mode)) for mode in OTHER_RIMS]


@pytest.mark.parametrize(("hint", "cut"), WRONG_CUTS, ids=range(len(WRONG_CUTS)))
def test_each_known_mistake_of_cutting_gets_its_hint(hint, cut):
    verdict = said("06.2", "cut", cut)
    assert not verdict.right
    assert verdict.words == hint


def test_other_mistakes_of_cutting_are_told():
    def transposed(picture, side):
        return image.to_vectors(picture, side).T

    def reversed_blocks(picture, side):
        return image.to_vectors(picture, side)[::-1]

    for cut, words in (
        (transposed, "Of a picture of shape (4, 6) and side 2 its blocks must have shape (6, 4)"),
        (reversed_blocks, "Of a picture of shape (4, 6) and side 2 some blocks hold other pixels"),
    ):
        assert said("06.2", "cut", cut).words.startswith(words)


def test_mistakes_of_putting_back_are_told():
    def as_it_lies(blocks, shape, side):
        return blocks.ravel()[: shape[0] * shape[1]].reshape(shape)

    def with_rim(blocks, shape, side):
        return put_back_in_rows(blocks, (shape[0] + side, shape[1] + side), side)

    def on_its_side(blocks, shape, side):
        return put_back_in_rows(blocks, shape, side).T

    words = "It puts some pixels into wrong places: which axes have to swap?"
    assert said("06.2", "put_back", as_it_lies).words == words
    words = "Of blocks of a picture of shape (4, 6) it returns (6, 4)."
    assert said("06.2", "put_back", on_its_side).words == words
    assert not said("06.2", "put_back", with_rim).right


def test_the_functions_as_they_are_given_are_wrong():
    def cut(picture, side):
        rows = picture.shape[0] // side
        columns = picture.shape[1] // side
        inside = picture[: rows * side, : columns * side]
        return inside.reshape(rows * columns, side * side)

    assert said("06.2", "cut", cut).words.startswith("A row of it holds pixels that lie side by")


# --- 06.3 and 06.4 -------------------------------------------------------------------------------


def shuffled(picture, seed):
    return np.random.default_rng(seed).permutation(picture.ravel()).reshape(picture.shape)


@pytest.mark.parametrize("seed", range(3))
def test_any_shuffle_and_start_give_the_psnrs(seed, china):
    for start in range(2):
        result = image.quantize_image(shuffled(china, seed), 4, block=2, seed=start)
        assert said("06.3", "the PSNR of 16 tiles", result.psnr).right
    greys = design.lloyd(china.reshape(-1, 1).astype(float), 2, seed=seed)
    psnr = image.encode_image(shuffled(china, seed), greys).psnr
    assert said("06.3", "the PSNR of two greys", psnr).right


def test_the_worst_start_that_was_met_passes():
    assert said("06.3", "the PSNR of 16 tiles", 17.037).right
    assert not said("06.3", "the PSNR of 16 tiles", 16.4).right


def test_a_shuffle_of_rows_is_told(china):
    rows = np.random.default_rng(0).permutation(china)
    psnr = image.quantize_image(rows, 4, block=2).psnr
    assert said("06.3", "the PSNR of 16 tiles", psnr).words.startswith("Whole rows were shuffled")


REASONS = [
    "Neighbouring pixels were alike. After the shuffle they are independent. So the tiles are of "
    "no use any more.",
    "The four pixels in a tile do not resemble each other now. All sixteen patterns of dark and "
    "light come about equally often. The best tiles are those of two greys.",
    "A pixel no longer says anything about the one next to it! What was gained was correlation. "
    "Without it, blocks have nothing to use.",
]


@pytest.mark.parametrize("reason", REASONS)
def test_right_reasons_pass(reason):
    assert said("06.3", "your explanation", reason).right


@pytest.mark.parametrize("seed", [0, 8, 16])
def test_any_start_gives_the_gain_of_blocks_of_colour(seed):
    coloured = image.sample("china", colour=True)[:424]
    tiles = image.quantize_image(coloured, 4, block=2, seed=seed)
    palette = image.quantize_image(coloured, 1, seed=seed)
    assert said("06.4", "the components", tiles.codebook.dimension).right
    assert said("06.4", "the colours of the palette", palette.size).right
    assert said("06.4", "the gain", tiles.psnr - palette.psnr).right
    assert said("06.4", "the gain", palette.psnr - tiles.psnr).words.startswith("Count from the")


# --- 06.5 ----------------------------------------------------------------------------------------


def quantized_with(train):
    def in_tiles(picture, side, size):
        blocks = np.array(cut_with_a_loop(picture, side), float)
        tiles = np.round(train(blocks, size))
        nearest = ((blocks[:, None] - tiles) ** 2).sum(axis=2).argmin(axis=1)
        picture[:] = 0
        return put_back_in_rows(tiles[nearest], picture.shape, side)

    return in_tiles


def lloyd_from_random_blocks(blocks, size, seed=0):
    tiles = np.random.default_rng(seed).choice(blocks, size, replace=False)
    for _ in range(30):
        nearest = ((blocks[:, None] - tiles) ** 2).sum(axis=2).argmin(axis=1)
        for number in np.unique(nearest):
            tiles[number] = blocks[nearest == number].mean(axis=0)
    return tiles


TRAININGS = {
    "lloyd": lambda blocks, size: design.lloyd(blocks, size).vectors,
    "one start": lambda blocks, size: design.lloyd(blocks, size, starts=1, seed=3).vectors,
    "split": lambda blocks, size: design.split(blocks, size).vectors,
    "scikit-learn": lambda blocks, size: KMeans(size, n_init=1).fit(blocks).cluster_centers_,
    "by hand": lloyd_from_random_blocks,
}


@pytest.mark.parametrize("train", TRAININGS.values(), ids=TRAININGS)
def test_tiles_of_any_training_pass(train):
    assert said("06.5", "your function", quantized_with(train)).right


def to_vectors(picture, side):  # a name of the library, and nothing else of it
    return np.array(cut_with_a_loop(picture, side), float)


def test_a_function_may_have_the_name_of_one_of_the_library():
    def in_tiles(picture, side, size):
        blocks = to_vectors(picture, side)
        nearest = np.round(design.lloyd(blocks, size).quantize(blocks))
        return put_back_in_rows(nearest, picture.shape, side)

    assert said("06.5", "your function", in_tiles).right


def test_mistakes_with_tiles_are_told():
    def by_the_library(picture, side, size):
        return image.quantize_image(picture, 4, block=side).picture

    def through_another(picture, side, size):
        return by_the_library(picture, side, size)

    def untrained(blocks, size):
        return blocks[:size]

    wrong = {
        "It uses quantize_image; do without vqlib.image.": by_the_library,
        "Its picture must have the shape (128, 192), got (192, 128).": lambda picture, *_: (
            picture.T
        ),
        "Its picture must hold whole numbers from 0 to 255.": lambda picture, *_: picture / 2,
    }
    for words, function in wrong.items():
        assert said("06.5", "your function", function).words == words
    assert not said("06.5", "your function", through_another).right
    verdict = said("06.5", "your function", quantized_with(untrained))
    assert verdict.words.endswith("are the tiles trained, and each block given its nearest?")
    verdict = said("06.5", "your function", lambda picture, *_: picture)
    assert verdict.words.endswith("are they cut and put back alike?")


# --- 06.6 ----------------------------------------------------------------------------------------


def jpeg_of(china):
    return cv2.imencode(".jpg", china, [cv2.IMWRITE_JPEG_QUALITY, 20])[1].tobytes()


def decode_by_opencv(data):
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)


def decode_by_pillow(data):
    with Image.open(io.BytesIO(data)) as picture:
        return np.array(picture)


SHAPE = (424, 640)
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9}]
TILES = np.zeros((16, 4), np.uint8)


def with_settings(data, shape=SHAPE):
    assert len(FILTERS) == 1
    return decode_by_pillow(data).reshape(shape)


@pytest.mark.parametrize(
    "decode", [decode_by_opencv, decode_by_pillow, image.read_image, with_settings]
)
def test_a_file_gets_its_place(decode, china):
    data = jpeg_of(china)
    verdict = said("06.6", "your file", (data, decode))
    assert verdict.right
    ahead = sum(1000 * size < len(data) for size in PLACES.values())
    assert verdict.words.startswith(f"You have {len(data) / 1000:.2g} kB: place {ahead + 1} of 9")


def knows_tiles(data):
    return TILES


def calls_one_that_knows_tiles(data):
    def inner():
        return knows_tiles(data)

    return inner()


def has_tiles_as_default(data, tiles=TILES):
    return tiles


def looks(data):
    return image.sample("china")[:424]


def draws(data):
    random = np.random.default_rng(0)
    return random.sample(data) if callable(random) else decode_by_pillow(data)


def test_a_decoder_may_use_a_name_that_has_no_value_yet(china):
    def decode(data):
        return decode_by_pillow(data) if data else unset

    assert said("06.6", "your file", (jpeg_of(china), decode)).right
    assert said("06.6", "your file", (jpeg_of(china), draws)).right
    unset = 1


def test_a_decoder_that_knows_more_than_the_data_is_refused(china):
    borrowing = {
        "TILES": knows_tiles,
        "tiles": has_tiles_as_default,
        "china": lambda data: china,
    }
    for name, decode in borrowing.items():
        words = (
            f"decode knows {name} from outside; who gets the file has only data. Put it into data."
        )
        assert said("06.6", "your file", (b"x", decode)).words == words
    verdict = said("06.6", "your file", (b"x", calls_one_that_knows_tiles))
    assert verdict.words.startswith("decode knows TILES from outside")
    verdict = said("06.6", "your file", (b"x", looks))
    assert verdict.words == "decode may not look at a photograph."


def test_what_is_no_file_of_the_contest_is_told(china):
    data = jpeg_of(china)
    lacking = {
        "It must be the pair (data, decode).": data,
        "data must be bytes, and not empty, got str.": ("x", decode_by_opencv),
        "data must be bytes, and not empty, got ndarray.": (china, decode_by_opencv),
        "decode must be a function, made by def.": (data, "decode"),
        "What decode returns must be an array of numbers, got str.": (data, lambda data: "x"),
        "decode must return an array of uint8, got float64.": (
            data,
            lambda data: decode_by_opencv(data).astype(float),
        ),
        "What decode returns must have the shape (424, 640), got (4, 640).": (
            data,
            lambda data: decode_by_opencv(data)[:4],
        ),
        "The picture has 9.45 dB; it needs 24.": (
            b"z",
            lambda data: np.full((424, 640), data[0], np.uint8),
        ),
        "Fill it in.": (data, ...),
        "decode returns nothing yet.": (data, lambda data: None),
        "decode raises ZeroDivisionError: division by zero": (data, lambda data: len(data) / 0),
    }
    for words, answer in lacking.items():
        verdict = said("06.6", "your file", answer)
        assert not verdict.right
        assert verdict.words == words


# --- the places of the contest -------------------------------------------------------------------


def tiles_in_bytes(china, size, block, pack):
    codebook = image.train_codebook(china, size, block=block)
    result = image.encode_image(china, codebook, block=block)
    packed = (
        len(pack(result.indices.tobytes())) if pack else result.index_bits * result.indices.size / 8
    )
    return result.psnr, packed + result.codebook.vectors.size


def greys_in_bytes(china):
    result = image.encode_image(china, design.optimal_scalar(china.ravel(), 5, integer=True))
    return result.psnr, len(result.png())


def least_file(china, encode, qualities):
    for quality in qualities:
        data = encode(quality)
        psnr = measure.psnr(china, image.read_image(data))
        if psnr >= 24:
            return psnr, len(data)
    raise ValueError("no quality reaches 24 dB")


def opencv(china, *options):
    def encode(quality):
        settings = [cv2.IMWRITE_JPEG_QUALITY, quality, *options]
        return cv2.imencode(".jpg", china, settings)[1].tobytes()

    return encode


def pillow(china, kind, **options):
    def encode(quality):
        file = io.BytesIO()
        Image.fromarray(china).save(file, kind, quality=quality, **options)
        return file.getvalue()

    return encode


SHORT = (cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
MADE = {
    "16 tiles of 2 x 2, all indices equally long": lambda china: tiles_in_bytes(china, 16, 2, None),
    "5 greys as PNG": greys_in_bytes,
    "16 tiles of 2 x 2, their indices packed by bzip2": lambda china: tiles_in_bytes(
        china, 16, 2, bz2.compress
    ),
    "JPEG of OpenCV": lambda china: least_file(china, opencv(china), range(8, 30)),
    "JPEG of OpenCV with code words for this picture": lambda china: least_file(
        china, opencv(china, *SHORT), range(8, 30)
    ),
    "72 tiles of 3 x 3, their indices packed by LZMA": lambda china: tiles_in_bytes(
        china, 72, 3, lzma.compress
    ),
    "WebP of Pillow": lambda china: least_file(china, pillow(china, "WEBP", method=6), range(20)),
    "AVIF of Pillow": lambda china: least_file(
        china, pillow(china, "AVIF", speed=4), range(25, 35)
    ),
}


def test_every_place_is_made_here():
    assert MADE.keys() == PLACES.keys()


@pytest.mark.parametrize("name", MADE)
def test_a_place_is_that_of_a_file_that_reaches_24_db(name, china):
    psnr, size = MADE[name](china)
    assert psnr >= 23.995
    assert size / 1000 == pytest.approx(PLACES[name], rel=0.05)


# --- all -----------------------------------------------------------------------------------------


def raises(*arguments):
    raise RuntimeError("no")


STRANGE = ["no", None, np.nan, np.zeros((2, 2, 2)), ["a", "b"], dict, {1: 2}, raises, [..., 3]]
ASKED = [
    ("06.1", "the pixels"),
    ("06.2", "cut"),
    ("06.2", "put_back"),
    ("06.3", "the PSNR of 16 tiles"),
    ("06.3", "your explanation"),
    ("06.5", "your function"),
    ("06.6", "your file"),
]


@pytest.mark.parametrize(("name", "what"), ASKED)
@pytest.mark.parametrize("answer", STRANGE, ids=range(len(STRANGE)))
def test_strange_answers_get_one_sentence(name, what, answer):
    verdict = said(name, what, answer)
    assert not verdict.right
    assert 10 < len(verdict.words) < 120


@pytest.mark.parametrize(("name", "what"), [ASKED[1], ASKED[2], ASKED[5]])
@pytest.mark.parametrize("result", STRANGE, ids=range(len(STRANGE)))
def test_functions_with_strange_results_get_one_sentence(name, what, result):
    verdict = said(name, what, lambda *arguments: result)
    assert not verdict.right
    assert 10 < len(verdict.words) < 120


def test_the_trials_are_not_square():
    assert all(picture.shape[0] != picture.shape[1] for picture, _ in TRIALS)
