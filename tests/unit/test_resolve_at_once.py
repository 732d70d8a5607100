"""Takes that come into one Resolve at the same time: each whole, none in another's way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from threading import Thread

import anyio
import anyio.to_thread
import pytest

from newtake import bootstrap
from newtake.bootstrap.resolve_presence import resolve_as_started
from newtake.domain.errors import HostAwayError, StorageError
from newtake.domain.files import PlacedTake
from newtake.hosts.resolve.changing import Changing
from newtake.hosts.resolve.host import ResolveHost
from newtake.testing.resolve import Quirks
from resolve_calls import InProcessCalls
from resolve_relinks import Scene, place_of, scene, stays

pytestmark = pytest.mark.anyio


async def add_at_once(here: Scene, *hosts: ResolveHost, clips: list[str]) -> list[PlacedTake]:
    placed: list[PlacedTake] = []
    key = here.key

    async def add(host: ResolveHost, number: int, clip: str) -> None:
        facts = here.fake.item(clip)
        _, duration, left = place_of(facts)
        its = replace(key, item=clip, start=facts["start"], duration=duration, left=left)
        take = here.take(f"job{number}/sub", number=number)
        start = left - take.file.available.duration // 10
        available = replace(take.file.available, start=start)
        file = replace(take.file, available=available)
        placed.append(await host.add_take(replace(take, clip_key=str(its), file=file)))

    async with anyio.create_task_group() as tasks:
        for number, (host, clip) in enumerate(zip(hosts, clips, strict=True), 1):
            tasks.start_soon(add, host, number, clip)
    return placed


async def test_takes_of_several_jobs_share_the_bin_that_the_first_one_makes(tmp_path: Path) -> None:
    here = scene(tmp_path)
    clips = [each["id"] for each in here.fake.items() if each["track_type"] == "video"]
    before, calls = here.fake.snapshot(), here.calls
    # Each job opens its host by itself, over one conversation.
    hosts = [ResolveHost(here.target, calls) for _ in clips]
    placed = await add_at_once(here, *hosts, clips=clips)
    assert [each.place for each in placed] == ["take"] * 3
    assert [here.fake.item(clip)["selected_take"] for clip in clips] == [2, 2, 2]
    assert here.fake.bins().keys() - {"", "Rushes", "Rushes/Day 1"} == {
        "New Take",
        "New Take/Reel 1",
    }
    assert here.fake.snapshot()["current_bin"] == before["current_bin"]


async def test_takes_that_go_above_share_the_track_that_the_first_one_adds(tmp_path: Path) -> None:
    here = scene(tmp_path, quirks=Quirks(take_kinds=frozenset()))
    clips = [each["id"] for each in here.fake.items() if each["track_type"] == "video"]
    calls = here.calls
    hosts = [ResolveHost(here.target, calls) for _ in clips]
    placed = await add_at_once(here, *hosts, clips=clips)
    assert [each.place for each in placed] == ["track"] * 3
    tracks = here.fake.timeline()["tracks"]["video"]
    assert [(each["name"], len(each["items"])) for each in tracks] == [
        ("Video 1", 3),
        ("New Take", 3),
    ]


async def test_a_bin_that_another_process_made_meanwhile_is_used(tmp_path: Path) -> None:
    here = scene(tmp_path)
    before = here.fake.snapshot()
    made: list[str] = []

    def other_makes_it_first(line: str) -> None:
        if "AddSubFolder" in line and not made:
            made.append(json.loads(line)["do"])
            pool = here.fake.resolve.GetProjectManager().GetCurrentProject().GetMediaPool()
            top = pool.AddSubFolder(pool.GetRootFolder(), "New Take")
            pool.AddSubFolder(top, "Reel 1")
            here.fake.set_current_bin("Rushes/Day 1")

    calls = InProcessCalls(here.fake.resolve, other_makes_it_first)
    placed = await ResolveHost(here.target, calls).add_take(here.take())
    assert made == ["run"]
    assert placed.place == "take"
    assert len(here.fake.bins()["New Take/Reel 1"]) == 1
    assert stays(here.fake.snapshot(), clip=here.clip) == stays(before, clip=here.clip)


@pytest.mark.parametrize("before", ["GetCurrentFolder", "ImportMedia"])
@pytest.mark.parametrize("exr", [0, 16])
async def test_another_project_that_is_opened_before_an_import_gets_nothing(
    before: str, exr: int, tmp_path: Path
) -> None:
    here = scene(tmp_path)
    assert here.fake.world.project is not None
    own = here.fake.world.project.name
    here.fake.add_project("Client B", rate="25")
    here.fake.switch_project("Client B")
    here.fake.add_timeline("Theirs")
    here.fake.set_current_bin("Their rushes")
    theirs = here.fake.snapshot()
    here.fake.switch_project(own)
    left = [int(bool(exr))]

    def open_it(line: str) -> None:
        if f'"{before}"' in line:
            left[0] -= 1
            if left[0] < 0:
                here.fake.switch_project("Client B")

    calls = InProcessCalls(here.fake.resolve, open_it)
    with pytest.raises(HostAwayError, match="the project 'Client B' is open"):
        await ResolveHost(here.target, calls).add_take(here.take(exr=exr))
    assert here.fake.snapshot() == theirs


async def test_takes_of_two_processes_leave_the_editors_bin_current(tmp_path: Path) -> None:
    here = scene(tmp_path)
    clips = [each["id"] for each in here.fake.items() if each["track_type"] == "video"][:2]
    await here.add(here.take("job9/sub", number=9))
    before = here.fake.snapshot()["current_bin"]
    paused = here.fake.on_call("ImportMedia", "pause")
    ended: list[str] = []

    async def process(number: int) -> None:
        """Each has an event loop, a conversation and a hold on the lock of its own."""
        calls = InProcessCalls(here.fake.resolve, changing=Changing(tmp_path / "resolve.lock"))
        await add_at_once(here, ResolveHost(here.target, calls), clips=[clips[number]])
        ended.append(clips[number])

    def work() -> None:
        first, second = (Thread(target=anyio.run, args=(process, at)) for at in (0, 1))
        first.start()
        assert here.fake.wait_for(paused)
        second.start()
        second.join(timeout=0.5)
        assert ended == []
        here.fake.go_on(paused)
        first.join()
        second.join()

    await anyio.to_thread.run_sync(work)
    assert sorted(ended) == sorted(clips)
    assert here.fake.snapshot()["current_bin"] == before


async def test_conversations_of_one_home_take_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWTAKE_HOME", str(tmp_path / "home"))
    environment = {"NEWTAKE_HOME": str(tmp_path / "home")}
    async with (
        bootstrap.resolve_from_outside() as one,
        resolve_as_started(None, environment) as other,
    ):
        for first, second in ((one, other), (other, one)):
            entered = False
            async with first.changing:
                with anyio.move_on_after(0.3):
                    async with second.changing:
                        entered = True
            assert not entered
            async with second.changing:
                pass


async def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    changing = Changing(tmp_path / "home" / "resolve.lock")
    for _ in range(2):
        with pytest.raises(StorageError, match="cannot be locked"):
            async with changing:
                raise AssertionError("it is not held")
