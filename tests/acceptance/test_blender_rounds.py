"""From the strip to the take in a real Blender: planned, restyled, placed, rendered, each number.

Debian's Blender without a window, or the one that NEWTAKE_BLENDER names; see blender_child.py.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest

from blender_child import PROGRAM, blender_child
from blender_door import BlenderDoor, SharedBlender
from numbered_media import make_numbered, picture_number

FRAMES = 150
START, END = 21, 61
BEGIN = 1
"""Record frame of the media's first frame, before the trim."""
SIZE = (320, 180)
CLOSED_META = "it is a meta strip; open it with Tab and choose the strips in it, or ungroup it"


@pytest.fixture(scope="module")
def blender(
    require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedBlender]:
    program = os.environ.get(PROGRAM) or require_program("blender")
    with blender_child(program, tmp_path_factory.mktemp("blender")) as child:
        yield SharedBlender(child)


@pytest.fixture(scope="module")
def film(require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """25 fps, and 23.976 beside it."""
    folder = tmp_path_factory.mktemp("film")
    for name, rate in (("a.mp4", Fraction(25)), ("ntsc.mp4", Fraction(24000, 1001))):
        make_numbered(require_program("ffmpeg"), folder / name, rate=rate, frames=FRAMES, size=SIZE)
    return folder


@pytest.fixture
def edit(blender: SharedBlender, tmp_path: Path) -> SharedBlender:
    """An empty scene at 25 fps, saved as edit.blend."""
    blender.call("reset", size=SIZE)
    blender.call("save", path=str(tmp_path / "edit.blend"))
    return blender


Open = Callable[[], BlenderDoor]


@pytest.fixture
def opened(edit: SharedBlender, tmp_path: Path, copying_service: str) -> Iterator[Open]:
    """Starts newtake as the add-on does."""
    doors: list[BlenderDoor] = []

    def start() -> BlenderDoor:
        doors.append(BlenderDoor(edit.answer, tmp_path / "home", copying_service))
        return doors[-1]

    yield start
    for each in doors:
        each.stop()


def movie(edit: SharedBlender, path: Path, name: str = "A", channel: int = 1) -> None:
    edit.call(
        "movie", path=str(path), name=name, channel=channel, frame_start=BEGIN, start=START, end=END
    )


def select(edit: SharedBlender, *names: str) -> None:
    for name in edit.call("state")["strips"]:
        edit.call("assign", name=name, values={"select": name in names})


def shown(edit: SharedBlender, folder: Path, start: int = START, end: int = END) -> list[int]:
    """The numbers of what Blender renders."""
    folder.mkdir()
    edit.call("render", folder=str(folder), start=start, end=end)
    return [picture_number(each, left=0, width=SIZE[0]) for each in sorted(folder.glob("f*.png"))]


def submissions(base_url: str) -> int:
    answer = httpx.get(f"{base_url}/api/ai/generations", headers={"Authorization": "Bearer any"})
    return int(answer.json()["total_entries"])


def strips(edit: SharedBlender) -> dict[str, Any]:
    rows = edit.ask("strips", document=None, known=[])["strips"]
    return {each["name"]: each for each in rows}


def take_of(edit: SharedBlender, name: str) -> dict[str, Any]:
    rows = strips(edit)
    found = [
        each
        for each in rows.values()
        if each["take_of"] == rows[name]["uid"] and each["label"] != "original"
    ]
    (take,) = found
    return dict(take)


def test_a_trimmed_strip_gets_a_take_with_each_frame_in_its_slot(
    edit: SharedBlender, opened: Open, film: Path, tmp_path: Path, copying_service: str
) -> None:
    movie(edit, film / "a.mp4")
    select(edit, "A")
    door = opened()
    plan = door.plan()
    assert plan["clips"] == 1
    assert plan["writes"] == str(tmp_path / "edit_newtake_takes")
    (job,) = door.begin(plan)
    door.done(job)

    original, take = strips(edit)["A"], take_of(edit, "A")

    assert (original["mute"], take["mute"]) == (True, False)
    assert (take["start"], take["end"], take["channel"]) == (START, END, 2)
    assert original["colour"] == "NONE"
    assert "newtake_at_work" not in original["properties"]
    assert Path(take["media"]["path"]).parent == tmp_path / "edit_newtake_takes"
    assert shown(edit, tmp_path / "out") == list(range(START - BEGIN, END - BEGIN))
    assert submissions(copying_service) == 1


def test_footage_of_another_rate_shows_the_frames_that_its_strip_showed(
    edit: SharedBlender, opened: Open, film: Path, tmp_path: Path
) -> None:
    edit.call(
        "adjusted", path=str(film / "ntsc.mp4"), name="A", frame_start=BEGIN, start=START, end=END
    )
    media = strips(edit)["A"]["media"]
    wanted = media["shown"]
    assert len(set(wanted)) < len(wanted)
    if media["exact"]:
        assert shown(edit, tmp_path / "before") == wanted
    select(edit, "A")
    door = opened()
    plan = door.plan()
    assert any("23.976 frames per second in a scene of 25" in each for each in plan["notes"])
    (job,) = door.begin(plan)
    door.done(job)

    take = take_of(edit, "A")

    assert strips(edit)["A"]["mute"]
    assert take["media"]["step"] == "1"
    assert take["media"]["frames"] == END - START
    assert shown(edit, tmp_path / "out") == wanted


def test_what_is_moved_and_trimmed_meanwhile_is_followed(
    edit: SharedBlender, opened: Open, film: Path, tmp_path: Path, copying_service: str
) -> None:
    """The file is closed while the service works, its project is moved, so that what comes is the
    only thing where it was; it is opened again, and the strip lies elsewhere, in two parts."""
    before, project = tmp_path / "Pröj 1", tmp_path / "Pröj 2"
    before.mkdir()
    shutil.copy(film / "a.mp4", before)
    edit.call("save", path=str(before / "edit.blend"))
    movie(edit, before / "a.mp4")
    edit.call("relative_paths_made")
    select(edit, "A")
    first = opened()
    (job,) = first.restyle()
    edit.call("save", path=str(before / "edit.blend"))
    first.close_blender()
    edit.call("reset")
    assert first.ended(job)["failed_at"] == "relink"
    first.stop()
    project.mkdir()
    for name in ("a.mp4", "edit.blend"):
        (before / name).rename(project / name)
    edit.call("load", path=str(project / "edit.blend"))
    edit.call("assign", name="A", values={"frame_start": BEGIN + 100})
    edit.call("assign", name="A", values={"frame_final_start": START + 100 - 5})
    edit.call("split", name="A", frame=START + 100 + 10)

    door = opened()
    state = door.page.until(lambda state: any(each["here"] for each in state["waiting"]))
    assert [each["takes"] for each in state["waiting"]] == [1]
    assert door.page("collect")[0] == 200
    done = door.done(job)

    assert any("100 frames later" in each for each in done["notes"]), done["notes"]
    take = take_of(edit, "A")
    assert Path(take["media"]["path"]).parent == project / "edit_newtake_takes"
    assert Path(take["properties"]["newtake_sidecar"]).is_file()
    assert edit.call("path_in_file", name=take["name"]).startswith("//edit_newtake_takes")
    assert not list(before.glob("*takes"))
    half = take_of(edit, "A.001")
    assert [(each["start"], each["end"]) for each in (take, half)] == [
        (START + 95, START + 110),
        (START + 110, END + 100),
    ]
    numbers = shown(edit, tmp_path / "out", START + 95, END + 100)
    assert numbers == list(range(START - BEGIN - 5, END - BEGIN))
    assert submissions(copying_service) == 1


def test_two_strips_of_one_source_get_a_take_each_for_one_price(
    edit: SharedBlender, opened: Open, film: Path, tmp_path: Path, copying_service: str
) -> None:
    """The same frames with the same settings are made once; the child is killed in between."""
    movie(edit, film / "a.mp4", "A")
    edit.call(
        "movie",
        path=str(film / "a.mp4"),
        name="B",
        channel=1,
        frame_start=BEGIN + 60,
        start=START + 60,
        end=END + 60,
    )
    select(edit, "A", "B")
    first = opened()
    plan = first.plan()
    assert plan["clips"] == 2
    assert len(plan["rows"]) == 1
    (job,) = first.begin(plan)
    first.job(job, lambda each: each["step"] in ("wait", "download", "conform", "relink", ""))
    first.kill()

    door = opened()
    door.done(job)

    rows = strips(edit)
    assert rows["A"]["mute"]
    assert rows["B"]["mute"]
    assert take_of(edit, "A")["start"] == START
    assert take_of(edit, "B")["start"] == START + 60
    assert len(rows) == 4
    expected = list(range(START - BEGIN, END - BEGIN))
    assert shown(edit, tmp_path / "a") == expected
    assert shown(edit, tmp_path / "b", START + 60, END + 60) == expected
    assert submissions(copying_service) == 1


def test_a_take_whose_strip_is_deleted_waits_until_that_is_undone_or_it_is_laid(
    edit: SharedBlender, opened: Open, film: Path, tmp_path: Path, copying_service: str
) -> None:
    """B shows the same frames, is there, and gets the take that A waits for."""
    movie(edit, film / "a.mp4")
    edit.call("movie", path=str(film / "a.mp4"), name="B", frame_start=200, start=220, end=260)
    select(edit, "A", "B")
    door = opened()
    (job,) = door.restyle()
    edit.call("remove", name="A")
    gone = "the strip is gone from the scene"
    kept = door.ended(job)

    assert (kept["status"], kept["failed_at"]) == ("failed", "relink")
    assert kept["failure"]["what"] == f"The take is kept, not placed: {gone}."
    (take,) = (tmp_path / "edit_newtake_takes").glob("A_take_001.m*")
    assert str(take) in kept["failure"]["why"]
    assert sorted(strips(edit)) == ["B", "B Take 1: copy it"]

    def lost(count: int) -> None:
        """So many of the one take that waits have no place."""
        wanted = [(1, count, True)]
        door.page.until(
            lambda state: (
                [(each["takes"], each["no_place"], each["here"]) for each in state["waiting"]]
                == wanted
            )
        )

    lost(1)
    assert gone in door.page("collect")[1]["text"]
    for step, count in (("undo", 0), ("redo", 1)):
        edit.call(step)
        edit.call(step)
        lost(count)

    assert door.page("resume", job=job, where_it_was=True)[0] == 200
    done = door.done(job)
    assert any("it lies on its own" in each for each in done["notes"])
    assert ", on a channel of its own, where the strip was: " in done["takes"][0]
    assert strips(edit)["A Take 1: copy it"]["mute"] is False
    assert shown(edit, tmp_path / "out") == list(range(START - BEGIN, END - BEGIN))
    edit.call("undo")
    assert sorted(strips(edit)) == ["B", "B Take 1: copy it"]
    assert submissions(copying_service) == 1


def test_what_a_blend_was_not_saved_with_is_offered_again_and_told_before_it_is_paid(
    edit: SharedBlender, opened: Open, film: Path, tmp_path: Path, copying_service: str
) -> None:
    """Blender ends in the middle of a job, then with its take placed: neither is in the file, nor
    is any id. Then the take is undone, redone, and removed by a person, which ends it."""
    blend = str(tmp_path / "edit.blend")
    movie(edit, film / "a.mp4")
    edit.call("save", path=blend)
    select(edit, "A")
    first = opened()
    (job,) = first.restyle()
    first.close_blender()
    edit.call("load", path=blend)
    assert first.ended(job)["failed_at"] == "relink"
    first.stop()
    second = opened()
    assert "1 take is being brought in." in second.page("collect")[1]["text"]
    second.done(job)
    assert take_of(edit, "A")["start"] == START
    second.close_blender()
    second.stop()

    def offered(door: BlenderDoor, *counts: tuple[int, int, int]) -> None:
        """Takes that wait here, how many of these a file lost, and how many more an undo."""
        door.page.until(
            lambda state: (
                [(each["takes"], each["unsaved"], each["undone"]) for each in state["waiting"]]
                == list(counts)
            )
        )

    edit.call("load", path=blend)
    assert list(strips(edit)) == ["A"]
    door = opened()
    offered(door, (1, 1, 0))
    select(edit, "A")
    (made,) = door.plan()["made"]
    assert "take_001" in made
    assert "1 take is being brought in." in door.page("collect")[1]["text"]
    door.done(job)
    offered(door)

    edit.call("undo")
    offered(door, (0, 0, 1))
    edit.call("redo")
    offered(door)
    edit.call("undo")
    offered(door, (0, 0, 1))
    assert "being brought in again" in door.page("collect")[1]["text"]
    door.page.until(lambda _: len(strips(edit)) == 2)
    door.done(job)
    assert shown(edit, tmp_path / "out") == list(range(START - BEGIN, END - BEGIN))

    # An older version of the file is looked at; the newer one has the take all the same.
    edit.call("save", path=str(tmp_path / "edit_v2.blend"))
    for version, counts in (("edit", ((1, 1, 0),)), ("edit_v2", ())):
        door.close_blender()
        door.stop()
        edit.call("load", path=str(tmp_path / f"{version}.blend"))
        door = opened()
        offered(door, *counts)
        assert door.ended(job)["status"] == "done"

    key = strips(edit)["A"]["uid"]
    change = {"clip": f"strip {key}", "what": "remove", "take": "take_001"}
    assert door.page("takes", changes=[change])[0] == 200
    edit.call("save", path=blend)
    door.close_blender()
    door.stop()
    edit.call("load", path=blend)
    door = opened()
    select(edit, "A")
    assert door.plan()["made"]
    offered(door)
    assert door.page("collect")[1]["text"] == "No take waits for this scene."
    assert submissions(copying_service) == 1


def test_takes_are_switched_compared_and_removed_from_the_page(
    edit: SharedBlender, opened: Open, film: Path, copying_service: str
) -> None:
    movie(edit, film / "a.mp4")
    select(edit, "A")
    door = opened()
    (job,) = door.restyle()
    door.done(job)
    (track,) = door.page.get("edit")["tracks"]
    (item,) = [each for each in track["items"] if each["kind"] == "clip"]
    assert [(each["key"], each["selected"]) for each in item["takes"]] == [("take_001", True)]
    assert item["takes"][0]["prompt"] == "copy it"
    status, made = door.page("compare", clip=item["key"], sides=["original", "take_001"])
    assert (status, made["frames"]) == (200, END - START)

    change = {"clip": item["key"], "what": "use", "take": "original"}
    status, answer = door.page("takes", changes=[change])
    assert (status, answer["text"]) == (200, "A shows the original.")
    assert not strips(edit)["A"]["mute"]
    remove = {"clip": item["was"][0], "what": "remove", "take": "take_001"}
    assert door.page("takes", changes=[remove])[0] == 200
    assert list(strips(edit)) == ["A"]


def test_where_takes_of_a_file_that_was_never_saved_go_is_said_before_and_afterwards(
    edit: SharedBlender, opened: Open, film: Path, tmp_path: Path
) -> None:
    edit.call("reset", size=SIZE)
    movie(edit, film / "a.mp4")
    select(edit, "A")
    door = opened()
    plan = door.plan()
    folder = Path(plan["writes"])
    assert folder.is_relative_to(tmp_path / "home")
    (note,) = (each for each in plan["notes"] if "never saved" in each)
    assert f"its takes are kept in {folder}" in note
    (job,) = door.begin(plan)
    (tmp_path / "project").mkdir()
    edit.call("save", path=str(tmp_path / "project" / "edit.blend"))
    assert f"its file stays where the job was begun, in {folder}" in door.done(job)["notes"]
    assert take_of(edit, "A")["media"]["path"] == str(folder / "A_take_001.mov")
    assert not any("never saved" in each for each in door.plan()["notes"])


def test_what_is_meant_is_asked_of_blender_at_each_plan(
    edit: SharedBlender, opened: Open, film: Path
) -> None:
    movie(edit, film / "a.mp4")
    edit.call("effect", kind="COLOR", name="ground", channel=3, start=START, end=END)
    select(edit)
    door = opened()
    status, refused = door.page("plan", prompt="copy it", resolution="540p")
    assert (status, refused["what"]) == (409, "No strip was chosen in Blender.")
    assert refused["why"] == "no strip is selected; the preview range is off."
    assert door.page("look", how="preview")[0] == 200
    status, refused = door.page("plan", prompt="copy it", resolution="540p")
    assert refused["why"] == "the preview range is off."
    assert door.page("look", how="selection")[0] == 200
    select(edit, "A", "ground")
    plan = door.plan()
    assert plan["clips"] == 1
    assert plan["refused"] == [["ground", "it is a colour, which Blender draws, and no footage"]]

    # A closed meta strip: what lies in it stays selected in Blender, and is meant only once it is
    # opened, whichever way strips are chosen.
    movie(edit, film / "a.mp4", "B", channel=5)
    edit.call("into_meta", name="B", meta="scene 1")
    edit.call("preview", start=START, end=END)
    select(edit, "A", "B", "scene 1")
    for how in ("selection", "preview"):
        assert door.page("look", how=how)[0] == 200
        plan = door.plan()
        assert ([row["clip"] for row in plan["rows"]], plan["clips"]) == (["A"], 1)
        assert plan["refused"] == [["scene 1", CLOSED_META]]
    edit.call("open_meta", name="scene 1")
    for how in ("selection", "preview"):
        assert door.page("look", how=how)[0] == 200
        plan = door.plan()
        assert ([row["clip"] for row in plan["rows"]], plan["refused"]) == (["B"], [])
    assert "place" not in door.asked
