"""What a clip's media is, read once per plan: a video, one of a variable rate, or images.

The same reading decides what is planned, what is cut, and where a take belongs.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from newtake.domain.clip import Clip, MediaInfo, Refusal, RefusalReason
from newtake.domain.errors import MediaError
from newtake.domain.sequence import Holes, ImageSequence, spelled, whole_around
from newtake.domain.timing import FrameRange
from newtake.domain.variable import frames_on_grid, unevenness, unevenness_text
from newtake.ports import MediaTool

Probed = dict[Path | ImageSequence, MediaInfo | MediaError]


async def source_of(clip: Clip, media: MediaTool, probed: Probed) -> MediaInfo | Refusal:
    """The clip's media, probed once; a variable rate is counted as the timeline counts it.

    Of a clip that its host will render, what that render is expected to be.
    """
    if clip.rendered is not None:
        return clip.rendered
    link = clip.media
    if link is None or link.path is None:
        return Refusal(RefusalReason.NO_MEDIA, "it has no media")
    key = link.sequence or link.path
    if key not in probed:
        try:
            if link.sequence is not None:
                probed[key] = await media.probe_sequence(link.sequence)
            else:
                probed[key] = await media.probe(link.path)
        except MediaError as error:
            probed[key] = error
    info = probed[key]
    if isinstance(info, MediaError):
        return Refusal(RefusalReason.OFFLINE, f"{info.what} {info.why}".strip(" ."))
    if info.constant_rate:
        return info
    if not info.frame_times:
        text = "its media has a variable frame rate, and when its pictures show is not known"
        return Refusal(RefusalReason.UNSUPPORTED, text)
    rate = link.available.rate if link.available is not None else info.rate
    return replace(info, rate=rate, frames=frames_on_grid(info.frame_times, rate))


def whole_frames(
    clip: Clip, info: MediaInfo, available: FrameRange, notes: list[str]
) -> FrameRange | Refusal:
    """The frames around the clip that plates may hold: those that reach over no missing image.

    Args:
        clip: At the media's rate.
        info: Its media.
        available: All frames of the media, in its time base.
        notes: What a person should know is added.
    """
    sequence = info.sequence
    if sequence is None or not info.missing:
        return available
    shown = FrameRange(clip.source.start - available.start, clip.source.duration, clip.source.rate)
    wanted = set(sequence.numbers(shown.start, shown.duration)) & set(info.missing)
    name = sequence.pattern.name
    if sequence.holes is not Holes.ERROR:
        if wanted:
            instead = "the image before is shown" if sequence.holes is Holes.HOLD else "are black"
            notes.append(f"{name} has no image {spelled(wanted)}; as the timeline says, {instead}")
        return available
    if wanted:
        return Refusal(RefusalReason.OFFLINE, f"{name} has no image {spelled(wanted)}")
    whole = whole_around(info.missing, sequence, shown).moved(available.start)
    if whole != available:
        notes.append(
            f"{name} has no image {spelled(info.missing)}, outside the clip; handles end there"
        )
    return whole


def source_notes(info: MediaInfo, frames: FrameRange, *, through_lut: bool = False) -> list[str]:
    """What a person should know of how the media is read.

    Args:
        info: The media.
        frames: Those of the clip, counted from the media's first.
        through_lut: Whether a LUT decides how the model is shown its colours.
    """
    notes = []
    if info.frame_times:
        found = unevenness(info.frame_times, info.rate, frames)
        notes.append(unevenness_text(found, frames.duration, info.rate))
    if info.interlaced:
        notes.append("its media is interlaced; each frame is deinterlaced into one frame")
    if info.codec == "exr" and not through_lut:
        notes.append(
            "its EXR images are scene-linear; the model is shown them as BT.709, light above four "
            "fifths of white rolled off"
        )
    if info.has_alpha:
        notes.append(
            "the media's alpha channel is flattened on black: the model sees and returns picture "
            "only"
        )
    return notes


def for_journal(info: MediaInfo) -> MediaInfo:
    """Without lists as long as the media, which can be read again."""
    return replace(info, frame_times=(), missing=())
