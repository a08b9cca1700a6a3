"""The part of a photograph that a student has, of this series or of the student's own."""

import my_data

from .judging import NotYetError
from .running import Student


def part_of(student: Student, photograph: object, *, colour: bool = False) -> my_data.Picture:
    """The student's part of the photograph, read from its file once more."""
    if photograph is not None and not isinstance(photograph, str):
        raise NotYetError("photograph must be None or the name of a file.")
    try:
        return my_data.picture(student.number, photograph, colour=colour, folder=student.folder)
    except (OSError, ValueError):
        sentence = "Your own photograph cannot be read, is too small or flat, or was not handed in."
        raise NotYetError(sentence) from None
