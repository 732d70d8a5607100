"""A timeline is written whole or not at all, by many at once, and never from an old reading."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import anyio
import opentimelineio as otio
import pytest

from newtake.domain.errors import (
    HostError,
    SelectionError,
)
from otio_newtake.host import OtioHost
from otio_newtake.locking import exclusive
from otio_newtake.writing import marked_clips, write_timeline
from otio_takes import first_clip, host_of, take_of, target_of

pytestmark = pytest.mark.anyio


def test_a_timeline_that_fails_its_check_replaces_nothing(tmp_path: Path) -> None:
    output = tmp_path / "out.otio"
    output.write_text("what was there")

    def refuse(reloaded: object) -> None:
        raise HostError(f"no good: {type(reloaded).__name__}")

    with pytest.raises(HostError, match="no good: Timeline"):
        write_timeline(otio.schema.Timeline(), output, refuse)
    assert [path.name for path in tmp_path.iterdir()] == ["out.otio"]
    assert output.read_text() == "what was there"


async def test_several_takes_are_chosen_in_one_write_or_none_at_all(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    clip = await first_clip(OtioHost(target))
    await OtioHost(target).add_take(take_of(clip))
    written = target.output.read_bytes()
    host = OtioHost(target)

    with pytest.raises(SelectionError, match="take_077"):
        await host.select_takes([(clip.key, "original"), (clip.key, "take_077")])
    assert target.output.read_bytes() == written

    await host.select_takes([(clip.key, "original")])
    assert [take.selected for take in (await first_clip(host)).takes] == [True, False]
    assert await OtioHost(replace(target, timeline=target.output)).is_ours()
    assert not await host.is_ours()


async def test_a_large_timeline_is_proved_by_its_marked_clips_alone(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    timeline = otio.adapters.read_from_file(str(target.timeline))
    track = timeline.tracks[0]
    for _ in range(5000):
        track.append(track[0].clone())
    otio.adapters.write_to_file(timeline, str(target.timeline))
    host = OtioHost(target)
    (clip,) = [each for each in await host.clips() if each.index == 4000]
    await host.add_take(take_of(clip))
    await host.add_take(take_of(clip, "job/2"))
    text = target.output.read_text()
    assert not text.startswith("{\n")
    (marked,) = marked_clips(text).find_clips()
    assert list(marked.media_references()) == ["DEFAULT_MEDIA", "take_001", "take_002"]
    assert marked.is_equivalent_to(
        otio.adapters.read_from_file(str(target.output)).find_clips()[3999]
    )
    assert not list(marked_clips(target.timeline.read_text()).find_clips())


async def test_what_a_process_remembers_is_never_out_of_date(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    host = OtioHost(target)
    before = await host.clips()
    first = before[0].source.start
    text = target.timeline.read_text()
    # Same length, and at once: the file system's times may not tell.
    target.timeline.write_text(text.replace("30.0", "31.0"))
    assert (await host.clips())[0].source.start == first + 1
    await host.add_take(take_of((await host.clips())[0]))
    assert [take.key for take in (await host.clips())[0].takes] == ["DEFAULT_MEDIA", "take_001"]
    # Who listed before the take came sees what was there then.
    assert [clip.takes for clip in before] == [() for _ in before]
    assert before[0].source.start == first


async def test_takes_of_jobs_that_end_together_are_all_kept(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    clips = await OtioHost(target).clips()
    async with anyio.create_task_group() as group:
        for number in range(6):
            take = take_of(clips[number % 3], f"job/{number}")
            group.start_soon(OtioHost(target).add_take, take)
    made = [[take.number for take in clip.takes] for clip in await OtioHost(target).clips()]
    assert made[:3] == [[0, 1, 2], [0, 1, 2], [0, 1, 2]]


_ADDER = """
import sys, anyio
from pathlib import Path
from otio_newtake.host import OtioHost
sys.path.insert(0, sys.argv[1])
from otio_takes import take_of, target_of

async def main():
    host = OtioHost(target_of(Path(sys.argv[2]), "file_urls.otio"))
    clips = await host.clips()
    await host.add_take(take_of(clips[1], sys.argv[3]))

anyio.run(main)
"""


async def test_takes_of_processes_that_end_together_are_all_kept(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    here = str(Path(__file__).parents[1])
    running = [
        subprocess.Popen([sys.executable, "-c", _ADDER, here, str(tmp_path), f"process/{number}"])
        for number in range(4)
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0, 0]
    clip = (await OtioHost(target).clips())[1]
    assert [take.number for take in clip.takes] == [0, 1, 2, 3, 4]


async def test_a_writer_that_does_not_end_is_waited_for_only_so_long(tmp_path: Path) -> None:
    host = host_of(tmp_path, "file_urls.otio", lock_seconds=0.2)
    take = take_of(await first_clip(host))
    async with exclusive(tmp_path / "out.otio", wait_seconds=1):
        with pytest.raises(HostError, match="Another New Take"):
            await host.add_take(take)
    assert (await host.add_take(take)).added
