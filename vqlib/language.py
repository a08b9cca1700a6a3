"""The language identifier of fastText, whose vectors are product-quantized, read from its file.

A. Joulin, E. Grave, P. Bojanowski, M. Douze, H. Jégou and T. Mikolov (2016), "FastText.zip:
compressing text classification models", arXiv 1612.03651; used in notebook 09_search.
"""

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from .arrays import Floats
from .assets import DATA
from .checks import check_int
from .codebook import Codebook
from .structured import Split

MODEL = DATA / "lid.176.ftz"
BEGINNING = (793712314, 12)
"""The first two numbers of a file: fastText's mark, and the version of its format."""
KIND = (1, 1, 3)
"""Single words, a tree of decisions, trained on labelled examples: no other kind is read here."""
SIZE = 256
"""Code vectors of each codebook: an index is a byte."""
LABEL = "__label__"
"""So the names of languages begin in the file."""
END = "</s>"
"""The word that ends every sentence."""
WANTED = "a language model of fastText in the form of lid.176.ftz"
SPACES = re.compile("[ \n\r\t\v\f\0]+")


class LanguageModel:
    """A vector for each word and n-gram that was kept, and a tree of decisions between languages.

    An n-gram is n characters in a row, of a word between `<` and `>`. Every vector is stored as the
    index of its length, its *norm*, and the indices of the parts of its direction.

    Parameters
    ----------
    content : bytes
        Of a file in the form of lid.176.ftz; `read` takes a path.

    Raises
    ------
    ValueError
        If `content` is something else than bytes, damaged, or of another kind than that file.

    Attributes
    ----------
    words : tuple of str
        The first rows belong to them, the others to n-grams, of which only hashes are stored.
    languages : tuple of str
        Their codes, such as `en`.
    norms : Codebook
        Of scalars: the norms.
    norm_indices : uint8 array (n,)
        The index of the norm of each row.
    directions : Split
        The product code of the directions.
    indices : uint8 array (n, m)
        The indices of the direction of each row.
    """

    def __init__(self, content: bytes) -> None:
        if not isinstance(content, bytes):
            raise ValueError(f"content must be the bytes of a file, got {type(content).__name__}")
        try:
            self._take_all(_Cursor(content))
        except _Damaged as error:
            raise ValueError(f"content must be {WANTED}, got bytes: {error}") from None

    def _take_all(self, cursor: "_Cursor") -> None:
        settings = cursor.numbers("<i4", 14).tolist()
        _require(tuple(settings[:2]) == BEGINNING, "it does not begin as one of version 12")
        _require(tuple(settings[7:10]) == KIND, "it is of another kind")
        self._hashes, self._shortest, self._longest = settings[10:13]
        _require(self._hashes > 0, "its n-grams have no hashes")
        _require(0 < self._shortest <= self._longest, "its n-grams have no length")
        cursor.numbers("<f8", 1)  # a setting of the training only
        counts = self._take_names(cursor)
        self._take_rows(cursor, settings[2])
        self._tree = _tree(counts)
        self._decisions = _decisions(cursor, len(counts), settings[2])
        _require(cursor.left == 0, f"{cursor.left} bytes are left over")

    @classmethod
    def read(cls, path: str | Path = MODEL) -> "LanguageModel":
        """The model in a file, by default the one of 176 languages in data/.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If `path` is no path or leads to a folder, or the file is damaged or of another kind
            than that one.
        """
        if not isinstance(path, str | os.PathLike):
            raise ValueError(f"path must be a path, got {type(path).__name__}")
        file = Path(path)
        if file.is_dir():
            raise ValueError(f"path must lead to {WANTED}, got a folder: {file.name}")
        content = file.read_bytes()
        try:
            return cls(content)
        except ValueError as error:
            _, _, problem = str(error).partition(", got bytes: ")
            raise ValueError(f"path must lead to {WANTED}, got {file.name}: {problem}") from None

    def _take_names(self, cursor: "_Cursor") -> list[int]:
        """Read words, languages and n-grams; how often each language was seen comes back."""
        size, words, languages = cursor.numbers("<i4", 3).tolist()
        _, ngrams = cursor.numbers("<i8", 2).tolist()
        _require(size == words + languages, "its lists are not as long as it says")
        _require(words > 0 and languages > 0, "it has no words or no languages")
        names = []
        counts = []
        for _ in range(size):
            names.append(cursor.text())
            counts += cursor.numbers("<i8", 1).tolist()
            cursor.numbers("u1", 1)  # word or language
        self.words = tuple(names[:words])
        self.languages = tuple(name.removeprefix(LABEL) for name in names[words:])
        self._row_of_word = {word: row for row, word in enumerate(self.words)}
        _require(END in self._row_of_word, "it has no end of a sentence")
        pairs = cursor.numbers("<i4", 2 * ngrams).reshape(-1, 2)
        in_order = np.sort(pairs[:, 1])
        _require(np.array_equal(in_order, np.arange(ngrams)), "its n-grams have wrong rows")
        self._row_of_ngram = {int(hashed): words + int(row) for hashed, row in pairs}
        return counts[words:]

    def _take_rows(self, cursor: "_Cursor", dimension: int) -> None:
        """Read codebooks and indices of the vectors."""
        flags = cursor.numbers("u1", 2).tolist()
        _require(flags == [1, 1], "its vectors or norms are not quantized")
        shape = cursor.numbers("<i8", 2).tolist()
        rows = len(self.words) + len(self._row_of_ngram)
        _require(shape == [rows, dimension], "the number of its vectors is wrong")
        indices = cursor.numbers("u1", int(cursor.numbers("<i4", 1)[0]))
        codebooks = _codebooks(cursor, dimension)
        _require(indices.size == rows * len(codebooks), "the number of its indices is wrong")
        self.indices = indices.reshape(rows, -1)
        parts = np.arange(dimension).reshape(len(codebooks), -1)
        self.directions = Split(codebooks, list(parts))
        self.norm_indices = cursor.numbers("u1", rows)
        (self.norms,) = _codebooks(cursor, 1)

    @property
    def rows(self) -> Floats:
        """The vectors of all words and n-grams, decoded: array (n, k)."""
        return self._decode(np.arange(len(self.indices)))

    def _decode(self, numbers: Any) -> Floats:  # noqa: ANN401
        """The vectors of the rows of these numbers."""
        directions = self.directions.decode(self.indices[numbers])
        return np.asarray(directions * self.norms.decode(self.norm_indices[numbers]))

    def row_numbers(self, sentence: str) -> list[int]:
        """Numbers of the rows of a sentence: of its words, and of the n-grams of each word.

        Raises
        ------
        ValueError
            If `sentence` is no text.
        """
        _check_text(sentence)
        found: list[int | None] = []
        for word in filter(None, SPACES.split(sentence)):
            found.append(self._row_of_word.get(word))
            hashes = [_hash(ngram) % self._hashes for ngram in self._ngrams(word)]
            found += [self._row_of_ngram.get(each) for each in hashes]
        found.append(self._row_of_word.get(END))
        return [number for number in found if number is not None]

    def _ngrams(self, word: str) -> list[str]:
        framed = f"<{word}>"
        found = []
        for length in range(self._shortest, min(self._longest, len(framed)) + 1):
            found += [framed[start : start + length] for start in range(len(framed) - length + 1)]
        return found

    def predict(self, sentence: str, count: int = 1) -> list[tuple[str, float]]:
        """The most probable languages of a sentence, the first one first.

        The vectors of its words and n-grams are averaged. At each fork of a tree the product of
        that mean with a vector of the fork says with which probability to go right (hierarchical
        softmax). A language has the product of all probabilities on the way to it.

        Parameters
        ----------
        sentence : str
        count : int
            How many languages.

        Returns
        -------
        list of pairs (code of the language, probability)

        Raises
        ------
        ValueError
            If `sentence` is no text, or `count` not a whole number from 1 to that of the languages.
        """
        _check_text(sentence)
        count = check_int(count, "count", 1, len(self.languages))
        mean = self._decode(self.row_numbers(sentence)).mean(axis=0)
        right = expit(self._decisions @ mean)
        leaves = len(self.languages)
        chances = np.ones(2 * leaves - 1)
        for fork in reversed(range(leaves - 1)):  # the last one is the root
            to_left, to_right = self._tree[fork]
            chances[to_left] = chances[leaves + fork] * (1 - right[fork])
            chances[to_right] = chances[leaves + fork] * right[fork]
        best = np.argsort(-chances[:leaves], kind="stable")[:count]
        return [(self.languages[language], float(chances[language])) for language in best]


class _Damaged(Exception):  # noqa: N818 - it never leaves this file
    """What is wrong with the content of a file."""


class _Cursor:
    """Takes numbers and texts from bytes, one after the other."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._place = 0

    @property
    def left(self) -> int:
        """How many bytes have not been taken."""
        return len(self._content) - self._place

    def numbers(self, kind: str, count: int) -> NDArray[Any]:
        """So many numbers of a kind that NumPy knows by this name, read-only."""
        size = np.dtype(kind).itemsize * count
        _require(0 <= size <= self.left, "it ends too early")
        taken = np.frombuffer(self._content, kind, count, self._place)
        self._place += size
        return taken

    def text(self) -> str:
        """What stands before the next byte 0."""
        end = self._content.find(b"\0", self._place)
        _require(end >= 0, "it ends too early")
        text = self._content[self._place : end]
        self._place = end + 1
        try:
            return text.decode()
        except UnicodeDecodeError:
            raise _Damaged("its words are not in UTF-8") from None


def _require(condition: bool, problem: str) -> None:
    if not condition:
        raise _Damaged(problem)


def _check_text(sentence: object) -> None:
    if not isinstance(sentence, str):
        raise ValueError(f"sentence must be a text, got {type(sentence).__name__}")


def _codebooks(cursor: _Cursor, dimension: int) -> list[Codebook]:
    """The codebooks of a product code of equal parts."""
    whole, parts, length, last = cursor.numbers("<i4", 4).tolist()
    _require(whole == dimension, "its code vectors are of another dimension")
    equal = parts > 0 and length == last and parts * length == dimension
    _require(equal, "its vectors are not cut into equal parts")
    vectors = cursor.numbers("<f4", SIZE * dimension).reshape(parts, SIZE, length)
    return [Codebook(each) for each in vectors]


def _decisions(cursor: _Cursor, leaves: int, dimension: int) -> Floats:
    """A vector for each fork of the tree, array (leaves - 1, k); the file has a row more."""
    _require(cursor.numbers("u1", 1)[0] == 0, "its decisions are quantized")
    shape = cursor.numbers("<i8", 2).tolist()
    _require(shape == [leaves, dimension], "the number of its decisions is wrong")
    rows = cursor.numbers("<f4", leaves * dimension).reshape(shape)
    _require(bool(np.isfinite(rows).all()), "its decisions are not finite")
    return rows[:-1].astype(np.float64)


def _tree(counts: list[int]) -> list[tuple[int, int]]:
    """Where each fork leads, left and right: to a language, or on to fork number n - languages.

    Huffman's tree: the two rarest of what is left become the branches of a new fork. The counts
    come with the largest first, and forks are made with the least first, so the rarest is the last
    language left or the first fork left.
    """
    rarest = len(counts) - 1
    first = len(counts)
    weights: list[float] = list(counts)
    tree = []
    for fork in range(len(counts), 2 * len(counts) - 1):
        pair = []
        for _ in range(2):
            if rarest >= 0 and (first == fork or weights[rarest] < weights[first]):
                pair.append(rarest)
                rarest -= 1
            else:
                pair.append(first)
                first += 1
        tree.append((pair[0], pair[1]))
        weights.append(weights[pair[0]] + weights[pair[1]])
    return tree


def _hash(text: str) -> int:
    """Fowler, Noll and Vo's hash FNV-1a of 32 bits, with bytes above 127 as negative numbers."""
    value = 2166136261
    for byte in text.encode("utf-8", "replace"):
        signed = byte if byte < 128 else byte | 0xFFFFFF00
        value = (value ^ signed) * 16777619 % 2**32
    return value
