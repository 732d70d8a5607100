"""A take above its clip lies on a track of our own that shows; an editor's is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.domain.errors import HostError
from newtake.hosts.resolve.relinking import add_take
from newtake.testing.resolve import Quirks
from newtake.testing.resolve.state import Track
from resolve_calls import InProcessCalls
from resolve_relinks import DURATION, HANDLE, START, Scene, place_of, scene

pytestmark = pytest.mark.anyio


def put_track(here: Scene, at: int, name: str) -> None:
    """The editor adds an empty video track, which then is the one of that number."""
    assert here.fake.world.timeline is not None
    here.fake.world.timeline.tracks["video"].insert(at - 1, Track(name))


def on_track(here: Scene, number: int = 2) -> list[tuple[int, int, int]]:
    items = here.fake.items()
    return [
        place_of(each) for each in items if (each["track_type"], each["track"]) == ("video", number)
    ]


@pytest.mark.parametrize("is_on", [True, False])
async def test_an_editor_s_own_empty_track_is_neither_used_nor_renamed(
    is_on: bool, tmp_path: Path
) -> None:
    here = scene(tmp_path, quirks=Quirks(take_kinds=frozenset()))
    put_track(here, 2, "Video 2")
    here.fake.change_track(2, enabled=is_on)
    before = here.fake.timeline()["tracks"]["video"]
    assert (await here.add(here.take())).place == "track"
    *theirs, ours = here.fake.timeline()["tracks"]["video"]
    assert theirs == before
    assert (ours["name"], ours["enabled"]) == ("New Take", True)
    assert on_track(here, 3) == [(START + 30, DURATION, HANDLE)]


async def test_our_track_is_avoided_while_it_is_switched_off(tmp_path: Path) -> None:
    here = scene(tmp_path, quirks=Quirks(take_kinds=frozenset()))
    put_track(here, 2, "New Take")
    here.fake.change_track(2, enabled=False)
    placed = await here.add(here.take())
    assert on_track(here, 2) == []
    assert on_track(here, 3) == [(START + 30, DURATION, HANDLE)]
    assert placed.notes[-1] == "the track V2 New Take is switched off, so the take is on V3"
    here.fake.change_track(2, enabled=True)
    here.fake.delete_item(here.fake.items()[-1]["id"])
    assert "switched off" not in str((await here.add(here.take())).notes)
    assert on_track(here, 2) == [(START + 30, DURATION, HANDLE)]


async def test_a_track_that_cannot_be_named_holds_the_take_and_is_said(tmp_path: Path) -> None:
    here = scene(tmp_path, quirks=Quirks(take_kinds=frozenset()))
    here.fake.on_call("SetTrackName", "refuse")
    placed = await here.add(here.take())
    assert (placed.place, placed.added) == ("track", True)
    assert on_track(here) == [(START + 30, DURATION, HANDLE)]
    assert "the new track V2 could not be named New Take" in placed.notes[-1]
    after = here.fake.snapshot()
    assert (await here.add(here.take())).added is False
    assert here.fake.snapshot() == after


async def test_a_track_that_comes_in_between_is_left_alone(tmp_path: Path) -> None:
    here = scene(tmp_path, quirks=Quirks(take_kinds=frozenset()))
    waiting = [2]

    def put_another_below(line: str) -> None:
        if '"AppendToTimeline"' in line and waiting:
            put_track(here, waiting.pop(), "Titles")

    with pytest.raises(HostError):
        await add_take(
            InProcessCalls(here.fake.resolve, put_another_below), here.target, here.take()
        )
    assert (on_track(here, 2), on_track(here, 3)) == ([], [])
    assert (await here.add(here.take())).place == "track"
    assert on_track(here, 3) == [(START + 30, DURATION, HANDLE)]
