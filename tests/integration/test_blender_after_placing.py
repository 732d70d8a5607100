"""Takes that lie in a real Blender: switched, removed, split, copied, saved and marked.

Debian's Blender without a window, or the one that NEWTAKE_BLENDER names; see blender_child.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blender_child import BlenderChild, Refused
from blender_looks import LOOKS
from blender_strips import (
    BEGIN,
    CUT,
    START,
    a_blender,
    laid_clip,
    listed,
    made_media,
    movie_take,
    numbers,
    place,
    rendered,
    uid_of,
    without_ours,
)


@pytest.fixture(scope="module")
def blender(
    require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BlenderChild]:
    with a_blender(require_program, tmp_path_factory.mktemp("blender")) as child:
        yield child


@pytest.fixture(scope="module")
def media(require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_media(require_program("ffmpeg"), tmp_path_factory.mktemp("media"))


@pytest.fixture
def timeline(blender: BlenderChild, media: Path) -> BlenderChild:
    return laid_clip(blender, media)


def test_takes_are_switched_and_removed(
    timeline: BlenderChild, media: Path, tmp_path: Path
) -> None:
    one = movie_take(media / "other.mp4", "take 1", show=False)
    two = movie_take(media / "clip_take.mp4", "take 2", show=True)
    before = timeline.call("state")
    placed = place(timeline, one, two)
    assert [each["channel"] for each in placed["takes"]] == [3, 4]
    clip = uid_of(timeline)

    def shown() -> list[str]:
        rows = timeline.ask("strips", document=None, known=[])["strips"]
        return [each["label"] for each in rows if each["take_of"] == clip and not each["mute"]]

    assert shown() == ["take 2"]
    placed = timeline.call("state")
    for label in ("original", "take 1"):
        timeline.ask("switch", document=None, clip=clip, label=label, undo="Switch Take")
        assert shown() == [label]
    first = numbers(rendered(timeline, tmp_path, START, START + 1))
    assert first == [5000 + START - BEGIN - CUT]
    timeline.call("undo")
    assert shown() == ["original"]
    timeline.call("undo")
    assert timeline.call("state") == placed
    with pytest.raises(Refused, match="not_found"):
        timeline.ask("switch", document=None, clip=clip, label="take 3", undo="x")
    left = timeline.ask("remove", document=None, clip=clip, labels=["take 2"], undo="x")
    assert [each["label"] for each in left["takes"]] == ["take 1"]
    assert shown() == ["original"]
    timeline.ask("remove", document=None, clip=clip, labels=["take 1", "take 2"], undo="x")
    assert without_ours(timeline.call("state")) == before
    timeline.call("undo")
    timeline.call("undo")
    assert timeline.call("state") == placed


def test_the_animation_of_a_removed_take_goes_with_it(timeline: BlenderChild, media: Path) -> None:
    for call, body in (*LOOKS["alpha keys"], *LOOKS["driver"]):
        timeline.call(call, **body)
    before = timeline.call("state")
    place(timeline, movie_take(media / "other.mp4"))
    assert len(timeline.call("state")["curves"]) == 2
    assert len(timeline.call("state")["drivers"]) == 2
    clip = uid_of(timeline)
    timeline.ask("remove", document=None, clip=clip, labels=["take 1"], undo="x")
    assert without_ours(timeline.call("state")) == before


def test_an_id_outlives_undo_saving_and_closing(
    timeline: BlenderChild, media: Path, tmp_path: Path
) -> None:
    row = listed(timeline)
    clip, document = row["uid"], timeline.ask("hello", document=None)["document"]
    timeline.call("save", path=str(tmp_path / "before.blend"))
    timeline.ask("remember", document=document, strips=[clip])
    assert listed(timeline)["kept"]
    timeline.call("assign", name="ground", values={"mute": True})
    timeline.call("undo")
    undone = listed(timeline)
    assert (undone["uid"], undone["kept"]) == (clip, False)
    timeline.ask("remember", document=document, strips=[clip])
    timeline.call("rename", name="clip", new="renamed")
    assert uid_of(timeline, "renamed") == clip
    timeline.call("save", path=str(tmp_path / "after.blend"))
    timeline.call("reset")
    with pytest.raises(Refused, match="another one"):
        timeline.ask("strips", document=document, known=[])
    timeline.call("load", path=str(tmp_path / "after.blend"))
    assert listed(timeline, "renamed", document=document)["uid"] == clip
    # Never saved since: found again by its name and file.
    timeline.call("load", path=str(tmp_path / "before.blend"))
    known = {"uid": clip, "name": "clip", "type": "MOVIE", "path": str(media / "clip.mp4")}
    assert listed(timeline, known=[known])["uid"] == clip


@pytest.mark.parametrize("way", ["duplicate", "split"])
def test_copies_and_halves_are_clips_of_their_own(
    timeline: BlenderChild, media: Path, way: str
) -> None:
    place(timeline, movie_take(media / "other.mp4"))
    clip = uid_of(timeline)
    if way == "split":
        for name in ("clip", "clip take 1"):
            timeline.call("split", name=name, frame=START + 5)
    else:
        timeline.call("duplicate", name="clip")
    rows = timeline.ask("strips", document=None, known=[])["strips"]
    uids = [each["uid"] for each in rows]
    assert len(set(uids)) == len(uids)
    (copy,) = (each for each in rows if each["name"] == "clip.001")
    assert copy["uid"] != clip
    assert copy["take_of"] == copy["uid"]
    if way == "split":
        (half,) = (each for each in rows if each["name"] == "clip take 1.001")
        assert (half["take_of"], half["label"]) == (copy["uid"], "take 1")
        timeline.ask(
            "switch", document=None, clip=copy["uid"], label="original", undo="Switch Take"
        )
        state = timeline.call("state")["strips"]
        assert [state[each]["mute"] for each in ("clip", "clip take 1")] == [True, False]
        assert [state[f"{each}.001"]["mute"] for each in ("clip", "clip take 1")] == [False, True]


@pytest.mark.parametrize("split", ["clip", "clip take 1"])
def test_where_one_of_both_was_split_all_of_it_is_switched_and_removed(
    timeline: BlenderChild, media: Path, split: str
) -> None:
    place(timeline, movie_take(media / "other.mp4"))
    timeline.call("split", name=split, frame=START + 5)
    # What is copied, and then moved out of the way, is no part of it.
    timeline.call("duplicate", name="clip take 1")
    copy = "clip take 1.002" if split == "clip take 1" else "clip take 1.001"
    timeline.call("assign", name=copy, values={"frame_start": 500})
    rows = timeline.ask("strips", document=None, known=[])["strips"]
    (clip,) = {each["take_of"] for each in rows if each["name"] == "clip take 1"}
    whole = {"clip", f"{split}.001"} if split == "clip" else {"clip"}
    takes = {"clip take 1", f"{split}.001"} if split != "clip" else {"clip take 1"}

    def muted() -> set[str]:
        return {name for name, each in timeline.call("state")["strips"].items() if each["mute"]}

    assert muted() == whole
    for label, expected in (("original", takes), ("take 1", whole), ("original", takes)):
        timeline.ask("switch", document=None, clip=clip, label=label, undo="Switch Take")
        assert muted() == expected
    timeline.ask("remove", document=None, clip=clip, labels=["original", "take 1"], undo="Remove")
    assert set(timeline.call("state")["strips"]) == whole | {copy, "ground"}


def test_notes_and_colours_are_marked(timeline: BlenderChild) -> None:
    clip = uid_of(timeline)
    body = {"strips": {clip: {"newtake_work": "rendering"}}, "colours": {clip: "COLOR_05"}}
    (row,) = timeline.ask("mark", document=None, **body)["strips"]
    assert row["properties"]["newtake_work"] == "rendering"
    timeline.ask("mark", document=None, strips={clip: {"newtake_work": None}}, colours={})
    assert "newtake_work" not in listed(timeline)["properties"]
    with pytest.raises(Refused, match="no property of ours"):
        timeline.ask("mark", document=None, strips={clip: {"cycles": "1"}}, colours={})
