"""Values of documents that other programs may have had: what is of another kind is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard


def is_count(value: object) -> TypeGuard[int]:
    return is_number(value) and value >= 0


def is_number(value: object) -> TypeGuard[int]:
    """Whether it is a whole one."""
    return isinstance(value, int) and not isinstance(value, bool)


def mapping_in(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def list_in(value: object) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def text_in(value: object) -> str:
    return value if isinstance(value, str) else ""
