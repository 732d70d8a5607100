"""Takes laid in a real Blender: every frame in its slot, one undo step, or refused as a whole.

Debian's Blender without a window, or the one that NEWTAKE_BLENDER names; see blender_child.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
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


def test_every_frame_is_in_its_slot_and_one_undo_takes_it_back(
    timeline: BlenderChild, media: Path, tmp_path: Path
) -> None:
    before = timeline.call("state")
    placed = place(timeline, movie_take(media / "other.mp4"))
    (take,) = placed["takes"]
    assert (take["start"], take["end"], take["mute"]) == (START, END, False)
    assert placed["clip"]["mute"]
    assert numbers(rendered(timeline, tmp_path / "take")) == [
        5000 + record - BEGIN - CUT for record in range(START, END)
    ]
    after = timeline.call("state")
    timeline.call("undo")
    assert without_ours(timeline.call("state")) == before
    assert numbers(rendered(timeline, tmp_path / "clip")) == [
        record - BEGIN for record in range(START, END)
    ]
    timeline.call("redo")
    assert timeline.call("state") == after


def test_two_strips_of_one_source_have_takes_of_their_own(
    blender: BlenderChild, media: Path, tmp_path: Path
) -> None:
    blender.call("reset")
    clip = str(media / "clip.mp4")
    blender.call("movie", path=clip, name="one", channel=1, frame_start=1, start=30, end=36)
    blender.call("movie", path=clip, name="two", channel=1, frame_start=-10, start=36, end=42)
    place(blender, movie_take(media / "other.mp4"), name="two")
    assert numbers(rendered(blender, tmp_path / "two", 30, 42)) == [
        *range(29, 35),
        *(5000 + record + 10 - CUT for record in range(36, 42)),
    ]
    place(blender, movie_take(media / "other.mp4"), name="one")
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
    timeline: BlenderChild, media: Path, there: dict[str, int], channel: int
) -> None:
    timeline.call("effect", kind="COLOR", name="beside", **there)
    placed = place(timeline, movie_take(media / "clip_take.mp4"))
    assert (placed["takes"][0]["channel"], placed["moved_up"]) == (channel, 0)


@pytest.mark.parametrize("setting", ["lock", "mute"])
def test_locked_and_muted_channels_are_passed_over(
    timeline: BlenderChild, media: Path, tmp_path: Path, setting: str
) -> None:
    timeline.call("channel", number=3, **{setting: True})
    placed = place(timeline, movie_take(media / "other.mp4"))
    assert placed["takes"][0]["channel"] == 4
    assert numbers(rendered(timeline, tmp_path))[0] == 5000 + START - BEGIN - CUT


def refused(blender: BlenderChild, *takes: dict[str, Any], **more: Any) -> Refused:
    """The error of a "place" that leaves everything as it was."""
    before = blender.call("state")
    with pytest.raises(Refused) as caught:
        place(blender, *takes, **more)
    assert blender.call("state") == before
    return caught.value


def test_a_locked_strip_is_refused(timeline: BlenderChild, media: Path) -> None:
    timeline.call("assign", name="clip", values={"lock": True})
    assert refused(timeline, movie_take(media / "other.mp4")).kind == "locked"
    assert "locked" in listed(timeline)["room"]["why_not"]


def test_a_locked_title_is_not_moved(timeline: BlenderChild, media: Path) -> None:
    timeline.call("effect", kind="COLOR", name="title", channel=3, start=START, end=END)
    timeline.call("channel", number=3, lock=True)
    error = refused(timeline, movie_take(media / "other.mp4"))
    assert error.kind == "locked"
    assert "title" in error.text


def test_what_an_effect_is_made_of_is_refused(timeline: BlenderChild, media: Path) -> None:
    timeline.call(
        "effect",
        kind="GLOW",
        name="glow",
        channel=3,
        start=START,
        end=END,
        inputs=["clip"],
    )
    assert refused(timeline, movie_take(media / "other.mp4")).kind == "cannot"
    assert "'glow'" in listed(timeline)["room"]["why_not"]


def test_what_an_nla_track_animates_is_refused(timeline: BlenderChild, media: Path) -> None:
    for call, body in LOOKS["alpha keys"]:
        timeline.call(call, **body)
    timeline.call("push_down")
    assert refused(timeline, movie_take(media / "other.mp4")).kind == "cannot"
    assert "NLA" in listed(timeline)["room"]["why_not"]


def test_all_or_nothing(timeline: BlenderChild, media: Path) -> None:
    good = movie_take(media / "other.mp4")
    wrong = movie_take(media / "clip_take.mp4", "take 2", frames=TAKE_FRAMES + 1)
    timeline.call("effect", kind="COLOR", name="title", channel=3, start=START, end=END)
    for call, body in (*LOOKS["alpha keys"], *LOOKS["driver"]):
        timeline.call(call, **body)
    assert refused(timeline, good, wrong).kind == "no_file"
    assert refused(timeline, movie_take(media / "no such.mp4")).kind == "no_file"
    unknown = movie_take(media / "other.mp4", colour_space=["No Such Space"])
    assert refused(timeline, unknown).kind == "cannot"
    (media / "broken.mp4").write_bytes(b"no movie")
    assert refused(timeline, movie_take(media / "broken.mp4")).kind == "no_file"


def test_a_label_is_there_once(timeline: BlenderChild, media: Path) -> None:
    take = movie_take(media / "other.mp4")
    place(timeline, take)
    once = timeline.call("state")
    assert place(timeline, take)["already"] == ["take 1"]
    assert timeline.call("state") == once
    assert refused(timeline, movie_take(media / "clip_take.mp4")).kind == "label_taken"


def test_the_clip_may_have_been_moved_meanwhile(
    timeline: BlenderChild, media: Path, tmp_path: Path
) -> None:
    expect = {"start": START, "end": END, "first": START - BEGIN}
    timeline.call("assign", name="clip", values={"frame_start": BEGIN + 100})
    error = refused(timeline, movie_take(media / "other.mp4"), expect=expect)
    assert error.kind == "changed"
    assert error.value["start"] == START + 100
    place(timeline, movie_take(media / "other.mp4"))
    assert numbers(rendered(timeline, tmp_path, START + 100, END + 100)) == [
        5000 + record - BEGIN - CUT for record in range(START, END)
    ]


def test_trimmed_within_the_handles_it_fits_and_beyond_them_not(
    timeline: BlenderChild, media: Path, tmp_path: Path
) -> None:
    last = BEGIN + CUT + TAKE_FRAMES
    timeline.call("assign", name="clip", values={"frame_final_end": last + 1})
    assert refused(timeline, movie_take(media / "other.mp4")).kind == "outside"
    timeline.call("assign", name="clip", values={"frame_final_end": last})
    place(timeline, movie_take(media / "other.mp4"))
    assert numbers(rendered(timeline, tmp_path, last - 3, last)) == [5077, 5078, 5079]


def test_a_clip_inside_a_meta_strip_gets_its_take_there(
    timeline: BlenderChild, media: Path, tmp_path: Path
) -> None:
    timeline.call("into_meta", name="clip", meta="scene 1")
    assert listed(timeline)["meta"] == uid_of(timeline, "scene 1")
    (take,) = place(timeline, movie_take(media / "other.mp4"))["takes"]
    assert take["meta"] == uid_of(timeline, "scene 1")
    assert numbers(rendered(timeline, tmp_path)) == [
        5000 + record - BEGIN - CUT for record in range(START, END)
    ]
    timeline.call("undo")
    assert not listed(timeline)["mute"]


def test_paths_are_relative_where_the_clips_are(
    blender: BlenderChild, media: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "a film, Zo\u00eb's"
    folder.mkdir()
    for name in ("clip.mp4", "other.mp4"):
        shutil.copy(media / name, folder)
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
    blender: BlenderChild, media: Path, by_default: bool, saved: bool, written: str
) -> None:
    blender.call("reset")
    blender.call("relative_paths", on=by_default)
    if saved:
        blender.call("save", path=str(media / "film.blend"))
    blender.call("movie", path=str(media / "clip.mp4"), frame_start=BEGIN, start=START, end=END)
    place(blender, movie_take(media / "other.mp4"))
    path = str(media / "other.mp4") if written == "absolute" else written
    assert blender.call("path_in_file", name="clip take 1") == path


def test_what_makes_no_sense_is_an_error_and_not_the_end(timeline: BlenderChild) -> None:
    for do, body in (("dance", {}), ("place", {"document": None, "clip": "x"})):
        with pytest.raises(Refused):
            timeline.ask(do, **body)
    assert timeline.ask("hello", document=None)["scene"] == "Scene"


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
