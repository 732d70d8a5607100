"""What could not be written into a take's metadata in Resolve is said, and holds up nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolve_relinks import DURATION, HANDLE, LEFT, VERSIONS, scene

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("is_gone", [False, True])
async def test_third_party_metadata_name_the_source(is_gone: bool, tmp_path: Path) -> None:
    here = scene(tmp_path)
    if is_gone:
        here.fake.delete_item(here.clip)
    await here.add(here.take(exr=DURATION + 2 * HANDLE))
    for told in map(here.fake.media, here.fake.bins()["New Take/Reel 1"]):
        own = {key: text for key, text in told["third_party"].items() if "source" in key}
        assert own == {
            "newtake_source_clip": "shot",
            "newtake_source_clip_id": here.clip,
            "newtake_source_media_id": here.media,
            "newtake_source_range": f"{LEFT}-{LEFT + DURATION - 1}",
            "newtake_source_counts": "media",
        }


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
