"""Is everything here that the notebooks need? Used at the start of notebook 00_start_here."""

from importlib import metadata

from packaging.requirements import Requirement

from .image import DATA, SAMPLES


def problems() -> list[str]:
    """One sentence for each package or picture that is missing, or too old; an empty list if all is well."""
    found = []
    for wanted in map(Requirement, metadata.requires("vqlib") or []):
        versions = {dist.version for dist in metadata.distributions(name=wanted.name)}
        if not any(wanted.specifier.contains(version, prereleases=True) for version in versions):
            found.append(f"The package {wanted} is needed, found is {', '.join(versions) or 'none'}.")
    return found + [f"The folder data/ lacks {name}.png." for name in SAMPLES if not (DATA / f"{name}.png").is_file()]
