"""The teacher's module: what is sent to it, and what it says; without nbgrader."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import tests.assignments.sources  # noqa: F401 - with it vq_grader can be imported
from vqlib import Codebook, structured, weights

from vq_grader import NotYetError, check, judging, running, values  # isort: skip

# --- what is sent --------------------------------------------------------------------------------

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
NESTED = st.recursive(
    PLAIN | st.just(...),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(NESTED)
def test_what_is_sent_arrives(value):
    assert values.from_bytes(values.to_bytes(value)) == value


@given(
    st.sampled_from([np.uint8, np.int64, np.float32, bool]).flatmap(
        lambda kind: arrays(kind, (3, 2))
    )
)
def test_arrays_arrive_with_their_type_and_shape(array):
    (arrived,) = values.from_bytes(values.to_bytes([array]))
    assert arrived.dtype == array.dtype
    np.testing.assert_array_equal(arrived, array)


def test_a_codebook_arrives_as_its_vectors():
    arrived = values.from_bytes(values.to_bytes(Codebook([[1, 2], [3, 4]])))
    np.testing.assert_array_equal(arrived, [[1, 2], [3, 4]])


def test_functions_stay_where_they_are_and_are_called_by_their_number():
    functions = []
    content = values.to_bytes([max, min], functions)
    calls = []
    first, second = values.from_bytes(content, lambda *call: calls.append(call))
    second(3, 4)
    first(5)
    assert functions == [max, min]
    assert calls == [(1, (3, 4)), (0, (5,))]


@pytest.mark.parametrize("value", [{1, 2}, np.array([None]), b"text", [object()]])
def test_what_is_no_number_text_list_or_array_is_not_sent(value):
    with pytest.raises(TypeError, match="is no"):
        values.to_bytes(value)


def test_an_array_of_objects_is_not_read():
    content = {"kind": "array", "type": "|O", "shape": [1], "bytes": ""}
    with pytest.raises(TypeError, match="not one of numbers"):
        values.from_bytes(json.dumps(content).encode())


# --- what it says --------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [None, ..., "17", True, 0, 10**12, 1.0])
def test_a_student_number_must_be_one(number):
    sentence = running.sentence_on("s01_02.rate", number, [2.585], ".")
    assert sentence == "The first cell needs your student number, a whole number."


@pytest.mark.parametrize("name", ["s01_02.near", "s9.rate", "os.system", "s01_02.np.load"])
def test_a_name_that_is_no_test_gives_no_point(name):
    assert running.sentence_on(name, 17, [0], ".")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (np.log2(6), ""),
        (2.585, ""),
        ("2.585", ""),
        (3, "Six is no power of two: the rate is no whole number of binary digits."),
        (1.29, "rate is not right: work through it once more, with its unit."),
        (..., "rate is still empty."),
        (None, "rate is still empty."),
        ([2.585], "rate has shape (1,), not ()."),
        ("six", "rate must be made of numbers only."),
        (np.nan, "rate must be made of finite numbers only."),
    ],
)
def test_an_answer_is_right_or_gets_a_sentence(answer, sentence):
    assert running.sentence_on("s01_02.rate", 17, [answer], ".") == sentence


def test_a_function_that_fails_is_no_reason_to_stop():
    sentence = running.sentence_on("s01_02.borders", 17, [lambda levels: 1 / 0], ".")
    assert sentence == "Your answer could not be used (ZeroDivisionError)."


def test_a_failure_shows_its_sentence_alone():
    with pytest.raises(NotYetError) as caught:
        check("s01_02.rate", 17, 3)
    assert caught.value._render_traceback_() == [f"Not yet: {caught.value}"]


def test_what_a_function_prints_and_warns_of_is_not_heard(capsys):
    def borders(levels):
        print(np.log(-levels))
        return Codebook(levels).thresholds

    check("s01_02.borders", 17, borders)
    assert capsys.readouterr() == ("", "")


def stages_of(books):
    return structured.Stages([Codebook(book) for book in books])


def split_of(books):
    parts = np.arange(books.shape[0] * books.shape[2]).reshape(len(books), -1)
    return structured.Split([Codebook(book) for book in books], parts)


def encoded(samples, books):
    return stages_of(books).encode(samples)


def decoded(indices, books):
    return stages_of(books).decode(indices)


def compared(sizes, survivors):
    return stages_of([np.zeros((size, 1)) for size in sizes]).comparisons(survivors)


def found(sample, books, survivors):
    return stages_of(books).encode([sample], survivors=survivors)[0]


def tables(query, books):
    return split_of(books).tables(query)


def recall(found, truth, count):
    return structured.recall(found[:, :count], truth)


def bits_of_blocks(rows, columns, bits, block, scale_bits):
    levels = Codebook(np.linspace(-1, 1, 2**bits))
    matrix = np.zeros((rows, columns))
    return weights.blockwise(matrix, levels, block=block, scale_bits=scale_bits).rate


def in_blocks(values, levels, block):
    coded = weights.blockwise(values, Codebook(levels), block=block)
    return coded.indices, coded.scales


def from_blocks(indices, scales, levels, block):
    return levels[indices] * np.repeat(scales, block)[: len(indices)]


def passed(chunks, vectors):
    scale = pytest.importorskip("vqlib.scale", reason="dask is not installed: make")
    floats = [chunk.astype(float) for chunk in chunks]  # bytes would round the code vectors
    passes = scale.lloyd_in_chunks(floats, Codebook(vectors), tolerance=0)
    _, distortion = next(passes)
    return next(passes)[0].vectors, distortion


BY_THE_LIBRARY = {
    "s08_09.greedy": [encoded],
    "s08_09.decode": [decoded],
    "s08_09.cut_short": [decoded],
    "s08_09.comparisons": [compared],
    "s08_09.kept": [found],
    "s08_09.all_kept": [found],
    "s08_09.tables": [tables],
    "s08_09.recall": [recall],
    "s10_11.block_bits": [bits_of_blocks],
    "s10_11.in_blocks": [in_blocks],
    "s10_11.rim": [in_blocks, from_blocks],
    "s12.one_pass": [passed],
}


@pytest.mark.parametrize("name", BY_THE_LIBRARY)
def test_what_the_library_answers_is_right(name):
    assert running.sentence_on(name, 17, BY_THE_LIBRARY[name], ".") == ""


@given(st.floats(-5, 5))
def test_a_number_passes_within_its_room_only(off):
    sentence = ""
    try:
        judging.near(10 + off, 10.0, "it", 1.0, {"half": 5.0})
    except NotYetError as error:
        sentence = str(error)
    assert bool(sentence) == (abs(10 + off - 10) > 1)
    assert (sentence == "half") == (abs(10 + off - 5) <= 1)
