"""Is everything here that the notebooks need? Used at the start of notebook 00_start_here."""

from importlib import metadata

from packaging.requirements import Requirement

from .assets import DATA, MODELS, SAMPLES, TABLES, WORDS


def problems() -> list[str]:
    """One sentence for each package or file that is missing or too old; none if all is well."""
    sentences = []
    for needed in map(Requirement, metadata.requires("vqlib") or []):
        found = {package.version for package in metadata.distributions(name=needed.name)}
        if not any(needed.specifier.contains(version, prereleases=True) for version in found):
            versions = ", ".join(found) or "none"
            sentences.append(f"The package {needed} is needed, found is {versions}.")
    needed_files = [*(f"{name}.png" for name in SAMPLES), *TABLES, *MODELS, *WORDS]
    missing = [name for name in needed_files if not (DATA / name).is_file()]
    return sentences + [f"The folder data/ lacks {name}." for name in missing]
