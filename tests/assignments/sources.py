"""The sources of the assignments, answers put into them, and mistakes that students make.

Without nbgrader: the fast tests in tests/teaching use it, too.
"""

import json
import sys
from copy import deepcopy
from dataclasses import dataclass

from tests.support import ROOT

FOLDER = ROOT / "teaching" / "assignments"
sys.path.append(str(FOLDER))  # where the teacher's module and `my_data` are
NAMES = sorted(path.name for path in (FOLDER / "source").iterdir())
NUMBER_IN_SOURCES = 20260001
POINTS = 20


def source(name):
    """The notebook of an assignment with solutions and hidden tests."""
    path = FOLDER / "source" / name / f"{name}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


def text_of(cell):
    return "".join(cell["source"])


def about(cell):
    """What nbgrader knows of a cell; nothing if it does not care."""
    return cell["metadata"].get("nbgrader", {})


def graded(notebook):
    """Cells with points, by name."""
    return {cell["id"]: cell for cell in notebook["cells"] if about(cell).get("grade")}


def judged(notebook):
    """Cells with points that nbgrader grades by itself, by name."""
    cells = graded(notebook)
    return {name: cell for name, cell in cells.items() if not about(cell)["solution"]}


@dataclass(frozen=True)
class Mistake:
    """What a student writes wrongly, and which tests do not pass for it."""

    right: str
    wrong: str
    lost: dict[str, str]
    """For each test the beginning of its sentence."""


SQUARES = "return np.mean((samples - values) ** 2)"
OF_VECTORS = "return np.mean(((samples - values) ** 2).reshape(len(samples), -1).sum(axis=1))"
WEIGHTED = "np.transpose(sums) / np.bincount(indices, weights, size)[:, None]"
UNWEIGHTED = "np.stack([colours[indices == j].mean(axis=0) for j in range(size)])"
BY_ROW = "The distortion is that by component, not by row."
MISTAKES = {
    "s01_02": [
        Mistake(
            "(np.asarray(samples)[:, None] >= thresholds)",
            "(np.asarray(samples)[:, None] > thresholds)",
            {"ties": "A sample that lies on a threshold goes the wrong way."},
        ),
        Mistake(
            "total_bytes = index_bytes + 6 * 4",
            "total_bytes = index_bytes",
            {"total-bytes": "The codebook is not in it"},
        ),
        Mistake(SQUARES, OF_VECTORS, {"mse-vectors": "That is the error of a whole vector"}),
        Mistake("overload = (", "overload = 0 * (", {"overall": "overall is not right"}),
        Mistake("deviation**2 * 0.1175", "deviation * 0.1175", {"my-error": "A squared error"}),
        Mistake("1 + rho, 1 - rho", "1 - rho, 1 + rho", {"along-and-across": "The two are in"}),
    ],
    "s03": [
        Mistake(
            "members.mean(axis=0) if",
            "np.mean(indices[indices == j]) if",
            {"centroids": "All components of a code vector are equal", "trained": ""},
        ),
        Mistake(
            "else samples[farthest]",
            "else vectors[j]",
            {"empty-region": "The code vector of the empty region was left"},
        ),
        Mistake(
            "return squares / squares.sum()",
            "return np.sqrt(squares) / np.sqrt(squares).sum()",
            {"probabilities": "They go with the distance"},
        ),
        Mistake("100 * 2 ** (2 * wanted_rate)", "100 * 2**wanted_rate", {"pairs-needed": "The ra"}),
        Mistake(
            "measure.decibels(codebook.distortion(unseen), codebook.distortion(training))",
            "measure.decibels(codebook.distortion(training), codebook.distortion(unseen))",
            {"measured": "The sign is wrong"},
        ),
    ],
    "s04_05": [
        Mistake('side="right"', 'side="left"', {"requantize-ties": "A grey value half-way goes"}),
        Mistake(
            "255**2 / np.mean", "256**2 / np.mean", {"psnr-exact": "The peak is not the largest"}
        ),
        Mistake("index_bytes + size", "index_bytes", {"total-bytes": "The codebook is not in it"}),
        Mistake("np.log2(shares)", "np.log(shares)", {"entropy": "The logarithm is that to base"}),
        Mistake(WEIGHTED, UNWEIGHTED, {"weighted-centroids": "The weights do not count"}),
        Mistake(
            "[grey.min(), grey.max()]",
            "[dark, light]",
            {"dither-levels": "With these levels the blurred error"},
        ),
    ],
    "s06_07": [
        Mistake('mode="edge"', 'mode="constant"', {"rim": "Over the rim stand other values"}),
        Mistake(
            "sum(bits_per_pixel(*claimed))",
            "bits_per_pixel(*claimed)[0]",
            {"true-rate": "The codebook is not in it"},
        ),
        Mistake(
            "(-(-whole // wide) - 1).bit_length()",
            "np.log2(whole / wide)",
            {"digits": "Digits are whole"},
        ),
        Mistake("np.mean(variances * 2", "np.sum(variances * 2", {"mean-error": "That is a sum"}),
        Mistake("codebook.distortion(right))", "codebook.distortion(left))", {"unseen": "That is"}),
    ],
    "s08_09": [
        Mistake(
            "paths = min(paths * size, survivors)",
            "paths = survivors",
            {"comparisons": "There cannot be more survivors than paths"},
        ),
        Mistake(
            "kept = paths[:survivors]",
            "kept = paths[:1]",
            {"kept": "A better path was thrown away", "all-kept": "With so many survivors"},
        ),
        Mistake(
            "return ((parts - books) ** 2).sum(axis=2)",
            "return np.sqrt(((parts - books) ** 2).sum(axis=2))",
            {"tables": "These are distances: sums of them mean nothing"},
        ),
        Mistake(
            "(found[:, :count] == truth",
            "(found == truth",
            {"recall": "All that were found count here", "recall-ten": "recall_ten is not right"},
        ),
        Mistake(
            "(dimension // parts) * 4",
            "(dimension // parts)",
            {"codebook-bytes": "A component takes 4 bytes", "most-parts": "So many parts do not"},
        ),
        Mistake("probed * 10**6 / lists", "10**6 / lists", {"lists": "So it would be for one"}),
        Mistake("return total / len(split)", "return total", {"errors": "These are sums over"}),
    ],
    "s10_11": [
        Mistake(
            "blocks * scale_bits + 32 * 2**bits",
            "blocks * scale_bits",
            {"block-bits": "The levels are not in it."},
        ),
        Mistake(
            "of_codebook = 16 * size * dimension",
            "of_codebook = 16 * size",
            {"run-bits": "A code vector has as many numbers as a run."},
        ),
        Mistake(
            "reduceat(np.abs(weights), starts)",
            "reduceat(weights, starts)",
            {"in-blocks": "The largest in size may be a negative one.", "rim": ""},
        ),
        Mistake(
            "importance = np.repeat(largest**2, 16)",
            "importance = np.ones(layer.size)",
            {"best-levels": "An error is multiplied by the scale of its block"},
        ),
        Mistake(
            "return turn(rows, np.ones(len(signs))) * signs",
            "return turn(rows, signs)",
            {"turn-back": "That turns once more"},
        ),
        Mistake("turned = turn(keys, signs)", "turned = keys", {"lost": "Your keys as they are"}),
        Mistake("factor = 1 / (1 - promised)", "factor = 1 - promised", {"factor": "They are too"}),
        Mistake(
            "arriving - 2 * beta * gaps",
            "arriving + 2 * beta * gaps",
            {"latents-move": "That pushes latents away from their code vectors."},
        ),
        Mistake(
            "np.add.at(to_vectors, indices, 2 * gaps)",
            "to_vectors[indices] += 2 * gaps",
            {"vectors-move": "Only the last latent of each code vector counts here."},
        ),
        Mistake("min(code_vectors, pictures * tokens)", "pictures", {"most": "A picture has more"}),
        Mistake(
            "of_others = -np.log2(", "of_others = -np.log(", {"bill": "bill is not right: work"}
        ),
    ],
    "s12": [
        Mistake(
            "+ rows * 8",
            "",
            {
                "chunk-bytes": "The index of each row takes memory",
                "most-rows": "A chunk of so many",
            },
        ),
        Mistake(
            "chunk_count * sent + workers",
            "chunk_count * sent + 0 * workers",
            {"travel": "Each worker needs the codebook"},
        ),
        Mistake(
            "error / (seen * vectors.shape[1])",
            "error / seen",
            {"one-pass": BY_ROW, "empties": BY_ROW},
        ),
        Mistake(
            "steps = np.rint(512 * vectors).astype(np.int64)",
            "steps = 512 * vectors",
            {"squares": "Round the code vectors"},
        ),
        Mistake("(512 * 255) ** 2", "255**2", {"safe-rows": "The unit is 1/512"}),
        Mistake("= 2.0**53, 1.0, 1.0", "= 3.0, 2.0, 1.0", {"three": "These have the same sum"}),
        Mistake("40 * wanted_size", "40", {"training-rows": "So many there are"}),
        Mistake(
            'np.searchsorted(ends, chosen, side="right")',
            "np.searchsorted(ends, chosen)",
            {"picks": "A row is in another chunk"},
        ),
        Mistake(
            "return max(rounds * (rows_of_chunk * of_row + of_chunk), count * of_scheduler)",
            "return rounds * (rows_of_chunk * of_row + of_chunk)",
            {"pass-seconds": "The scheduler hands out one chunk"},
        ),
        Mistake(
            "for each in seconds:",
            "for each in sorted(seconds)[::-1]:",
            {"finish": "The long ones need not come first"},
        ),
        Mistake("np.ceil(0.95 * of_chunk", "np.ceil(of_chunk", {"least-chunk": "A twentieth"}),
        Mistake(
            "= gigabits * 1e9 / 8", "= gigabits * 1e9", {"network-rows": "There are two eights"}
        ),
    ],
}
"""By assignment. No two of one assignment lose the same test, so all are made at once."""


def with_number(notebook, number):
    """The same with another student's number."""
    return replaced(notebook, {f"= {NUMBER_IN_SOURCES}": f"= {number}"})


def with_mistakes(notebook, mistakes):
    """The same with these mistakes in the solutions."""
    return replaced(notebook, {mistake.right: mistake.wrong for mistake in mistakes})


def replaced(notebook, changes):
    """The same with other words in its solutions, each found in one of them."""
    result = deepcopy(notebook)
    cells = [cell for cell in result["cells"] if about(cell).get("solution")]
    for before, after in changes.items():
        (cell,) = [cell for cell in cells if before in text_of(cell)]
        cell["source"] = text_of(cell).replace(before, after)
    return result
