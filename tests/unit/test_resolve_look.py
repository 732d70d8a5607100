"""What a take changed of a clip's grade and effects is said; where nothing changed, nothing is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newtake.hosts.resolve.look import differences, read_look
from newtake.hosts.resolve.relinking import add_take
from newtake.hosts.resolve.standing import read_standing
from newtake.testing.resolve import Quirks
from resolve_calls import InProcessCalls
from resolve_relinks import DURATION, HANDLE, VERSIONS, Scene, scene

pytestmark = pytest.mark.anyio
LOOK: dict[str, Any] = {
    "is_graded": True,
    "versions": ["Version 1", "Warm"],
    "version": "Warm",
    "fusion_comps": 1,
}


def graded(folder: Path, version: str = "21.1", **quirks: Any) -> Scene:
    here = scene(folder, version, quirks=Quirks(**quirks))
    here.fake.change_item(here.clip, **LOOK, properties={"ZoomX": 1.5, "Opacity": 80.0})
    return here


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("exr", [0, DURATION + 2 * HANDLE], ids=["movie", "exr"])
@pytest.mark.parametrize("item_id_changes", [False, True])
async def test_a_look_that_the_take_takes_away_is_said(
    version: str, exr: int, item_id_changes: bool, tmp_path: Path
) -> None:
    here = graded(tmp_path, version, look_stays=False, item_id_changes=item_id_changes)
    placed = await here.add(here.take(exr=exr))
    assert (placed.place, here.item()["graded"]) == ("take", False)
    said = " | ".join(placed.notes)
    assert "the version of the grade did not stay when the take was selected" in said
    assert "it was 'Warm' and is 'Version 1'" in said
    assert "the local versions of the grade did not stay" in said
    assert (
        "the nodes of the grade did not stay when the take was selected: it was 2 and is 1" in said
    )
    assert "ZoomX was 1.5 and is 1.0, Opacity was 80.0 and is 100.0" in said
    assert "the Fusion compositions did not stay" in said
    assert here.fake.violations == here.fake.unmodelled_calls == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_of_a_look_that_stays_nothing_is_said(version: str, tmp_path: Path) -> None:
    here = graded(tmp_path, version, item_id_changes=True)
    placed = await here.add(here.take())
    assert (placed.place, placed.notes) == ("take", ())
    assert here.fake.violations == here.fake.unmodelled_calls == []
    assert here.fake.absent_names == [], "no name is looked up that the version does not document"


async def test_a_look_that_is_gone_although_the_take_was_taken_out_again_is_said(
    tmp_path: Path,
) -> None:
    here = graded(tmp_path, look_stays=False, take_after_add="new")
    here.fake.on_call("SelectTakeByIndex", "refuse")
    placed = await here.add(here.take())
    assert placed.place == "track"
    assert any("the version of the grade did not stay" in note for note in placed.notes)


async def test_what_a_try_took_away_that_was_decided_anew_is_said(tmp_path: Path) -> None:
    here = graded(tmp_path, look_stays=False, take_after_add="new")
    waiting = [here.clip]

    def trim_once(line: str) -> None:
        if '"SelectTakeByIndex"' in line and waiting:
            here.fake.trim_item(waiting.pop(), head=2)

    placed = await add_take(InProcessCalls(here.fake.resolve, trim_once), here.target, here.take())
    assert placed.place == "take"
    assert any("the version of the grade did not stay" in note for note in placed.notes)


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("GetNodeGraph", "the nodes of the grade"),
        ("GetCurrentVersion", "the version of the grade"),
        ("GetProperties", "the inspector's settings"),
    ],
)
@pytest.mark.parametrize("is_before", [True, False])
async def test_what_cannot_be_read_is_not_taken_for_a_difference(
    method: str, name: str, is_before: bool, tmp_path: Path
) -> None:
    here = graded(tmp_path)
    here.fake.on_call(method, "refuse", skip=0 if is_before else 2 if "Graph" in method else 1)
    placed = await here.add(here.take())
    assert placed.place == "take"
    unread = f"{name} could not be read once the take showed: look at it in Resolve"
    assert placed.notes == (() if is_before else (unread,))


async def test_another_timeline_that_comes_up_meanwhile_is_not_compared(tmp_path: Path) -> None:
    here = graded(tmp_path)
    other = here.fake.add_timeline("Reel 2", current=False)
    calls = InProcessCalls(here.fake.resolve)
    await calls.ready()
    assert here.target.document is not None
    timeline = await read_standing(calls, here.target.document)
    item = timeline.items[1]
    look = await read_look(calls, timeline.document, item)
    assert len(look) == 7
    here.fake.switch_timeline(other)
    assert await read_look(calls, timeline.document, item) == {}


def test_linked_items_are_counted_where_they_differ() -> None:
    linked = "what the clip is linked to"
    (note,) = differences({linked: ["sound"]}, {linked: []})
    assert "it was '1 items' and is '0 items'" in note
