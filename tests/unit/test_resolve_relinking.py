"""A take comes into Resolve's timeline: selected in its clip, and nothing else is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolve_relinks import DURATION, HANDLE, LEFT, START, VERSIONS, scene

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_take_is_added_and_selected(version: str, tmp_path: Path) -> None:
    here = scene(tmp_path, version)
    placed = await here.add(here.take())
    assert (placed.key, placed.number, placed.added, placed.place) == ("take_001", 1, True, "take")
    item = here.item()
    assert item["selected_take"] == 2
    assert (item["start"], item["duration"], item["source_start"]) == (START + 30, DURATION, HANDLE)
    assert [(take["start"], take["end"]) for take in item["takes"]] == [
        (LEFT, LEFT + DURATION),
        (HANDLE, HANDLE + DURATION),
    ]
    assert here.fake.violations == []
    assert here.fake.count("FinalizeTake") == 0
    assert placed.notes == ()
