"""Takes in a real Blender: every frame in its slot, everything that made the look, one undo step.

Debian's Blender without a window, or the one that NEWTAKE_BLENDER names; see blender_child.py.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from blender_child import PROGRAM, BlenderChild, Refused, blender_child
from numbered_media import make_numbered, numbers_in, run

LOSSLESS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p")
FRAMES, CUT, LONG = 120, 20, 1100
FILMS = {"film": Fraction(24000, 1001), "fast": Fraction(50)}
TAKE_FRAMES = 80
BEGIN, START, END = -9, 20, 32
"""The clip's media begins at record frame -9, and is trimmed at both ends."""


@pytest.fixture(scope="module")
def blender(
    require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BlenderChild]:
    program = os.environ.get(PROGRAM) or require_program("blender")
    with blender_child(program, tmp_path_factory.mktemp("blender")) as child:
        yield child


@pytest.fixture(scope="module")
def media(require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Movies whose frames carry their numbers, and takes that are cut out of them."""
    ffmpeg, folder = require_program("ffmpeg"), tmp_path_factory.mktemp("media")
    make_numbered(ffmpeg, folder / "clip.mp4", rate=Fraction(25), frames=FRAMES, coding=LOSSLESS)
    for name, rate in FILMS.items():
        make_numbered(
            ffmpeg,
            folder / f"{name}.mp4",
            rate=rate,
            frames=LONG,
            coding=LOSSLESS,
            size=(160, 90),
        )
    _cut(ffmpeg, folder / "clip.mp4", folder / "clip_take.mp4")
    _cut(ffmpeg, folder / "clip.mp4", folder / "small_take.mp4", ",scale=240:134")
    make_numbered(ffmpeg, folder / "other.mp4", rate=Fraction(25), frames=TAKE_FRAMES, first=5000)
    (folder / "images").mkdir()
    (folder / "styled").mkdir()
    (folder / "exr").mkdir()
    other = str(folder / "other.mp4")
    run([ffmpeg, "-v", "error", "-i", other, str(folder / "styled/%04d.png")])
    run([ffmpeg, "-v", "error", "-i", other, str(folder / "exr/%04d.exr")])
    run([ffmpeg, "-v", "error", "-i", str(folder / "clip.mp4"), str(folder / "images/%04d.png")])
    return folder


def _cut(ffmpeg: str, source: Path, target: Path, more: str = "") -> None:
    """The frames of a movie that a take has, bit by bit the same."""
    trim = f"trim=start_frame={CUT}:end_frame={CUT + TAKE_FRAMES},setpts=PTS-STARTPTS{more}"
    run([ffmpeg, "-v", "error", "-i", str(source), "-vf", trim, *LOSSLESS, str(target)])


def movie_take(path: Path, label: str = "take 1", **more: Any) -> dict[str, Any]:
    return {
        "label": label,
        "name": f"clip {label}",
        "kind": "movie",
        "path": str(path),
        "first": CUT,
        "frames": TAKE_FRAMES,
        "colour_space": [],
        "show": True,
        "properties": {"newtake_job": "job-1"},
        **more,
    }


def uid_of(blender: BlenderChild, name: str = "clip") -> str:
    strips = blender.ask("strips", document=None, known=[])["strips"]
    return next(str(each["uid"]) for each in strips if each["name"] == name)


def place(blender: BlenderChild, *takes: dict[str, Any], name: str = "clip", **more: Any) -> Any:
    body = {"document": None, "expect": None, "undo": "New Take", **more}
    return blender.ask("place", clip=uid_of(blender, name), takes=list(takes), **body)


def rendered(blender: BlenderChild, folder: Path, start: int = START, end: int = END) -> list[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    blender.call("render", folder=str(folder), start=start, end=end)
    return sorted(folder.glob("f*.png"))


def numbers(pictures: list[Path]) -> list[int]:
    return [number for each in pictures for number in numbers_in(each)]


def pixels(pictures: list[Path]) -> list[bytes]:
    found = []
    for path in pictures:
        with av.open(str(path)) as container:
            (frame,) = container.decode(container.streams.video[0])
            found.append(frame.to_ndarray(format="rgb24").tobytes())
    return found


@pytest.fixture
def timeline(blender: BlenderChild, media: Path) -> BlenderChild:
    """One clip, trimmed at both ends, above a picture that fills the frame."""
    blender.call("reset")
    blender.call("effect", kind="COLOR", name="ground", channel=1, start=START, end=END)
    blender.call(
        "movie",
        path=str(media / "clip.mp4"),
        channel=2,
        frame_start=BEGIN,
        start=START,
        end=END,
    )
    return blender


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
    assert _without_ours(timeline.call("state")) == before
    assert numbers(rendered(timeline, tmp_path / "clip")) == [
        record - BEGIN for record in range(START, END)
    ]
    timeline.call("redo")
    assert timeline.call("state") == after


def _without_ours(state: dict[str, Any]) -> dict[str, Any]:
    for each in state["strips"].values():
        each["keys"] = [key for key in each["keys"] if not key.startswith("newtake_")]
    return state


Steps = tuple[tuple[str, dict[str, Any]], ...]


def assigned(**values: Any) -> Steps:
    named = {key.replace("__", "."): value for key, value in values.items()}
    return (("assign", {"name": "clip", "values": named}),)


def keyed(path: str, *keys: tuple[int, float], **more: Any) -> Steps:
    return (("key", {"name": "clip", "path": path, "keys": keys, **more}),)


LOOKS: dict[str, Steps] = {
    "transform": assigned(
        transform__offset_x=33.0,
        transform__offset_y=-12.0,
        transform__scale_x=0.7,
        transform__scale_y=1.3,
        transform__rotation=0.3,
        transform__origin=[0.2, 0.9],
        transform__filter="BILINEAR",
    ),
    "crop": assigned(crop__min_x=40, crop__max_x=7, crop__min_y=11, crop__max_y=60),
    "blend": assigned(blend_type="MULTIPLY", blend_alpha=0.6),
    "subtract": assigned(blend_type="SUBTRACT"),
    "colour": assigned(color_saturation=0.2, color_multiply=0.8, use_float=True),
    "flip": assigned(use_flip_x=True, use_flip_y=True),
    "deinterlace": assigned(use_deinterlace=True),
    "alpha keys": keyed("blend_alpha", (START, 0.1), (START + 5, 0.9), (END, 0.3)),
    "offset keys": keyed("transform.offset_x", (START - 40, -200.0), (END + 9, 200.0)),
    "scale keys": keyed("transform.scale_y", (START, 0.5), (END, 2.0)),
    "crop keys": keyed("crop.min_x", (START, 0), (END, 300)),
    "noise": keyed("transform.offset_y", (START, 0.0), (END, 40.0), modify="NOISE"),
    "driver": (
        (
            "driver",
            {"name": "clip", "path": "color_saturation", "expression": "max(frame, 5) / 40"},
        ),
    ),
}
MODIFIERS: dict[str, Steps] = {
    "BRIGHT_CONTRAST": (("modifier", {"values": {"bright": 9.0, "contrast": 20.0}}),),
    "COLOR_BALANCE": (
        (
            "modifier",
            {
                "values": {
                    "color_balance.lift": [0.8, 1.2, 1.0],
                    "color_balance.gain": [1.4, 0.9, 0.7],
                    "color_balance.invert_gain": True,
                    "color_multiply": 1.2,
                }
            },
        ),
        (
            "modifier",
            {
                "values": {
                    "color_balance.correction_method": "OFFSET_POWER_SLOPE",
                    "color_balance.power": [1.4, 0.9, 0.7],
                    "color_balance.offset": [1.05, 0.95, 1.0],
                }
            },
        ),
    ),
    "CURVES": (("curve", {"at": 3, "points": [[0.3, 0.6], [0.7, 0.2]]}),),
    "HUE_CORRECT": (("curve", {"at": 1, "points": [[0.31, 0.9], [0.72, 0.1]]}),),
    "MASK": (("modifier", {"values": {}}),),
    "TONEMAP": (("modifier", {"values": {"tonemap_type": "RH_SIMPLE", "key": 0.3}}),),
    "WHITE_BALANCE": (("modifier", {"values": {"white_value": [0.4, 0.9, 0.7]}}),),
    "COMPOSITOR": (("inverting_nodes", {}),),
}
MASKED: Steps = (
    (
        "effect",
        {"kind": "COLOR", "name": "mask", "channel": 9, "start": START, "end": END},
    ),
    ("assign", {"name": "mask", "values": {"transform.scale_x": 0.5, "mute": True}}),
    ("mask", {"name": "clip", "by": "mask"}),
)
for _type, _steps in MODIFIERS.items():
    _made = tuple(
        (call, {**body, "name": "clip", **({} if call == "inverting_nodes" else {"kind": _type})})
        for call, body in _steps
    )
    LOOKS[f"modifier {_type}"] = _made
    if _type != "MASK":
        LOOKS[f"modifier {_type} muted"] = (*_made, ("mute_modifier", {"name": "clip"}))
LOOKS["modifier MASK"] += MASKED
LOOKS["masked"] = (*LOOKS["modifier BRIGHT_CONTRAST"], *MASKED)
SEEN = (START + 4, START + 7)
"""The record frames whose pixels are compared."""
UNSEEN = ("deinterlace", "muted")
"""Looks whose picture may be the plain one."""


@pytest.mark.parametrize("name", LOOKS)
def test_the_look_is_carried_over_to_the_pixel(
    timeline: BlenderChild, media: Path, tmp_path: Path, name: str
) -> None:
    if name.startswith("modifier ") and name.split()[1] not in timeline.call("modifier_types"):
        pytest.skip(f"this Blender has no {name}")
    plain = pixels(rendered(timeline, tmp_path / "plain", *SEEN))
    for call, body in LOOKS[name]:
        timeline.call(call, **body)
    before = timeline.call("state")
    wanted = pixels(rendered(timeline, tmp_path / "clip", *SEEN))
    assert wanted != plain or name.endswith(UNSEEN)
    place(timeline, movie_take(media / "clip_take.mp4"))
    assert pixels(rendered(timeline, tmp_path / "take", *SEEN)) == wanted
    timeline.call("undo")
    assert _without_ours(timeline.call("state")) == before


def test_the_looks_above_are_all_that_this_blender_has(timeline: BlenderChild) -> None:
    of_sound = {"SOUND_EQUALIZER"}
    assert set(timeline.call("modifier_types")) <= {*MODIFIERS, *of_sound}


def listed(blender: BlenderChild, name: str = "clip", **more: Any) -> dict[str, Any]:
    body = {"document": None, "known": [], **more}
    rows = blender.ask("strips", **body)["strips"]
    return next(each for each in rows if each["name"] == name)


@pytest.mark.parametrize("window", [(1, 40), (985, 1040)], ids=["begin", "far in"])
@pytest.mark.parametrize("base", [1.0, 1.001], ids=["25", "24.975"])
@pytest.mark.parametrize("film", FILMS)
def test_footage_of_another_rate_shows_what_is_said(
    blender: BlenderChild,
    media: Path,
    tmp_path: Path,
    film: str,
    base: float,
    window: tuple[int, int],
) -> None:
    start, end = window if film == "film" else (window[0] // 2, window[1] // 2)
    start = max(start, 1)
    blender.call("reset", size=(160, 90), base=base)
    blender.call("adjusted", path=str(media / f"{film}.mp4"), frame_start=1, start=start, end=end)
    found = listed(blender)["media"]
    assert found["step"] == str(FILMS[film] / (25 / Fraction(base).limit_denominator(1000)))
    assert found["frames"] == LONG
    shown = numbers(rendered(blender, tmp_path / "clip", start, end))
    if found["exact"]:
        assert found["shown"] == shown
    else:
        assert all(abs(a - b) <= 1 for a, b in zip(found["shown"], shown, strict=True))
    take = movie_take(media / "other.mp4", first=start - 1 - 3)
    placed = place(blender, take, expect={"start": start, "end": end, "first": found["first"]})
    assert placed["takes"][0]["media"]["step"] == "1"
    assert numbers(rendered(blender, tmp_path / "take", start, end)) == [
        5003 + at for at in range(end - start)
    ]


def test_a_look_opens_no_file_that_was_opened(timeline: BlenderChild, media: Path) -> None:
    timeline.call("reset")
    timeline.call("many", path=str(media / "film.mp4"), count=100, frames=5)
    timeline.call("look_seconds")
    # Each opening of a small file is 3 ms.
    assert timeline.call("look_seconds") < 0.1


def test_footage_of_another_rate_may_play_frame_by_frame(
    blender: BlenderChild, media: Path, tmp_path: Path
) -> None:
    blender.call("reset", size=(160, 90))
    blender.call("movie", path=str(media / "film.mp4"), frame_start=-5, start=30, end=50)
    found = listed(blender)["media"]
    assert (found["rate"], found["step"], found["shown"]) == ("24000/1001", "1", None)
    assert numbers(rendered(blender, tmp_path, 30, 50)) == [*range(35, 55)]
    assert (found["first"], found["last"], found["stands_at"]) == (35, 54, -5)


def test_held_frames_of_a_strobe_are_said(timeline: BlenderChild, tmp_path: Path) -> None:
    timeline.call("assign", name="clip", values={"strobe": 3.0})
    shown = numbers(rendered(timeline, tmp_path))
    assert listed(timeline)["media"]["shown"] == shown
    assert len(set(shown)) < len(shown)


@pytest.mark.parametrize("factor", [2.0, 0.5, 1.3])
def test_a_constant_speed_shows_what_is_said(
    blender: BlenderChild, media: Path, tmp_path: Path, factor: float
) -> None:
    blender.call("reset", size=(160, 90))
    blender.call("movie", path=str(media / "film.mp4"), frame_start=-5, start=30, end=50)
    if not blender.call("speed", name="clip", factor=factor):
        pytest.skip("this Blender has no speed but by retiming keys")
    found = listed(blender)
    shown = numbers(rendered(blender, tmp_path / "clip", found["start"], found["end"]))
    assert found["media"]["shown"] == shown
    assert (found["media"]["speed"], found["media"]["frames"]) == (pytest.approx(factor), LONG)
    first = found["start"] - found["media"]["stands_at"]
    place(blender, movie_take(media / "other.mp4", first=first))
    taken = numbers(rendered(blender, tmp_path / "take", found["start"], found["end"]))
    assert taken == [5000 + at for at in range(len(shown))]


def test_a_strip_longer_than_its_media_holds_and_so_does_its_take(
    blender: BlenderChild, media: Path, tmp_path: Path
) -> None:
    blender.call("reset")
    blender.call("movie", path=str(media / "clip.mp4"), frame_start=1, start=110, end=130)
    assert listed(blender)["media"]["held"]
    take = movie_take(media / "other.mp4", first=FRAMES - TAKE_FRAMES)
    place(blender, take)
    assert numbers(rendered(blender, tmp_path, 110, 130)) == [
        min(5000 + record - 1 - take["first"], 5000 + TAKE_FRAMES - 1) for record in range(110, 130)
    ]


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


def test_a_take_of_another_size_fills_what_the_clip_filled(
    timeline: BlenderChild, media: Path, tmp_path: Path
) -> None:
    for call, body in (*LOOKS["transform"], *LOOKS["crop"], *LOOKS["scale keys"]):
        timeline.call(call, **body)
    wanted = pixels(rendered(timeline, tmp_path / "clip"))
    place(timeline, movie_take(media / "small_take.mp4"))
    found = pixels(rendered(timeline, tmp_path / "take"))
    for one, other in zip(wanted, found, strict=True):
        apart = sum(abs(a - b) for a, b in zip(one[::7], other[::7], strict=True))
        assert apart / len(one[::7]) < 6


def test_a_strip_of_images_gets_a_take_of_images(
    blender: BlenderChild, media: Path, tmp_path: Path
) -> None:
    blender.call("reset")
    names = sorted(each.name for each in (media / "images").iterdir())
    blender.call(
        "images",
        folder=str(media / "images"),
        names=names,
        frame_start=BEGIN,
        start=START,
        end=END,
    )
    found = listed(blender)["media"]
    assert (found["frames"], found["first"], found["names"]) == (FRAMES, START - BEGIN, names)
    take = {
        **movie_take(media / "styled"),
        "kind": "images",
        "folder": str(media / "styled"),
        "names": [f"{at:04}.png" for at in range(1, TAKE_FRAMES + 1)],
        "colour_space": ["No Such Space", "Non-Color", "sRGB"],
    }
    del take["path"]
    (placed,) = place(blender, take)["takes"]
    assert (placed["type"], placed["media"]["colour_space"]) == ("IMAGE", "Non-Color")
    assert numbers(rendered(blender, tmp_path)) == [
        5000 + record - BEGIN - CUT for record in range(START, END)
    ]


def test_a_movie_gets_the_exr_of_its_take_beside_it(
    timeline: BlenderChild, media: Path, tmp_path: Path
) -> None:
    spaces = ["ACES2065-1", "Linear ACES"]
    exr = {
        "label": "take 1 EXR",
        "name": "clip take 1 EXR",
        "kind": "images",
        "folder": str(media / "exr"),
        "names": [f"{at:04}.exr" for at in range(1, TAKE_FRAMES + 1)],
        "first": CUT,
        "frames": TAKE_FRAMES,
        "colour_space": spaces,
        "show": False,
        "properties": {},
    }
    one, other = place(timeline, movie_take(media / "other.mp4"), exr)["takes"]
    assert (one["mute"], other["mute"]) == (False, True)
    assert other["channel"] == one["channel"] + 1
    assert other["media"]["colour_space"] in spaces
    clip = uid_of(timeline)
    timeline.ask("switch", document=None, clip=clip, label=exr["label"], undo="Switch Take")
    assert numbers(rendered(timeline, tmp_path)) == [
        5000 + record - BEGIN - CUT for record in range(START, END)
    ]


def test_what_lies_directly_above_stays_above(
    timeline: BlenderChild, media: Path, tmp_path: Path
) -> None:
    title = {"kind": "COLOR", "name": "title", "channel": 3, "start": START + 4, "end": END}
    timeline.call("effect", **title)
    timeline.call("channel", number=3, name="Titles")
    before = timeline.call("state")
    with_title = pixels(rendered(timeline, tmp_path / "clip"))
    assert listed(timeline)["room"] == {"channel": 3, "moves_up": 1, "why_not": ""}
    placed = place(timeline, movie_take(media / "clip_take.mp4"))
    assert (placed["takes"][0]["channel"], placed["moved_up"]) == (3, 1)
    assert pixels(rendered(timeline, tmp_path / "take")) == with_title
    assert timeline.call("state")["channels"][2:6] == [
        *("Channel 2", "Channel 3", "Titles", "Channel 5"),
    ]
    timeline.call("undo")
    assert _without_ours(timeline.call("state")) == before


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
    assert _without_ours(timeline.call("state")) == before
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
    assert _without_ours(timeline.call("state")) == before


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


def test_notes_and_colours_are_marked(timeline: BlenderChild) -> None:
    clip = uid_of(timeline)
    body = {"strips": {clip: {"newtake_work": "rendering"}}, "colours": {clip: "COLOR_05"}}
    (row,) = timeline.ask("mark", document=None, **body)["strips"]
    assert row["properties"]["newtake_work"] == "rendering"
    timeline.ask("mark", document=None, strips={clip: {"newtake_work": None}}, colours={})
    assert "newtake_work" not in listed(timeline)["properties"]
    with pytest.raises(Refused, match="no property of ours"):
        timeline.ask("mark", document=None, strips={clip: {"cycles": "1"}}, colours={})


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
