"""Writing a file whole, or not at all."""

import os
import secrets
from pathlib import Path

FilePath = str | os.PathLike[str]


def check_ending(path: FilePath, endings: tuple[str, ...]) -> str:
    """The ending of a path, if it is one of these."""
    if not isinstance(path, str | os.PathLike) or Path(path).suffix not in endings:
        given = path if isinstance(path, bytes) else str(path)
        raise ValueError(f"path must end in {' or '.join(endings)}, got {given!r}")
    return Path(path).suffix


def write_whole(path: FilePath, content: bytes) -> int:
    """Write a file and return its bytes; what is there stays until all of the new one is there.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If the file cannot be written.
    """
    try:
        _replace(Path(path), content)
    except FileNotFoundError:
        folder = str(Path(path).parent)
        message = f"path must be in a folder that exists, but there is no folder {folder!r}"
        raise FileNotFoundError(message) from None
    except (OSError, ValueError) as error:
        raise ValueError(f"path must be a file that can be written to: {error}") from error
    return len(content)


def _replace(path: Path, content: bytes) -> None:
    path = path.resolve()  # of a link the file that it means
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
