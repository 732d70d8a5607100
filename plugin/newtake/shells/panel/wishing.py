"""What the page asks for, as a wish and as clips of a timeline: nothing is planned yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from newtake.bootstrap.restyling import Wish
from newtake.bootstrap.styles import find_style, with_words_of
from newtake.bootstrap.wanting import Asking
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError, SettingsError
from newtake.domain.selection import Selection
from newtake.shells.panel.requests import PlanRequest

NOT_SAID = "(not said yet)"
"""Stands for a prompt in plans that only show what would be sent and cost."""
PictureOf = Callable[[str], Path]
"""The file of a picture that was given before, by its id. Raises: SelectionError."""
_WORDS = (
    "resolution",
    "duration",
    "edit_strength",
    "hdr",
    "exr_export",
    "variations",
    "handles",
    "cadence",
    "continuity",
)


def has_words(request: PlanRequest, beside: Path | None) -> bool:
    """Whether it is said how the clips should look. Raises: StyleError."""
    if request.prompt.strip():
        return True
    return request.style is not None and not find_style(request.style, beside).needs_prompt


def wish_of(
    request: PlanRequest, *, beside: Path | None = None, picture_of: PictureOf | None = None
) -> Wish:
    """The wish; where it is not said how the clips should look, with `NOT_SAID` in its place.

    The page says every setting itself, so that of a style only its words are used.

    Args:
        request: The page's.
        beside: The folder of the timeline, where styles may lie; None where that is no file.
        picture_of: Finds the first-frame image.

    Raises:
        StyleError: There is no such style, or it has no such field.
        SelectionError: There is no such picture.
        SettingsError: What is named as a look-up table cannot be one.
    """
    ready = has_words(request, beside)
    said: dict[str, Any] = {name: getattr(request, name) for name in _WORDS}
    said["auto_controls"] = request.auto_controls or None
    said["prompt"] = request.prompt if request.prompt.strip() or ready else NOT_SAID
    if request.first_frame is not None:
        if picture_of is None:
            raise SelectionError("This page keeps no pictures.")
        said["first_frame"] = str(picture_of(request.first_frame))
    said = {name: value for name, value in said.items() if value is not None}
    return Wish(
        edit=with_words_of(said, request.style, request.fields, beside),
        codec=request.codec,
        lut=None if request.lut is None else _lut(request.lut, beside),
        provider=request.provider,
        uploader=request.uploader,
        fetch_url=request.fetch_url,
    )


def _lut(typed: str, beside: Path | None) -> Path:
    """The table that a person typed the path of; without a folder one beside the timeline.

    What has another name is not opened: what is wrong with a file is told with words of it.
    """
    path = Path(typed.strip()).expanduser()
    if beside is not None:
        path = beside / path
    if path.suffix.lower() != ".cube" or not path.is_absolute():
        raise SettingsError(
            f"{typed} is no path of a look-up table.",
            fix="Give the whole path of a .cube file of this machine.",
        )
    return path


def asking_of(request: PlanRequest, clips: Sequence[Clip]) -> Asking:
    """Which of the listed clips are meant.

    Raises:
        SelectionError: A clip is not there any more, or a range is empty.
    """
    # A clip gets another key with its first take.
    known = {word: str(clip.index) for clip in clips for word in (*clip.known_by, clip.key)}
    if any(key not in known for key in request.clips):
        raise SelectionError(
            "The timeline has changed: a clip that was chosen is not there any more.",
            fix="Choose the clips again.",
        )
    return Asking(
        Selection(
            clips=tuple(dict.fromkeys(known[key] for key in request.clips)),
            ranges=tuple(_label(each, clips) for each in request.ranges),
            track=request.track,
        ),
        partial=request.partial,
    )


def _label(span: tuple[int, int], clips: Sequence[Clip]) -> str:
    start, end = span
    if end <= start:
        raise SelectionError("A marked range is empty.", fix="Mark it anew: I and O.")
    if not clips:
        raise SelectionError("The timeline has no clips.")
    record = clips[0].record
    return f"{record.label(start)}-{record.label(end)}"
