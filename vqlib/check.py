"""Is everything here that the notebooks need? Used at the start of notebook 00_start_here."""

from __future__ import annotations

from importlib import metadata

from packaging.requirements import Requirement

from .image import DATA, SAMPLES

REMEDY = "Close JupyterLab and start it with `make lab` in the folder of the series, or follow the README."


def problems() -> list[str]:
    """One sentence for each thing that is missing or too old; an empty list if all is well."""
    found = []
    for line in metadata.requires("vqlib") or []:
        wanted = Requirement(line)
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            found.append(f"The package {wanted.name} is missing.")
        else:
            if not wanted.specifier.contains(version, prereleases=True):
                found.append(f"The package {wanted.name} must be {wanted.specifier}, this is {version}.")
    missing = [f"{name}.png" for name in SAMPLES if not (DATA / f"{name}.png").is_file()]
    if missing:
        found.append(f"The folder data/ lacks {', '.join(missing)}.")
    return found


def report() -> str:
    """What `problems` found, with what to do about it, as text for a reader."""
    found = problems()
    if not found:
        return "All is well: Python, the packages and the pictures are here."
    return "\n".join([*found, REMEDY])
