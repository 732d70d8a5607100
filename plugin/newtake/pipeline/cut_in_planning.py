"""Planning a clip of which only a part is restyled: whether it can be, and what the take spans."""

from __future__ import annotations

from newtake.domain.clip import Clip, MediaInfo, Refusal, RefusalReason
from newtake.domain.cube import Lut
from newtake.domain.cut_in import cut_in_notes, cut_in_text, refuse_cut_in, take_range
from newtake.domain.edit import EditSettings
from newtake.domain.errors import MediaError
from newtake.domain.timing import FrameRange
from newtake.ports import PartTool, no_progress


async def plan_take_range(
    clip: Clip,
    info: MediaInfo,
    available: FrameRange,
    origin: int,
    settings: EditSettings,
    codec: str,
    lut: Lut | None,
    tool: PartTool,
    notes: list[str],
) -> FrameRange | Refusal | None:
    """The frames of the take where only a part of the clip is restyled; None where all of it is.

    The last frame is looked at: a container may promise more than it has, and nothing is to be
    bought for a take that cannot be made.

    Args:
        clip: At the media's rate.
        info: Its media.
        available: The frames around the clip that can be cut, in the media's time base.
        origin: Time-base number of the file's first frame.
        settings: Of the edit.
        codec: Of the takes.
        lut: The table that the model sees the source through.
        tool: Looks at the frame.
        notes: What a person should know is added.
    """
    whole = clip.whole
    if whole is None:
        return None
    refusal = refuse_cut_in(clip, info, settings, codec, lut)
    if refusal is not None:
        return refusal
    take = take_range(whole, available)
    if not await _is_there(take.end - 1, info, origin, tool):
        take = take_range(whole, available, tail=False)
        if not await _is_there(take.end - 1, info, origin, tool):
            text = f"its last media frame, {take.end - 1}, cannot be read"
            return Refusal(RefusalReason.OUTSIDE_MEDIA, text)
    notes.append(cut_in_text(clip))
    notes.extend(cut_in_notes(info))
    return take


async def _is_there(frame: int, info: MediaInfo, origin: int, tool: PartTool) -> bool:
    try:
        return bool(await tool.scene_scores(info, frame - origin, 1, no_progress))
    except MediaError:
        return False
