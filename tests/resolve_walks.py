"""Walks through the whole Resolve flow: which versions, rates and cases meet, and one walk of each.

A walk is what an editor does: a timeline, clips chosen, `newtake resolve plan`, then `restyle`.
What comes out is compared with everything that was there before.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import imageio_ffmpeg
from anyio.from_thread import start_blocking_portal

from newtake.domain.timing import frame_of_timecode
from newtake.sandbox.service import Sandbox, SandboxOptions, run_sandbox
from newtake.testing.resolve import RecordedCall
from newtake.testing.resolve.process import FakeResolveProcess
from numbered_exr import number_by_contrast
from numbered_media import make_numbered, numbers_in
from resolve_scenes import RATES, Cut, ResolveScene

Case: TypeAlias = Literal["one clip", "three clips", "marked part", "HDR and EXR", "render"]
CASES: tuple[Case, ...] = ("one clip", "three clips", "marked part", "HDR and EXR", "render")
VERSIONS = ("18.6", "19.1", "20", "21.0.4", "21.1")
CLOCKS = tuple(
    (rate, start) for rate in ("24", "25", "29.97 DF") for start in ("01:00:00:00", "10:00:00:00")
)
PAGES = ("edit", "color", "cut")

WAYS: dict[str, tuple[str, ...]] = {
    "18.6": ("playhead", "colour", "markers", "playhead", "colour"),
    "19.1": ("marks", "marks", "marks", "colour", "playhead"),
    "20": ("colour", "marks", "marks", "playhead", "marks"),
    "21.0.4": ("selection", "selection", "marks", "selection", "selection"),
    "21.1": ("selection", "selection", "marks", "marks", "selection"),
}
"""How clips are chosen, by version and case. A version without GetSelectedClips has no selection,
one without GetMarkInOut no marks."""
ASKED = {"colour": ("--select", "colour:Orange"), "markers": ("--select", "markers:Sand")}
"""The other ways are found by `auto`, which is not said."""

MEDIA_FRAMES = 190
"""More than a plate holds, so that each clip has a plate of its own frames."""
MEDIA_START = "00:59:50:00"
SIZE = (160, 90)
CUTS = (Cut(3, 10), Cut(31, 24), Cut(90, 30), Cut(151, 12), Cut(10, 8))
"""Of the scene, one behind the other. The second, the fourth and the first begin at odd frames,
where GetSourceStartFrame is one too small; none begins with its media."""
PART = (7, 14)
"""The frames of the marked part within its clip, half-open."""
LOOK = ("--prompt", "a charcoal sketch")


@dataclass(frozen=True)
class Walk:
    """One way through the flow."""

    version: str
    case: Case
    rate: str
    start: str
    way: str
    page: str
    is_managed: bool

    @property
    def targets(self) -> tuple[int, ...]:
        """Which cuts are restyled."""
        return {"three clips": (1, 2, 3), "HDR and EXR": (2,)}.get(self.case, (1,))

    @property
    def options(self) -> tuple[str, ...]:
        if self.case == "HDR and EXR":
            return ("--hdr", "--exr", "--resolution", "720p")
        return ("--from", "render") if self.case == "render" else ()


def walks_of(version: str) -> list[Walk]:
    """One walk of each case; rates and start timecodes go round, so that each case has them all."""
    at = VERSIONS.index(version)
    return [
        Walk(
            version,
            case,
            *CLOCKS[(at + place) % len(CLOCKS)],
            way=WAYS[version][place],
            page=PAGES[(at + place) % len(PAGES)],
            is_managed=at % 2 == 0,
        )
        for place, case in enumerate(CASES)
    ]


@contextmanager
def sandbox_inside(folder: Path) -> Iterator[Sandbox]:
    """A copying service in this process, whose requests can be looked at."""
    options = SandboxOptions(
        folder,
        imageio_ffmpeg.get_ffmpeg_exe(),
        look="copy",
        min_render_seconds=0.3,
        renders=Path(os.environ["NEWTAKE_SANDBOX_RENDERS"]),
    )
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(run_sandbox(options)) as sandbox,
    ):
        yield sandbox


def build(walk: Walk, folder: Path, fake: FakeResolveProcess, service: str) -> ResolveScene:
    """A project of its own for a walk, as an editor left it before choosing."""
    folder.mkdir()
    rate = RATES[walk.rate]
    mark = ";" if walk.rate.endswith("DF") else ":"
    stamp = mark.join(MEDIA_START.rsplit(":", 1))
    source = make_numbered(
        imageio_ffmpeg.get_ffmpeg_exe(),
        folder / "shot.mov",
        rate=rate,
        frames=MEDIA_FRAMES,
        size=SIZE,
        options=("-timecode", stamp),
    )
    fake.add_project(walk.case, rate=walk.rate, colour_managed=walk.is_managed)
    fake.add_timeline("Selects", rate=walk.rate)
    fake.add_timeline("Reel 1", rate=walk.rate, start=walk.start)
    media = fake.add_media(source, folder="Rushes")
    assert fake.media(media)["start"] == frame_of_timecode(stamp, rate) > 0
    scene = ResolveScene(folder, fake, service, media, CUTS)
    sounds = []
    for place, cut in enumerate(CUTS):
        picture = fake.add_item(
            media,
            source_start=cut.source_start,
            duration=cut.duration,
            name="Hero" if place == 1 else None,
            graded=place == 1,
        )
        sound = fake.add_item(
            media, kind="audio", source_start=cut.source_start, duration=cut.duration
        )
        fake.link_items([picture, sound])
        scene.items.append(picture)
        sounds.append(sound)
    fake.change_item(
        scene.items[1],
        color="Teal",
        versions=["Version 1", "Warm"],
        version="Warm",
        properties={"ZoomX": 1.5},
    )
    fake.put_marker(33, item=scene.items[1], name="the editor's own")
    fake.add_item(kind="title", track=2, duration=9, record_start=fake.timeline()["start"])
    fake.set_current_bin("Rushes")
    fake.open_page(walk.page)
    _choose(walk, scene, sounds)
    return scene


def _choose(walk: Walk, scene: ResolveScene, sounds: Sequence[str]) -> None:
    fake, start = scene.fake, scene.fake.timeline()["start"]
    targets = [scene.items[at] for at in walk.targets]
    facts = [fake.item(uid) for uid in targets]
    first, end = facts[0]["start"] - start, facts[-1]["start"] + facts[-1]["duration"] - start
    if walk.case == "marked part":
        first, end = first + PART[0], first + PART[1]
    fake.set_playhead(start + first + 2)
    if walk.way == "selection":
        # A click selects the picture with its linked sound.
        fake.select([uid for at in walk.targets for uid in (scene.items[at], sounds[at])])
    elif walk.way == "colour":
        for uid in targets:
            fake.change_item(uid, color="Orange")
    elif walk.way == "marks":
        fake.set_marks(first, end - 1)
    elif walk.way == "markers":
        fake.put_marker(first, color="Sand", duration=end - first)


@dataclass(frozen=True)
class Outcome:
    """What a walk showed."""

    walk: Walk
    frames: int
    """Frames of the record, of all clips that were restyled."""
    errors: int
    """Frames of takes with another number than the item's own source range has there."""
    methods: int
    calls: list[RecordedCall]
    seconds: float

    @property
    def row(self) -> str:
        walk = self.walk
        return (
            f"{walk.version:8}{walk.case:14}{walk.rate:10}{walk.start:13}{walk.way:11}"
            f"{self.frames:7}{self.errors:8}{len(self.calls):7}{self.methods:9}"
            f"{self.seconds:8.1f}"
        )


HEADINGS = (
    f"{'Resolve':8}{'case':14}{'rate':10}{'start':13}{'chosen by':11}"
    f"{'frames':>7}{'errors':>8}{'calls':>7}{'methods':>9}{'seconds':>8}"
)


def take(walk: Walk, scene: ResolveScene, sandbox: Sandbox) -> Outcome:
    """Walk it, and compare what is there with what was.

    Asserts all that must hold but for the frame numbers, whose errors are counted.
    """
    fake, began = scene.fake, time.monotonic()
    before, asked, paid = fake.snapshot(), len(fake.calls), sandbox.submissions
    words = (*LOOK, *ASKED.get(walk.way, ()), *walk.options)

    plan = scene.document("resolve", "plan", *words)
    assert [each["index"] for each in plan["clips"]] == [at + 1 for at in walk.targets]
    assert fake.snapshot() == before, "a plan changes nothing"
    assert sandbox.submissions == paid

    done = scene.document("resolve", "restyle", *words, "--yes")
    assert [job["status"] for job in done["jobs"]] == ["done"] * len(walk.targets)
    assert sandbox.submissions == paid + len(walk.targets)

    targets = {scene.items[at] for at in walk.targets}
    assert _rest(fake.snapshot(), targets) == _rest(before, targets)
    wrong = sum(_wrong_frames(walk, scene, at) for at in walk.targets)
    calls = fake.calls[asked:]
    return Outcome(
        walk,
        sum(CUTS[at].duration for at in walk.targets),
        wrong,
        len({(one.class_name, one.method) for one in calls}),
        calls,
        time.monotonic() - began,
    )


_ITS_OWN_TAKE = ("takes", "selected_take", "media", "source_start")


def _rest(snapshot: dict[str, Any], targets: set[str]) -> dict[str, Any]:
    """Everything of a project but the takes of some items, our bin, and our track.

    What the Deliver page's settings were is left out: there is nothing in the API to read them.
    """
    rest = copy.deepcopy(snapshot)
    rest["render"].pop("settings")
    rest["pool"]["bins"] = [one for one in rest["pool"]["bins"] if one["name"] != "New Take"]
    for timeline in rest["timelines"]:
        videos = timeline["tracks"]["video"]
        timeline["tracks"]["video"] = [one for one in videos if one["name"] != "New Take"]
        for track in videos:
            for item in track["items"]:
                if item["id"] in targets:
                    for fact in _ITS_OWN_TAKE:
                        item.pop(fact)
                    # An item that the editor did not name shows its media's name (observed).
                    if item["name"] != "Hero":
                        item.pop("name")
    return rest


def _wrong_frames(walk: Walk, scene: ResolveScene, at: int) -> int:
    """Frames of the take in which another number stands than in the source's slot."""
    fake, cut, meant = scene.fake, CUTS[at], scene.meant(at)
    item = fake.item(scene.items[at])
    if walk.case == "render":
        assert item["takes"] == []
        (track,) = (t for t in fake.timeline()["tracks"]["video"] if t["name"] == "New Take")
        (above,) = track["items"]
        assert (above["start"], above["duration"]) == (item["start"], item["duration"])
        first = above["source_start"]
        shown = numbers_in(Path(fake.media(above["media"])["path"]))[first : first + cut.duration]
        # The fake shows a grade as a negative: every bit is turned round.
        return _differences(shown, [number ^ 0xFFFFF for number in meant])
    original = {
        "media": scene.media,
        "start": cut.source_start,
        "end": cut.source_start + cut.duration,
    }
    takes = item["takes"]
    assert takes[0] == original
    assert item["selected_take"] == 2
    assert [each["end"] - each["start"] for each in takes] == [cut.duration] * len(takes)
    movie = fake.media(takes[1]["media"])
    shown = numbers_in(Path(movie["path"]), by_contrast=walk.case == "HDR and EXR")
    wrong = _differences(shown[takes[1]["start"] : takes[1]["end"]], meant)
    if walk.case != "HDR and EXR":
        assert len(takes) == 2
        return wrong
    (exr,) = takes[2:]
    return wrong + _differences(_exr_numbers(walk, fake.media(exr["media"]), exr), meant)


def _exr_numbers(walk: Walk, media: dict[str, Any], exr: dict[str, Any]) -> list[int]:
    assert media["rate"] == str(RATES[walk.rate])
    space = media["properties"].get("Input Color Space")
    assert space == ("ACES (AP0)" if walk.is_managed else None)
    numbers = range(media["first_number"] + exr["start"], media["first_number"] + exr["end"])
    return [number_by_contrast(Path(media["path"] % number)) for number in numbers]


def _differences(shown: Sequence[int], meant: Sequence[int]) -> int:
    assert len(shown) == len(meant)
    return sum(a != b for a, b in zip(shown, meant, strict=True))
