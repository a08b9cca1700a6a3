"""The arrays in an .npz file, looked at before they are read."""

import io
import math
import zipfile

import numpy as np


def check_members(file: bytes, names: set[str]) -> None:
    """Refuse arrays that are missing, compressed or longer than the file, before they are read."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        if not names.issubset(archive.namelist()):
            wanted = ", ".join(sorted(name.removesuffix(".npy") for name in names))
            raise ValueError(f"it has no arrays {wanted}, as vqlib writes them")
        for member in archive.infolist():
            with archive.open(member) as array:
                np.lib.format.read_magic(array)
                shape, _, dtype = np.lib.format.read_array_header_1_0(array)
            if member.compress_type or math.prod(shape) * dtype.itemsize > len(file):
                raise ValueError("its arrays must not be compressed, nor longer than the file")
