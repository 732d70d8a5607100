"""Takes laid in a real Blender: every frame in its slot, one undo step, or refused as a whole.

Debian's Blender without a window, or the one that NEWTAKE_BLENDER names; see blender_child.py.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from blender_child import BlenderChild, Refused
from blender_looks import LOOKS
from blender_strips import (
    BEGIN,
    CUT,
    END,
    START,
    TAKE_FRAMES,
    listed,
    movie_take,
    numbers,
    place,
    rendered,
    uid_of,
    without_ours,
)


def test_every_frame_is_in_its_slot_and_one_undo_takes_it_back(
    laid: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    before = laid.call("state")
    placed = place(laid, movie_take(blender_media / "other.mp4"))
    (take,) = placed["takes"]
    assert (take["start"], take["end"], take["mute"]) == (START, END, False)
    assert placed["clip"]["mute"]
    assert numbers(rendered(laid, tmp_path / "take")) == [
        5000 + record - BEGIN - CUT for record in range(START, END)
    ]
    after = laid.call("state")
    laid.call("undo")
    assert without_ours(laid.call("state")) == before
    assert numbers(rendered(laid, tmp_path / "clip")) == [
        record - BEGIN for record in range(START, END)
    ]
    laid.call("redo")
    assert laid.call("state") == after


def test_two_strips_of_one_source_have_takes_of_their_own(
    blender: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    blender.call("reset")
    clip = str(blender_media / "clip.mp4")
    blender.call("movie", path=clip, name="one", channel=1, frame_start=1, start=30, end=36)
    blender.call("movie", path=clip, name="two", channel=1, frame_start=-10, start=36, end=42)
    place(blender, movie_take(blender_media / "other.mp4"), name="two")
    assert numbers(rendered(blender, tmp_path / "two", 30, 42)) == [
        *range(29, 35),
        *(5000 + record + 10 - CUT for record in range(36, 42)),
    ]
    place(blender, movie_take(blender_media / "other.mp4"), name="one")
    assert numbers(rendered(blender, tmp_path / "both", 30, 42)) == [
        *(5000 + record - 1 - CUT for record in range(30, 36)),
        *(5000 + record + 10 - CUT for record in range(36, 42)),
    ]


@pytest.mark.parametrize(
    ("there", "channel"),
    [
        ({"channel": 3, "start": START - 10, "end": START}, 3),
        ({"channel": 3, "start": END, "end": END + 5}, 3),
    ],
    ids=["before", "after"],
)
def test_what_only_touches_leaves_the_channel_free(
    laid: BlenderChild, blender_media: Path, there: dict[str, int], channel: int
) -> None:
    laid.call("effect", kind="COLOR", name="beside", **there)
    placed = place(laid, movie_take(blender_media / "clip_take.mp4"))
    assert (placed["takes"][0]["channel"], placed["moved_up"]) == (channel, 0)


@pytest.mark.parametrize("setting", ["lock", "mute"])
def test_locked_and_muted_channels_are_passed_over(
    laid: BlenderChild, blender_media: Path, tmp_path: Path, setting: str
) -> None:
    laid.call("channel", number=3, **{setting: True})
    placed = place(laid, movie_take(blender_media / "other.mp4"))
    assert placed["takes"][0]["channel"] == 4
    assert numbers(rendered(laid, tmp_path))[0] == 5000 + START - BEGIN - CUT


def refused(blender: BlenderChild, *takes: dict[str, Any], **more: Any) -> Refused:
    """The error of a "place" that leaves everything as it was."""
    before = blender.call("state")
    with pytest.raises(Refused) as caught:
        place(blender, *takes, **more)
    assert blender.call("state") == before
    return caught.value


def test_a_locked_strip_is_refused(laid: BlenderChild, blender_media: Path) -> None:
    laid.call("assign", name="clip", values={"lock": True})
    assert refused(laid, movie_take(blender_media / "other.mp4")).kind == "locked"
    assert "locked" in listed(laid)["room"]["why_not"]


def test_a_locked_title_is_not_moved(laid: BlenderChild, blender_media: Path) -> None:
    laid.call("effect", kind="COLOR", name="title", channel=3, start=START, end=END)
    laid.call("channel", number=3, lock=True)
    error = refused(laid, movie_take(blender_media / "other.mp4"))
    assert error.kind == "locked"
    assert "title" in error.text


def test_what_an_effect_is_made_of_is_refused(laid: BlenderChild, blender_media: Path) -> None:
    laid.call(
        "effect",
        kind="GLOW",
        name="glow",
        channel=3,
        start=START,
        end=END,
        inputs=["clip"],
    )
    assert refused(laid, movie_take(blender_media / "other.mp4")).kind == "cannot"
    assert "'glow'" in listed(laid)["room"]["why_not"]


def test_what_an_nla_track_animates_is_refused(laid: BlenderChild, blender_media: Path) -> None:
    for call, body in LOOKS["alpha keys"]:
        laid.call(call, **body)
    laid.call("push_down")
    assert refused(laid, movie_take(blender_media / "other.mp4")).kind == "cannot"
    assert "NLA" in listed(laid)["room"]["why_not"]


def test_all_or_nothing(laid: BlenderChild, blender_media: Path) -> None:
    good = movie_take(blender_media / "other.mp4")
    wrong = movie_take(blender_media / "clip_take.mp4", "take 2", frames=TAKE_FRAMES + 1)
    laid.call("effect", kind="COLOR", name="title", channel=3, start=START, end=END)
    for call, body in (*LOOKS["alpha keys"], *LOOKS["driver"]):
        laid.call(call, **body)
    assert refused(laid, good, wrong).kind == "no_file"
    assert refused(laid, movie_take(blender_media / "no such.mp4")).kind == "no_file"
    unknown = movie_take(blender_media / "other.mp4", colour_space=["No Such Space"])
    assert refused(laid, unknown).kind == "cannot"
    (blender_media / "broken.mp4").write_bytes(b"no movie")
    assert refused(laid, movie_take(blender_media / "broken.mp4")).kind == "no_file"


def test_a_label_is_there_once(laid: BlenderChild, blender_media: Path) -> None:
    take = movie_take(blender_media / "other.mp4")
    place(laid, take)
    once = laid.call("state")
    assert place(laid, take)["already"] == ["take 1"]
    assert laid.call("state") == once
    assert refused(laid, movie_take(blender_media / "clip_take.mp4")).kind == "label_taken"


def test_the_clip_may_have_been_moved_meanwhile(
    laid: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    expect = {"start": START, "end": END, "first": START - BEGIN}
    laid.call("assign", name="clip", values={"frame_start": BEGIN + 100})
    error = refused(laid, movie_take(blender_media / "other.mp4"), expect=expect)
    assert error.kind == "changed"
    assert error.value["start"] == START + 100
    place(laid, movie_take(blender_media / "other.mp4"))
    assert numbers(rendered(laid, tmp_path, START + 100, END + 100)) == [
        5000 + record - BEGIN - CUT for record in range(START, END)
    ]


def test_trimmed_within_the_handles_it_fits_and_beyond_them_not(
    laid: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    last = BEGIN + CUT + TAKE_FRAMES
    laid.call("assign", name="clip", values={"frame_final_end": last + 1})
    assert refused(laid, movie_take(blender_media / "other.mp4")).kind == "outside"
    laid.call("assign", name="clip", values={"frame_final_end": last})
    place(laid, movie_take(blender_media / "other.mp4"))
    assert numbers(rendered(laid, tmp_path, last - 3, last)) == [5077, 5078, 5079]


def test_a_clip_inside_a_meta_strip_gets_its_take_there(
    laid: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    laid.call("into_meta", name="clip", meta="scene 1")
    assert listed(laid)["meta"] == uid_of(laid, "scene 1")
    (take,) = place(laid, movie_take(blender_media / "other.mp4"))["takes"]
    assert take["meta"] == uid_of(laid, "scene 1")
    assert numbers(rendered(laid, tmp_path)) == [
        5000 + record - BEGIN - CUT for record in range(START, END)
    ]
    laid.call("undo")
    assert not listed(laid)["mute"]


def test_paths_are_relative_where_the_clips_are(
    blender: BlenderChild, blender_media: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "a film, Zo\u00eb's"
    folder.mkdir()
    for name in ("clip.mp4", "other.mp4"):
        shutil.copy(blender_media / name, folder)
    blender.call("reset")
    blender.call("save", path=str(folder / "film.blend"))
    blender.call("movie", path="//clip.mp4", frame_start=BEGIN, start=START, end=END)
    assert listed(blender)["media"]["path"] == str(folder / "clip.mp4")
    place(blender, movie_take(folder / "other.mp4"))
    blender.call("save", path=str(folder / "film.blend"))
    moved = tmp_path / "moved"
    folder.rename(moved)
    blender.call("load", path=str(moved / "film.blend"))
    assert listed(blender, "clip take 1")["media"]["path"] == str(moved / "other.mp4")
    assert numbers(rendered(blender, tmp_path / "out"))[0] == 5000 + START - BEGIN - CUT


@pytest.mark.parametrize(
    ("by_default", "saved", "written"),
    [(True, True, "//other.mp4"), (False, True, "absolute"), (True, False, "absolute")],
    ids=["relative", "preferred absolute", "never saved"],
)
def test_a_path_is_written_as_blender_writes_one(
    blender: BlenderChild, blender_media: Path, by_default: bool, saved: bool, written: str
) -> None:
    blender.call("reset")
    blender.call("relative_paths", on=by_default)
    if saved:
        blender.call("save", path=str(blender_media / "film.blend"))
    blender.call(
        "movie", path=str(blender_media / "clip.mp4"), frame_start=BEGIN, start=START, end=END
    )
    place(blender, movie_take(blender_media / "other.mp4"))
    path = str(blender_media / "other.mp4") if written == "absolute" else written
    assert blender.call("path_in_file", name="clip take 1") == path


def test_what_makes_no_sense_is_an_error_and_not_the_end(laid: BlenderChild) -> None:
    for do, body in (("dance", {}), ("place", {"document": None, "clip": "x"})):
        with pytest.raises(Refused):
            laid.ask(do, **body)
    assert laid.ask("hello", document=None)["scene"] == "Scene"


@pytest.mark.parametrize(
    ("operator", "holds"),
    [
        ("TRANSFORM_OT_seq_slide", True),
        ("SEQUENCER_OT_duplicate_move", True),
        ("sequencer.slip", True),
        ("WM_OT_screencast_keys", False),
        ("ANIM_OT_change_frame", False),
    ],
)
def test_what_goes_on_for_ever_holds_no_take_back(
    blender: BlenderChild, operator: str, holds: bool
) -> None:
    assert blender.call("held_back_by", operator=operator) is holds
