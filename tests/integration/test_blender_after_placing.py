"""Takes that lie in a real Blender: switched, removed, split, copied, saved and marked.

Debian's Blender without a window, or the one that NEWTAKE_BLENDER names; see blender_child.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from blender_child import BlenderChild, Refused
from blender_looks import LOOKS
from blender_strips import (
    BEGIN,
    CUT,
    START,
    listed,
    movie_take,
    numbers,
    place,
    rendered,
    uid_of,
    without_ours,
)


def test_takes_are_switched_and_removed(
    laid: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    one = movie_take(blender_media / "other.mp4", "take 1", show=False)
    two = movie_take(blender_media / "clip_take.mp4", "take 2", show=True)
    before = laid.call("state")
    placed = place(laid, one, two)
    assert [each["channel"] for each in placed["takes"]] == [3, 4]
    clip = uid_of(laid)

    def shown() -> list[str]:
        rows = laid.ask("strips", document=None, known=[])["strips"]
        return [each["label"] for each in rows if each["take_of"] == clip and not each["mute"]]

    assert shown() == ["take 2"]
    placed = laid.call("state")
    for label in ("original", "take 1"):
        laid.ask("switch", document=None, clip=clip, label=label, undo="Switch Take")
        assert shown() == [label]
    first = numbers(rendered(laid, tmp_path, START, START + 1))
    assert first == [5000 + START - BEGIN - CUT]
    laid.call("undo")
    assert shown() == ["original"]
    laid.call("undo")
    assert laid.call("state") == placed
    with pytest.raises(Refused, match="not_found"):
        laid.ask("switch", document=None, clip=clip, label="take 3", undo="x")
    left = laid.ask("remove", document=None, clip=clip, labels=["take 2"], undo="x")
    assert [each["label"] for each in left["takes"]] == ["take 1"]
    assert shown() == ["original"]
    laid.ask("remove", document=None, clip=clip, labels=["take 1", "take 2"], undo="x")
    assert without_ours(laid.call("state")) == before
    laid.call("undo")
    laid.call("undo")
    assert laid.call("state") == placed


def test_the_animation_of_a_removed_take_goes_with_it(
    laid: BlenderChild, blender_media: Path
) -> None:
    for call, body in (*LOOKS["alpha keys"], *LOOKS["driver"]):
        laid.call(call, **body)
    before = laid.call("state")
    place(laid, movie_take(blender_media / "other.mp4"))
    assert len(laid.call("state")["curves"]) == 2
    assert len(laid.call("state")["drivers"]) == 2
    clip = uid_of(laid)
    laid.ask("remove", document=None, clip=clip, labels=["take 1"], undo="x")
    assert without_ours(laid.call("state")) == before


def test_an_id_outlives_undo_saving_and_closing(
    laid: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    row = listed(laid)
    clip, document = row["uid"], laid.ask("hello", document=None)["document"]
    laid.call("save", path=str(tmp_path / "before.blend"))
    laid.ask("remember", document=document, strips=[clip])
    assert listed(laid)["kept"]
    laid.call("assign", name="ground", values={"mute": True})
    laid.call("undo")
    undone = listed(laid)
    assert (undone["uid"], undone["kept"]) == (clip, False)
    laid.ask("remember", document=document, strips=[clip])
    laid.call("rename", name="clip", new="renamed")
    assert uid_of(laid, "renamed") == clip
    laid.call("save", path=str(tmp_path / "after.blend"))
    laid.call("reset")
    with pytest.raises(Refused, match="another one"):
        laid.ask("strips", document=document, known=[])
    laid.call("load", path=str(tmp_path / "after.blend"))
    assert listed(laid, "renamed", document=document)["uid"] == clip
    # Never saved since: found again by its name and file.
    laid.call("load", path=str(tmp_path / "before.blend"))
    known = {"uid": clip, "name": "clip", "type": "MOVIE", "path": str(blender_media / "clip.mp4")}
    assert listed(laid, known=[known])["uid"] == clip


@pytest.mark.parametrize("way", ["duplicate", "split"])
def test_copies_and_halves_are_clips_of_their_own(
    laid: BlenderChild, blender_media: Path, way: str
) -> None:
    place(laid, movie_take(blender_media / "other.mp4"))
    clip = uid_of(laid)
    if way == "split":
        for name in ("clip", "clip take 1"):
            laid.call("split", name=name, frame=START + 5)
    else:
        laid.call("duplicate", name="clip")
    rows = laid.ask("strips", document=None, known=[])["strips"]
    uids = [each["uid"] for each in rows]
    assert len(set(uids)) == len(uids)
    (copy,) = (each for each in rows if each["name"] == "clip.001")
    assert copy["uid"] != clip
    assert copy["take_of"] == copy["uid"]
    if way == "split":
        (half,) = (each for each in rows if each["name"] == "clip take 1.001")
        assert (half["take_of"], half["label"]) == (copy["uid"], "take 1")
        laid.ask("switch", document=None, clip=copy["uid"], label="original", undo="Switch Take")
        state = laid.call("state")["strips"]
        assert [state[each]["mute"] for each in ("clip", "clip take 1")] == [True, False]
        assert [state[f"{each}.001"]["mute"] for each in ("clip", "clip take 1")] == [False, True]


@pytest.mark.parametrize("split", ["clip", "clip take 1"])
def test_where_one_of_both_was_split_all_of_it_is_switched_and_removed(
    laid: BlenderChild, blender_media: Path, split: str
) -> None:
    place(laid, movie_take(blender_media / "other.mp4"))
    laid.call("split", name=split, frame=START + 5)
    # What is copied, and then moved out of the way, is no part of it.
    laid.call("duplicate", name="clip take 1")
    copy = "clip take 1.002" if split == "clip take 1" else "clip take 1.001"
    laid.call("assign", name=copy, values={"frame_start": 500})
    rows = laid.ask("strips", document=None, known=[])["strips"]
    (clip,) = {each["take_of"] for each in rows if each["name"] == "clip take 1"}
    whole = {"clip", f"{split}.001"} if split == "clip" else {"clip"}
    takes = {"clip take 1", f"{split}.001"} if split != "clip" else {"clip take 1"}

    def muted() -> set[str]:
        return {name for name, each in laid.call("state")["strips"].items() if each["mute"]}

    assert muted() == whole
    for label, expected in (("original", takes), ("take 1", whole), ("original", takes)):
        laid.ask("switch", document=None, clip=clip, label=label, undo="Switch Take")
        assert muted() == expected
    laid.ask("remove", document=None, clip=clip, labels=["original", "take 1"], undo="Remove")
    assert set(laid.call("state")["strips"]) == whole | {copy, "ground"}


def test_notes_and_colours_are_marked(laid: BlenderChild) -> None:
    clip = uid_of(laid)
    body = {"strips": {clip: {"newtake_work": "rendering"}}, "colours": {clip: "COLOR_05"}}
    (row,) = laid.ask("mark", document=None, **body)["strips"]
    assert row["properties"]["newtake_work"] == "rendering"
    laid.ask("mark", document=None, strips={clip: {"newtake_work": None}}, colours={})
    assert "newtake_work" not in listed(laid)["properties"]
    with pytest.raises(Refused, match="no property of ours"):
        laid.ask("mark", document=None, strips={clip: {"cycles": "1"}}, colours={})
