"""The fake Blender and a real one keep the same promises to the same requests.

The real one is Debian's without a window, or the one that NEWTAKE_BLENDER names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any, Protocol

import pytest

from blender_child import PROGRAM, blender_child
from blender_door import SharedBlender
from newtake.hosts.blender.facts import sequencer_of
from newtake.testing.blender import FakeBlender
from numbered_media import make_numbered

FRAMES = 60
BEGIN, START, END = 1, 11, 41
TAKE_FIRST, TAKE_FRAMES = 5, 45
"""Media frame of the take's first frame, and how many it has."""


class Way(Protocol):
    """A Blender, and what a person does in it."""

    def call(self, name: str, /, **arguments: Any) -> Any: ...

    def answer(self, request: Any) -> dict[str, Any]: ...


class Bridge:
    """Asks as newtake does."""

    def __init__(self, way: Way) -> None:
        self.way = way

    def ask(self, do: str, **body: Any) -> Any:
        answer = self.way.answer({"do": do, "document": None, **body})
        assert "ok" in answer, answer
        return answer["ok"]

    def refused(self, do: str, **body: Any) -> str:
        """The kind of error."""
        return str(self.way.answer({"do": do, "document": None, **body})["error"]["kind"])

    def rows(self, *known: Any) -> dict[str, dict[str, Any]]:
        return {each["name"]: each for each in self.ask("strips", known=list(known))["strips"]}

    def uid(self, name: str = "A") -> str:
        return str(self.rows()[name]["uid"])

    def place(self, film: Path, label: str = "job/1", **more: Any) -> Any:
        name = more.pop("name", "A")
        return self.ask("place", **self.placing(film, label, name, **more))

    def placing(
        self, film: Path, label: str = "job/1", name: str = "A", **more: Any
    ) -> dict[str, Any]:
        take = {
            "label": label,
            "name": f"Take of {name}",
            "kind": "movie",
            "path": str(film / "take.mp4"),
            "first": TAKE_FIRST,
            "frames": TAKE_FRAMES,
            "colour_space": [],
            "show": True,
            "properties": {"newtake_number": "1"},
        }
        return {
            "clip": self.uid(name),
            "known": None,
            "expect": None,
            "takes": [take],
            "undo": "New Take",
            **more,
        }


@pytest.fixture(scope="module")
def real(
    require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedBlender]:
    program = os.environ.get(PROGRAM) or require_program("blender")
    with blender_child(program, tmp_path_factory.mktemp("blender")) as child:
        yield SharedBlender(child)


@pytest.fixture(params=["fake", "fake 5", "real"])
def bridge(request: pytest.FixtureRequest) -> Bridge:
    """An empty scene at 25 fps."""
    fakes = {"fake": (3, 4, 1), "fake 5": (5, 0, 1)}
    version = fakes.get(request.param)
    way = FakeBlender(version) if version else request.getfixturevalue("real")
    way.call("reset")
    return Bridge(way)


@pytest.fixture(scope="module")
def film(require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    for name, rate, frames in (
        ("a", Fraction(25), FRAMES),
        ("ntsc", Fraction(24000, 1001), FRAMES),
        ("take", Fraction(25), TAKE_FRAMES),
    ):
        make_numbered(
            require_program("ffmpeg"),
            folder / f"{name}.mp4",
            rate=rate,
            frames=frames,
            size=(160, 90),
        )
    return folder


@pytest.fixture
def cut(bridge: Bridge, film: Path) -> Bridge:
    """One strip, trimmed at both ends."""
    add(bridge, film)
    return bridge


def add(bridge: Bridge, film: Path, name: str = "A", channel: int = 1, by: int = 0) -> None:
    bridge.way.call(
        "movie",
        path=str(film / "a.mp4"),
        name=name,
        channel=channel,
        frame_start=BEGIN + by,
        start=START + by,
        end=END + by,
    )


def test_a_new_file_says_what_it_is(bridge: Bridge) -> None:
    hello = bridge.ask("hello")

    assert (hello["protocol"], hello["rate"], hello["file"]) == (1, "25", "")
    assert hello["document"]
    assert not hello["document_kept"]
    assert bridge.ask("hello")["document"] == hello["document"]
    assert bridge.ask("strips", known=[])["strips"] == []


def test_a_strip_says_which_media_frames_it_shows(cut: Bridge, film: Path) -> None:
    row = cut.rows()["A"]

    assert (row["start"], row["end"], row["type"]) == (START, END, "MOVIE")
    media = row["media"]
    assert media["path"] == str(film / "a.mp4")
    assert (media["first"], media["last"]) == (START - BEGIN, END - BEGIN - 1)
    assert (media["frames"], media["rate"], media["step"]) == (FRAMES, "25", "1")
    assert media["shown"] is None
    assert media["stands_at"] == BEGIN


def test_every_answer_is_what_newtake_reads(cut: Bridge) -> None:
    read = sequencer_of(cut.ask("strips", known=[]))

    (strip,) = read.strips
    assert strip.media is not None
    assert (strip.duration, strip.media.first) == (END - START, START - BEGIN)
    assert strip.no_room == ""


def test_footage_of_another_rate_says_the_frame_of_each_record_frame(
    bridge: Bridge, film: Path
) -> None:
    path = str(film / "ntsc.mp4")
    bridge.way.call("adjusted", path=path, name="A", frame_start=BEGIN, start=START, end=END)

    media = bridge.rows()["A"]["media"]

    step = Fraction(24000, 1001) / 25
    assert media["step"] == str(step)
    # The nearer frame since 4.0, the earlier one before.
    half = Fraction(1, 2) if bridge.ask("hello")["blender"] >= [4, 0] else 0
    assert media["shown"] == [floor((at - BEGIN) * step + half) for at in range(START, END)]


def test_a_take_stands_where_its_clip_does_in_one_undo_step(cut: Bridge, film: Path) -> None:
    before = cut.way.call("state")["strips"]
    placed = cut.place(film)

    (take,) = placed["takes"]
    assert (take["start"], take["end"], take["channel"]) == (START, END, 2)
    assert (placed["clip"]["mute"], take["mute"]) == (True, False)
    assert (take["take_of"], take["label"]) == (placed["clip"]["uid"], "job/1")
    assert take["media"]["first"] == START - BEGIN - TAKE_FIRST
    assert take["properties"]["newtake_number"] == "1"
    assert placed["already"] == []
    cut.way.call("undo")
    after = cut.way.call("state")["strips"]
    assert {name: each["range"] for name, each in after.items()} == {
        name: each["range"] for name, each in before.items()
    }
    assert not after["A"]["mute"]


def test_what_shows_a_job_at_work_goes_with_its_take_in_one_step(cut: Bridge, film: Path) -> None:
    uid = cut.uid()
    work: dict[str, Any] = {uid: {"newtake_at_work": "{}"}}
    cut.ask("mark", strips=work, colours={uid: "COLOR_06"})
    cut.place(film, rest={"properties": {"newtake_at_work": None}, "colour": "COLOR_02"})

    for step in ("undo", "redo"):
        cut.way.call(step)
        row = cut.rows()["A"]
        assert "newtake_at_work" not in row["properties"]
        assert row["colour"] == {"undo": "NONE", "redo": "COLOR_02"}[step]


def test_a_take_is_laid_where_its_clip_was(cut: Bridge, film: Path) -> None:
    """The clip is gone; another one shows there by now, and stays as it is."""
    body = cut.placing(film)
    body["takes"][0]["colour_space"] = ["Non-Color"]
    cut.way.call("remove", name="A")
    add(cut, film, "B", channel=2)
    body.update(range=[START, END], begin=BEGIN)
    laid = cut.ask("lay", **body)

    (take,) = laid["takes"]
    assert (take["start"], take["end"], take["channel"], take["mute"]) == (START, END, 3, False)
    assert take["media"]["first"] == START - BEGIN - TAKE_FIRST
    assert take["media"]["colour_space"] == "Non-Color"
    assert (take["take_of"], take["label"], laid["clip"]) == (body["clip"], "job/1", None)
    assert cut.ask("lay", **body)["already"] == ["job/1"]
    # The next variation shows in its place.
    body["takes"][0].update(label="job/2", name="Second")
    cut.ask("lay", **body)
    muted = {name: each["mute"] for name, each in cut.rows().items()}
    assert muted == {"B": False, "Take of A": True, "Second": False}
    cut.way.call("undo")
    cut.way.call("undo")
    assert {name: each["mute"] for name, each in cut.rows().items()} == {"B": False}


def test_a_label_is_placed_once(cut: Bridge, film: Path) -> None:
    cut.place(film)
    placed = cut.place(film)

    assert placed["already"] == ["job/1"]
    assert len(cut.rows()) == 2


def test_another_file_never_takes_a_label(cut: Bridge, film: Path) -> None:
    cut.place(film)
    body = cut.placing(film)
    body["takes"][0]["path"] = str(film / "a.mp4")
    body["takes"][0]["frames"] = FRAMES

    assert cut.refused("place", **body) == "label_taken"


def test_what_was_moved_meanwhile_is_left_alone(cut: Bridge, film: Path) -> None:
    expect = {"start": START, "end": END, "first": START - BEGIN}
    cut.way.call("assign", name="A", values={"frame_start": BEGIN + 7})

    assert cut.refused("place", **cut.placing(film, expect=expect)) == "changed"
    assert list(cut.rows()) == ["A"]
    cut.place(film)
    assert cut.rows()["Take of A"]["start"] == START + 7


def test_a_take_without_the_frames_is_not_placed(cut: Bridge, film: Path) -> None:
    cut.way.call("assign", name="A", values={"frame_final_start": BEGIN + TAKE_FIRST - 1})

    assert cut.refused("place", **cut.placing(film)) == "outside"
    assert list(cut.rows()) == ["A"]


def test_a_locked_strip_gets_no_take(cut: Bridge, film: Path) -> None:
    cut.way.call("assign", name="A", values={"lock": True})

    assert "locked" in cut.rows()["A"]["room"]["why_not"]
    assert cut.refused("place", **cut.placing(film)) == "locked"


def test_a_file_that_is_not_there_is_said(cut: Bridge, tmp_path: Path) -> None:
    assert cut.refused("place", **cut.placing(tmp_path)) == "no_file"
    assert list(cut.rows()) == ["A"]


def test_takes_are_switched_and_removed(cut: Bridge, film: Path) -> None:
    cut.place(film)
    clip = cut.uid()
    cut.ask("switch", clip=clip, label="original", undo="Switch")
    assert [cut.rows()[name]["mute"] for name in ("A", "Take of A")] == [False, True]
    cut.ask("switch", clip=clip, label="job/1", undo="Switch")
    assert [cut.rows()[name]["mute"] for name in ("A", "Take of A")] == [True, False]
    cut.ask("remove", clip=clip, labels=["job/1"], undo="Remove")
    assert [(name, each["mute"]) for name, each in cut.rows().items()] == [("A", False)]
    assert (film / "take.mp4").exists()
    cut.ask("remove", clip=clip, labels=["job/1"], undo="Remove")
    assert cut.refused("switch", clip=clip, label="job/1", undo="Switch") == "not_found"


def test_what_lies_above_goes_up_where_a_take_needs_the_room(cut: Bridge, film: Path) -> None:
    add(cut, film, "B", channel=2)

    assert cut.rows()["A"]["room"]["moves_up"] == 1
    assert cut.place(film)["moved_up"] == 1
    channels = {name: each["channel"] for name, each in cut.rows().items()}
    assert channels == {"A": 1, "Take of A": 2, "B": 3}


def test_two_strips_of_one_source_have_a_take_each(bridge: Bridge, film: Path) -> None:
    add(bridge, film, "A")
    add(bridge, film, "B", by=100)
    assert bridge.uid("A") != bridge.uid("B")
    bridge.place(film, "job/1", name="B")

    rows = bridge.rows()
    assert (rows["A"]["mute"], rows["B"]["mute"]) == (False, True)
    assert rows["Take of B"]["take_of"] == rows["B"]["uid"]
    assert rows["Take of B"]["start"] == START + 100


def test_a_copy_is_another_strip(cut: Bridge) -> None:
    cut.ask("remember", strips=[cut.uid()])
    first = cut.uid()
    cut.way.call("duplicate", name="A")

    assert cut.uid() == first
    assert cut.uid("A.001") != first
    # Nor is it the first one where its name comes before.
    cut.way.call("rename", name="A.001", new="0 of A")
    assert cut.uid() == first


def test_a_copy_is_another_strip_by_what_a_request_knows(cut: Bridge, tmp_path: Path) -> None:
    (row,) = cut.rows().values()
    known = {key: row[key] for key in ("uid", "name", "type")}
    path = str(tmp_path / "film.blend")
    cut.ask("remember", strips=[row["uid"]])
    cut.way.call("duplicate", name="A")
    cut.way.call("rename", name="A.001", new="0 of A")
    cut.way.call("save", path=path)
    cut.way.call("load", path=path)
    assert cut.rows({**known, "path": row["media"]["path"]})["A"]["uid"] == row["uid"]


def test_ids_lie_in_a_file_once_they_are_remembered(cut: Bridge, tmp_path: Path) -> None:
    path, document = str(tmp_path / "film.blend"), cut.ask("hello")["document"]
    uid = cut.uid()
    cut.ask("remember", strips=[uid])
    cut.way.call("save", path=path)
    cut.way.call("reset")
    assert cut.refused("strips", document=document, known=[]) == "not_found"
    cut.way.call("load", path=path)

    hello = cut.ask("hello", document=document)
    assert (hello["file"], hello["document"], hello["document_kept"]) == (path, document, True)
    assert (cut.rows()["A"]["uid"], cut.rows()["A"]["kept"]) == (uid, True)


def test_a_scene_whose_id_was_not_saved_gets_the_one_it_had(cut: Bridge, tmp_path: Path) -> None:
    document, uid = cut.ask("hello")["document"], cut.uid()
    assert cut.ask("adopt", **{"as": "before"}) == {"document": "before"}

    assert cut.refused("hello", document=document) == "not_found"
    assert cut.ask("hello", document="before")["document_kept"] is False
    assert cut.uid() == uid
    cut.ask("remember", document="before", strips=[uid])
    assert cut.ask("hello")["document_kept"] is True
    assert cut.refused("adopt", **{"as": "another"}) == "request"


def test_a_strip_whose_id_was_not_saved_is_known_again(
    cut: Bridge, film: Path, tmp_path: Path
) -> None:
    path, uid = str(tmp_path / "film.blend"), cut.uid()
    cut.way.call("save", path=path)
    cut.way.call("load", path=path)
    # Looked at before anybody says which strip it was.
    assert cut.rows()["A"]["uid"] != uid
    known = {"uid": uid, "name": "A", "type": "MOVIE", "path": str(film / "a.mp4")}

    row = cut.rows(known)["A"]
    assert (row["uid"], row["kept"]) == (uid, False)
    assert cut.uid() == uid
    assert cut.rows({**known, "uid": "another"})["A"]["uid"] in (uid, "another")


def test_a_strip_that_lost_its_id_is_known_by_its_place_whatever_it_is_called(
    cut: Bridge, film: Path
) -> None:
    uid = cut.uid()
    cut.ask("remember", strips=[uid])
    cut.way.call("assign", name="A", values={"mute": True})
    cut.way.call("undo")
    cut.way.call("rename", name="A", new="Q")
    # Another one of its name, elsewhere, and one that shows the same frames above it.
    add(cut, film, "A", by=200)
    add(cut, film, "B", channel=2)

    rows = cut.rows()
    assert (rows["Q"]["uid"], rows["Q"]["kept"]) == (uid, False)
    assert uid not in (rows["A"]["uid"], rows["B"]["uid"])
    # Where it was moved as well, nothing tells it.
    cut.way.call("assign", name="Q", values={"frame_start": BEGIN + 100})
    cut.way.call("rename", name="Q", new="R")
    assert uid not in [each["uid"] for each in cut.rows().values()]


def test_a_strip_that_was_not_saved_is_known_by_its_place_where_one_alone_fits(
    cut: Bridge, film: Path, tmp_path: Path
) -> None:
    path, uid = str(tmp_path / "film.blend"), cut.uid()
    place = {"start": START, "end": END, "first": START - BEGIN}
    known = {"uid": uid, "name": "A", "type": "MOVIE", "path": str(film / "a.mp4"), **place}
    cut.way.call("rename", name="A", new="Q")
    add(cut, film, "B", channel=2)
    two = str(tmp_path / "two.blend")
    cut.way.call("save", path=two)
    cut.way.call("remove", name="B")
    cut.way.call("save", path=path)
    cut.way.call("load", path=two)
    assert uid not in [each["uid"] for each in cut.rows(known).values()]
    cut.way.call("load", path=path)
    assert [each["uid"] for each in cut.rows().values()] != [uid]

    assert cut.rows({**known, "first": 0})["Q"]["uid"] != uid
    assert cut.rows(known)["Q"]["uid"] == uid
    assert cut.uid("Q") == uid


def test_marks_are_no_step_and_are_taken_away(cut: Bridge) -> None:
    uid = cut.uid()
    strips: dict[str, Any] = {uid: {"newtake_at_work": "yes"}}
    (row,) = cut.ask("mark", strips=strips, colours={uid: "COLOR_06"})["strips"]
    assert (row["properties"]["newtake_at_work"], row["colour"]) == ("yes", "COLOR_06")
    strips = {uid: {"newtake_at_work": None}}
    (row,) = cut.ask("mark", strips=strips, colours={uid: "NONE"})["strips"]
    assert ("newtake_at_work" in row["properties"], row["colour"]) == (False, "NONE")
    assert cut.refused("mark", strips={uid: {"other": "x"}}, colours={}) == "request"


def test_images_are_listed_by_name_and_get_takes(
    bridge: Bridge, film: Path, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    make_numbered(
        require_program("ffmpeg"),
        tmp_path / "f%03d.png",
        rate=Fraction(25),
        frames=20,
        coding=(),
        size=(160, 90),
    )
    names = [f"f{number:03}.png" for number in range(1, 21)]
    bridge.way.call(
        "images", folder=str(tmp_path), names=names, name="A", frame_start=1, start=6, end=16
    )

    media = bridge.rows()["A"]["media"]
    assert (media["names"], media["frames"], media["rate"]) == (names, 20, None)
    assert (media["first"], media["last"], media["step"]) == (5, 14, "1")
    assert media["path"] == str(tmp_path / "f001.png")
    spaces = bridge.ask("hello")["colour_spaces"]
    space, *_ = {"ACES2065-1", "Linear ACES"} & set(spaces)
    take = {
        "label": "job/1/exr",
        "name": "Images",
        "kind": "images",
        "folder": str(tmp_path),
        "names": names[2:],
        "first": 2,
        "frames": 18,
        "colour_space": [space],
        "show": False,
        "properties": {},
    }
    answer = bridge.ask(
        "place", clip=bridge.uid(), known=None, expect=None, takes=[take], undo="New Take"
    )
    (row,) = answer["takes"]
    assert (row["type"], row["mute"], row["media"]["first"]) == ("IMAGE", True, 3)
    assert row["media"]["colour_space"] == space
    assert not answer["clip"]["mute"]


def test_what_makes_no_sense_is_an_error(bridge: Bridge) -> None:
    assert bridge.refused("dance") == "request"
    assert bridge.refused("place", clip="none", takes=[]) == "not_found"
    assert bridge.refused("hello", document="none") == "not_found"
