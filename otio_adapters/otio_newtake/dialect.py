"""How a timeline is spelled for its readers: addresses, time base and shape.

Readers contradict each other. Resolve takes plain paths and source frames counted from the media's
timecode; GES takes only `file:` URLs, and most open readers count every media from zero whatever
its available range says (measured with GES 1.22, otio-mlt-adapter 0.3 and otio-kdenlive-adapter
0.0.3).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.files import Profile
from otio_newtake.addresses import bare_path, file_url, is_file_url, is_relative, locate
from otio_newtake.marks import holds, url_of


@dataclass(frozen=True, slots=True)
class Dialect:
    """How takes are written. None leaves the decision to each clip's own media."""

    bare_paths: bool | None
    rebase: bool | None
    """Whether clips added for takes count their media from zero."""
    resolve_shape: bool
    respell: bool
    """Whether the addresses of all other media are written the same way."""
    folder: Path | None = None
    """Of the written timeline; where it is known, media beside relative media stay relative."""

    def address(self, path: Path, original: Any) -> str:
        bare = self.bare_paths
        if bare is None:
            url = url_of(original)
            if self.folder is not None and is_relative(url):
                return _relative(path, self.folder)
            bare = bool(url) and not is_file_url(url)
        return bare_path(path) if bare else file_url(path)

    def counts_from_zero(self, original: Any) -> bool:
        if self.rebase is not None:
            return self.rebase
        span = original.available_range if original is not None else None
        return span is None or span.start_time.value == 0


def dialect_of(
    profile: Profile,
    timeline: Any,
    folder: Path | None = None,
    clips: Sequence[Any] | None = None,
) -> Dialect:
    """The dialect asked for; with `auto`, the one the timeline came in.

    Args:
        profile: As asked.
        timeline: As it came.
        folder: Where it is written.
        clips: Its clips, where they are at hand: finding them takes a while.
    """
    asked = profile is not Profile.AUTO
    if profile is Profile.GENERIC:
        return Dialect(bare_paths=False, rebase=True, resolve_shape=False, respell=True)
    if profile is Profile.RESOLVE or _is_from_resolve(timeline, clips):
        return Dialect(bare_paths=True, rebase=False, resolve_shape=True, respell=asked)
    return Dialect(None, rebase=None, resolve_shape=False, respell=False, folder=folder)


def shape(timeline: Any, dialect: Dialect, folder: Path, exists: Callable[[Path], bool]) -> None:
    """Bring what is there already into an explicitly chosen dialect. Changes spellings, no media.

    Args:
        timeline: Changed in place.
        dialect: As from `dialect_of`.
        folder: What relative addresses count from.
        exists: Whether a path is there.
    """
    if dialect.resolve_shape and timeline.global_start_time is None:
        # Resolve imports nothing without it; zero leaves every record timecode as it is.
        rate = next(
            (c.source_range.duration.rate for c in timeline.find_clips() if c.source_range), 24.0
        )
        timeline.global_start_time = otio.opentime.RationalTime(0, rate)
    if not dialect.respell:
        return
    for reference in _references(timeline):
        is_sequence = isinstance(reference, otio.schema.ImageSequenceReference)
        field, slash = ("target_url_base", "/") if is_sequence else ("target_url", "")
        url = getattr(reference, field) or ("." if is_sequence else "")
        if is_file_url(url) is not dialect.bare_paths and not is_relative(url):
            continue
        path = locate(url, folder, exists).path
        if path is not None and path.is_absolute():
            setattr(reference, field, dialect.address(path, reference).rstrip("/") + slash)


def move_relative(timeline: Any, old: Path, new: Path) -> None:
    """Keep relative addresses pointing at their media when the timeline is written elsewhere."""
    if old == new:
        return
    for clip in timeline.find_clips():
        for reference in clip.media_references().values():
            for field in ("target_url", "target_url_base"):
                url = getattr(reference, field, None)
                if url is not None and (is_relative(url) or (field.endswith("base") and not url)):
                    slash = "/" if field.endswith("base") else ""
                    setattr(reference, field, _moved(url, old, new) + slash)


def _moved(url: str, old: Path, new: Path) -> str:
    try:
        return Path(os.path.relpath(old / url, new)).as_posix()
    except ValueError:  # another drive on Windows
        return str(old / url)


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:  # another drive on Windows
        return bare_path(path)


def _is_from_resolve(timeline: Any, clips: Sequence[Any] | None) -> bool:
    if holds(timeline.metadata, "Resolve_OTIO"):
        return True
    return any(holds(clip.metadata, "Resolve_OTIO") for clip in clips or timeline.find_clips())


def _references(timeline: Any) -> list[Any]:
    """All that name files."""
    kinds = (otio.schema.ExternalReference, otio.schema.ImageSequenceReference)
    return [
        reference
        for clip in timeline.find_clips()
        for reference in clip.media_references().values()
        if isinstance(reference, kinds)
    ]
