"""The laws of `vqlib.image`: one path for every picture, a shortcut that equals it, and honest counts."""

import io
import re
import tracemalloc

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image
from scipy.spatial.distance import cdist
from scipy.stats import entropy as scipy_entropy
from sklearn.cluster import KMeans

from vqlib import Codebook
from vqlib.design import lloyd, optimal_scalar
from vqlib.image import (
    SAMPLES,
    Colours,
    GreyLevels,
    diffuse,
    encode_image,
    grey,
    quantize_image,
    sample,
    to_lab,
    to_picture,
    to_vectors,
    train_codebook,
)

BITS = range(1, 9)
BYTES = st.integers(0, 255)


def pictures(elements=BYTES):
    return arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=elements, fill=elements)


def any_pictures(elements=BYTES, most=9):
    """Grey and RGB pictures of all small shapes."""
    side = st.integers(1, most)
    shapes = st.one_of(st.tuples(side, side), st.tuples(side, side, st.just(3)))
    return arrays(np.uint8, shapes, elements=elements, fill=elements)


def same(one, other):
    """Whether two quantized images are equal in all they say."""
    return (
        np.array_equal(one.picture, other.picture)
        and np.array_equal(one.indices, other.indices)
        and np.array_equal(one.codebook.vectors, other.codebook.vectors)
        and (one.mse, one.entropy, one.size) == (other.mse, other.entropy, other.size)
    )


def check_laws(picture, result, bits):
    """What holds for every picture, checked with NumPy, SciPy and OpenCV only."""
    levels = result.codebook.vectors[:, 0]
    assert result.bits == bits
    assert result.size == len(levels) == min(2**bits, len(np.unique(picture)))
    assert result.picture.dtype == result.indices.dtype == np.uint8
    assert result.picture.shape == result.indices.shape == picture.shape
    assert (np.diff(levels) > 0).all()
    np.testing.assert_array_equal(result.levels, levels)
    np.testing.assert_array_equal(np.unique(result.indices), np.arange(result.size))
    np.testing.assert_array_equal(result.picture, levels[result.indices])
    nearest = np.abs(np.arange(256)[:, None] - levels).min(axis=1)
    np.testing.assert_array_equal(np.abs(picture - levels[result.indices]), nearest[picture])
    assert result.mse == np.mean((picture - result.picture.astype(float)) ** 2)
    np.testing.assert_allclose(result.entropy, scipy_entropy(np.bincount(result.indices.ravel()), base=2), atol=1e-12)
    if result.mse > 0:
        np.testing.assert_allclose(result.psnr, cv2.PSNR(np.ascontiguousarray(picture), result.picture), rtol=1e-9)
    else:
        assert result.psnr == np.inf


def check_png(result):
    """Two decoders that are not ours see exactly the picture."""
    content = result.png()
    with Image.open(io.BytesIO(content)) as opened:
        np.testing.assert_array_equal(opened.convert("L"), result.picture)
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(decoded, np.dstack([result.picture] * 3))


def generic(picture, bits):
    """The long way that the shortcut has to equal."""
    pixels = to_vectors(picture)
    size = min(2**bits, len(np.unique(pixels)))
    return encode_image(picture, optimal_scalar(pixels, size, integer=True))


@pytest.fixture(scope="module", params=SAMPLES)
def prepared(request):
    return GreyLevels(sample(request.param))


@pytest.mark.parametrize("bits", BITS)
def test_every_sample_at_every_number_of_bits(prepared, bits):
    result = prepared.quantize(bits)
    check_laws(prepared.picture, result, bits)
    assert same(result, generic(prepared.picture, bits))
    if bits > 1:
        assert result.mse <= prepared.quantize(bits - 1).mse
    if bits == 8:
        np.testing.assert_array_equal(result.picture, prepared.picture)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("name", SAMPLES)
def test_png_of_every_sample_decodes_to_the_picture(name, bits):
    check_png(quantize_image(sample(name)[100:200, 100:201], bits))


@settings(max_examples=60)
@given(pictures(), st.integers(1, 8), st.data())
def test_shortcut_equals_the_generic_path(picture, most_bits, data):
    prepared = GreyLevels(picture, most_bits)
    for bits in data.draw(st.permutations(range(1, most_bits + 1))):
        result = prepared.quantize(bits)
        check_laws(picture, result, bits)
        check_png(result)
        assert same(result, generic(picture, bits))
        assert same(result, quantize_image(picture, bits))


@settings(max_examples=30)
@given(pictures(), st.integers(1, 5))
def test_no_codebook_of_whole_levels_is_better(picture, bits):
    result = quantize_image(picture, bits)
    trained = encode_image(picture, lloyd(to_vectors(picture), result.size))
    assert result.mse <= trained.mse


@given(pictures(st.integers(0, 200)), st.integers(1, 8), st.integers(0, 55))
def test_a_brighter_picture_gets_brighter_levels_and_the_same_indices(picture, bits, shift):
    here, there = quantize_image(picture, bits), quantize_image(picture + np.uint8(shift), bits)
    np.testing.assert_array_equal(there.picture, here.picture + shift)
    np.testing.assert_array_equal(there.indices, here.indices)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("greys", [1, 2, 3, 5, 200])
def test_picture_with_few_greys_gets_at_most_so_many_levels(greys, bits):
    rng = np.random.default_rng(greys)
    values = rng.permutation(256)[:greys].astype(np.uint8)
    picture = np.concatenate([values, rng.choice(values, 400 - greys)]).reshape(16, 25)
    result = quantize_image(picture, bits)
    check_laws(picture, result, bits)
    check_png(result)


STORED = np.random.default_rng(1).integers(0, 256, (30, 44), np.uint8)
VIEWS = {
    "1x1": STORED[:1, :1],
    "1xn": STORED[:1],
    "nx1": STORED[:, :1],
    "every second": STORED[::2, ::2],
    "mirrored": STORED[::-1, ::-1],
    "transposed": STORED.T,
    "Fortran order": np.asfortranarray(STORED),
    "one channel": np.dstack([STORED] * 3)[..., 1],
    "repeated": np.broadcast_to(STORED[:1], (9, 44)),
}


@pytest.mark.parametrize("bits", [1, 3, 8])
@pytest.mark.parametrize("view", VIEWS)
def test_memory_layout_makes_no_difference(view, bits):
    picture = VIEWS[view]
    result = quantize_image(picture, bits)
    check_laws(picture, result, bits)
    check_png(result)
    assert same(result, quantize_image(picture.copy(order="C"), bits))


@pytest.mark.parametrize("shape", [(1, 2**24 + 2), (4097, 4097)])
def test_histogram_is_exact_where_single_precision_no_longer_counts(shape):
    picture = np.zeros(shape, np.uint8)
    picture[-1, -1] = 200
    counts = GreyLevels(picture).histogram
    assert (counts[0], counts[200], counts.sum()) == (picture.size - 1, 1, picture.size)


def test_quantizing_twelve_megapixels_needs_no_more_extra_memory_than_the_picture():
    picture = np.tile(STORED, (100, 91))
    tracemalloc.start()
    try:
        result = quantize_image(picture, 4)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    results = result.picture.nbytes + result.indices.nbytes
    assert kept >= results  # OpenCV's arrays are seen
    assert peak - results <= picture.nbytes


def test_inputs_are_only_read_and_results_do_not_share_memory():
    picture = STORED.copy()
    picture.setflags(write=False)
    for bits in (2, 8):
        for result in (quantize_image(picture, bits), encode_image(picture, Codebook(np.arange(2**bits)))):
            result.picture[:] = 0
            result.indices[:] = 0
    to_vectors(picture)[:] = 0
    np.testing.assert_array_equal(picture, STORED)
    colour = np.dstack([STORED] * 3)
    colour.setflags(write=False)
    grey(colour)[:] = 0
    np.testing.assert_array_equal(colour[..., 0], STORED)


# --- what it costs -------------------------------------------------------------------------------------------------


def test_costs_of_a_picture_worked_out_by_hand():
    picture = np.array([[0, 50, 100, 200], [2, 52, 102, 202]] * 2, np.uint8)
    result = quantize_image(picture, 2)
    np.testing.assert_array_equal(result.picture, [[1, 51, 101, 201]] * 4)
    assert (result.mse, result.entropy) == (1, 2)
    np.testing.assert_allclose(result.psnr, 20 * np.log10(255), rtol=1e-12)
    assert (result.index_bits, result.codebook_bits, result.rate) == (2, 32, 2 + 32 / 16)
    assert result.stored_bytes == 16 * 2 / 8 + 4
    assert result.saving == 1 - 4 / 8


@pytest.mark.parametrize(
    ("greys", "index_bits", "stored"), [(1, 0, 1), (2, 1, 3 + 2), (3, 2, 5 + 3), (5, 3, 8 + 5), (20, 5, 13 + 20)]
)
def test_index_has_as_many_bits_as_the_levels_need(greys, index_bits, stored):
    result = quantize_image(np.resize(np.arange(greys, dtype=np.uint8), (4, 5)), 8)
    assert (result.index_bits, result.stored_bytes) == (index_bits, stored)
    assert result.rate == index_bits + 8 * greys / 20


@pytest.mark.parametrize(("bits", "saving"), [(4, 0.5), (2, 0.75), (1, 0.875)])
def test_saving_is_a_little_less_than_the_tutorials_claim(bits, saving):
    result = quantize_image(sample("camera"), bits)
    pixels = result.picture.size
    assert result.saving == saving - 2**bits / pixels
    assert result.stored_bytes == pixels * bits // 8 + 2**bits


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_png_of_few_levels_holds_the_indices_and_the_codebook(bits):
    result = quantize_image(sample("camera"), bits)
    content = result.png()
    depth, colour_type = content[24:26]  # of the header chunk
    assert (depth, colour_type) == (bits, 3)
    with Image.open(io.BytesIO(content)) as opened:
        np.testing.assert_array_equal(opened, result.indices)
        assert opened.getpalette()[: 3 * result.size : 3] == result.levels.tolist()
    assert len(content) < result.stored_bytes


def test_png_of_many_levels_is_no_larger_than_that_of_the_grey_picture():
    result = quantize_image(sample("camera"), 8)
    out = io.BytesIO()
    Image.fromarray(result.picture).save(out, "PNG", compress_level=9)
    assert len(result.png()) <= len(out.getvalue())


# --- a codebook of one's own ---------------------------------------------------------------------------------------


def test_levels_of_ones_own_are_rounded_half_up_cut_to_bytes_and_merged():
    picture = np.array([[0, 10, 11, 255]], np.uint8)
    result = encode_image(picture, Codebook([300, 10.5, -7, 10.9, 254.6]))
    np.testing.assert_array_equal(result.levels, [0, 11, 255])
    np.testing.assert_array_equal(result.picture, [[0, 11, 11, 255]])
    assert (result.mse, result.size, result.bits) == (0.25, 3, 2)


@pytest.mark.parametrize(("size", "bits"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (129, 8), (256, 8)])
def test_bits_of_a_codebook_of_ones_own_are_those_of_its_index(size, bits):
    assert encode_image(STORED, Codebook(np.arange(size))).bits == bits


@given(pictures(), arrays(float, st.integers(1, 20), elements=st.floats(-50, 300)))
def test_picture_of_ones_own_codebook_is_the_decoding_of_its_indices(picture, levels):
    result = encode_image(picture, Codebook(levels))
    np.testing.assert_array_equal(result.picture, result.levels[result.indices])
    assert result.mse == np.mean((picture - result.picture.astype(float)) ** 2)


RGB = np.dstack([STORED, STORED[::-1], STORED[:, ::-1]])


@pytest.mark.parametrize(
    ("picture", "block", "dimension"), [(STORED, 1, 1), (RGB, 1, 3), (STORED, 3, 9), (RGB, 2, 12)], ids=str
)
def test_codebook_that_does_not_fit_the_picture_is_refused(picture, block, dimension):
    several = Codebook(np.zeros((3, dimension + 1)))
    for codebook in (several, Codebook(np.broadcast_to(0, (65537, dimension)))):
        allowed = f"at most 65536 code vectors of dimension {dimension}"
        problem = re.escape(f"codebook must have {allowed}, got {codebook.vectors.shape}")
        with pytest.raises(ValueError, match=f"^{problem}$"):
            encode_image(picture, codebook, block=block)
        if block == 1:
            with pytest.raises(ValueError, match=f"^{problem}$"):
                diffuse(picture, codebook)
    assert encode_image(picture, Codebook(np.zeros((65536, dimension))), block=block).size == 1


@pytest.mark.parametrize("dimension", [1, 2, 4])
def test_palette_that_is_not_of_colours_is_refused(dimension):
    with pytest.raises(ValueError, match=rf"^codebook must have .* of dimension 3, got \(2, {dimension}\)$"):
        Colours(RGB).encode(Codebook(np.zeros((2, dimension))))


# --- pictures and vectors ------------------------------------------------------------------------------------------


@given(any_pictures())
def test_picture_to_vectors_and_back_is_the_same(picture):
    vectors = to_vectors(picture)
    assert vectors.shape == (picture.shape[0] * picture.shape[1], 1 if picture.ndim == 2 else 3)
    np.testing.assert_array_equal(vectors.ravel(), picture.ravel())
    np.testing.assert_array_equal(to_picture(vectors, picture.shape), picture)


@pytest.mark.parametrize(
    ("vectors", "problem"),
    [
        ([0, 1, 2], r"be 4 whole numbers from 0 to 255, got .* shape \(3,\), from 0.0 to 2.0$"),
        ([0, 1, 2, 256], "be 4 whole numbers from 0 to 255, got .* from 0.0 to 256.0"),
        ([0, 1, 2, -1], "be 4 whole numbers from 0 to 255, got .* from -1.0 to 2.0"),
        ([0, 1, 2, 0.5], "be 4 whole numbers from 0 to 255, got float64"),
        ([0, 1, 2, np.nan], "be finite"),
        ([0, 1, 2, np.inf], "be finite"),
        ([0, 1, 2, 1j], "be one or more real numbers"),
        (list("abcd"), "be one or more real numbers"),
        ([None] * 4, "be one or more real numbers"),
    ],
)
def test_to_picture_refuses_vectors(vectors, problem):
    with pytest.raises(ValueError, match=f"^vectors must {problem}"):
        to_picture(vectors, (2, 2))


@pytest.mark.parametrize("shape", [(4,), (2, 2, 1), (1, 1, 1, 4), (-2, -2), (0, 4), ()])
def test_to_picture_refuses_a_shape_of_no_picture(shape):
    with pytest.raises(ValueError, match=r"^shape must be \(height, width\) or \(height, width, 3\), got"):
        to_picture([0] * 4, shape)


@given(arrays(np.uint8, (3, 4, 3)))
def test_grey_is_the_weighted_sum_of_the_colours_and_grey_stays_grey(picture):
    exact = picture @ [0.299, 0.587, 0.114]
    # Half for rounding; OpenCV's weights are whole 16384ths: together off by at most 3 * 255 / 2 / 16384.
    assert np.abs(grey(picture) - exact).max() <= 0.5 + 0.024
    one = picture[..., 0]
    np.testing.assert_array_equal(grey(np.dstack([one] * 3)), one)


def test_sample_refuses_an_unknown_name():
    with pytest.raises(ValueError, match="name must be one of camera, astronaut, coffee, china, chart, got 'lena'"):
        sample("lena")


# --- bad input -----------------------------------------------------------------------------------------------------

BAD_PICTURES = {
    "float": (STORED / 255, "float64 of shape (30, 44)"),
    "int": (STORED.astype(int), "int64 of shape (30, 44)"),
    "bool": (STORED > 9, "bool of shape (30, 44)"),
    "complex": (STORED * 1j, "complex128 of shape (30, 44)"),
    "object": (None, "object of shape ()"),
    "text": ([["a"]], "<U1 of shape (1, 1)"),
    "number": (np.uint8(3), "uint8 of shape ()"),
    "1-D": (STORED[0], "uint8 of shape (44,)"),
    "4-D": (STORED[None, None], "uint8 of shape (1, 1, 30, 44)"),
    "2 channels": (np.dstack([STORED] * 2), "uint8 of shape (30, 44, 2)"),
    "4 channels": (np.dstack([STORED] * 4), "uint8 of shape (30, 44, 4)"),
    "no rows": (STORED[:0], "uint8 of shape (0, 44)"),
    "no columns": (STORED[:, :0], "uint8 of shape (30, 0)"),
}
TAKES = dict.fromkeys(
    [quantize_image, encode_image, diffuse, to_vectors, train_codebook],
    "a grey picture (height, width) or an RGB picture (height, width, 3)",
)
TAKES |= {GreyLevels: "a grey picture (height, width)"}
TAKES |= dict.fromkeys([Colours, grey], "an RGB picture (height, width, 3)")
NAMED = {grey: "rgb", train_codebook: "each of pictures"}


def call(function, picture):
    more = {quantize_image: [4], train_codebook: [4], encode_image: [Codebook([0])], diffuse: [Codebook([0])]}
    return function([picture] if function is train_codebook else picture, *more.get(function, []))


@pytest.mark.parametrize("function", TAKES)
@pytest.mark.parametrize("kind", BAD_PICTURES)
def test_bad_picture_is_refused(function, kind):
    picture, came = BAD_PICTURES[kind]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        call(function, picture)
    assert str(caught.value) == f"{NAMED.get(function, 'picture')} must be {TAKES[function]} of uint8, got {came}"


def test_colour_picture_is_refused_where_grey_is_asked():
    with pytest.raises(ValueError, match=r"^picture must be a grey picture .* got uint8 of shape \(30, 44, 3\)"):
        GreyLevels(RGB)


@pytest.mark.parametrize("function", [grey, Colours])
def test_grey_picture_is_refused_where_colour_is_asked(function):
    with pytest.raises(ValueError, match=r"^(rgb|picture) must be an RGB picture .* got uint8 of shape \(30, 44\)"):
        function(STORED)


@pytest.mark.parametrize("function", TAKES)
def test_ragged_picture_is_refused(function):
    with pytest.raises(ValueError, match="must be an array, got rows of different lengths"):
        call(function, [[1, 2], [3]])


@pytest.mark.parametrize("bits", [0, 9, -1, 2.5, 4.0, True, np.True_, "4", None, [4], np.float64(4)])
def test_bad_bits_are_refused(bits):
    grey_levels, colours = GreyLevels(STORED), Colours(RGB)
    by_image = [lambda bits, picture=picture: quantize_image(picture, bits) for picture in (STORED, RGB)]
    for quantize in (grey_levels.quantize, colours.quantize, *by_image):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
            quantize(bits)
        assert str(caught.value) == f"bits must be a whole number from 1 to 8, got {bits!r}"


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64])
def test_bits_may_be_an_integer_of_numpy(kind):
    for result in (quantize_image(STORED, kind(4)), GreyLevels(STORED).quantize(kind(4))):
        assert same(result, quantize_image(STORED, 4))
        assert type(result.bits) is int
    for result in (quantize_image(RGB, kind(4)), Colours(RGB).quantize(kind(4))):
        assert same(result, quantize_image(RGB, 4))
        assert type(result.bits) is int


def test_prepared_picture_refuses_more_bits_than_it_was_prepared_for():
    prepared = GreyLevels(sample("camera"), most_bits=3)
    with pytest.raises(ValueError, match="bits must be a whole number from 1 to 3, got 4"):
        prepared.quantize(4)


@pytest.mark.parametrize("most_bits", [0, 9, 2.5, None, "3"])
def test_bad_most_bits_is_refused(most_bits):
    with pytest.raises(ValueError, match="most_bits must be a whole number from 1 to 8, got"):
        GreyLevels(STORED, most_bits)


@pytest.mark.parametrize("bits", [0, 17, -1, 2.5, True, "4", None])
def test_bad_bits_of_blocks_are_refused(bits):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        quantize_image(STORED, bits, block=2)
    assert str(caught.value) == f"bits must be a whole number from 1 to 16, got {bits!r}"


@pytest.mark.parametrize("block", [0, 65, -1, 2.5, 2.0, True, "2", None, (2, 2)])
def test_bad_block_is_refused(block):
    takes_a_block = [
        lambda picture: to_vectors(picture, block),
        lambda picture: to_picture(picture.ravel(), picture.shape, block),
        lambda picture: encode_image(picture, Codebook([0, 255]), block=block),
        lambda picture: train_codebook([picture], 2, block=block),
        lambda picture: quantize_image(picture, 2, block=block),
    ]
    for function in takes_a_block:
        for picture in (STORED, RGB):
            with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
                function(picture)
            assert str(caught.value) == f"block must be a whole number from 1 to 64, got {block!r}"


@pytest.mark.parametrize("block", [1, 2])
@pytest.mark.parametrize(
    ("picture", "space"), [(RGB, "HSV"), (RGB, "lab"), (RGB, None), (STORED, "Lab"), (STORED, "HSV")], ids=str
)
def test_unknown_space_or_lab_of_grey_is_refused(picture, space, block):
    codebook = train_codebook([picture], 2, block=block)
    takes_a_space = [
        lambda: encode_image(picture, codebook, block=block, space=space),
        lambda: train_codebook([picture], 2, block=block, space=space),
        lambda: quantize_image(picture, 2, block=block, space=space),
    ]
    if picture is RGB:
        takes_a_space += [lambda: Colours(RGB).train(2, space), lambda: Colours(RGB).quantize(2, space)]
    for function in takes_a_space:
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
            function()
        assert str(caught.value) == f"space must be RGB or Lab, and RGB for a grey picture, got {space!r}"


def test_training_on_no_picture_or_on_grey_and_colour_together_is_refused():
    for mixture in ([], [STORED, RGB]):
        with pytest.raises(
            ValueError, match=f"^pictures must be one or more, all grey or all RGB, got {len(mixture)}$"
        ):
            train_codebook(mixture, 2)


@pytest.mark.parametrize("picture", [STORED, RGB], ids=["grey", "RGB"])
@pytest.mark.parametrize("block", [1, 2])
def test_training_more_code_vectors_than_there_are_different_vectors_is_refused(picture, block):
    few = picture[:4, :5] // 64 * 64
    different = len(np.unique(by_loop(few, block), axis=0))
    assert train_codebook([few], different, block=block).size == different
    problem = f"^size must be at most the number of distinct (samples|values), {different}, got {different + 1}$"
    with pytest.raises(ValueError, match=problem):
        train_codebook([few], different + 1, block=block)


@pytest.mark.parametrize("size", [0, -1, 2.5, True, "4", None])
@pytest.mark.parametrize("picture", [STORED, RGB], ids=["grey", "RGB"])
@pytest.mark.parametrize("block", [1, 2])
def test_bad_size_of_a_codebook_is_refused(picture, size, block):
    with pytest.raises(ValueError, match=f"^size must be a whole number of at least 1, got {size!r}$"):
        train_codebook([picture], size, block=block)


# --- blocks --------------------------------------------------------------------------------------------------------


def by_loop(picture, block):
    """Vectors of a picture, block by block and pixel by pixel; beyond the rim the nearest pixel."""
    height, width = picture.shape[:2]
    vectors = []
    for top in range(0, height, block):
        for left in range(0, width, block):
            vector = []
            for y in range(top, top + block):
                for x in range(left, left + block):
                    vector += np.atleast_1d(picture[min(y, height - 1), min(x, width - 1)]).tolist()
            vectors.append(vector)
    return np.array(vectors, float)


@given(any_pictures(), st.integers(1, 9))
def test_vectors_are_the_blocks_row_by_row_and_the_way_back_is_the_picture(picture, block):
    vectors = to_vectors(picture, block)
    assert vectors.dtype == np.float64
    np.testing.assert_array_equal(vectors, by_loop(picture, block))
    back = to_picture(vectors, picture.shape, block)
    assert back.dtype == np.uint8
    assert back.shape == picture.shape
    np.testing.assert_array_equal(back, picture)


def test_rim_of_the_picture_is_repeated_by_hand():
    vectors = to_vectors(np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.uint8), 2)
    np.testing.assert_array_equal(vectors, [[1, 2, 4, 5], [3, 3, 6, 6], [7, 8, 7, 8], [9, 9, 9, 9]])


@pytest.mark.parametrize("block", [2, 7, 64])
def test_blocks_that_fit_are_those_of_numpy(block):
    picture = np.random.default_rng(block).integers(0, 256, (block * 2, block * 3, 3), np.uint8)
    bands = [np.split(band, 3, axis=1) for band in np.split(picture, 2)]
    np.testing.assert_array_equal(to_vectors(picture, block), [part.ravel() for band in bands for part in band])


def test_vectors_of_blocks_that_are_too_few_or_too_many_are_refused():
    vectors = to_vectors(RGB, 4)
    for wrong in (vectors[1:], np.concatenate([vectors, vectors[:1]])):
        with pytest.raises(ValueError, match=rf"^vectors must be 4224 .* got float64 of shape \({len(wrong)}"):
            to_picture(wrong, RGB.shape, 4)


def whole_code_vectors(dimension, elements=BYTES):
    """Different whole-number code vectors, in the order in which they are kept."""
    several = arrays(np.uint8, st.tuples(st.integers(1, 9), st.just(dimension)), elements=elements, fill=elements)
    return several.map(lambda vectors: np.unique(vectors, axis=0).astype(float))


@given(any_pictures(), st.integers(1, 4), st.data())
def test_encoding_is_the_generic_path_and_the_nearest_code_vector_the_first_of_equals(picture, block, data):
    vectors = by_loop(picture, block)
    code = data.draw(whole_code_vectors(vectors.shape[1], data.draw(st.sampled_from([BYTES, st.integers(99, 101)]))))
    result, codebook = encode_image(picture, Codebook(code), block=block), Codebook(code)
    np.testing.assert_array_equal(result.codebook.vectors, code)
    indices = codebook.encode(to_vectors(picture, block))
    np.testing.assert_array_equal(result.indices.ravel(), indices)
    if vectors.shape[1] > 1:  # a scalar on a threshold goes up
        np.testing.assert_array_equal(indices, cdist(vectors, code, "sqeuclidean").argmin(axis=1))
    assert result.indices.shape == (-(-picture.shape[0] // block), -(-picture.shape[1] // block))
    np.testing.assert_array_equal(
        result.picture, to_picture(codebook.decode(result.indices).ravel(), picture.shape, block)
    )
    assert result.mse == np.mean((picture - result.picture.astype(float)) ** 2)
    assert (result.block, result.pixels) == (block, picture.shape[0] * picture.shape[1])


@pytest.mark.parametrize("block", [1, 2])
def test_code_vectors_of_ones_own_are_rounded_half_up_cut_to_bytes_and_merged(block):
    length = 3 * block**2
    rows = [[300, 10.5, -7], [255, 10.9, 0], [254.6, 11.2, -0.2], [0.49, 0.5, 1.5]]
    result = encode_image(RGB, Codebook(np.tile(rows, length // 3)), block=block)
    np.testing.assert_array_equal(result.levels, np.tile([[0, 1, 2], [255, 11, 0]], length // 3))
    assert result.levels.dtype == np.uint8


@pytest.mark.parametrize(("size", "kind"), [(256, np.uint8), (257, np.uint16), (65536, np.uint16)])
@pytest.mark.parametrize(("picture", "block"), [(RGB, 1), (STORED, 2)], ids=["colours", "blocks"])
def test_indices_have_room_for_the_last_code_vector(size, kind, picture, block):
    dimension = by_loop(picture[:1, :1], block).shape[1]
    code = np.zeros((size, dimension))
    code[:, 0], code[:, 1] = np.divmod(np.arange(size), 256)
    code[-1] = 255
    picture = picture.copy()
    picture[-block:, -block:] = 255
    result = encode_image(picture, Codebook(code), block=block)
    assert (result.size, result.indices.dtype, result.indices[-1, -1]) == (size, kind, size - 1)
    np.testing.assert_array_equal(
        result.indices[:3].ravel(), cdist(by_loop(picture[: 3 * block], block), code, "sqeuclidean").argmin(axis=1)
    )
    np.testing.assert_array_equal(result.picture, to_picture(code[result.indices].ravel(), picture.shape, block))


@pytest.mark.parametrize("view", VIEWS)
def test_memory_layout_makes_no_difference_to_colours_or_blocks(view):
    stored = VIEWS[view]
    colour = np.stack([stored, stored[::-1], stored[:, ::-1]]).transpose(1, 2, 0)  # planes behind each other
    for picture, block in ((colour, 1), (colour, 3), (stored, 3)):
        assert same(quantize_image(picture, 3, block=block), quantize_image(picture.copy(order="C"), 3, block=block))


def test_inputs_are_only_read_by_colours_blocks_and_diffusion():
    picture = RGB.copy()
    picture.setflags(write=False)
    palette = Codebook([[0, 0, 0], [255, 255, 255]])
    results = [quantize_image(picture, 3), quantize_image(picture, 3, block=2), diffuse(picture, palette)]
    for result in [*results, encode_image(picture, palette), encode_image(picture, palette, space="Lab")]:
        result.picture[:] = 0
        result.indices[:] = 0
    np.testing.assert_array_equal(picture, RGB)


# --- what colours and blocks cost ----------------------------------------------------------------------------------


def test_costs_of_blocks_over_the_rim_counted_by_hand():
    """7 x 5 grey pixels in blocks of 4: 2 x 2 indices of 2 bits, 3 code vectors of 16 bytes."""
    code = np.repeat([[0], [100], [250]], 16, axis=1)
    picture = np.full((7, 5), 100, np.uint8)
    picture[4:] = 248
    result = encode_image(picture, Codebook(code), block=4)
    np.testing.assert_array_equal(result.indices, [[1, 1], [2, 2]])
    assert (result.mse, result.pixels, result.source_bits, result.size) == (4 * 15 / 35, 35, 8, 3)
    assert (result.index_bits, result.codebook_bits, result.stored_bytes) == (2, 8 * 48, 1 + 48)
    np.testing.assert_allclose(result.index_rate, 8 / 35, rtol=1e-12)
    np.testing.assert_allclose(result.rate, (8 + 384) / 35, rtol=1e-12)
    np.testing.assert_allclose(result.saving, 1 - 392 / 280, rtol=1e-12)
    assert result.entropy == 1


def test_costs_of_colours_counted_by_hand():
    """3 x 5 pixels of 24 bits: 15 indices of 2 bits, 3 colours of 3 bytes."""
    picture = np.zeros((3, 5, 3), np.uint8)
    picture[1], picture[2] = (10, 20, 30), (255, 0, 0)
    result = encode_image(picture, Codebook([[0, 0, 3], [10, 20, 30], [255, 0, 0]]))
    assert (result.mse, result.pixels, result.source_bits, result.bits) == (5 * 9 / 45, 15, 24, 2)
    assert (result.index_bits, result.index_rate, result.codebook_bits) == (2, 2, 72)
    np.testing.assert_allclose([result.rate, result.saving], [2 + 72 / 15, 1 - (30 + 72) / 360], rtol=1e-12)
    assert result.stored_bytes == 4 + 9
    np.testing.assert_allclose(result.psnr, cv2.PSNR(picture, result.picture), rtol=1e-9)


CHINA_BLOCKS = [
    # block, bits, PSNR in dB, bits per pixel of the indices and of the codebook
    (2, 4, 24.07, 1.0, 0.0019),
    (4, 8, 23.98, 0.5, 0.1208),
    (8, 8, 22.22, 0.125, 0.4830),
]


@pytest.mark.parametrize(("block", "bits", "psnr", "of_indices", "of_codebook"), CHINA_BLOCKS)
def test_blocks_of_china_cost_what_they_did(block, bits, psnr, of_indices, of_codebook):
    china = sample("china")
    china = china[: china.shape[0] // block * block, : china.shape[1] // block * block]
    result = quantize_image(china, bits, block=block)
    assert result.index_rate == of_indices
    np.testing.assert_allclose(result.rate - result.index_rate, of_codebook, rtol=0, atol=5e-5)
    np.testing.assert_allclose(result.psnr, psnr, rtol=0, atol=0.1)  # a local optimum
    np.testing.assert_allclose(result.psnr, cv2.PSNR(china, result.picture), rtol=1e-9)
    quick = quantize_image(china, bits, block=block, fast=True)
    assert result.psnr - 0.5 < quick.psnr
    assert (quick.rate, quick.bits, quick.size) == (result.rate, bits, 2**bits)


# --- training on colours and blocks --------------------------------------------------------------------------------


@given(any_pictures(st.sampled_from([0, 1, 127, 255])).filter(lambda picture: picture.ndim == 3))
def test_colours_and_their_numbers_are_those_of_numpy(picture):
    colours, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
    found = Colours(picture)
    assert found.colours.dtype == np.uint8
    order = np.lexsort(found.colours.T[::-1])
    np.testing.assert_array_equal(found.colours[order], colours)
    np.testing.assert_array_equal(found.counts[order], counts)


@pytest.mark.parametrize("name", SAMPLES)
def test_colours_of_every_sample_are_those_of_numpy(name):
    picture = sample(name, colour=True)[:150, :150]
    colours, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
    found = Colours(picture)
    order = np.lexsort(found.colours.T[::-1])
    np.testing.assert_array_equal(found.colours[order], colours)
    np.testing.assert_array_equal(found.counts[order], counts)


def crop(name="china", side=120):
    return sample(name, colour=True)[100 : 100 + side, 200 : 200 + side]


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("space", ["RGB", "Lab"])
@pytest.mark.parametrize("size", [1, 2, 7, 256])
def test_palette_is_whole_colours_sorted_and_the_same_every_time(size, space, fast):
    codebook = Colours(crop()).train(size, space, fast=fast)
    vectors = codebook.vectors
    assert vectors.shape[1] == 3
    assert size - 3 <= len(vectors) <= size  # rounding makes few of them equal
    assert (vectors == np.floor(vectors)).all()
    assert vectors.min() >= 0
    assert vectors.max() <= 255
    np.testing.assert_array_equal(vectors, np.unique(vectors, axis=0))
    np.testing.assert_array_equal(Colours(crop()).train(size, space, fast=fast).vectors, vectors)
    np.testing.assert_array_equal(train_codebook([crop()], size, space=space, fast=fast).vectors, vectors)


def test_palette_of_one_colour_is_the_mean():
    mean = crop().reshape(-1, 3).mean(axis=0)
    np.testing.assert_array_equal(Colours(crop()).train(1).vectors, [np.floor(mean + 0.5)])


@pytest.mark.parametrize("size", [16, 64])
def test_palette_is_as_good_as_kmeans_on_all_pixels(size):
    picture, losses = crop(), []
    pixels, colours = picture.reshape(-1, 3).astype(float), Colours(picture)
    for seed in range(3):
        by_kmeans = KMeans(size, n_init=1, random_state=seed).fit(pixels).inertia_ / pixels.size
        ours = [colours.encode(colours.train(size, fast=fast, seed=seed)).mse for fast in (False, True)]
        losses.append([by_kmeans, *ours])
    by_kmeans, usual, fast = np.median(losses, axis=0)
    assert usual <= 1.02 * by_kmeans
    assert fast <= 1.10 * by_kmeans


@pytest.mark.parametrize("block", [2, 4])
def test_codebook_of_blocks_is_as_good_as_kmeans_on_all_blocks(block):
    picture = crop()
    vectors, losses = by_loop(picture, block), []
    for seed in range(3):
        by_kmeans = KMeans(16, n_init=1, random_state=seed).fit(vectors).inertia_ / vectors.size
        codebook = train_codebook([picture], 16, block=block, seed=seed)
        losses.append([by_kmeans, encode_image(picture, codebook, block=block).mse])
    by_kmeans, ours = np.median(losses, axis=0)
    assert ours <= 1.02 * by_kmeans


@pytest.mark.parametrize("fast", [False, True])
def test_codebook_of_many_blocks_is_as_good_as_kmeans_on_all_blocks(fast):
    """65,536 blocks: more than the first part of the training takes."""
    picture, losses = sample("astronaut"), []
    vectors = by_loop(picture, 2)
    for seed in range(3):
        by_kmeans = KMeans(16, n_init=1, random_state=seed).fit(vectors).inertia_ / vectors.size
        codebook = train_codebook([picture], 16, block=2, fast=fast, seed=seed)
        losses.append([by_kmeans, encode_image(picture, codebook, block=2).mse])
    by_kmeans, ours = np.median(losses, axis=0)
    assert ours <= (1.1 if fast else 1.02) * by_kmeans


@pytest.mark.parametrize("fast", [False, True])
def test_many_blocks_that_are_mostly_alike_give_as_many_code_vectors_as_there_are(fast):
    picture = np.full((400, 400), 77, np.uint8)
    picture[:2, :60] = np.random.default_rng(0).integers(0, 256, (2, 60))
    result = quantize_image(picture, 5, block=2, fast=fast)
    assert result.size == 31
    np.testing.assert_array_equal(result.picture, picture)
    assert quantize_image(picture, 4, block=2, fast=fast).size == 16


@pytest.mark.parametrize("fast", [False, True])
def test_palette_of_more_colours_than_there_are_cells(fast):
    """All pixels lie in one cell of 8 x 8 x 8 colours."""
    picture = np.random.default_rng(0).integers(96, 104, (40, 50, 3), np.uint8)
    assert 290 < Colours(picture).train(300, fast=fast).size <= 300


@settings(max_examples=60)
@given(any_pictures(st.sampled_from([0, 1, 128, 255]), most=6), st.integers(1, 4), st.booleans(), st.data())
def test_picture_with_no_more_vectors_than_asked_is_kept(picture, block, fast, data):
    space = data.draw(st.sampled_from(["RGB", "Lab"] if picture.ndim == 3 else ["RGB"]))
    result = quantize_image(picture, 8, block=block, space=space, fast=fast)
    assert result.size == len(np.unique(by_loop(picture, block), axis=0))
    np.testing.assert_array_equal(result.picture, picture)
    assert (result.mse, result.psnr, result.bits) == (0, np.inf, 8)


@settings(max_examples=40)
@given(any_pictures(most=6), st.integers(1, 3), st.integers(1, 3))
def test_quantizing_is_training_and_encoding(picture, block, bits):
    size = min(2**bits, len(np.unique(by_loop(picture, block), axis=0)))
    codebook = train_codebook([picture], size, block=block)
    result = quantize_image(picture, bits, block=block)
    assert same(result, encode_image(picture, codebook, block=block))
    assert result.bits == bits
    assert result.size <= size
    np.testing.assert_array_equal(result.codebook.vectors, np.floor(result.codebook.vectors))
    if picture.ndim == 3 and block == 1:
        assert same(result, Colours(picture).quantize(bits))


@pytest.mark.parametrize("size", [1, 5, 127, 128, 129, 200, 253])
def test_codebook_of_grey_pixels_is_the_optimum_at_every_size(size):
    codebook = train_codebook([STORED], size)
    greys, counts = np.unique(STORED, return_counts=True)
    wanted = optimal_scalar(greys, size, counts, integer=True)
    assert codebook.size == size
    np.testing.assert_array_equal(codebook.vectors, wanted.vectors)


@pytest.mark.parametrize(("colour", "block"), [(False, 1), (True, 1), (False, 4), (True, 2)])
def test_codebook_serves_other_pictures_and_several_serve_better(colour, block):
    pictures = [sample(name, colour=colour)[50:150, 50:150] for name in ("china", "coffee")]
    both = train_codebook(pictures, 16, block=block)
    own, other = (train_codebook([picture], 16, block=block) for picture in pictures)
    losses = [encode_image(pictures[0], codebook, block=block).mse for codebook in (own, both, other)]
    assert losses == sorted(losses)
    generic = Codebook(both.vectors).distortion(by_loop(pictures[0], block))
    np.testing.assert_allclose(losses[1], generic, rtol=1e-9)  # blocks of 2 and 4 fit
    stacked = np.concatenate(pictures)
    np.testing.assert_array_equal(train_codebook([stacked], 16, block=block).vectors, both.vectors)


# --- CIELAB --------------------------------------------------------------------------------------------------------

LAB = {  # of sRGB with white D65, to two places
    (255, 255, 255): (100, 0, 0),
    (0, 0, 0): (0, 0, 0),
    (119, 119, 119): (50.03, 0, 0),
    (255, 0, 0): (53.24, 80.09, 67.20),
    (0, 255, 0): (87.73, -86.18, 83.18),
    (0, 0, 255): (32.30, 79.19, -107.86),
    (255, 255, 0): (97.14, -21.55, 94.48),
    (0, 255, 255): (91.11, -48.09, -14.13),
    (255, 0, 255): (60.32, 98.23, -60.82),
}


def lab_by_formula(rgb):
    """CIE 1976 L*a*b* of sRGB (IEC 61966-2-1)."""
    linear = np.where(rgb <= 0.04045 * 255, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    matrix = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    ratio = linear @ np.transpose(matrix) / np.sum(matrix, axis=1)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


@pytest.mark.parametrize(("rgb", "lab"), LAB.items())
def test_lab_of_known_colours(rgb, lab):
    np.testing.assert_allclose(to_lab([rgb]), [lab], rtol=0, atol=0.2)


def test_lab_is_that_of_the_formula():
    rgb = np.concatenate([RGB.reshape(-1, 3), np.arange(256)[:, None].repeat(3, axis=1)]).astype(float)
    lab = to_lab(rgb)
    np.testing.assert_allclose(lab, lab_by_formula(rgb), rtol=0, atol=0.4)  # OpenCV interpolates in a table
    np.testing.assert_array_equal(np.concatenate([to_lab(row) for row in rgb[::50, None]]), lab[::50])


@pytest.mark.parametrize("block", [1, 2])
def test_nearest_in_lab_is_the_nearest_by_formula(block):
    picture = crop(side=60)
    codebook = train_codebook([picture], 12, block=block, space="Lab")
    result = encode_image(picture, codebook, block=block, space="Lab")
    samples, code = (
        to_lab(vectors.reshape(-1, 3)).reshape(vectors.shape) for vectors in (by_loop(picture, block), codebook.vectors)
    )
    np.testing.assert_array_equal(result.indices.ravel(), cdist(samples, code).argmin(axis=1))
    in_rgb = encode_image(picture, codebook, block=block)
    assert in_rgb.mse < result.mse  # that of RGB, and the colours chosen are not the same
    loss = [((to_lab(r.picture.reshape(-1, 3)) - to_lab(picture.reshape(-1, 3))) ** 2).mean() for r in (result, in_rgb)]
    assert loss[0] < loss[1]


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("block", [1, 2])
def test_training_in_lab_loses_less_in_lab(block, fast):
    picture, loss = crop("coffee"), {}
    for space in ("RGB", "Lab"):
        shown = quantize_image(picture, 4, block=block, space=space, fast=fast).picture
        loss[space] = ((to_lab(shown.reshape(-1, 3)) - to_lab(picture.reshape(-1, 3))) ** 2).mean()
    assert loss["Lab"] < loss["RGB"]


# --- error diffusion -----------------------------------------------------------------------------------------------


def floyd_steinberg(picture, code):
    """One pixel after the other, row by row; `code` (K, channels)."""
    height, width = picture.shape[:2]
    work = picture.reshape(height, width, -1).astype(float)
    indices = np.zeros((height, width), int)
    for y in range(height):
        for x in range(width):
            indices[y, x] = ((work[y, x] - code) ** 2).sum(axis=1).argmin()
            error = work[y, x] - code[indices[y, x]]
            for down, right, share in ((0, 1, 7), (1, -1, 3), (1, 0, 5), (1, 1, 1)):
                if y + down < height and 0 <= x + right < width:
                    work[y + down, x + right] += error / 16 * share
    return indices


def check_diffusion(picture, code):
    result = diffuse(picture, Codebook(code))
    np.testing.assert_array_equal(result.indices, floyd_steinberg(picture, code))
    np.testing.assert_array_equal(result.picture, code[result.indices].reshape(picture.shape))
    assert result.mse == np.mean((picture - result.picture.astype(float)) ** 2)
    np.testing.assert_array_equal(result.codebook.vectors, code)
    assert result.block == 1


BLACK_WHITE = np.array([[0.0], [255]])
CORNERS = np.array([[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)], float)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (2, 30), (30, 2), (1, 2), (2, 1), (17, 23), (23, 17)])
def test_diffusion_is_that_of_the_plain_loops(shape):
    check_diffusion(STORED[: shape[0], : shape[1]], BLACK_WHITE)
    check_diffusion(RGB[: shape[0], : shape[1]], CORNERS)


@settings(max_examples=60)
@given(any_pictures(most=7), st.data())
def test_diffusion_of_any_picture_is_that_of_the_plain_loops(picture, data):
    check_diffusion(picture, data.draw(whole_code_vectors(1 if picture.ndim == 2 else 3)))


def test_diffusion_into_all_colours_of_the_picture_changes_nothing():
    np.testing.assert_array_equal(diffuse(STORED, Codebook(np.arange(256))).picture, STORED)
    result = diffuse(RGB, Codebook(Colours(RGB).colours))
    np.testing.assert_array_equal(result.picture, RGB)
    assert (result.mse, result.size) == (0, len(np.unique(RGB.reshape(-1, 3), axis=0)))


def seen_from_afar(one, other):
    """Mean squared error of two blurred pictures."""
    one, other = (cv2.GaussianBlur(picture.astype(float), (0, 0), 2) for picture in (one, other))
    return ((one - other) ** 2).mean()


def test_diffusion_of_china_to_black_and_white_is_worse_near_by_and_better_from_afar():
    china, codebook = sample("china"), Codebook(BLACK_WHITE)
    nearest, diffused = encode_image(china, codebook), diffuse(china, codebook)
    np.testing.assert_allclose([nearest.mse, diffused.mse], [3754, 8551], rtol=1e-3)
    np.testing.assert_allclose(seen_from_afar(china, nearest.picture), 1806, rtol=1e-3)
    np.testing.assert_allclose(seen_from_afar(china, diffused.picture), 6, rtol=0.05)


def test_diffusion_of_china_to_its_best_two_levels_is_worse_from_afar_too():
    china = sample("china")
    nearest = quantize_image(china, 1)
    diffused = diffuse(china, nearest.codebook)
    np.testing.assert_allclose(seen_from_afar(china, nearest.picture), 522.5, rtol=2e-3)
    np.testing.assert_allclose(seen_from_afar(china, diffused.picture), 865, rtol=2e-3)
