"""How a page follows Resolve's timeline: what it draws, what it notices, and what looking costs."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from newtake.bootstrap.resolve_edit import clip_named, document_of, read_edit
from newtake.hosts.resolve.deliver import keep, read_before
from newtake.hosts.resolve.items import read_timeline
from newtake.hosts.resolve.left_over import record_of
from newtake.settings import Settings
from newtake.shells.panel import looking
from newtake.shells.panel.looking import Looking
from newtake.shells.panel.news import News
from newtake.testing.resolve import FakeResolve
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio
VERSIONS = ["18.6", "20.3.2", "21.0.4", "21.1"]
START = 90000
CLIPS = 500


def cut(version: str, folder: Path, clips: int = 3) -> tuple[FakeResolve, list[str]]:
    """Clips of 48 frames on V1, sound under the first, and nothing on V2."""
    fake = FakeResolve(version, rate="25")
    fake.add_timeline(video_tracks=2, start="01:00:00:00")
    path = folder / "a.mov"
    path.touch()
    media = fake.add_made_media("a.mov", path=str(path), frames=48 * clips + 100, rate="25")
    items = [fake.add_item(media, source_start=48 * at + 20, duration=48) for at in range(clips)]
    fake.add_item(kind="audio", record_start=START, duration=48)
    return fake, items


@asynccontextmanager
async def followed(fake: FakeResolve, home: Path) -> AsyncIterator[Looking]:
    """Looked at once, with a page open."""
    followed = Looking(InProcessCalls(fake.resolve), Settings(home=home), News())
    followed.news.page_at = time.monotonic()
    await followed.look("auto")
    yield followed
    assert fake.violations == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_whole_timeline_is_drawn(version: str, tmp_path: Path) -> None:
    fake, items = cut(version, tmp_path)
    fake.move_item(items[2], START + 120)
    fake.put_marker(10, name="look", color="Red", duration=5)
    edit = await read_edit(InProcessCalls(fake.resolve))
    drawn = document_of(edit, 7)

    assert (drawn.revision, drawn.start, drawn.end, drawn.rate) == (7, START, START + 168, "25")
    tracks = {track.name: [(i.kind, i.start - START, i.end - START) for i in track.items]
              for track in drawn.tracks}  # fmt: skip
    assert tracks == {
        "A1": [("clip", 0, 48)],
        "V1": [("clip", 0, 48), ("clip", 48, 96), ("gap", 96, 120), ("clip", 120, 168)],
        "V2": [],
    }
    assert [track.name for track in drawn.tracks] == ["A1", "V1", "V2"]
    (marker,) = drawn.markers
    assert (marker.name, marker.start, marker.end) == ("look", START + 10, START + 15)
    by_name = {track.name: track.items for track in drawn.tracks}
    assert "it is sound" in by_name["A1"][0].refusal
    assert [item.index for item in by_name["V1"] if item.kind == "clip"] == [1, 2, 3]


@pytest.mark.parametrize("version", ["20.3.2", "21.1"])
async def test_a_dissolve_is_drawn_however_the_version_tells_it(
    version: str, tmp_path: Path
) -> None:
    fake, _ = cut(version, tmp_path)
    fake.add_item(kind="transition", record_start=START + 42, duration=12)
    drawn = document_of(await read_edit(InProcessCalls(fake.resolve)), 1)

    (track,) = [each for each in drawn.tracks if each.name == "V1"]
    spans = [(i.start - START, i.end - START) for i in track.items if i.kind == "transition"]
    assert spans == [(42, 54)]


async def test_a_page_puts_back_what_a_killed_render_left_before_it_chooses(
    tmp_path: Path,
) -> None:
    fake, _ = cut("19.1", tmp_path)
    media = fake.add_made_media("b.mov", path=str(tmp_path / "a.mov"), frames=100, rate="25")
    over = fake.add_item(media, track=2, record_start=START, duration=48)
    calls = InProcessCalls(fake.resolve)
    before = await read_before(calls, await read_timeline(calls), tmp_path / "render.1", "1")
    record = record_of(Settings(home=tmp_path).work_folder / "dead" / "render.mov")
    record.parent.mkdir(parents=True)
    keep(replace(before, track=1), record)
    fake.change_track(2, enabled=False)
    fake.set_playhead(START + 3)
    async with followed(fake, tmp_path) as page:
        assert page.chosen is not None
        (clip,) = page.chosen.clips
        assert f"item {over}" in str(clip.known_by)
    assert [each["enabled"] for each in fake.timeline()["tracks"]["video"]] == [True, True]
    assert not record.exists()


def rolled(fake: FakeResolve, items: list[str]) -> None:
    fake.trim_item(items[0], tail=4)
    fake.trim_item(items[1], head=-4)


async def test_a_clip_that_only_resolve_can_render_is_told_apart(tmp_path: Path) -> None:
    fake, _ = cut("21.1", tmp_path)
    fake.add_item(kind="compound", duration=20, name="built")
    fake.add_item(kind="transition", record_start=START + 42, duration=12)
    fake.add_item(kind="adjustment", duration=20, track=2, name="adjusted")
    drawn = document_of(await read_edit(InProcessCalls(fake.resolve)), 1)

    clips = {i.name: i for track in drawn.tracks for i in track.items if i.kind == "clip"}
    assert clips["built"].refusal
    assert {name for name, each in clips.items() if each.renders} == {"built"}


CHANGES: dict[str, Callable[[FakeResolve, list[str]], None]] = {
    "trimmed": lambda fake, items: fake.trim_item(items[2], tail=5),
    "rolled": rolled,
    "slipped": lambda fake, items: fake.change_item(items[1], source_start=99),
    "moved": lambda fake, items: fake.move_item(items[2], START + 300),
    "deleted": lambda fake, items: fake.delete_item(items[1]),
    "disabled": lambda fake, items: fake.change_item(items[1], enabled=False),
    "named": lambda fake, items: fake.change_item(items[1], name="B"),
    "marked": lambda fake, items: fake.put_marker(10),
    "locked": lambda fake, items: fake.change_track(1, locked=True),
}


@pytest.mark.parametrize("change", list(CHANGES))
async def test_what_an_editor_changes_is_noticed_and_nothing_else_is_read_again(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "WHOLE_SECONDS", 0.0)
    monkeypatch.setattr(looking, "WHOLE_SHARE", 0)
    fake, items = cut("21.1", tmp_path)
    async with followed(fake, tmp_path) as seen:
        await seen._look()
        await seen._look()
        before, read = seen.edit_revision, fake.count("GetClipProperty")
        CHANGES[change](fake, items)
        await seen._look()
        assert seen.edit_revision == before + 1
        assert fake.count("GetClipProperty") > read
        read = fake.count("GetClipProperty")
        await seen._look()
        assert (seen.edit_revision, fake.count("GetClipProperty")) == (before + 1, read)


async def test_a_long_timeline_is_not_read_at_every_look(tmp_path: Path) -> None:
    fake, items = cut("21.1", tmp_path, CLIPS)
    fake.select([items[0]])
    async with followed(fake, tmp_path) as seen:
        whole = len(fake.calls)
        seen._whole_at = time.monotonic() + 60
        await seen._look()
        at_rest = len(fake.calls) - whole
        fake.select([items[7], items[400]])
        await seen._look()
        for_choice = len(fake.calls) - whole - at_rest
        assert seen.chosen is not None
        assert [clip.index for clip in seen.chosen.clips] == [8, 401]
        seen._whole_at = 0
        await seen._look()
        for_clips = len(fake.calls) - whole - at_rest - for_choice

    assert whole > 14 * CLIPS
    # Calls inside Resolve, whatever the length of the timeline.
    assert at_rest <= 50
    assert for_choice <= 50
    # And at most a tenth of the time, a few for each clip.
    assert for_clips <= 9 * CLIPS
    assert seen._whole_at >= time.monotonic() + looking.WHOLE_SECONDS - 1


async def test_the_playhead_chooses_no_other_clip_because_one_was_trimmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "WHOLE_SHARE", 0)
    fake, items = cut("20.3.2", tmp_path)
    fake.set_playhead(START + 10)
    async with followed(fake, tmp_path) as seen:
        assert seen.chosen is not None
        chosen = [clip.key for clip in seen.chosen.clips]
        fake.set_playhead(START + 60)
        fake.trim_item(items[2], tail=5)
        seen._whole_at = 0
        await seen._look()
        assert seen.edit is not None
        assert seen.edit.clips[2].record.duration == 43
        assert [clip.key for clip in seen.chosen.clips] == chosen
        await seen.look("auto")
        assert seen.chosen is not None
        assert [clip.index for clip in seen.chosen.clips] == [2]


async def test_a_clip_is_known_by_the_keys_that_it_had(tmp_path: Path) -> None:
    fake, items = cut("21.1", tmp_path)
    calls = InProcessCalls(fake.resolve)
    first = await read_edit(calls)
    fake.trim_item(items[1], tail=5)
    second = await read_edit(calls, first)
    fake.trim_item(items[1], head=5)
    third = await read_edit(calls, second)
    again = await read_edit(calls, third)

    keys = [each.clips[1].key for each in (first, second, third)]
    assert len(set(keys)) == 3
    for key in keys:
        assert clip_named(third.clips, key).index == 2
        assert clip_named(again.clips, key).index == 2
    # Without what was read before, as after a restart of New Take.
    assert clip_named((await read_edit(calls)).clips, keys[0]).index == 2
    assert [clip.known_by for clip in third.clips[::2]] == [
        clip.known_by for clip in again.clips[::2]
    ]


async def test_a_timeline_that_is_closed_is_drawn_no_more_and_one_that_is_away_stays(
    tmp_path: Path,
) -> None:
    fake, _ = cut("21.1", tmp_path)
    async with followed(fake, tmp_path) as seen:
        fake.close_project()
        await seen._look()
        assert seen.edit is None
        assert seen.shown.trouble is not None
        await anyio.sleep(0)
    assert document_of(None, 3).tracks == ()
