"""A disk that has no room for the takes stops a run before it is paid for, and the plan says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newtake.bootstrap.room_for_takes import refuse_without_room, room_notes
from newtake.domain.errors import StorageError
from newtake.pipeline.planned import Plan, PlannedClip
from newtake.pipeline.totals import plate_bytes
from orders import order

SPARE = 8 << 20


def plan_into(
    folder: Path,
    *,
    variations: int = 1,
    codec: str = "auto",
    cadence: str = "frame",
    parts: int = 1,
) -> Plan:
    one = order()
    target = replace(one.host, output=folder / "cut_newtake.otio")
    settings = replace(one.settings, variations=variations)
    one = replace(one, host=target, settings=settings, codec=codec)
    if cadence == "frame":
        one = replace(one, plate=replace(one.plate, cadence="frame", sent=()))
    entry = PlannedClip(one.clip, one, None, later_parts=(one,) * (parts - 1))
    return Plan(one.settings, (entry,), "oxen", "workbench", False, target)


def test_a_full_disk_is_refused_and_noted(tmp_path: Path) -> None:
    plan = plan_into(tmp_path)
    with pytest.raises(StorageError, match="too little room") as told:
        refuse_without_room(plan, lambda _: 300_000)
    assert "jobs resume" not in told.value.fix
    (note,) = room_notes(plan, lambda _: 300_000)
    assert str(tmp_path) in note


def test_every_variation_needs_room(tmp_path: Path) -> None:
    (one,) = plan_into(tmp_path).orders
    free = SPARE + 2 * plate_bytes(one)
    assert room_notes(plan_into(tmp_path), lambda _: free) == ()
    assert room_notes(plan_into(tmp_path, variations=2), lambda _: free) != ()


def test_what_has_no_folder_yet_is_measured_where_it_will_be_made(tmp_path: Path) -> None:
    asked: list[Path] = []

    def free(folder: Path) -> int:
        asked.append(folder)
        return 1 << 40

    refuse_without_room(plan_into(tmp_path / "a" / "b"), free)
    assert asked == [tmp_path]


@pytest.mark.parametrize(
    "how", [{"codec": "prores"}, {"codec": "dnxhr"}, {"cadence": "time"}, {"parts": 2}], ids=str
)
def test_takes_that_are_surely_coded_anew_are_counted_so(
    how: dict[str, Any], tmp_path: Path
) -> None:
    # 90 frames of 1706x720: 24 MB as ProRes, 49 as DNxHR.
    rewrapped = SPARE + 2 * plate_bytes(order()) + (4 << 20)
    assert room_notes(plan_into(tmp_path), lambda _: rewrapped) == ()
    with pytest.raises(StorageError, match="They take about"):
        refuse_without_room(plan_into(tmp_path, **how), lambda _: rewrapped)
    assert room_notes(plan_into(tmp_path, **how), lambda _: 400 << 20) == ()


def test_what_only_grainy_pictures_would_need_is_noted_and_not_refused(tmp_path: Path) -> None:
    plan = plan_into(tmp_path, codec="prores")
    refuse_without_room(plan, lambda _: 60 << 20)
    (note,) = room_notes(plan, lambda _: 60 << 20)
    assert "very grainy ones up to" in note
