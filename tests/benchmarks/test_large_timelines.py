"""A timeline of 10 000 clips is planned, relinked and written in a small multiple of plain OTIO.

Compared is processor time, each in a process of its own: what plain opentimelineio takes to read
the file and to write it, and what New Take takes to list it, find the chosen clip, see that its
output could be written and by whom it is read, and to add a take, write the timeline and prove it
by reading it again. Media are not probed in either. What whole commands cost is in
`test_large_timelines_at_the_door.py`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import anyio
import opentimelineio as otio
import pytest

from newtake.domain.clip import Clip
from newtake.domain.files import HostTarget, NewTake, Provenance, TakeFile
from newtake.domain.selection import Selection, select_clips
from otio_newtake.host import OtioHost

pytestmark = pytest.mark.benchmark

CLIPS, TRACKS, FILES = 10_000, 10, 200
PAIRS = 5
MOST_RATIO = 2.5
MOST_FURTHER_RATIO = 2.0
BATCH = 20
TOGETHER, PARTS = 50, 20
MOST_TOGETHER_RATIO, MOST_PARTS_RATIO = 2.0, 8.0
"""Of the cost of one take. For parts, each split out of its clip, one track is gone through again
for each of them."""


def write_timeline(folder: Path, *, as_editors_write: bool) -> Path:
    """10 000 clips on ten tracks, of 200 files.

    Args:
        folder: Where.
        as_editors_write: With an effect and metadata on each clip; an editor writes several.
    """

    def time_of(value: int) -> otio.opentime.RationalTime:
        return otio.opentime.RationalTime(value, 24)

    timeline = otio.schema.Timeline("long", global_start_time=time_of(86_400))
    for number in range(TRACKS):
        track = otio.schema.Track(f"Video {number + 1}", kind=otio.schema.TrackKind.Video)
        timeline.tracks.append(track)
        for index in range(CLIPS // TRACKS):
            media = folder / f"{index % FILES:03}.mov"
            media.write_bytes(b"no film")
            reference = otio.schema.ExternalReference(
                media.as_uri(), otio.opentime.TimeRange(time_of(0), time_of(1000))
            )
            span = otio.opentime.TimeRange(time_of(index % 800), time_of(48))
            clip = otio.schema.Clip(f"clip {index}", reference, span)
            if as_editors_write:
                clip.metadata["Editor"] = {"Link Group ID": index, "Colour": "Teal", "Notes": []}
                effect = otio.schema.Effect("Transform", "Transform")
                effect.metadata["Editor"] = {
                    "Enabled": True,
                    "Parameters": [{"Name": name, "Value": 1.0} for name in ("ZoomX", "ZoomY")],
                }
                clip.effects.append(effect)
            track.append(clip)
    path = folder / "long.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def take_of(clip: Clip, label: str) -> NewTake:
    return NewTake(
        clip_key=clip.key,
        label=label,
        name="Take 1",
        file=TakeFile(
            path=Path("/takes/a_take_001.mov"),
            number=1,
            available=clip.source,
            start_timecode="00:00:00:00",
            frames_in_file=clip.source.duration,
            method="rewrap",
            sidecar=Path("/takes/a_take_001.json"),
        ),
        provenance=Provenance(
            *("job", "1", "sandbox", "m", "oil"), {}, "2026-01-01T00:00:00+00:00", "", "00"
        ),
    )


async def chosen(host: OtioHost, numbers: Sequence[int]) -> list[Clip]:
    clips = select_clips(await host.clips(), Selection(clips=tuple(map(str, numbers))))
    await host.check_output([clip.key for clip in clips])
    await host.readers()
    return clips


def restyle_one(path: Path) -> None:
    """From the file to the file with the take, as `newtake restyle` goes about it."""
    output = path.with_name("long_newtake.otio")
    output.unlink(missing_ok=True)

    async def work() -> None:
        host = OtioHost(HostTarget("otio", path, output))
        (clip,) = await chosen(host, [5000])
        await host.add_take(take_of(clip, "job/1"))

    anyio.run(work)


def cost(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def plain(path: Path) -> None:
    timeline = otio.adapters.read_from_file(str(path))
    otio.adapters.write_to_file(timeline, str(path.with_name("plain.otio")))


def measured(word: str, path: Path) -> float:
    """Processor seconds of one of both in a process of its own, as a command has: libraries are
    loaded, and nothing was read before."""
    done = subprocess.run(
        [sys.executable, __file__, word, str(path)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


@pytest.mark.parametrize("as_editors_write", [True, False], ids=["effects", "bare"])
def test_a_take_costs_a_small_multiple_of_reading_and_writing(
    as_editors_write: bool, tmp_path: Path
) -> None:
    path = write_timeline(tmp_path, as_editors_write=as_editors_write)
    ratios = []
    for number in range(PAIRS):
        order = ("plain", "ours")[:: 1 if number % 2 else -1]
        spent = {word: measured(word, path) for word in order}
        ratios.append(spent["ours"] / spent["plain"])
    written = otio.adapters.read_from_file(str(tmp_path / "long_newtake.otio"))
    (clip,) = [each for each in written.find_clips() if len(each.media_references()) > 1]
    assert clip.active_media_reference_key == "take_001"
    assert len(written.find_clips()) == CLIPS
    ratio = statistics.median(ratios)
    print(
        f"one take into {CLIPS} clips{' with effects' if as_editors_write else ''}: "
        f"{ratio:.2f} of {', '.join(f'{each:.2f}' for each in ratios)}"
    )
    assert ratio <= MOST_RATIO


def test_each_further_take_costs_less_than_reading_and_writing_again(tmp_path: Path) -> None:
    path = write_timeline(tmp_path, as_editors_write=False)
    host = OtioHost(HostTarget("otio", path, tmp_path / "long_newtake.otio"))
    clips = anyio.run(chosen, host, range(1, BATCH + 1))

    async def add(number: int) -> None:
        await host.add_take(take_of(clips[number], f"job/{number}"))

    anyio.run(add, 0)
    each = cost(lambda: [anyio.run(add, number) for number in range(1, BATCH)]) / (BATCH - 1)
    once = statistics.median(cost(lambda: plain(path)) for _ in range(3))
    print(f"each further take: {each / once:.2f} of reading and writing, {each:.2f} s")
    assert [len(clip.takes) for clip in host_listing(host)[:BATCH]] == [2] * BATCH
    assert each <= MOST_FURTHER_RATIO * once


def test_takes_that_are_ready_together_cost_hardly_more_than_one(tmp_path: Path) -> None:
    path = write_timeline(tmp_path, as_editors_write=False)
    target = HostTarget("otio", path, tmp_path / "long_newtake.otio")
    clips = anyio.run(chosen, OtioHost(target), range(1, TOGETHER + PAIRS + PARTS + 2))

    async def add(*numbers: int, part: bool = False) -> None:
        async with anyio.create_task_group() as tasks:
            for number in numbers:
                clip = clips[number]
                record = replace(clip.record, start=clip.record.start + 10, duration=20)
                take = replace(take_of(clip, f"job/{number}"), piece=record if part else None)
                # Each job opens a host of its own.
                tasks.start_soon(OtioHost(target).add_take, take)

    anyio.run(add, 0)
    one = statistics.median(cost(partial(anyio.run, add, each)) for each in range(1, PAIRS + 1))
    last = TOGETHER + PAIRS + 1
    together = cost(lambda: anyio.run(add, *range(PAIRS + 1, last)))
    assert [len(clip.takes) for clip in host_listing(OtioHost(target))[:last]] == [2] * last
    parts = cost(partial(anyio.run, partial(add, part=True), *range(last, last + PARTS)))
    print(
        f"{TOGETHER} takes at once: {together / one:.2f} of one, {together:.2f} s; "
        f"each by itself {TOGETHER * one:.1f} s; {PARTS} parts at once: {parts / one:.2f} of one"
    )
    split = host_listing(OtioHost(target))[last : last + 3 * PARTS]
    assert [len(clip.takes) for clip in split] == [0, 2, 0] * PARTS
    assert together <= MOST_TOGETHER_RATIO * one
    assert parts <= MOST_PARTS_RATIO * one


def host_listing(host: OtioHost) -> Sequence[Clip]:
    return anyio.run(host.clips)


def main(word: str, path: Path) -> None:
    """Print what one of both costs, everything loaded that both need."""
    otio.adapters.suffixes_with_defined_adapters()
    anyio.run(anyio.sleep, 0)
    print(cost(lambda: plain(path) if word == "plain" else restyle_one(path)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
