"""A disk that has no room for the takes stops a run before it is paid for, and the plan says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake.bootstrap.room_for_takes import refuse_without_room, room_notes
from newtake.domain.errors import StorageError
from newtake.pipeline.planned import Plan, PlannedClip
from newtake.pipeline.totals import plate_bytes
from orders import order

SPARE = 8 << 20


def plan_into(folder: Path, *, variations: int = 1) -> Plan:
    one = order()
    target = replace(one.host, output=folder / "cut_newtake.otio")
    one = replace(one, host=target, settings=replace(one.settings, variations=variations))
    entry = PlannedClip(one.clip, one, None)
    return Plan(one.settings, (entry,), "oxen", "workbench", False, target)


def test_a_full_disk_is_refused_and_noted(tmp_path: Path) -> None:
    plan = plan_into(tmp_path)
    with pytest.raises(StorageError, match="too little room") as told:
        refuse_without_room(plan, lambda _: 300_000)
    assert "jobs resume" not in told.value.fix
    (note,) = room_notes(plan, lambda _: 300_000)
    assert str(tmp_path) in note


def test_every_variation_needs_room(tmp_path: Path) -> None:
    free = SPARE + 2 * plate_bytes(order())
    assert room_notes(plan_into(tmp_path), lambda _: free) == ()
    assert room_notes(plan_into(tmp_path, variations=2), lambda _: free) != ()


def test_what_has_no_folder_yet_is_measured_where_it_will_be_made(tmp_path: Path) -> None:
    asked: list[Path] = []

    def free(folder: Path) -> int:
        asked.append(folder)
        return 1 << 40

    refuse_without_room(plan_into(tmp_path / "a" / "b"), free)
    assert asked == [tmp_path]
