"""Strips as clips: exact ranges, and for each that cannot be restyled a sentence of its own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from blender_calls import FakeCalls
from newtake.domain.clip import Clip, RefusalReason
from newtake.domain.timing import FrameRange
from newtake.hosts.blender.connection import read_sequencer
from newtake.hosts.blender.identity import parse_key
from newtake.hosts.blender.listing import list_clips, outline_of
from newtake.testing.blender import FakeBlender
from newtake.testing.blender.state import FakeStrip

pytestmark = pytest.mark.anyio
RATE = Fraction(25)


def strip(name: str = "A", kind: str = "MOVIE", **more: object) -> FakeStrip:
    """50 frames from media frame 10 on, of 200."""
    made = FakeStrip(name, kind, 1, 1, 11, 61, __file__, frames=200, rate=RATE)
    for key, value in more.items():
        setattr(made, key, value)
    return made


async def listed(*strips: FakeStrip, version: tuple[int, int, int] = (3, 4, 1)) -> list[Clip]:
    blender = FakeBlender(version)
    for each in strips:
        blender.scene.strips[each.name] = each
    return list_clips(await read_sequencer(FakeCalls(blender), None))


async def test_a_trimmed_movie_has_exact_ranges() -> None:
    (clip,) = await listed(strip())

    assert clip.refusal is None
    assert clip.record == FrameRange(11, 50, RATE)
    assert clip.source == FrameRange(10, 50, RATE)
    assert clip.speed == 1
    assert (clip.track, clip.name) == ("V1", "A")
    assert clip.media is not None
    assert clip.media.available == FrameRange(0, 200, RATE)


async def test_a_key_tells_the_strip_and_how_it_was() -> None:
    (clip,) = await listed(strip(name="a|b %", path=f"{__file__}"))
    key = parse_key(clip.key)

    assert (key.name, key.kind, key.path) == ("a|b %", "MOVIE", __file__)
    assert (key.start, key.duration, key.first) == (11, 50, 10)
    assert clip.known_by == (f"strip {key.uid}",)


async def test_23976_footage_at_its_own_speed_covers_every_frame_that_shows() -> None:
    rate = Fraction(24000, 1001)
    (clip,) = await listed(strip(rate=rate, own_speed=True))

    assert clip.refusal is None
    assert clip.source == FrameRange(9, 48, rate)
    assert clip.speed == 1
    # Of what does not happen nothing is said.
    (note,) = clip.notes
    assert ": 2 of its 50 frames show the frame before once more; the take shows the same" in note


async def test_footage_of_another_rate_frame_by_frame_runs_at_another_speed() -> None:
    rate = Fraction(50)
    (clip,) = await listed(strip(rate=rate))

    assert clip.source == FrameRange(10, 50, rate)
    assert clip.speed == Fraction(1, 2)


async def test_numbered_images_are_a_sequence(tmp_path: Path) -> None:
    names = tuple(f"shot.{number:04}.exr" for number in range(1001, 1101))
    (tmp_path / names[0]).touch()
    images = strip(
        kind="IMAGE", path=str(tmp_path), names=names, frames=100, rate=None, start=11, end=31
    )
    (clip,) = await listed(images)

    assert clip.refusal is None
    assert clip.source == FrameRange(10, 20, RATE)
    assert clip.media is not None
    sequence = clip.media.sequence
    assert sequence is not None
    assert (sequence.start, sequence.padding, sequence.frames) == (1001, 4, 100)


def _images(*names: str) -> FakeStrip:
    folder = Path(__file__).parent
    return strip(
        kind="IMAGE", path=str(folder), names=names, frames=len(names), rate=None, start=1, end=3
    )


OWN = Path(__file__).name
REFUSED: dict[str, tuple[list[FakeStrip], RefusalReason, str]] = {
    "sound": ([strip(kind="SOUND")], RefusalReason.AUDIO, "it is sound"),
    "text": ([strip(kind="TEXT")], RefusalReason.TITLE, "it is text"),
    "colour": ([strip(kind="COLOR")], RefusalReason.GENERATOR, "it is a colour"),
    "scene": ([strip(kind="SCENE")], RefusalReason.NESTED, "it is a scene"),
    "mask": ([strip(kind="MASK")], RefusalReason.GENERATOR, "it is a mask"),
    "movie clip": ([strip(kind="MOVIECLIP")], RefusalReason.UNSUPPORTED, "clip editor"),
    "meta": ([strip(kind="META")], RefusalReason.COMPOUND, "open it with Tab"),
    "adjustment": ([strip(kind="ADJUSTMENT")], RefusalReason.ADJUSTMENT, "adjustment layer"),
    "multicam": ([strip(kind="MULTICAM")], RefusalReason.MULTICAM, "multicam selector"),
    "speed": ([strip(kind="SPEED")], RefusalReason.RETIMED, "it is a speed effect"),
    "cross": ([strip(kind="GAMMA_CROSS")], RefusalReason.TRANSITION, "gamma cross"),
    "glow": ([strip(kind="GLOW")], RefusalReason.UNSUPPORTED, "it is an effect (glow)"),
    "locked": ([strip(lock=True)], RefusalReason.LOCKED, "unlock it in Blender"),
    "offline": ([strip(path="/no/such.mp4")], RefusalReason.OFFLINE, "no /no/such.mp4"),
    "no rate": ([strip(rate=None)], RefusalReason.UNKNOWN_RATE, "cannot open"),
    "still": ([_images(OWN)], RefusalReason.STILL, "still image"),
    "images": ([_images(OWN, "b.png")], RefusalReason.IMAGE_SEQUENCE, "numbers go up by one"),
    "reverse": ([strip(reverse=True)], RefusalReason.RETIMED, "plays backwards"),
    "keys": ([strip(retimed=True)], RefusalReason.RETIMED, "retiming keys"),
    "held": ([strip(end=300)], RefusalReason.OUTSIDE_MEDIA, "stands still at an end"),
    "stereo": ([strip(views=True)], RefusalReason.UNSUPPORTED, "each eye"),
    "empty": ([strip(end=11)], RefusalReason.EMPTY, "it has no frames"),
    "sped": (
        [strip(), strip("S", "SPEED", inputs=("A",), channel=2)],
        RefusalReason.RETIMED,
        "the speed effect 'S' retimes it",
    ),
    "crossed": (
        [strip(), strip("X", "CROSS", inputs=("A",), channel=3)],
        RefusalReason.TRANSITION,
        "the transition 'X' is made of it",
    ),
    "glowing": (
        [strip(), strip("G", "GLOW", inputs=("A",), channel=2)],
        RefusalReason.UNSUPPORTED,
        "the effect 'G' is made of it",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_restyled_says_why(name: str) -> None:
    strips, reason, text = REFUSED[name]
    clip = next(each for each in await listed(*strips) if each.name == "A")

    assert clip.refusal is not None
    assert clip.refusal.reason is reason
    assert text in clip.refusal.text


def test_every_reason_has_a_sentence_of_its_own() -> None:
    texts = [text for _, _, text in REFUSED.values()]
    assert len(set(texts)) == len(texts)


async def test_constant_speed_works_where_its_frames_are_known_exactly() -> None:
    (clip,) = await listed(strip(speed=2.0, end=51))
    assert clip.refusal is None
    assert clip.source == FrameRange(20, 79, RATE)
    assert clip.speed == 2
    (note,) = clip.notes
    assert "at 2 times its speed: 39 of its media's frames fall on no frame of it;" in note

    (clip,) = await listed(strip(speed=2.0, end=51), version=(5, 0, 1))
    assert clip.refusal is not None
    assert "not known exactly" in clip.refusal.text


async def test_a_take_is_no_clip_but_in_the_list_of_its_original() -> None:
    ours = {"newtake_clip": "u", "newtake_id": "u", "newtake_take": "original"}
    take = {"newtake_clip": "u", "newtake_take": "job/1", "newtake_number": "3"}
    strips = strip(properties=ours, mute=True), strip("T", channel=2, properties=take)
    (clip,) = await listed(*strips)

    assert [(each.key, each.selected) for each in clip.takes] == [
        ("original", False),
        ("take_003", True),
    ]
    (left,) = await listed(strips[1])
    assert left.refusal is not None
    assert "was deleted" in left.refusal.text


async def test_channels_are_tracks_and_metas_have_their_own() -> None:
    blender = FakeBlender()
    for each in (strip(), strip("S", "SOUND", channel=2), strip("B", channel=3)):
        blender.scene.strips[each.name] = each
    blender.scene.channels[3].name = "Titles"
    blender.into_meta("B", "M")
    outline = outline_of(await read_sequencer(FakeCalls(blender), None))

    assert [(each.label, each.kind, each.name) for each in outline.tracks] == [
        ("V1", "video", "Channel 1"),
        ("V3", "video", "Titles"),
        ("V3.3", "video", ""),
        ("A2", "audio", "Channel 2"),
    ]
