"""A style to four takes, and what is done with them: through the command, on small pictures."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import opentimelineio as otio
import pytest

from keys import key_of
from numbered_media import make_numbered
from otio_newtake.cuts import write_cuts
from services import NEWTAKE, PATIENCE_SECONDS, sandbox_at

RATE, FRAMES = Fraction(24), 150
STYLE = """version = 1
revision = 7
title = "Our ink"
prompt = "Ink on {paper}. {prompt}"
strength = "flex_2"
variations = 4
handles = 10

[fields]
paper = "rice paper"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two clips of 60 frames, from media frame 15 on, and a style beside their timeline."""
    source = make_numbered(
        imageio_ffmpeg.get_ffmpeg_exe(), tmp_path / "source.mov", rate=RATE, frames=FRAMES
    )
    write_cuts(source, RATE, FRAMES, tmp_path / "cut.otio", name="cut", cuts=2)
    (tmp_path / "our-ink.style.toml").write_text(STYLE)
    (tmp_path / "url").write_text("http://127.0.0.1:9")
    return tmp_path


@pytest.fixture
def place(folder: Path) -> Iterator[Path]:
    """The folder, and a service."""
    with sandbox_at(folder / "service", "--look", "copy") as url:
        (folder / "url").write_text(url)
        yield folder


def newtake(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NEWTAKE, *words],
        env={
            **os.environ,
            "OXEN_BASE_URL": (place / "url").read_text(),
            "OXEN_API_KEY": key_of("styles-and-takes"),
        },
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def document(place: Path, *words: str) -> Any:
    done = newtake(place, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def takes_of(listed: Any) -> dict[str, Any]:
    (clip,) = listed
    return {take["key"]: take for take in clip["takes"]}


def first_clip(place: Path, name: str = "cut_newtake.otio") -> Any:
    """As plain opentimelineio reads it, without any of our plugins."""
    return next(iter(otio.adapters.read_from_file(str(place / name)).find_clips()))


def test_four_takes_of_a_style_are_shown_starred_removed_and_run_again(place: Path) -> None:
    original = first_clip(place, "cut.otio")
    style = {
        "name": "our-ink",
        "revision": 7,
        "sha256": hashlib.sha256(STYLE.encode()).hexdigest(),
    }

    done = newtake(
        place, "restyle", "cut.otio", "--clip", "1", "--style", "our-ink", "--field",
        "paper=slate", "-p", "A red scarf", "--strength", "flex_3", "--yes",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "style our-ink revision 7" in done.stderr
    assert "take_004 is selected, the last of 4 variations" in done.stderr
    files = sorted(place.glob("cut_newtake_takes/*.mov"))
    assert len(files) == 4
    for file in files:
        sidecar = json.loads(file.with_suffix(".json").read_text())
        assert sidecar["style"] == style
        assert sidecar["prompt"] == "Ink on slate. A red scarf."
        assert sidecar["handles_asked"] == 10
        assert sidecar["plate"]["clip_offset"] >= 10
    clip = first_clip(place)
    assert clip.active_media_reference_key == "take_004"
    for number in range(1, 5):
        mark = clip.media_references()[f"take_{number:03}"].metadata["newtake"]
        assert dict(mark["style"]) == style

    # One sidecar less: the timeline says what it said.
    files[1].with_suffix(".json").unlink()
    takes = takes_of(document(place, "takes", "cut_newtake.otio", "--star", "1=take_002"))

    assert [key for key, each in takes.items() if each["starred"]] == ["take_002"]
    assert [key for key, each in takes.items() if each["selected"]] == ["take_004"]
    for key in ("take_001", "take_002"):
        assert takes[key]["style"] == style
        assert takes[key]["settings"]["resolution"] == "540p"
        assert takes[key]["settings"]["strength"] == "flex_3"
        assert takes[key]["cost_usd"]
    assert takes["take_001"]["settings"]["handles"] == 10
    assert (takes["take_002"]["sidecar"], bool(takes["take_001"]["sidecar"])) == (None, True)

    before = (place / "cut_newtake.otio").read_bytes()
    unasked = newtake(place, "takes", "cut_newtake.otio", "--remove", "1=take_004")
    assert unasked.returncode == 2
    assert "--yes" in unasked.stderr
    assert (place / "cut_newtake.otio").read_bytes() == before
    removed = newtake(place, "takes", "cut_newtake.otio", "--remove", "1=take_004", "--yes")

    assert removed.returncode == 0, removed.stderr
    assert "the original is selected then" in removed.stderr
    clip = first_clip(place)
    assert clip.active_media_reference_key == "DEFAULT_MEDIA"
    assert set(clip.media_references()) == {"DEFAULT_MEDIA", "take_001", "take_002", "take_003"}
    assert clip.media_references()["DEFAULT_MEDIA"].is_equivalent_to(original.media_reference)
    assert clip.source_range == original.source_range
    assert sorted(place.glob("cut_newtake_takes/*.mov")) == files

    exported = newtake(
        place, "takes", "cut_newtake.otio", "--settings", "1=take_001", "--to", "scout.style.toml"
    )
    assert exported.returncode == 0, exported.stderr
    finish = ("plan", "cut.otio", "--clip", "1", "--style", "scout", "--resolution", "1080p")
    by_file = document(place, *finish)["settings"]
    again = document(
        place, "plan", "cut.otio", "--again-from", "1=take_001", "--resolution", "1080p"
    )
    by_take = again["settings"]

    assert [each["index"] for each in again["clips"]] == [1]
    assert by_take["style"] == style
    assert by_file["style"]["name"] == "scout"
    assert {**by_file, "style": None} == {**by_take, "style": None}
    assert by_take["resolution"] == "1080p"
    assert by_take["edit_strength"] == "flex_3"
    assert by_take["prompt"] == "Ink on slate. A red scarf."
    assert (by_take["handles"], by_take["variations"]) == (10, 1)

    finished = newtake(
        place, "restyle", "cut.otio", "--again-from", "1=take_001", "--resolution", "720p", "--yes"
    )

    assert finished.returncode == 0, finished.stderr
    takes = takes_of(document(place, "takes", "cut_newtake.otio"))
    assert list(takes) == ["DEFAULT_MEDIA", "take_001", "take_002", "take_003", "take_005"]
    assert takes["take_005"]["selected"]
    assert takes["take_005"]["settings"]["resolution"] == "720p"
    assert takes["take_005"]["style"] == style


def test_a_take_on_a_track_is_removed_with_its_track(place: Path) -> None:
    asked = ("cut.otio", "--clip", "2", "--layout", "track", "-p", "copy", "--yes")
    done = newtake(place, "restyle", *asked)
    assert done.returncode == 0, done.stderr
    before = otio.adapters.read_from_file(str(place / "cut.otio"))
    made = otio.adapters.read_from_file(str(place / "cut_newtake.otio"))
    assert len(made.tracks) == len(before.tracks) + 1

    removed = newtake(place, "takes", "cut_newtake.otio", "--remove", "2=take_001", "--yes")

    assert removed.returncode == 0, removed.stderr
    left = otio.adapters.read_from_file(str(place / "cut_newtake.otio"))
    assert [track.name for track in left.tracks] == [track.name for track in before.tracks]
    for one, other in zip(left.find_clips(), before.find_clips(), strict=True):
        assert one.media_reference.is_equivalent_to(other.media_reference)
        assert one.source_range == other.source_range
    assert len(list(place.glob("cut_newtake_takes/*.mov"))) == 1


def test_a_plan_says_what_is_wrong_with_a_style_before_anything_else(folder: Path) -> None:
    (folder / "wrong.style.toml").write_text(STYLE.replace("strength", "stregth"))

    for words, said in (
        (("plan", "cut.otio", "--clip", "1", "--style", "wrong"), "line 5: there is no setting"),
        (("plan", "cut.otio", "--again-from", "1=take_001"), "has no take"),
        # Resolve is not asked for anything before.
        (("resolve", "plan", "--style", "charcaol"), "Do you mean charcoal"),
    ):
        planned = newtake(folder, *words)
        assert planned.returncode == 2, words
        assert said in planned.stderr


def test_styles_are_listed_shown_and_copied(folder: Path) -> None:
    listed = {each["name"]: each for each in document(folder, "styles")}
    shown = document(folder, "styles", "our-ink", "-p", "Dark")
    copied = document(folder, "styles", "--copy", "charcoal", "--to", "styles")
    again = document(folder, "styles", "charcoal")

    assert listed["our-ink"]["from"] == "timeline"
    assert listed["charcoal"]["from"] == "shipped"
    assert shown["rendered_prompt"] == "Ink on rice paper. Dark."
    assert shown["settings"] == {"strength": "flex_2", "variations": 4, "handles": 10}
    assert copied["written"] == [str(folder / "styles" / "charcoal.style.toml")]
    assert again["from"] == "timeline"
    assert again["sha256"] == listed["charcoal"]["sha256"]
