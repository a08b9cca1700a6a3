"""What is refused of picture files, and how."""

MEGAPIXELS = 100
"""A picture may have so many."""
NOT_WHOLE = "its pixels are not 8 or 16 bit whole numbers from 0 on"


class CannotBeReadError(ValueError):
    """The reader's own sentence on a file, to be handed on as it is."""


def check_pixels(size: tuple[int, int], **_: object) -> None:
    """Refuse a width and height of too many pixels; Pillow calls it, too, before it makes room."""
    if size[0] * size[1] > MEGAPIXELS * 10**6:
        raise CannotBeReadError(f"it has more than {MEGAPIXELS} megapixels")
