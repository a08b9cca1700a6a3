"""The laws of `vqlib.image`: one path for every picture, a shortcut that equals it, and honest counts."""

import io
import tracemalloc

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image
from scipy.stats import entropy as scipy_entropy

from vqlib import Codebook
from vqlib.design import lloyd, optimal_scalar
from vqlib.image import (
    SAMPLES,
    GreyLevels,
    encode_image,
    grey,
    quantize_image,
    sample,
    to_picture,
    to_vectors,
)

BITS = range(1, 9)
BYTES = st.integers(0, 255)


def pictures(elements=BYTES):
    return arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=elements, fill=elements)


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
    assert (result.claimed_saving, result.saving) == (0.75, 1 - 4 / 8)


@pytest.mark.parametrize(
    ("greys", "index_bits", "stored"), [(1, 0, 1), (2, 1, 3 + 2), (3, 2, 5 + 3), (5, 3, 8 + 5), (20, 5, 13 + 20)]
)
def test_index_has_as_many_bits_as_the_levels_need(greys, index_bits, stored):
    result = quantize_image(np.resize(np.arange(greys, dtype=np.uint8), (4, 5)), 8)
    assert (result.index_bits, result.stored_bytes) == (index_bits, stored)
    assert result.rate == index_bits + 8 * greys / 20


@pytest.mark.parametrize(("bits", "saving"), [(4, 0.5), (2, 0.75), (1, 0.875)])
def test_claimed_saving_is_that_of_the_tutorials_and_a_little_too_high(bits, saving):
    result = quantize_image(sample("camera"), bits)
    assert result.claimed_saving == saving
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


@pytest.mark.parametrize("codebook", [Codebook([[1, 2]]), Codebook(np.arange(257))])
def test_codebook_that_is_none_of_bytes_is_refused(codebook):
    problem = f"codebook must have 1 to 256 scalars, got {codebook.size} of dimension {codebook.dimension}"
    with pytest.raises(ValueError, match=problem):
        encode_image(STORED, codebook)


# --- pictures and vectors ------------------------------------------------------------------------------------------


@given(st.one_of(pictures(), arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))))
def test_picture_to_vectors_and_back_is_the_same(picture):
    vectors = to_vectors(picture)
    assert vectors.shape == (picture.shape[0] * picture.shape[1], 1 if picture.ndim == 2 else 3)
    np.testing.assert_array_equal(vectors.ravel(), picture.ravel())
    np.testing.assert_array_equal(to_picture(vectors, picture.shape), picture)


@pytest.mark.parametrize(
    ("vectors", "problem"),
    [
        ([0, 1, 2], r"hold 4 numbers for shape \(2, 2\), got 3"),
        ([0, 1, 2, 256], "be whole numbers from 0 to 255, got .* from 0.0 to 256.0"),
        ([0, 1, 2, -1], "be whole numbers from 0 to 255, got .* from -1.0 to 2.0"),
        ([0, 1, 2, 0.5], "be whole numbers from 0 to 255, got float64"),
        ([0, 1, 2, np.nan], "be finite"),
        ([0, 1, 2, np.inf], "be finite"),
        ([0, 1, 2, 1j], "be real numbers"),
        (list("abcd"), "be real numbers"),
        ([None] * 4, "be real numbers"),
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
TAKES = {
    quantize_image: "a grey picture (height, width)",
    GreyLevels: "a grey picture (height, width)",
    encode_image: "a grey picture (height, width)",
    to_vectors: "a grey picture (height, width) or an RGB picture (height, width, 3)",
    grey: "an RGB picture (height, width, 3)",
}


def call(function, picture):
    more = {quantize_image: [4], encode_image: [Codebook([0, 255])]}
    return function(picture, *more.get(function, []))


@pytest.mark.parametrize("function", TAKES)
@pytest.mark.parametrize("kind", BAD_PICTURES)
def test_bad_picture_is_refused(function, kind):
    picture, came = BAD_PICTURES[kind]
    name = "rgb" if function is grey else "picture"
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        call(function, picture)
    assert str(caught.value) == f"{name} must be {TAKES[function]} of uint8, got {came}"


@pytest.mark.parametrize("function", [quantize_image, GreyLevels, encode_image])
def test_colour_picture_is_refused_where_grey_is_asked(function):
    with pytest.raises(ValueError, match=r"^picture must be a grey picture .* got uint8 of shape \(30, 44, 3\)"):
        call(function, np.dstack([STORED] * 3))


def test_grey_picture_is_refused_where_colour_is_asked():
    with pytest.raises(ValueError, match=r"^rgb must be an RGB picture .* got uint8 of shape \(30, 44\)"):
        grey(STORED)


@pytest.mark.parametrize("function", TAKES)
def test_ragged_picture_is_refused(function):
    with pytest.raises(ValueError, match="must be an array, got rows of different lengths"):
        call(function, [[1, 2], [3]])


@pytest.mark.parametrize("bits", [0, 9, -1, 2.5, 4.0, True, np.True_, "4", None, [4], np.float64(4)])
def test_bad_bits_are_refused(bits):
    for quantize in (GreyLevels(STORED).quantize, lambda bits: quantize_image(STORED, bits)):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
            quantize(bits)
        assert str(caught.value) == f"bits must be a whole number from 1 to 8, got {bits!r}"


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64])
def test_bits_may_be_an_integer_of_numpy(kind):
    for result in (quantize_image(STORED, kind(4)), GreyLevels(STORED).quantize(kind(4))):
        assert same(result, quantize_image(STORED, 4))
        assert type(result.bits) is int


def test_prepared_picture_refuses_more_bits_than_it_was_prepared_for():
    prepared = GreyLevels(sample("camera"), most_bits=3)
    with pytest.raises(ValueError, match="bits must be a whole number from 1 to 3, got 4"):
        prepared.quantize(4)


@pytest.mark.parametrize("most_bits", [0, 9, 2.5, None, "3"])
def test_bad_most_bits_is_refused(most_bits):
    with pytest.raises(ValueError, match="most_bits must be a whole number from 1 to 8, got"):
        GreyLevels(STORED, most_bits)
