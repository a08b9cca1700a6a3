"""The last few of what takes long to make."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class LastOnes(Generic[Made]):
    """What was made last, by what it was made for.

    Not by `lru_cache`: an object that holds a method of its own is freed late, with all that it
    keeps.

    Parameters
    ----------
    most : int
        The one that was asked for the longest ago goes if there would be more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[Hashable, Made] = {}
        """The one that was asked for last at the end."""

    def __contains__(self, key: Hashable) -> bool:
        """Whether it is there."""
        return key in self._made

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made for `key`, or what `make` makes now."""
        found = self._made.pop(key) if key in self._made else make()
        self._made[key] = found
        if len(self._made) > self._most:
            oldest = next(iter(self._made))
            del self._made[oldest]
        return found
