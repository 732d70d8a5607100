"""EXR frames come into Resolve as a sequence: counted, at their rate, in their colour, unshown."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from newtake.domain.exr import ExrFacts
from newtake.hosts.resolve.sequences import ProjectColour, colour_attempts
from newtake.testing.resolve import Quirks
from resolve_relinks import DURATION, HANDLE, LEFT, START, VERSIONS, Scene, scene

pytestmark = pytest.mark.anyio
COUNT = DURATION + 2 * HANDLE


def exr_of(here: Scene) -> dict[str, Any] | None:
    ids = here.fake.bins()["New Take/Reel 1"]
    return next((m for uid in ids if (m := here.fake.media(uid))["path"].endswith(".exr")), None)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("origin", ["zero", "number"])
async def test_the_frames_are_a_take_of_their_own(
    version: str, origin: Any, tmp_path: Path
) -> None:
    quirks = Quirks(sequence_take_origin=origin)
    here = scene(tmp_path, version, colour_managed=True, quirks=quirks)
    placed = await here.add(here.take(exr=COUNT))
    assert placed.place == "take"
    assert placed.notes == ("the EXR is take_001_exr of the clip; the movie is selected",)
    item, exr = here.item(), exr_of(here)
    assert exr is not None
    assert item["selected_take"] == 2
    assert (item["start"], item["duration"], item["source_start"]) == (START + 30, DURATION, HANDLE)
    assert [(take["start"], take["end"]) for take in item["takes"]] == [
        (LEFT, LEFT + DURATION),
        (HANDLE, HANDLE + DURATION),
        (HANDLE, HANDLE + DURATION),
    ]
    assert item["takes"][2]["media"] == exr["id"]
    assert (exr["frames"], exr["rate"], exr["first_number"]) == (COUNT, "25", LEFT - HANDLE)
    assert exr["properties"]["Input Color Space"] == "ACES (AP0)"
    assert "[newtake exr 1 job1/sub1]" in exr["metadata"]["Comments"]
    assert here.fake.violations == []
    after = here.fake.snapshot()
    again = await here.add(here.take(exr=COUNT))
    assert again == replace(placed, added=False)
    assert here.fake.snapshot() == after


async def test_the_rate_is_set_where_the_project_has_another(tmp_path: Path) -> None:
    here = scene(tmp_path, colour_managed=True)
    here.fake.world.project.settings["timelineFrameRate"] = "24"  # type: ignore[union-attr]
    await here.add(here.take(exr=COUNT))
    exr = exr_of(here)
    assert exr is not None
    assert Fraction(exr["rate"]) == 25


async def test_a_rate_that_does_not_stick_is_said_and_the_frames_stay_in_the_bin(
    tmp_path: Path,
) -> None:
    here = scene(tmp_path, colour_managed=True, quirks=Quirks(frame_rate_sticks=False))
    here.fake.world.project.settings["timelineFrameRate"] = "24"  # type: ignore[union-attr]
    placed = await here.add(here.take(exr=COUNT))
    assert placed.place == "take"
    assert "plays it at 24, not at 25" in placed.notes[0]
    assert len(here.item()["takes"]) == 2
    assert here.item()["selected_take"] == 2


async def test_a_colour_space_that_does_not_stick_is_said(tmp_path: Path) -> None:
    here = scene(tmp_path, colour_managed=True, quirks=Quirks(colour_space_sticks=False))
    placed = await here.add(here.take(exr=COUNT))
    assert "ACES2065-1, scene-linear, and Resolve did not take that" in placed.notes[0]
    assert len(here.item()["takes"]) == 3


async def test_a_project_without_colour_management_is_said(tmp_path: Path) -> None:
    here = scene(tmp_path)
    placed = await here.add(here.take(exr=COUNT))
    assert "not colour managed" in placed.notes[0]
    assert len(here.item()["takes"]) == 3


async def test_a_colour_space_of_the_headers_own_counts(tmp_path: Path) -> None:
    here = scene(tmp_path, colour_managed=True)
    take = here.take(exr=COUNT)
    assert take.file.exr is not None
    acescg = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
    facts = ExrFacts(8, 8, ("B", "G", "R"), "zip", acescg)
    file = replace(take.file, exr=replace(take.file.exr, facts=facts))
    await here.add(replace(take, file=file))
    exr = exr_of(here)
    assert exr is not None
    assert exr["properties"]["Input Color Space"] == "ACEScg"


async def test_a_single_picture_is_no_take(tmp_path: Path) -> None:
    here = scene(tmp_path)
    placed = await here.add(here.take(exr=1))
    assert "single picture" in placed.notes[0]
    assert exr_of(here) is None
    assert placed.place == "take"


async def test_frames_that_end_before_the_clip_does_stay_in_the_bin(tmp_path: Path) -> None:
    here = scene(tmp_path, colour_managed=True)
    placed = await here.add(here.take(exr=HANDLE + DURATION - 1))
    assert "ends 1 frame too early" in placed.notes[0]
    assert exr_of(here) is not None
    assert len(here.item()["takes"]) == 2


async def test_frames_that_are_gone_hold_up_no_movie(tmp_path: Path) -> None:
    here = scene(tmp_path)
    take = here.take(exr=COUNT)
    assert take.file.exr is not None
    take.file.exr.files[3].unlink()
    placed = await here.add(take)
    assert placed.place == "take"
    assert "does not import" in placed.notes[0]


async def test_a_sequence_that_resolve_refuses_as_a_take_is_said(tmp_path: Path) -> None:
    here = scene(tmp_path, colour_managed=True)
    here.fake.on_call("AddTake", "refuse", skip=1, times=2)
    placed = await here.add(here.take(exr=COUNT))
    assert placed.place == "take"
    assert "does not take it as a take" in placed.notes[0]
    assert (here.item()["selected_take"], len(here.item()["takes"])) == (2, 2)


async def test_a_movie_that_cannot_be_selected_again_stays_and_the_frames_go(
    tmp_path: Path,
) -> None:
    here = scene(tmp_path)
    # The first is of the movie, the second of the EXR, the third of the movie again.
    here.fake.on_call("SelectTakeByIndex", "refuse", skip=2)
    placed = await here.add(here.take(exr=COUNT))
    item = here.item()
    assert placed.place == "take"
    assert (item["selected_take"], len(item["takes"])) == (2, 2)
    assert here.fake.media(item["takes"][1]["media"])["path"].endswith(".mov")
    assert "the EXR is not in the clip" in placed.notes[-1]
    assert "movie could not be selected again" in placed.notes[-1]


async def test_frames_that_show_and_cannot_be_taken_out_are_said(tmp_path: Path) -> None:
    here = scene(tmp_path)
    here.fake.on_call("SelectTakeByIndex", "refuse", skip=2, times=2)
    placed = await here.add(here.take(exr=COUNT))
    item = here.item()
    assert placed.place == "take"
    assert (item["selected_take"], len(item["takes"])) == (3, 3)
    assert "the EXR, take_001_exr of the clip, shows, and not the movie:" in placed.notes[-1]
    # The next try sets it right.
    await here.add(here.take(exr=COUNT))
    assert (here.item()["selected_take"], len(here.item()["takes"])) == (2, 3)


async def test_frames_of_a_take_above_the_clip_go_into_the_bin(tmp_path: Path) -> None:
    here = scene(tmp_path, colour_managed=True, quirks=Quirks(take_kinds=frozenset()))
    placed = await here.add(here.take(exr=COUNT))
    assert placed.place == "track"
    assert exr_of(here) is not None
    assert here.fake.item(here.clip)["takes"] == []


def test_what_is_set_depends_on_how_the_project_manages_colour() -> None:
    def first(space: str, science: str, *, apart: bool = False) -> Any:
        return next(iter(colour_attempts(space, ProjectColour(science, apart))), None)

    managed = "davinciYRGBColorManagedv2"
    assert first("ACES2065-1", managed) == (("Input Color Space", "ACES (AP0)"),)
    assert first("ACES2065-1", managed, apart=True) == (
        ("Input Color Space", "ACES (AP0)"),
        ("Input Gamma", "Linear"),
    )
    assert first("ACES2065-1", "acescct") == (("IDT", "ACES2065-1"),)
    assert first("ACES2065-1", "davinciYRGB") is None
    assert first("unknown", managed) is None
