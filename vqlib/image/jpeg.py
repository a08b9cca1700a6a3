"""A picture as JPEG files: what a quantized one of as many bytes is measured against."""

import io

from numpy.typing import ArrayLike
from PIL import Image

from ..checks import check_int, check_picture
from ..measure import psnr
from .reading import read_image

QUALITIES = range(1, 96)
"""The settings of Pillow that are tried. Its manual advises against those above 95: they make large
files that are hardly better."""


LONGEST_SIDE = 65500
"""Pixels; libjpeg writes no larger picture."""


class Jpegs:
    """The JPEG files of a picture, of which sizes and PSNRs are kept once they are known.

    They are progressive, with code words made for this picture: smaller than those of most cameras.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3)

    Raises
    ------
    ValueError
        If it is not a picture, or larger than JPEG allows.
    """

    def __init__(self, picture: ArrayLike) -> None:
        self._picture = check_picture(picture)
        if max(self._picture.shape) > LONGEST_SIDE:
            allowed = f"at most {LONGEST_SIDE} pixels high and wide for JPEG"
            raise ValueError(f"picture must be {allowed}, got {self._picture.shape}")
        self._sizes: dict[int, int] = {}
        self._psnrs: dict[int, float] = {}

    def content(self, quality: int) -> bytes:
        """The bytes of the file of this quality, 1 to 95."""
        _check_quality(quality)
        file = io.BytesIO()
        options = {"quality": quality, "optimize": True, "progressive": True}
        Image.fromarray(self._picture).save(file, "JPEG", **options)
        return file.getvalue()

    def size(self, quality: int) -> int:
        """How many bytes that file has."""
        if _check_quality(quality) not in self._sizes:
            self._sizes[quality] = len(self.content(quality))
        return self._sizes[quality]

    def psnr(self, quality: int) -> float:
        """The peak signal-to-noise ratio of that file in dB."""
        if _check_quality(quality) not in self._psnrs:
            shown = read_image(self.content(quality), colour=self._picture.ndim == 3)
            self._psnrs[quality] = psnr(self._picture, shown)
        return self._psnrs[quality]

    def best_within(self, most_bytes: int) -> int | None:
        """The highest quality of which the file has at most so many bytes; None if there is none.

        It is found by halving, as the files of photographs grow with the quality. Those of flat
        pictures may not: then it is one that fits, and the next one does not.
        """
        check_int(most_bytes, "most_bytes", 1)
        fits = QUALITIES.start - 1
        too_large = QUALITIES.stop
        while too_large - fits > 1:
            quality = (fits + too_large) // 2
            if self.size(quality) <= most_bytes:
                fits = quality
            else:
                too_large = quality
        return fits if fits in QUALITIES else None


def _check_quality(quality: int) -> int:
    return check_int(quality, "quality", QUALITIES[0], QUALITIES[-1])


def jpeg_at(picture: ArrayLike, most_bytes: int) -> bytes:
    """The JPEG file of the highest quality that has at most so many bytes; see `Jpegs`.

    Used in notebook 08_structured. For several sizes of one picture make a `Jpegs`: it encodes no
    quality twice.

    Raises
    ------
    ValueError
        If it is not a picture, or even the file of the lowest quality has more bytes.
    """
    jpegs = Jpegs(picture)
    quality = jpegs.best_within(most_bytes)
    if quality is None:
        least = jpegs.size(QUALITIES[0])
        raise ValueError(f"most_bytes must be at least {least} for this picture, got {most_bytes}")
    return jpegs.content(quality)
