"""In which order the options of a question stand: by chance, and the same on every machine."""

import hashlib

from .bank import Option, Question

LETTERS = "abcd"
"""Of the options, as they stand."""


def shuffled(question: Question, version: int) -> list[Option]:
    """The options of a question in the order of a version."""

    def chance(place: int) -> str:
        text = f"version {version} {question.name} {place}"
        return hashlib.sha256(text.encode()).hexdigest()

    places = sorted(range(len(question.options)), key=chance)
    return [question.options[place] for place in places]


def letter_of_key(question: Question, version: int) -> str:
    """Where the key stands in a version."""
    return LETTERS[shuffled(question, version).index(question.key)]
