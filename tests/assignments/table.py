"""The table of points and seconds of a course that was graded."""

from tests.assignments.sources import NAMES
from tests.assignments.students import NAMES_OF_STUDENTS


def lines_of(course):
    """Points by assignment and student, then seconds."""
    scores = course.scores()
    yield "points that nbgrader gives by itself"
    yield f"{'':22}" + "".join(f"{name:>10}" for name in NAMES)
    for student, words in NAMES_OF_STUDENTS.items():
        yield f"{words:22}" + "".join(points_of(scores[name].get(student)) for name in NAMES)
    yield "seconds, and those of the processor"
    yield in_columns("all releases", course.made)
    for (command, name), run in course.runs.items():
        count = len(scores[name])
        share = f"{run.of_processor / count:.1f} for each of {count} students"
        yield f"{in_columns(f'{command} {name}', run)}, {share}"


def points_of(cells):
    """The sum of the points of these cells, in a column; empty if nothing was handed in."""
    return f"{'':>10}" if cells is None else f"{sum(filter(None, cells.values())):10g}"


def in_columns(words, run):
    return f"{words:26}{run.seconds:6.1f}{run.of_processor:7.1f}"
