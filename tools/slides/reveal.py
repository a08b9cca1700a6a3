"""reveal.js, which shows slides, from the npm registry: fetched once, and checked every time."""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import tarfile
from pathlib import Path

VERSION = "6.0.2"
INTEGRITY = (
    "sha512-JYIg5D9aoxoaLeb84O+OvAwsKWdIavVgEDScxtYEXFCT6t6TQrhN"
    "tSgogcjdCpdLsWglhJn3zyE3fUOwiH5KEg=="
)
"""Of the archive of that version, as the registry gives it."""
FILES = ("dist/reset.css", "dist/reveal.css", "dist/reveal.js", "dist/plugin/notes.js", "LICENSE")


def reveal_files(cache: Path) -> dict[str, str]:
    """The text of each of `FILES`, out of an archive in the folder `cache`, by npm if need be.

    Raises
    ------
    RuntimeError
        If npm is missing or fails, or if the archive is not the one that was chosen.
    """
    archive = cache / f"reveal.js-{VERSION}.tgz"
    if not archive.exists():
        _fetch(cache)
    content = archive.read_bytes()
    if integrity_of(content) != INTEGRITY:
        archive.unlink()
        raise RuntimeError(
            f"{archive.name} was damaged or is another file: it has been removed, so try again"
        )
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        return {name: _text(packed, name) for name in FILES}


def integrity_of(content: bytes) -> str:
    """The digest of an archive, written as npm writes it."""
    return f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"


def _fetch(cache: Path) -> None:
    """Let npm put the archive into the folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            "slides need npm, which brings reveal.js: install Node.js (Debian: apt install npm)"
        )
    cache.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", "--loglevel=error", "--prefer-offline", f"reveal.js@{VERSION}"]
    done = subprocess.run(command, cwd=cache, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = " ".join(done.stderr.split()) or "no reason given"
        raise RuntimeError(f"npm could not bring reveal.js {VERSION}: {reason}")


def _text(packed: tarfile.TarFile, name: str) -> str:
    member = packed.extractfile(f"package/{name}")
    if member is None:
        raise RuntimeError(f"reveal.js {VERSION} has no file {name}")
    return member.read().decode("utf-8")
