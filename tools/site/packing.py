"""Values of traits as text of which each different one is told once."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import Any


class Tables:
    """Values by number, and the bytes in them by number: `{"bytes": number}` stands for some."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self.bytes: list[str] = []
        """In base64."""
        self._numbers: dict[str, int] = {}

    def number_of(self, value: object) -> int:
        """The place of a value among the values."""
        plain = self.plain(value)
        key = json.dumps(plain, sort_keys=True)
        if key not in self._numbers:
            self._numbers[key] = len(self.values)
            self.values.append(plain)
        return self._numbers[key]

    def plain(self, value: Any) -> object:  # noqa: ANN401 -- whatever a trait holds
        """A value as JSON knows it."""
        if isinstance(value, bytes):
            return {"bytes": self._number_of_bytes(value)}
        if isinstance(value, dict):
            return {name: self.plain(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(each) for each in value]
        return value

    def _number_of_bytes(self, content: bytes) -> int:
        key = hashlib.sha256(content).hexdigest()
        if key not in self._numbers:
            self._numbers[key] = len(self.bytes)
            self.bytes.append(base64.b64encode(content).decode())
        return self._numbers[key]


def packed(content: object) -> str:
    """Anything that JSON knows, deflated, in base64."""
    return base64.b64encode(zlib.compress(json.dumps(content).encode(), 9)).decode()
