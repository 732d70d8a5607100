"""Whether frames of a source that a take copies decode whole: with ffmpeg first, which is fast."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import ffmpeg

from newtake.adapters.ffmpeg_cuts import seeks_of, too_short
from newtake.adapters.ffmpeg_export import UNINDEXED, Cut, compiled, cut_frames
from newtake.adapters.ffmpeg_process import run_ffmpeg
from newtake.adapters.image_feed import image_feed
from newtake.adapters.packets import ffmpeg_address
from newtake.adapters.soundness import require_sound
from newtake.adapters.toolchain import Toolchain
from newtake.domain.clip import MediaInfo
from newtake.ports import Progress


async def require_decoded(
    tools: Toolchain, source: MediaInfo, cut: Cut, progress: Progress
) -> None:
    """Decode the frames of a cut; strictly where ffmpeg complains, or could not know.

    Raises:
        MediaError: One of them is damaged, or not there.
        MediaToolError: ffmpeg failed.
    """
    complaints: tuple[str, ...] = ()
    found = 0
    with tempfile.TemporaryDirectory(prefix="newtake-") as folder:
        listing = Path(folder) / "frames"
        for seek in await seeks_of(source, cut.index):
            with image_feed(source, cut.index, cut.frames, listing) as feed:
                fed = replace(cut, feed=feed)
                complaints = await run_ffmpeg(
                    _decode_command(tools.executable, source, fed, seek=seek, to=listing),
                    doing="Looking for damage",
                    frames=cut.frames,
                    progress=progress,
                    stdin=feed.stream.out if feed and feed.stream else None,
                )
            found = _decoded_in(listing.read_text("ascii", "replace"))
            if found:
                break
    if found < cut.frames:
        raise too_short(source, cut, found)
    await require_sound_where_doubtful(source, cut.index, cut.frames, complaints)


async def require_sound_where_doubtful(
    source: MediaInfo, index: int, frames: int, complaints: Sequence[str]
) -> None:
    """Decode frames strictly where ffmpeg complained, or could not know: without an index what was
    lost is missed by nobody. Images say themselves when they are damaged.

    Args:
        source: The media.
        index: The first frame, from 0 on.
        frames: How many.
        complaints: What ffmpeg said while it decoded them.

    Raises:
        MediaError: As `require_sound`.
    """
    if source.sequence is None and (complaints or source.container in UNINDEXED):
        await require_sound(source, index, frames)


def _decode_command(
    program: str, source: MediaInfo, cut: Cut, *, seek: Fraction, to: Path
) -> list[str]:
    """Decode the frames of a cut, and write one line for each of them."""
    stream = cut_frames(source, cut, seek=seek, rate=source.rate)
    output = ffmpeg.output(stream, ffmpeg_address(to), format="framecrc")
    return compiled(program, output)


def _decoded_in(listing: str) -> int:
    """How many frames `_decode_command` wrote of."""
    return sum(1 for line in listing.splitlines() if line and not line.startswith("#"))
