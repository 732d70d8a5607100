"""What a plan says of the media ranges that a timeline states, and of what lies outside them.

OpenTimelineIO's documents say what is meant: the available range is the part of the file that is
available, counted as the media counts itself, by its timecode or from zero ("Timeline Structure",
"Time Scopes"). Some readers take its first frame for the file's first all the same.
"""

from __future__ import annotations

from newtake.domain.clip import MediaInfo, other_origin, part_origin
from newtake.domain.timing import FrameRange


def reading_notes(
    source: FrameRange,
    stated: FrameRange | None,
    info: MediaInfo,
    timecode_start: int | None,
    origin: int,
) -> list[str]:
    """Where the frames of a clip fit its file in two ways, both, and which was chosen.

    Args:
        source: The clip's frames, in the media's time base.
        stated: What the timeline says is available.
        info: The media.
        timecode_start: As for `media_origin`.
        origin: What that chose.
    """
    if other_origin(source, stated, info, timecode_start) is not None:
        return [
            f"media frames {_told(source)} fit this file in two ways, and the timeline does not "
            f"decide: counted from the file's timecode {info.timecode} (frame {origin}), which was "
            "chosen, or from zero; to have it the other way, give the media in the timeline an "
            f"available range of 0 to {info.frames - 1}, the whole file"
        ]
    other = part_origin(source, stated, info, timecode_start)
    if other is None or stated is None:
        return []
    return [
        f"media frames {_told(source)} fit this file in two ways: the timeline states "
        f"{_told(stated)} as available, a part of the file, so they were counted from the file's "
        f"first frame; a reader that takes {other} for that first frame shows file frames "
        f"{_told(source.moved(-other))}; to have it so, give the media in the timeline an "
        f"available range of {other} to {other + info.frames - 1}, the whole file"
    ]


def handle_notes(source: FrameRange, stated: FrameRange | None, sent: FrameRange) -> list[str]:
    """Which frames the handles take from outside what the timeline states as available.

    They are meant to: an editor who states a part of a file has the rest of it as well.

    Args:
        source: The clip's frames, in the media's time base.
        stated: What the timeline says is available.
        sent: From the first frame of the first plate, or of the take, to the end of the last.
    """
    if stated is None or stated.rate != sent.rate or not stated.contains(source):
        return []
    outside = [
        _told(FrameRange(start, end - start, sent.rate))
        for start, end in ((sent.start, stated.start), (stated.end, sent.end))
        if end > start
    ]
    if not outside:
        return []
    return [
        f"its handles show media frames {' and '.join(outside)}, which the file has outside the "
        f"{_told(stated)} that the timeline states as available"
    ]


def _told(frames: FrameRange) -> str:
    return f"{frames.start} to {frames.end - 1}"
