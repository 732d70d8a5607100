"""What could not be written into a take's metadata in Resolve is said, and holds up nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolve_relinks import VERSIONS, scene

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("at", "what"), [(0, "keywords"), (1, "description"), (2, "comments")])
async def test_metadata_that_resolve_refuses_are_named(
    at: int, what: str, version: str, tmp_path: Path
) -> None:
    here = scene(tmp_path, version)
    here.fake.on_call("SetMetadata", "refuse", skip=at)
    placed = await here.add(here.take())
    assert placed.place == "take"
    (note,) = placed.notes
    assert note.startswith(f"the {what} of shot_take_001.mov could not be written: ")


async def test_metadata_that_are_said_to_be_written_and_are_not_are_named(tmp_path: Path) -> None:
    here = scene(tmp_path)
    # The read fails as it would where nothing was kept.
    here.fake.on_call("GetMetadata", "refuse")
    placed = await here.add(here.take())
    assert placed.notes == (
        "the keywords of shot_take_001.mov could not be written: it reads None",
    )
