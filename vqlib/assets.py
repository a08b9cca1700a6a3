"""Where the pictures, tables and models of data/ are."""

from pathlib import Path

SAMPLES = ("camera", "astronaut", "coffee", "china", "chart")
"""Names of the pictures; authors and licences stand in data/README.md."""
TABLES = ("rate_distortion.json", "pronouncer_codes.npz", "collapse.npz", "passes.npz")
"""Names of the files with figures of ours."""
MODELS = ("lid.176.ftz", "pronouncer.npz")
"""Names of the files with models that others trained."""
WORDS = ("words.txt",)
"""Names of the files with words and how they are said."""


def _folder() -> Path:
    """An installed wheel has data/ inside the package, the source tree beside it."""
    package = Path(__file__).resolve().parent
    inside = package / "data"
    if inside.is_dir():
        return inside
    return package.parent / "data"


DATA = _folder()
