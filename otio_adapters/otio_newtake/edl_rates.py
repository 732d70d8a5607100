"""Find the frames per second of an EDL, which does not say them.

Told is told; else they are what all its media run at, where its frame numbers allow that; else the
lowest rate that has a place for its highest frame number.
"""

from __future__ import annotations

import math
import re
import stat
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from typing import Any

import av

from newtake.domain.errors import TimelineError
from newtake.domain.timing import display_rate, exact_rate
from otio_newtake.addresses import locate
from otio_newtake.edl_media import fitting_files
from otio_newtake.marks import url_of

VARIABLE = "NEWTAKE_EDL_RATE"
_LADDER = (24, 25, 30, 48, 50, 60)
_HALF = 30
"""Above it a rate may be that of media which the EDL counts at the half."""
_MAX_FILES = 200
"""Files that are opened for their rate; more would take longer than they tell."""
_TIMECODE = re.compile(rb"\b\d\d:\d\d:\d\d[:;](\d\d)\b")
_OPTIONS = {"protocol_whitelist": "file"}
_SPELLED = {23.976: 24000 / 1001, 29.97: 30000 / 1001, 59.94: 60000 / 1001}


def edl_rate(raw: bytes, told: str = "", media: Fraction | None = None) -> tuple[float, str]:
    """The frames per second, and how they were found. Drop frame is 29.97.

    Args:
        raw: The EDL.
        told: What a person says that it is; "" where nobody does.
        media: What all its media run at; None where that is not known.

    Raises:
        TimelineError: What was told is no rate.
    """
    if told:
        try:
            rate = float(told)
        except ValueError:
            rate = 0.0
        if not 1 <= rate <= 1000:
            raise TimelineError(
                f"{told!r} is no frame rate.", fix=f"Give --edl-rate, or {VARIABLE}, a number."
            )
        return _SPELLED.get(rate, rate), f"the EDL counts at {told} frames per second, as was told"
    if b"FCM: DROP FRAME" in raw.upper():
        return 30000 / 1001, "the EDL says drop frame: it counts at 29.97 frames per second"
    highest = max((int(frame) for frame in _TIMECODE.findall(raw)), default=0)
    if media is not None and _fits(media, highest):
        return float(media), (
            f"an EDL names no frame rate; all its media runs at {display_rate(media)} frames per "
            "second, so it was read at that (--edl-rate where that is wrong)"
        )
    rate = float(next((each for each in _LADDER if highest < each), _LADDER[-1]))
    return rate, (
        f"an EDL names no frame rate; its frame numbers go up to {highest}, so it was read at "
        f"{rate:g} frames per second (--edl-rate where that is wrong)"
    )


def media_rate(timeline: Any, folder: Path) -> Fraction | None:
    """The frames per second of all media of a timeline that is at hand; None where none is, or
    they differ. Opens the files; what is wrong with one is said when it is planned."""
    urls = dict.fromkeys(url_of(clip.media_reference) for clip in timeline.find_clips())
    paths = (locate(url, folder, Path.exists).path for url in urls if url)
    rates: set[Fraction] = set()
    for path in islice(chain(paths, fitting_files(timeline, folder)), _MAX_FILES):
        if path is not None:
            rates |= _rates_of(path)
        if len(rates) > 1:
            return None
    return next(iter(rates), None)


def _rates_of(path: Path) -> set[Fraction]:
    """What a movie states; nothing of what is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return set()
        with av.open(f"file:{path}", options=_OPTIONS) as container:
            for stream in container.streams.video:
                if stream.average_rate:
                    return {exact_rate(stream.average_rate)}
    except (OSError, ValueError, av.FFmpegError):
        pass
    return set()


def _fits(rate: Fraction, highest: int) -> bool:
    """Whether an EDL with that highest frame number can count at a rate."""
    nominal = math.ceil(rate)
    return highest < nominal and (nominal <= _HALF or highest >= _HALF)
