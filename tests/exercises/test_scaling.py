"""The exercises of 12: right ways that are not ours pass, mistakes get the sentence they need."""

import functools
import itertools
import subprocess
import sys
from fractions import Fraction

import nbformat
import numpy as np
import pytest

from tests.exercises.support import (
    STRANGE,
    assert_one_sentence,
    assert_right,
    is_right,
    never,
    words_of,
)
from tests.support import ROOT
from vqlib import Codebook, design, sources
from vqlib.exercises import reading_contest, rounding_trial, totals_trial
from vqlib.exercises.reading_contest import BUDGET, LEAD, LEAST, OTHERS

ASKED = [
    ("12.1", "the rows"),
    ("12.1", "the pictures"),
    ("12.1", "the plan that fits"),
    ("12.2", "two chunks"),
    ("12.2", "your three functions"),
    ("12.3", "your five things"),
    ("12.3", "the trillions of bytes"),
    ("12.4", "your function"),
    ("12.4", "the chances"),
    ("12.5", "your guess"),
    ("12.5", "what all passes bring"),
    ("12.5", "the better one"),
    ("12.5", "your explanation"),
    ("12.6", "your function"),
]


@pytest.mark.parametrize(("name", "what"), ASKED)
@pytest.mark.parametrize("answer", STRANGE)
def test_strange_answers_get_one_sentence(name, what, answer):
    assert_one_sentence(words_of(name, what, answer))


@pytest.mark.parametrize(
    ("name", "what", "answer"),
    [
        ("12.2", "your three functions", (never, never, never)),
        ("12.4", "your function", never),
        ("12.6", "your function", never),
    ],
)
def test_the_error_of_a_function_is_told(name, what, answer):
    assert "It raises RuntimeError" in words_of(name, what, answer)


def test_dask_stays_unloaded():
    program = "import sys, vqlib.exercises\nassert not {'dask', 'vqlib.scale'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def cell_of_solutions(name):
    """What a code cell of the solutions notebook defines."""
    notebook = nbformat.read(ROOT / "solutions" / "12_scaling.ipynb", as_version=4)
    (source,) = [cell.source for cell in notebook.cells if cell.id == name]
    namespace = {"np": np, "Codebook": Codebook}
    exec(source, namespace)
    return namespace


# --- 12.1 -----------------------------------------------------------------------------------------


def test_what_arrays_weigh_is_right():
    a_row = np.zeros((1, 16), np.uint8)
    for_one_percent = 4_000_000 / (0.01 * np.array([450, 9000]))
    assert is_right("12.1", "the rows", for_one_percent[0])
    pictures = -(-for_one_percent // (512 // 4) ** 2)
    assert is_right("12.1", "the pictures", pictures)
    rows = [64 * 2**20 / row.nbytes for row in (a_row, a_row.astype(float))]
    overheads = [4e6 / (450 * many) * 100 for many in rows]
    assert is_right("12.1", "the least overheads", tuple(overheads))
    assert is_right("12.1", "the rows at once", 256 * 2**20 // np.zeros(4096).nbytes)
    assert is_right("12.1", "the totals", np.zeros((4096, 17)).nbytes / 1024)


def test_only_one_plan_stays_below_four_fifths():
    base = 200
    chunk = 64
    distances = 9000 * 4096 * 8 / 2**20
    needed = {
        "A": base + 9 * chunk + distances,
        "B": base + chunk + 70 / 9 * distances,
        "C": base + chunk + distances,
        "D": base + 4 * (chunk + distances),
    }
    for plan, mebibytes in needed.items():
        assert is_right("12.1", "the plan that fits", plan.lower()) == (mebibytes < 0.8 * 1024)


def test_rows_are_right_within_one():
    exact = 4_000_000 / 4.5
    assert is_right("12.1", "the rows", np.ceil(exact))
    assert is_right("12.1", "the rows", np.floor(exact))
    assert not is_right("12.1", "the rows", exact + 2.5)


# --- 12.2 -----------------------------------------------------------------------------------------


class Totals:
    """Right totals, put otherwise: second moments and an error worked out at the end."""

    def __init__(self, rows, codebook):
        whole = rows.astype(np.int64)
        distances = ((whole[:, None] - codebook.vectors[None]) ** 2).sum(axis=2)
        chosen = np.eye(codebook.size, dtype=np.int64)[distances.argmin(axis=1)]
        self.counts = chosen.sum(axis=0)
        self.sums = chosen.T @ whole
        self.squares = int((whole**2).sum())

    def __add__(self, other):
        total = Totals.__new__(Totals)
        total.counts = self.counts + other.counts
        total.sums = self.sums + other.sums
        total.squares = self.squares + other.squares
        return total


def added(one, other):
    return one + other


def finished(total, codebook):
    """A codebook, and a distortion by |x|² - 2 x·c + |c|²."""
    vectors = codebook.vectors.astype(int)
    error = total.squares - 2 * int((total.sums * vectors).sum())
    error += int((total.counts * (vectors**2).sum(axis=1)).sum())
    means = total.sums / np.maximum(total.counts, 1)[:, None]
    new = np.where(total.counts[:, None] > 0, means, codebook.vectors)
    distortion = Fraction(error, int(total.counts.sum()) * codebook.dimension)
    return Codebook(new), float(distortion)


def test_totals_put_otherwise_are_right():
    assert_right("12.2", "your three functions", (Totals, added, finished))
    assert_right("12.2", "your three functions", [Totals, lambda a, b: b + a, finished])


def says_of_totals(*functions):
    return words_of("12.2", "your three functions", functions)


def test_the_program_of_the_lesson_is_refused():
    given = cell_of_solutions("s12-22a")
    words = says_of_totals(*[given[f"mean_{name}"] for name in ("totals", "add", "finish")])
    assert "whose region is empty gets NaN" in words


def test_means_of_means_are_refused():
    def means(rows, codebook):
        vectors, distortion = finished(Totals(rows, codebook), codebook)
        return vectors.vectors, distortion

    def averaged(one, other):
        return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2

    words = says_of_totals(means, averaged, lambda total, codebook: total)
    assert "the code vectors differ by 0.3 from" in words
    assert words.endswith("how much does each chunk count?")


def test_an_empty_chunk_may_not_fail():
    def strict(rows, codebook):
        codebook.encode(rows)
        return Totals(rows, codebook)

    assert says_of_totals(strict, added, finished).startswith("Of a chunk of 0 rows: totals:")


def test_totals_that_are_bytes_overflow():
    def small(rows, codebook):
        total = Totals(rows, codebook)
        total.sums = total.sums.astype(np.uint8)
        return total

    assert "Of 600 rows at once code vector 0 becomes" in says_of_totals(small, added, finished)


def test_an_empty_region_stays():
    def to_origin(total, codebook):
        vectors = finished(total, codebook)[0].vectors.copy()
        vectors[total.counts == 0] = 0
        return vectors, finished(total, codebook)[1]

    words = says_of_totals(Totals, added, to_origin)
    assert words.endswith("its region is empty, and it is to stay.")


def test_the_distortion_is_for_each_component_and_before_the_move():
    def for_a_row(total, codebook):
        vectors, distortion = finished(total, codebook)
        return vectors, distortion * codebook.dimension

    assert "for each component" in says_of_totals(Totals, added, for_a_row)


def test_sums_in_32_bits_are_nearly_right():
    def small_errors(total, codebook):
        vectors, distortion = finished(total, codebook)
        return vectors, np.float32(distortion)

    words = says_of_totals(Totals, added, small_errors)
    assert words == "The distortion is nearly right: compute in 64 bits, not in 32."

    def small_vectors(total, codebook):
        vectors, distortion = finished(total, codebook)
        return np.float32(vectors.vectors), distortion

    words = says_of_totals(Totals, added, small_vectors)
    assert words == "Code vector 0 is nearly right: compute in 64 bits, not in 32."


def test_what_is_off_by_more_is_not_nearly_right():
    def off(total, codebook):
        vectors, distortion = finished(total, codebook)
        return vectors, 1.001 * distortion

    assert "for each component" in says_of_totals(Totals, added, off)


def test_rows_may_not_be_kept_or_changed():
    def keep(rows, codebook):
        return [(rows, codebook)]

    def finish_kept(total, codebook):
        return finished(Totals(np.concatenate([rows for rows, _ in total]), codebook), codebook)

    assert "must not grow with the rows" in says_of_totals(keep, added, finish_kept)

    def spoil(rows, codebook):
        rows //= 2
        return Totals(rows, codebook)

    assert "changes the rows" in says_of_totals(spoil, added, finished)


def test_what_cannot_travel_is_refused():
    def with_function(rows, codebook):
        total = Totals(rows, codebook)
        total.again = lambda: total
        return total

    assert "cannot be sent to another process" in says_of_totals(with_function, added, finished)


def test_add_may_not_change_its_arguments():
    def into_the_first(one, other):
        one.counts += other.counts
        one.sums += other.sums
        one.squares += other.squares
        return one

    assert "add changes them" in says_of_totals(Totals, into_the_first, finished)


def test_finish_returns_two_things():
    assert "two things" in says_of_totals(Totals, added, lambda total, codebook: codebook)
    flat = says_of_totals(Totals, added, lambda total, codebook: ([1, 2], 3))
    assert "must be an array of shape (5, 3)" in flat


def test_the_rows_of_the_trial_lie_on_no_border():
    squares = np.sort(totals_trial.squares_of(totals_trial.rows_of(600)), axis=1)
    assert (squares[:, 0] < squares[:, 1]).all()
    assert all(sum(cut) == totals_trial.ROWS for cut in totals_trial.CUTS)


# --- 12.3 -----------------------------------------------------------------------------------------


def a_construction(rng):
    """Five things by trial and error, or None."""
    rows = np.append(rng.uniform(0, 100, 7), 250.0)
    levels = [50.0, 250.0]
    cuts = [8], [int(rng.integers(1, 7))]
    cuts[1].append(8 - cuts[1][0])
    new = [rounding_trial.new_levels(rows, np.array(levels), cut) for cut in cuts]
    middle = new[0].mean()
    for sample in (middle, np.nextafter(middle, 0), np.nextafter(middle, 255)):
        regions = [Codebook(each).encode([sample])[0] for each in new]
        if regions[0] != regions[1]:
            return rows, levels, *cuts, sample
    return None


def test_constructions_found_by_search_are_right():
    rng = np.random.default_rng(0)
    found = list(filter(None, [a_construction(rng) for _ in range(400)]))
    assert len(found) > 3
    for answer in found:
        assert_right("12.3", "your five things", answer)


RIGHT = ([0.1, 0.2, 0.3, 1.0], [0.2, 1.0], [4], [1, 3], 0.6)


@pytest.mark.parametrize(
    ("place", "wrong", "said"),
    [
        (0, [0.1, 0.2, 0.3, 1.0] * 3, "There may be 8 rows, got 12."),
        (0, [0.1, 0.2, 0.3, 256], "The rows must lie between 0 and 255."),
        (0, [[0.1, 0.2], [0.3, 1.0]], "The rows must be numbers in a row, got shape (2, 2)."),
        (0, [0.1, 0.2, 0.3, 0.4], "One of the two regions has no row."),
        (0, np.array([0, 0, 0, 1], np.uint8), "Both cuts give the same two levels"),
        (1, [0.2], "There must be two levels, got 1."),
        (2, [3], "The first cut has 3 rows in all, but there are 4."),
        (3, [-1, 5], "The second cut must be whole numbers"),
        (3, [1.5, 2.5], "The second cut must be whole numbers"),
        (3, [4, 0], "Both cuts give the same two levels"),
        (4, [0.6, 0.7], "The sample must be one number, got 2."),
        (4, 0.7, "the sample is in region 1 for both"),
    ],
)
def test_what_a_construction_lacks(place, wrong, said):
    assert_right("12.3", "your five things", RIGHT)
    answer = list(RIGHT)
    answer[place] = wrong
    assert said in words_of("12.3", "your five things", answer)


def test_the_function_of_the_notebook_is_the_one_that_is_tried():
    given = cell_of_solutions("s12-32a")["new_levels"]
    rng = np.random.default_rng(3)
    for _ in range(50):
        rows = np.concatenate([rng.uniform(0, 100, 6), rng.uniform(200, 255, 2)])
        levels = np.array([50.0, 220.0])
        cut = [3, 0, 5]
        assert (given(rows, levels, cut) == rounding_trial.new_levels(rows, levels, cut)).all()


def test_the_numbers_of_53_bits():
    assert is_right("12.3", "the trillions of bytes", (1 << 53) / 255 / 10**12)
    worst = 16 * (255 * 512) ** 2
    rows = (1 << 53) // worst
    assert rows * worst <= 1 << 53 < (rows + 1) * worst
    assert is_right("12.3", "the rows of squared errors", rows)
    assert is_right("12.3", "the rows of squared errors", (1 << 53) / worst)
    fits = [m for m in range(30) if 16 * (255 * 2**m) ** 2 <= 1 << 53]
    assert is_right("12.3", "the finest steps", max(fits))
    assert not is_right("12.3", "the finest steps", max(fits) + 1)


# --- 12.4 -----------------------------------------------------------------------------------------


def by_smallest_keys(chunks, size, rng):
    """Each row gets a random number, and those with the smallest are kept."""
    held = keys = None
    for chunk in chunks:
        drawn = rng.random(len(chunk))
        rows = chunk.copy() if held is None else np.concatenate([held, chunk])
        keys = drawn if keys is None else np.concatenate([keys, drawn])
        kept = np.argsort(keys)[:size]
        held = rows[kept]
        keys = keys[kept]
    return held


def by_lists(chunks, size, rng):
    """The reservoir with a list of lists, numbered from 1."""
    held = []
    number = 0
    kind = None
    for chunk in chunks:
        kind = chunk.dtype
        for row in chunk.tolist():
            number += 1
            if len(held) < size:
                held.append(row)
            elif rng.random() < size / number:
                held[int(rng.integers(size))] = row
    return np.array(held, kind)


@pytest.mark.parametrize("function", [by_smallest_keys, by_lists])
def test_fair_samples_put_otherwise_are_right(function):
    assert_right("12.4", "your function", function)


def unfair(take):
    """A reservoir in which row number `seen`, from 0, is taken with another chance."""

    def function(chunks, size, rng):
        held = []
        seen = 0
        for chunk in chunks:
            for row in chunk.tolist():
                if len(held) < size:
                    held.append(row)
                elif rng.random() < take(size, seen):
                    held[int(rng.integers(size))] = row
                seen += 1
        return np.array(held, np.uint8)

    return function


@pytest.mark.parametrize(
    "take",
    [
        lambda size, seen: 0.5,
        lambda size, seen: size / seen,
        lambda size, seen: size / (seen + 2),
        lambda size, seen: 1 / (seen + 1),
        lambda size, seen: (size - 1) / (seen + 1),
    ],
)
def test_unfair_chances_are_noticed(take):
    assert "but its share is" in words_of("12.4", "your function", unfair(take))


def test_blocks_of_rows_are_noticed():
    def neighbours(chunks, size, rng):
        rows = np.concatenate([chunk.tolist() for chunk in chunks if len(chunk)]).astype(np.uint8)
        start = rng.integers(len(rows))
        return np.roll(rows, -start, axis=0)[:size]

    assert "one row must not decide about another" in words_of("12.4", "your function", neighbours)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda sample: sample[:-1], "must return an array of shape"),
        (lambda sample: sample.astype(np.int64), "must stay so, got int64"),
        (lambda sample: sample[:1].repeat(len(sample), axis=0), "returns a row twice"),
        (lambda sample: sample[:, ::-1], "rows that are not in the stream"),
        (lambda sample: None, "It returns nothing yet."),
        (lambda sample: sample[:0], "It returns no rows: chunks can be gone through once only."),
        (lambda sample: iter(sample.tolist()), "array of shape (6, 2), got list_iterator."),
        (lambda sample: [[1], [1, 2]], "array of shape (6, 2), got rows of different lengths."),
        (lambda sample: sample.tolist()[:2], "array of shape (6, 2), got list of (2, 2)."),
    ],
)
def test_what_a_sample_lacks(change, said):
    def function(chunks, size, rng):
        return change(by_smallest_keys(chunks, size, rng))

    assert said in words_of("12.4", "your function", function)


def test_a_generator_of_its_own_is_noticed():
    def own(chunks, size, rng):
        return by_smallest_keys(chunks, size, np.random.default_rng())

    words = words_of("12.4", "your function", own)
    assert words == "With the same rng it chooses other rows: draw by the rng that it is given."


def test_chunks_kept_are_noticed():
    def kept(chunks, size, rng):
        every = list(chunks)
        return by_smallest_keys(iter(every), size, rng)

    assert "up to 40 are in memory at once" in words_of("12.4", "your function", kept)


def test_a_stream_left_early_is_noticed():
    def early(chunks, size, rng):
        first = [chunk for chunk, _ in zip(chunks, range(6), strict=False)]
        return by_smallest_keys(first, size, rng)

    assert "looks at 7 of 40 chunks only" in words_of("12.4", "your function", early)


def test_chances_by_counting_are_right():
    harmonic = (1 / np.arange(1, 1_000_001)).cumsum()
    taken = 1000 * (1 + harmonic[-1] - harmonic[999])
    assert is_right("12.4", "the rows ever taken", taken)
    assert is_right("12.4", "the rows ever taken", np.round(taken))
    assert not is_right("12.4", "the rows ever taken", taken + 25)
    stays = np.prod(1 - 1 / np.arange(1001, 10_001))
    assert is_right("12.4", "the chances", [100 / 1000, 100 / 1000 * stays])


# --- 12.5 -----------------------------------------------------------------------------------------


def gains(every, seeds, rows=512, starts=4):
    """What the first pass and all of them bring, in dB, on average; by `lloyd_steps`."""
    found = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        sample = every[rng.permutation(len(every))[:rows]]
        codebook = design.lloyd(sample, 16, seed=seed, starts=starts)
        steps = design.lloyd_steps(every, codebook)
        distortions = [step[2] for step in itertools.islice(steps, 3)]
        last = design.refine(every, codebook).distortion(every)
        found.append(
            [10 * np.log10(distortions[0] / distortions[2]), 10 * np.log10(distortions[0] / last)]
        )
    return np.mean(found, axis=0)


def test_gains_of_other_samples_are_right():
    every = sources.gauss_markov(40_000, 4, 0.9, seed=12)
    one, every_pass = gains(every, range(100, 130))
    assert_right("12.5", "what one pass brings", one)
    assert_right("12.5", "what all passes bring", every_pass)


def test_the_rule_put_otherwise_is_right():
    rows_for_each = 40 / 0.05
    assert is_right("12.5", "the millions of rows", rows_for_each * 4096 / 10**6)
    assert is_right("12.5", "their megabytes", rows_for_each * 4096 * 16 / 10**6)
    assert not is_right("12.5", "their megabytes", rows_for_each * 4096 * 16 / 2**20)


@pytest.mark.parametrize(
    "text",
    [
        "A random subset with some hundred rows per code vector trains as well. "
        "More iterations on all of it change a hundredth of a dB. "
        "Compressing the whole archive is what the machines are for.",
        "Few rows decide where a centroid lies. One computer can hold them. "
        "The index of each row must still be found, and that needs many.",
        "Training on a tenth of the data loses next to nothing. All of it gains 0.01 dB more. "
        "To find the nearest code vector for everything is what takes many machines.",
        "About 400 rows per code vector are plenty. They fit on one machine. "
        "Only the coding of the archive touches it all.",
        "One percent of the photographs would do. A pass over the others is lost time. "
        "Each block has to be looked at when the files are made.",
    ],
)
def test_explanations_in_other_words_are_right(text):
    assert_right("12.5", "your explanation", text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Training is quick. It always was. A cluster is dear.", "What is enough for training"),
        ("A subset will do. More does not help. So it has no use.", "Which work has to touch"),
    ],
)
def test_explanations_that_leave_out_a_half_are_refused(text, said):
    assert words_of("12.5", "your explanation", text).startswith(said)


# --- 12.6 -----------------------------------------------------------------------------------------


def pages():
    return reading_contest.pages().astype(float)


def rows_of_each(count, rng):
    parts = [page[rng.choice(len(page), count, replace=False)] for page in pages()]
    return np.concatenate(parts)


def rows_of_four(chunk):
    return pages()[chunk : chunk + 4, ::4].reshape(-1, 16)


def error_of(rows):
    codebook = design.lloyd(rows, 64, starts=1)
    return codebook.distortion(reading_contest.pages().reshape(-1, 16))


def test_the_others_are_made_anew():
    rng = np.random.default_rng(0)
    ways = {
        "1,024 rows of one chunk, on average": [pages()[chunk] for chunk in range(20)],
        "256 rows of each of four chunks": [rows_of_four(chunk) for chunk in range(20)],
        "16 rows of each chunk": [rows_of_each(16, rng) for _ in range(20)],
        "128 rows of each chunk, which is too many": [rows_of_each(128, rng) for _ in range(3)],
        "all rows, which is too many": [pages().reshape(-1, 16)],
    }
    assert ways.keys() == OTHERS.keys()
    for name, samples in ways.items():
        errors = [error_of(rows) for rows in samples]
        assert np.mean(errors) == pytest.approx(OTHERS[name], rel=0.015), name
        if name == LEAST:
            assert min(errors) > LEAD * OTHERS[LEAST]


def turned(read, shifts=(0,)):
    """Another way: all rows of the sample turned by the axes of their blocks."""
    rng = np.random.default_rng(6)
    rows = [read(chunk, rng.permutation(1024)[:16]) for chunk in range(64)]
    blocks = np.concatenate(rows).reshape(-1, 4, 4).astype(float)
    every = []
    for block in (blocks, blocks.swapaxes(1, 2)):
        every += [block, block[:, ::-1], block[:, :, ::-1], block[:, ::-1, ::-1]]
    shifted = [np.concatenate(every).reshape(-1, 16) + shift for shift in shifts]
    return np.concatenate(shifted)


def test_turned_blocks_win():
    assert_right("12.6", "your function", lambda read: design.lloyd(turned(read), 64))

    def darker_and_lighter(read):
        return design.lloyd(turned(read, (-10, 10)), 64, starts=1).vectors.tolist()

    assert_right("12.6", "your function", darker_and_lighter)


def test_more_starts_and_luck_do_not_win():
    for seed in range(3):

        def plainly(read, seed=seed):
            rng = np.random.default_rng(seed)
            chunks = rng.integers(64, size=BUDGET)
            rows = [read(chunk, rng.integers(1024)) for chunk in chunks]
            return design.lloyd(np.concatenate(rows), 64, starts=10, seed=seed)

        assert "It has to be 230 or less." in words_of("12.6", "your function", plainly)


@pytest.mark.parametrize(
    ("chunk", "rows", "said"),
    [
        (64, [0], "chunk must be a whole number from 0 to 63, got 64"),
        (0.5, [0], "chunk must be a whole number from 0 to 63"),
        ([0, 1], [0], "chunk must be a whole number from 0 to 63"),
        (0, [1024], r"rows must be whole numbers from 0 to 1023, got int64 of shape \(1,\)"),
        (0, slice(0, 16), r"from 0 to 1023, got slice\(0, 16, None\)"),
        (0, np.arange(1024) < 16, r"from 0 to 1023, got bool of shape \(1024,\)"),
        (0, range(0), r"from 0 to 1023, got range\(0, 0\)"),
        (0, [-1], "rows must be whole numbers from 0 to 1023"),
        (0, [], "rows must be whole numbers from 0 to 1023"),
        (0, [True], "rows must be whole numbers from 0 to 1023"),
        (0, [[0, 1]], "rows must be whole numbers from 0 to 1023"),
        (0, "all", "rows must be whole numbers from 0 to 1023"),
        (
            0,
            np.zeros(1025, int),
            "0 rows have been read, and 1025 more are asked for; 1024 are allowed",
        ),
    ],
)
def test_wrong_readings_are_refused(chunk, rows, said):
    with pytest.raises(ValueError, match=said):
        reading_contest.Reader().read(chunk, rows)


def test_rows_read_are_copies():
    reader = reading_contest.Reader()
    first = reader.read(3, [5])
    first[:] = 0
    assert reader.read(3, 5).any()
    assert reader.spent == 2


def test_the_count_is_out_of_reach():
    def reset(read):
        read.__self__.spent = -(10**9)

    assert "It raises AttributeError" in words_of("12.6", "your function", reset)


def test_what_reads_too_few_is_refused():
    def few(read):
        return design.lloyd(np.repeat(read(0, np.arange(63)), 2, axis=0), 8)

    words = words_of("12.6", "your function", few)
    assert words == "It has read 63 rows, too few for 64 code vectors."


def test_codebooks_of_another_form_are_refused():
    many = words_of("12.6", "your function", lambda read: np.arange(1040).reshape(65, 16))
    assert many == "It has 65 code vectors; 64 are allowed."
    flat = words_of("12.6", "your function", lambda read: Codebook([1.0, 2.0]))
    assert flat == "Its code vectors must have 16 components, got 1."


class Carrier:
    """Rows in an object that can be called."""

    def __init__(self, rows):
        self.rows = rows

    def __call__(self, read=None):
        return self.rows


def test_rows_brought_along_are_refused():
    brought = pages()[0]
    carrier = Carrier(brought)
    kinds = [brought, brought.tolist(), {"rows": brought}, Codebook(brought[:64])]
    kinds += [carrier, carrier.__call__, functools.partial(np.array, brought), brought.tobytes()]
    for along in kinds:
        words = words_of("12.6", "your function", lambda read, along=along: along)
        said = "make it inside the function, and take rows from read alone."
        assert words == f"It reads `along`, made outside: {said}"


def test_what_is_no_function_of_its_own_is_refused():
    carrier = Carrier(pages()[0])
    bound = functools.partial(lambda rows, read: rows, pages()[0])
    for given in (carrier, bound, carrier.__call__):
        words = words_of("12.6", "your function", given)
        assert words == "It must be a function, made by def."
