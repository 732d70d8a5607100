"""The open timeline as a target of jobs, and the clips that are chosen in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.bootstrap.resolve import choose, folder_name, open_target, target_of
from newtake.domain.errors import SelectionError, TimelineError
from newtake.domain.files import HostDocument
from newtake.domain.selection import Selection
from newtake.settings import Settings
from newtake.testing.resolve import FakeResolve
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio
REEL = HostDocument("p-1", "Feature Film", "t-1", "Reel 1.2: Größe/alt")


def test_takes_lie_in_a_folder_of_the_project_below_the_home(tmp_path: Path) -> None:
    target = target_of(REEL, Settings(home=tmp_path), None)
    assert target.kind == "resolve"
    assert target.document == REEL
    assert target.output.parent == tmp_path / "takes" / "Feature_Film"
    # The folder of takes takes its name from the stem: a dot would cut it.
    assert target.output.stem == target.output.name


def test_the_settings_and_the_command_name_other_folders(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, takes_folder=tmp_path / "disk")
    assert target_of(REEL, settings, None).output.is_relative_to(tmp_path / "disk")
    assert target_of(REEL, settings, tmp_path / "x").output.parent == tmp_path / "x"


@given(st.text(), st.text(min_size=1))
def test_any_name_makes_a_folder_name(name: str, uid: str) -> None:
    made = folder_name(name, uid)
    assert made.replace("_", "").isalnum()
    assert made.isascii()
    assert len(made) <= 70


def test_names_that_lose_letters_stay_apart() -> None:
    assert folder_name("Reel 1", "a") == "Reel_1"
    assert folder_name("Größe", "a") != folder_name("Größe", "b")
    assert folder_name("映画", "a") != folder_name("写真", "b")
    assert folder_name("x" * 80, "a") != folder_name("x" * 81, "b")


def _scene(tmp_path: Path) -> tuple[FakeResolve, InProcessCalls, Settings, list[str]]:
    fake = FakeResolve("21.0.4", rate="24")
    fake.add_timeline("Reel 1", video_tracks=2)
    media = fake.add_made_media("shot", frames=200, rate="24", path=str(tmp_path / "shot.mov"))
    (tmp_path / "shot.mov").write_bytes(b"")
    items = [
        fake.add_item(media, source_start=10, duration=20),
        fake.add_item(media, source_start=50, duration=30),
        fake.add_item(media, source_start=90, duration=20, track=2),
    ]
    return fake, InProcessCalls(fake.resolve), Settings(home=tmp_path / "home"), items


async def test_clips_are_chosen_as_the_editor_selected_them_and_it_is_said(tmp_path: Path) -> None:
    fake, calls, settings, items = _scene(tmp_path)
    fake.select([items[1]])
    chosen = await choose(calls, settings)
    assert [clip.index for clip in chosen.clips] == [2]
    assert chosen.text == "1 clip selected in the timeline"
    assert chosen.skipped == ()
    assert chosen.target == await open_target(calls, settings)
    assert not (tmp_path / "home").exists(), "looking leaves nothing behind"


async def test_auto_looks_for_a_colour_after_marks_and_before_the_playhead(tmp_path: Path) -> None:
    fake, calls, settings, items = _scene(tmp_path)
    fake.change_item(items[1], color="Teal")
    fake.change_item(items[2], color="Navy")
    teal = settings.model_copy(update={"resolve_select_colour": "Teal"})
    assert [clip.index for clip in (await choose(calls, settings)).clips] != [2]
    chosen = await choose(calls, teal)
    assert [clip.index for clip in chosen.clips] == [2]
    assert chosen.text == "1 clip of the colour Teal"
    assert chosen.skipped == ("nothing is selected in the timeline", "no mark in or out is set")
    # The command overrules the settings; marks come first.
    assert [clip.index for clip in (await choose(calls, teal, how="auto:navy")).clips] == [3]
    fake.set_marks(0, 19)
    marked = await choose(calls, teal)
    assert "mark" in marked.text
    fake.select([items[0]])
    assert [clip.index for clip in (await choose(calls, teal)).clips] == [1]


async def test_a_track_narrows_what_is_chosen_and_what_is_listed(tmp_path: Path) -> None:
    fake, calls, settings, items = _scene(tmp_path)
    fake.select(items)
    on_2 = await choose(calls, settings, listed=Selection(track="v2"))
    assert [clip.index for clip in on_2.clips] == [3]
    assert on_2.text.endswith("on track V2")
    on_1 = await choose(calls, settings, listed=Selection(everything=True, track="V1"))
    assert [clip.index for clip in on_1.clips] == [1, 2]
    fake.select([items[0]])
    with pytest.raises(SelectionError, match="V2"):
        await choose(calls, settings, listed=Selection(track="V2"))


async def test_what_was_looked_for_first_is_said(tmp_path: Path) -> None:
    fake, calls, settings, _ = _scene(tmp_path)
    fake.set_playhead(fake.timeline()["start"] + 25)
    chosen = await choose(calls, settings)
    assert [clip.index for clip in chosen.clips] == [2]
    assert chosen.skipped[0] == "nothing is selected in the timeline"


async def test_without_an_open_timeline_it_says_so(tmp_path: Path) -> None:
    fake = FakeResolve("21.1")
    with pytest.raises(TimelineError, match="No timeline is open"):
        await open_target(InProcessCalls(fake.resolve), Settings(home=tmp_path))
