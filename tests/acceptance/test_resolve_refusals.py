"""What cannot be restyled in a Resolve timeline: each kind of item in its own words, and in time.

Nothing of it reaches the service: not one file is uploaded, and nothing is submitted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest

from newtake.sandbox.door import place_of
from newtake.sandbox.service import Sandbox
from newtake.testing.resolve.process import FakeResolveProcess
from numbered_media import make_numbered
from resolve_scenes import ResolveScene
from resolve_walks import LOOK, SIZE, VERSIONS, sandbox_inside

RATE = Fraction(25)
LENGTH = 12

Build = Callable[["Odds"], str]


@dataclass
class Odds:
    """A timeline of odd items, and what they are made of."""

    fake: FakeResolveProcess
    folder: Path
    plain: str
    """Unique id of media that could be restyled."""
    items: dict[str, str] = field(default_factory=dict)

    def media(self, name: str, *, rate: Fraction = RATE, frames: int = 50) -> str:
        coding = ("-c:v", "png") if name.endswith(".png") else ("-c:v", "libx264")
        path = self.folder / name
        make_numbered(
            imageio_ffmpeg.get_ffmpeg_exe(),
            path,
            rate=rate,
            frames=frames,
            size=SIZE,
            coding=coding,
        )
        return str(self.fake.add_media(path))

    def item(self, media: str | None = None, kind: str = "video", **facts: object) -> str:
        return str(self.fake.add_item(media, kind=kind, duration=LENGTH, **facts))

    def transition(self) -> str:
        """Over the cut between two plain clips."""
        before, _ = self.item(self.plain, source_start=5), self.item(self.plain, source_start=20)
        cut = self.fake.item(before)["start"] + LENGTH
        return self.item(kind="transition", record_start=cut - LENGTH // 2)

    def offline(self) -> str:
        media = self.media("lost.mov")
        (self.folder / "lost.mov").unlink()
        return self.item(media)

    def camera_raw(self) -> str:
        path = self.folder / "a001.braw"
        path.write_bytes(b"of a camera")
        return self.item(self.fake.add_made_media("a001.braw", rate="25", path=str(path)))

    def subclip(self) -> str:
        media = self.media("sub.mov")
        self.fake.change_media(media, first_number=10)
        return self.item(media)

    def locked(self) -> str:
        item = self.item(self.plain, track=3)
        self.fake.change_track(3, locked=True)
        return item

    def beyond(self) -> str:
        media = self.media("short.mov")
        item = self.item(media, source_start=30)
        self.fake.change_media(media, frames=40)
        return item


@dataclass(frozen=True)
class Odd:
    """A kind of item that is refused."""

    build: Build
    reason: str
    words: str
    """In the message of this kind and of no other."""


ODDS: dict[str, Odd] = {
    "a title": Odd(lambda o: o.item(kind="title"), "title", "it is a title"),
    "a generator": Odd(lambda o: o.item(kind="generator"), "generator", "it is a generator"),
    "an adjustment clip": Odd(
        lambda o: o.item(kind="adjustment"), "adjustment", "it is an adjustment clip"
    ),
    "a compound clip": Odd(lambda o: o.item(kind="compound"), "compound", "it is a compound clip"),
    "a multicam clip": Odd(lambda o: o.item(kind="multicam"), "multicam", "it is a multicam clip"),
    "a Fusion clip": Odd(lambda o: o.item(kind="fusion_clip"), "fusion", "it is a Fusion clip"),
    "a Fusion composition": Odd(
        lambda o: o.item(kind="fusion_composition"), "fusion", "it is a Fusion composition"
    ),
    "a nested timeline": Odd(
        lambda o: o.item(kind="nested_timeline"), "nested", "it is a nested timeline"
    ),
    "a retimed clip": Odd(lambda o: o.item(o.plain, speed=2), "retimed", "it is retimed"),
    "a clip of another rate": Odd(
        lambda o: o.item(o.media("film.mov", rate=Fraction(24))), "mixed_rate", "its media runs at"
    ),
    "a still": Odd(
        lambda o: o.item(o.media("still.png", frames=1), kind="still"), "still", "it is a still"
    ),
    "offline media": Odd(Odds.offline, "offline", "its media is offline"),
    "camera raw": Odd(Odds.camera_raw, "unsupported", "camera raw"),
    "a subclip": Odd(Odds.subclip, "unsupported", "as a subclip does"),
    "a clip on a locked track": Odd(Odds.locked, "locked", "is locked"),
    "a clip beyond its media": Odd(Odds.beyond, "outside_media", "and its media has"),
}
SELECTED_ONLY: dict[str, Odd] = {
    "a transition": Odd(Odds.transition, "transition", "it is a transition"),
    "sound": Odd(lambda o: o.item(o.plain, kind="audio"), "audio", "it is sound"),
    "a subtitle": Odd(lambda o: o.item(kind="subtitle"), "unsupported", "it is a subtitle"),
}
"""Nobody finds these in a listing of pictures: only who selects them asks for them."""


@contextmanager
def odd_timeline(folder: Path, version: str) -> Iterator[tuple[ResolveScene, Odds, Sandbox]]:
    with (
        sandbox_inside(folder / "service") as sandbox,
        FakeResolveProcess.start(
            folder / "resolve", version=version, options=("--rate", "25")
        ) as fake,
    ):
        fake.add_timeline("Odds", rate="25")
        odds = Odds(fake, folder, "")
        odds.plain = odds.media("plain.mov")
        scene = ResolveScene(folder, fake, sandbox.base_url, odds.plain, ())
        for name, odd in {**ODDS, **SELECTED_ONLY}.items():
            odds.items[name] = odd.build(odds)
        yield scene, odds, sandbox
        assert fake.violations == []


def uploads(sandbox: Sandbox) -> int:
    """Requests that brought a file, or asked for a place to bring one to."""
    places = [place_of(each.method, each.path) for each in sandbox.requests]
    return sum(place in ("upload", "workspace", "repository") for place in places)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_kind_has_its_own_message_and_nothing_is_uploaded(
    version: str, tmp_path: Path
) -> None:
    with odd_timeline(tmp_path, version) as (scene, odds, sandbox):
        scene.fake.set_playhead(scene.fake.item(odds.items["a compound clip"])["start"])
        before = scene.fake.snapshot()
        listed = {
            (each["track"], each["record_range"]["start"]): each
            for each in scene.document("resolve", "clips")
        }
        for name, odd in ODDS.items():
            facts = scene.fake.item(odds.items[name])
            said = listed[f"V{facts['track']}", facts["start"]]
            assert (said["can_restyle"], said["reason"]) == (False, odd.reason)
            assert odd.words in said["reason_text"]
            if odd.reason == "retimed":
                assert said["source_range"] is None, "its left offset is no frame of its media"
            others = [each.words for each in ODDS.values() if each is not odd]
            assert not any(words in said["reason_text"] for words in others)

        chosen = ("--select", "playhead")
        refused = scene.document("resolve", "restyle", *LOOK, *chosen, "--yes", code=2)
        assert refused["error"] == "ClipRefused"
        assert ODDS["a compound clip"].words in refused["what"]
        assert (uploads(sandbox), sandbox.submissions) == (0, 0)
        assert scene.fake.snapshot() == before


def test_a_selection_of_nothing_but_such_items_says_each_reason_and_sends_nothing(
    tmp_path: Path,
) -> None:
    with odd_timeline(tmp_path, "21.1") as (scene, odds, sandbox):
        before = scene.fake.snapshot()
        scene.fake.select([odds.items[name] for name in ODDS])
        refused = scene.document("resolve", "restyle", *LOOK, "--yes", code=2)
        assert refused["what"] == "None of the chosen clips can be restyled."
        assert [name for name, odd in ODDS.items() if odd.words not in refused["why"]] == []

        for name, odd in SELECTED_ONLY.items():
            scene.fake.select([odds.items[name]])
            shown = scene.newtake("resolve", "restyle", *LOOK, "--yes")
            assert shown.returncode == 2
            assert f" {odd.words}" in shown.stderr, name
            # It has no number in a listing, so none is shown.
            assert "Clip 0" not in shown.stderr
            assert " 0 (" not in shown.stderr
            assert "Nothing was submitted, so nothing was charged." in shown.stderr

        scene.fake.select([])
        assert (uploads(sandbox), sandbox.submissions) == (0, 0)
        assert scene.fake.snapshot() == before
