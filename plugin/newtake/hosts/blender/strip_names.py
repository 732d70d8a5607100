"""Names of takes' strips: each tells its clip and its take, and no two are the same.

Blender cuts a strip's name off and numbers equal ones (.001); both would hide which take it is.
"""

from __future__ import annotations

from collections.abc import Collection

_BYTES = 61
"""What Blender keeps of a strip's name at least (3.4 to 5.0)."""
_CLIP_BYTES = 28
_MARK = "…"
_EXR = " EXR"


def strip_name(clip: str, number: int, take: str, taken: Collection[str] = ()) -> str:
    """The name of the strip of a take.

    Args:
        clip: Name of the strip that it is a take of; unique in a scene.
        number: The take's among that strip's.
        take: Its name, such as "Take 2: oil painting"; its own number may be another.
        taken: Names that other strips have.
    """
    about = take.partition(": ")[2]
    most = _BYTES - len(_EXR)
    for count in range(1, len(taken) + 2):
        again = f" ({count})" if count > 1 else ""
        head = f"{_middle_out(clip, _CLIP_BYTES)} Take {number}{again}"
        name = _cut(f"{head}: {about}" if about else head, most)
        if name not in taken and exr_name(name) not in taken:
            return name
    raise AssertionError("one of one more names than there are is free")


def exr_name(take: str) -> str:
    """The name of the strip of a take's EXR frames, from that of the take."""
    return take + _EXR


def _cut(text: str, most: int) -> str:
    """Text of at most so many bytes."""
    if len(text.encode()) <= most:
        return text
    return _head(text, most - len(_MARK.encode())).rstrip(" ,.:;") + _MARK


def _middle_out(text: str, most: int) -> str:
    """The same without its middle: what tells long names apart is often at their ends."""
    if len(text.encode()) <= most:
        return text
    half = (most - len(_MARK.encode())) // 2
    return _head(text, half) + _MARK + text.encode()[-half:].decode("utf-8", "ignore")


def _head(text: str, most: int) -> str:
    return text.encode()[:most].decode("utf-8", "ignore")
