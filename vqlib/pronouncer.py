"""A small network that reads: from the spelling of an English word to its sounds.

The network of g2p-en 2.1.0 (K. Park and J. Kim), an encoder and a decoder of gated recurrent units:
K. Cho, B. van Merriënboer, C. Gulcehre, D. Bahdanau, F. Bougares, H. Schwenk and Y. Bengio (2014),
"Learning phrase representations using RNN encoder-decoder for statistical machine translation".
The words to try it on are of the CMU Pronouncing Dictionary. Used in notebook 10_weights.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from .assets import DATA
from .checks import check_finite

Single = NDArray[np.float32]

NETWORK = DATA / "pronouncer.npz"
WORDS = DATA / "words.txt"
STATE = 256
"""Numbers that the network keeps in mind while it reads and speaks."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FIRST_LETTER = 3
"""Its row in the matrix `letters`, after three marks."""
END_OF_WORD = 2
LONGEST_WORD = 30
MOST_SOUNDS = 20
BEGIN = 2
END = 3
"""Rows of `sounds` and `output`: the mark before the first sound, and the one after the last."""
SOUNDS = tuple(
    """
    <pad> <unk> <s> </s>
    AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 AY2 B CH D DH
    EH0 EH1 EH2 ER0 ER1 ER2 EY0 EY1 EY2 F G HH IH0 IH1 IH2 IY0 IY1 IY2 JH K L M N NG
    OW0 OW1 OW2 OY0 OY1 OY2 P R S SH T TH UH0 UH1 UH2 UW UW0 UW1 UW2 V W Y Z ZH
    """.split()  # noqa: SIM905 - a table is easier to read than eighty strings
)
"""In the order of the rows, after four marks; a digit is the stress of a vowel, 1 the main one."""
MATRICES = (
    "letters",
    "reader_input",
    "reader_state",
    "sounds",
    "speaker_input",
    "speaker_state",
    "output",
)
BIASES = (
    "reader_input_bias",
    "reader_state_bias",
    "speaker_input_bias",
    "speaker_state_bias",
    "output_bias",
)


class Pronouncer:
    """A reader of letters and a speaker of sounds, each a gated recurrent unit with 256 states.

    Immutable. `read_pronouncer` gives the one in data/, whose 834,890 numbers are stored in half
    precision.

    Parameters
    ----------
    matrices : dict of arrays
        One for each name in `MATRICES`, a row for each letter, sound or state.
    biases : dict of arrays
        One for each name in `BIASES`.

    Raises
    ------
    ValueError
        If an array is missing, has not the shape of the one in data/, or is not of finite numbers.
    """

    def __init__(self, matrices: Mapping[str, ArrayLike], biases: Mapping[str, ArrayLike]) -> None:
        self._matrices = _check_arrays(matrices, "matrices", MATRICES)
        self._biases = _check_arrays(biases, "biases", BIASES)

    @property
    def matrices(self) -> dict[str, Single]:
        """The weights: seven matrices, 831,744 numbers."""
        return {name: matrix.copy() for name, matrix in self._matrices.items()}

    @property
    def biases(self) -> dict[str, Single]:
        """What is added to sums of weights: five vectors, 3,146 numbers."""
        return {name: bias.copy() for name, bias in self._biases.items()}

    def with_matrices(self, matrices: Mapping[str, ArrayLike]) -> "Pronouncer":
        """The same network with other weights, such as quantized ones.

        Raises
        ------
        ValueError
            As for `Pronouncer`.
        """
        return Pronouncer(matrices, self._biases)

    def predict(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """The sounds of each word in the letters of ARPAbet, such as ("K", "AE1", "T") for cat.

        Capital letters count as small ones. A word that has no end after twenty sounds is cut.

        Raises
        ------
        ValueError
            If a word has no letter, more than thirty, or others than a to z.
        """
        spelled = [_check_word(word) for word in _check_list(words)]
        if not spelled:
            return []
        state = self._read(spelled)
        row = np.full(len(spelled), BEGIN)
        ended = np.zeros(len(spelled), dtype=bool)
        spoken: list[list[str]] = [[] for _ in spelled]
        for _ in range(MOST_SOUNDS):
            state = self._step("speaker", self._matrices["sounds"][row], state)
            scores = state @ self._matrices["output"].T + self._biases["output_bias"]
            row = scores.argmax(axis=1)
            ended |= row == END
            if ended.all():
                break
            for place in np.flatnonzero(~ended):
                spoken[place].append(SOUNDS[row[place]])
        return [tuple(sounds) for sounds in spoken]

    def _read(self, words: Sequence[str]) -> Single:
        """The state after the last letter of each word and the mark of its end."""
        state = np.zeros((len(words), STATE), dtype=np.float32)
        for place in range(max(map(len, words)) + 1):
            going_on = np.array([len(word) >= place for word in words], dtype=bool)
            rows = [_row_of(word, place) for word in words if len(word) >= place]
            letters = self._matrices["letters"][rows]
            state[going_on] = self._step("reader", letters, state[going_on])
        return state

    def _step(self, who: str, given: Single, state: Single) -> Single:
        """The next state of a gated recurrent unit.

        Two gates between 0 and 1 say how much of the old state goes into the proposal for the new
        one, and how much of it stays as it is.
        """
        from_given = given @ self._matrices[f"{who}_input"].T + self._biases[f"{who}_input_bias"]
        from_state = state @ self._matrices[f"{who}_state"].T + self._biases[f"{who}_state_bias"]
        gates = expit(from_given[:, : 2 * STATE] + from_state[:, : 2 * STATE])
        used = gates[:, :STATE]
        kept = gates[:, STATE:]
        proposal = np.tanh(from_given[:, 2 * STATE :] + used * from_state[:, 2 * STATE :])
        following: Single = (1 - kept) * proposal + kept * state
        return following


def read_pronouncer() -> Pronouncer:
    """The network in data/pronouncer.npz."""
    with np.load(NETWORK) as arrays:
        matrices = {name: arrays[name] for name in MATRICES}
        biases = {name: arrays[name] for name in BIASES}
    return Pronouncer(matrices, biases)


def read_words() -> dict[str, list[tuple[str, ...]]]:
    """2,000 words of 3 to 14 letters, drawn at random, each with all pronunciations listed for it.

    Of the CMU Pronouncing Dictionary. The network was trained on that dictionary, so that it has
    seen most of them.
    """
    listed = {}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, _, ways = line.partition(": ")
            listed[word] = [tuple(way.split()) for way in ways.split(", ")]
    return listed


def share_right(pronouncer: Pronouncer, words: Mapping[str, Sequence[tuple[str, ...]]]) -> float:
    """The share of words whose predicted sounds are all right: one of the ways listed for them.

    Raises
    ------
    ValueError
        If `words` is empty, or one of them is none of those that `Pronouncer.predict` takes.
    """
    if not words:
        raise ValueError("words must hold at least one word, got none")
    spoken = pronouncer.predict(list(words))
    right = [sounds in ways for sounds, ways in zip(spoken, words.values(), strict=True)]
    return float(np.mean(right))


# --- checks --------------------------------------------------------------------------------------


def _check_arrays(
    arrays: Mapping[str, ArrayLike], name: str, wanted: tuple[str, ...]
) -> dict[str, Single]:
    if not isinstance(arrays, Mapping) or set(arrays) != set(wanted):
        names = ", ".join(map(str, arrays)) if isinstance(arrays, Mapping) else repr(arrays)
        raise ValueError(f"{name} must be a dictionary of {', '.join(wanted)}; got {names}")
    checked = {}
    for own in wanted:
        array = check_finite(arrays[own], f"{name}[{own!r}]").astype(np.float32)
        if array.shape != _shape_of(own):
            given = f"one of shape {array.shape}"
            raise ValueError(f"{name}[{own!r}] must have shape {_shape_of(own)}, got {given}")
        checked[own] = array
    return checked


def _shape_of(name: str) -> tuple[int, ...]:
    rows = {"letters": FIRST_LETTER + len(LETTERS), "sounds": len(SOUNDS), "output": len(SOUNDS)}
    count = rows.get(name.removesuffix("_bias"), 3 * STATE)
    return (count,) if name in BIASES else (count, STATE)


def _check_list(words: Sequence[str]) -> list[str]:
    if isinstance(words, str) or not isinstance(words, Sequence | np.ndarray):
        raise ValueError(f"words must be a list of words, got {words!r}")
    return list(words)


def _check_word(word: object) -> str:
    """The word in small letters."""
    if not isinstance(word, str) or not re.fullmatch("[A-Za-z]+", word):
        raise ValueError(f"a word must have only letters a to z, and at least one, got {word!r}")
    if len(word) > LONGEST_WORD:
        given = f"{word!r} with {len(word)}"
        raise ValueError(f"a word must have at most {LONGEST_WORD} letters, got {given}")
    return word.lower()


def _row_of(word: str, place: int) -> int:
    """The row of `letters` for a letter of a word, or for the mark of its end."""
    if place == len(word):
        return END_OF_WORD
    return FIRST_LETTER + LETTERS.index(word[place])
