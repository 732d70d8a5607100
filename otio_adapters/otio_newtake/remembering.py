"""Timelines of this process that were read and checked already, known again by what is in the file.

One command looks at the same timeline several times: to list it, to see that takes can be written,
to put them in. Reading 10 000 clips takes longer than everything that is done with them. A file's
bytes are read and their SHA-256 is taken each time, so nothing here is ever out of date.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

_Kept = TypeVar("_Kept")


class Memory(Generic[_Kept]):
    """The values used last, a few of them. Safe to be asked by several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    def get(self, key: Hashable) -> _Kept | None:
        """A value to be looked at; others may look at it too."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def take(self, key: Hashable) -> _Kept | None:
        """A value that is the caller's alone from now on, to be changed."""
        with self._lock:
            return self._kept.pop(key, None)

    def keep(self, key: Hashable, value: _Kept) -> None:
        """Nobody may change the value after this."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
