"""Resolve renders one clip: its exact frames, and everything of the editor's as it was before."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import av
import imageio_ffmpeg
import pytest

from newtake.domain.clip import Clip, RefusalReason
from newtake.domain.errors import HostAwayError, HostError
from newtake.domain.files import HostTarget
from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.host import ResolveHost
from newtake.hosts.resolve.identity import parse_key
from newtake.hosts.resolve.items import read_document, read_timeline
from newtake.hosts.resolve.left_over import left_in, put_back_left
from newtake.hosts.resolve.listing import list_clips
from newtake.hosts.resolve.render_plan import choose_codec
from newtake.hosts.resolve.rendering import render_clip, rendered_by
from newtake.ports import no_progress
from newtake.testing.resolve import FakeResolve, Quirks
from numbered_media import make_numbered, numbers_in
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio

VERSIONS = ["18.6", "19.1", "20.3.2", "21.0.4", "21.1"]
SIZE = (320, 180)


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media")
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    return make_numbered(ffmpeg, folder / "a.mov", rate=Fraction(25), frames=60, size=SIZE)


@dataclass
class Scene:
    """Two clips on V1 and one above the second; V3 is switched off; another job is in the queue."""

    fake: FakeResolve
    folder: Path
    items: list[str]

    @property
    def calls(self) -> InProcessCalls:
        return InProcessCalls(self.fake.resolve)

    async def clips(self) -> list[Clip]:
        timeline = await read_timeline(self.calls)
        return list_clips(timeline, Path.exists, await rendered_by(self.calls, timeline))

    async def render(self, clip: Clip, calls: InProcessCalls | None = None) -> tuple[str, ...]:
        calls = calls or self.calls
        return await render_clip(calls, clip, to=self.to, progress=no_progress, poll_seconds=0.01)

    @property
    def to(self) -> Path:
        return self.folder / "jobs" / "render.mov"

    def looks(self) -> dict[str, Any]:
        """All that an editor sees, without what no script can put back before 19.1."""
        found = self.fake.snapshot()
        # Of the fake's own: what a preset says where nothing was said before.
        found["render"]["settings"].pop("no_video", None)
        if self.fake.world.version < (19, 1, 0):
            found["render"].pop("settings")
            for each in found["timelines"]:
                each.pop("marks")
        return found


def scene(movie: Path, folder: Path, version: str = "21.1", **quirks: Any) -> Scene:
    fake = FakeResolve(version, rate="25", quirks=Quirks(**quirks))
    assert fake.world.project is not None
    fake.world.project.settings.update(
        timelineResolutionWidth=str(SIZE[0]), timelineResolutionHeight=str(SIZE[1])
    )
    fake.add_timeline(video_tracks=3, start="10:00:00:00")
    media = fake.add_media(movie)
    items = [fake.add_item(media, source_start=at, duration=20) for at in (3, 30)]
    items.append(fake.add_item(media, track=2, record_start=900025, duration=10))
    fake.change_track(3, enabled=False)
    made = Scene(fake, folder, items)
    resolve = fake.resolve
    project = resolve.GetProjectManager().GetCurrentProject()
    assert resolve.OpenPage("deliver")
    assert project.SetRenderSettings({"TargetDir": str(folder), "CustomName": "the editor's"})
    assert project.AddRenderJob()
    resolve.OpenPage("color")
    fake.set_marks(5, 9)
    fake.set_playhead(900033)
    return made


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_render_has_the_clips_frames_and_all_is_as_before(
    movie: Path, tmp_path: Path, version: str
) -> None:
    made = scene(movie, tmp_path, version)
    before = made.looks()
    clip = (await made.clips())[1]
    assert (clip.refusal, clip.track) == (None, "V1")
    notes = await made.render(clip)
    # V2 lies over frames 5 to 14 of it, and is not in the picture.
    assert numbers_in(made.to) == list(range(30, 50))
    assert made.looks() == before
    assert len(notes) == (1 if version == "18.6" else 0)
    assert made.fake.violations == []
    assert [path.name for path in made.to.parent.iterdir()] == ["render.mov"]


async def test_what_is_planned_is_what_comes(movie: Path, tmp_path: Path) -> None:
    made = scene(movie, tmp_path, render_suffix="_00001")
    made.fake.change_item(made.items[0], speed=Fraction(2))
    (clip, *_) = await made.clips()
    assert clip.source == FrameRange(0, 20, Fraction(25))
    assert parse_key(clip.key).kind == "render"
    planned = clip.rendered
    assert planned is not None
    await made.render(clip)
    with av.open(str(made.to)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (planned.width, planned.height) == SIZE
        assert stream.average_rate == planned.rate
        assert stream.codec_context.name.startswith(planned.codec)
        assert stream.pix_fmt == planned.pixel_format
    assert planned.timecode == "10:00:00:00"
    # At double speed: the render consumes what the retime shows.
    assert numbers_in(made.to) == list(range(3, 43, 2))


async def test_the_grade_is_in_the_render(movie: Path, tmp_path: Path) -> None:
    made = scene(movie, tmp_path)
    made.fake.change_item(made.items[0], is_graded=True)
    await made.render((await made.clips())[0])
    assert [2**20 - 1 - each for each in numbers_in(made.to)] == list(range(3, 23))


@pytest.mark.parametrize(
    "kind", ["compound", "multicam", "fusion_clip", "nested_timeline", "fusion_composition"]
)
async def test_what_resolve_builds_can_be_rendered(movie: Path, tmp_path: Path, kind: str) -> None:
    made = scene(movie, tmp_path)
    uid = made.fake.add_item(kind=kind, duration=12)
    clip = next(each for each in await made.clips() if parse_key(each.key).item == uid)
    assert clip.refusal is None
    await made.render(clip)
    with av.open(str(made.to)) as container:
        assert container.streams.video[0].frames == 12


@pytest.mark.parametrize("kind", ["title", "generator", "adjustment"])
async def test_what_has_no_picture_of_its_own_is_still_refused(
    movie: Path, tmp_path: Path, kind: str
) -> None:
    made = scene(movie, tmp_path)
    uid = made.fake.add_item(kind=kind, duration=12)
    clip = next(each for each in await made.clips() if parse_key(each.key).item == uid)
    assert clip.refusal is not None


async def test_a_disabled_clip_would_be_black(movie: Path, tmp_path: Path) -> None:
    made = scene(movie, tmp_path)
    made.fake.change_item(made.items[0], enabled=False)
    refusal = (await made.clips())[0].refusal
    assert refusal is not None
    assert refusal.reason is RefusalReason.UNSUPPORTED
    assert "black" in refusal.text


async def test_a_failed_render_leaves_everything_as_before(movie: Path, tmp_path: Path) -> None:
    made = scene(movie, tmp_path, render_fails="no room on the disk")
    before = made.looks()
    clip = (await made.clips())[0]
    with pytest.raises(HostError, match="did not render the clip: Failed") as caught:
        await made.render(clip)
    assert caught.value.why == "no room on the disk"
    assert made.looks() == before
    assert not made.to.exists()


async def test_cancelling_stops_the_render_and_puts_everything_back(
    movie: Path, tmp_path: Path
) -> None:
    made = scene(movie, tmp_path, render_polls=10**6)
    before = made.looks()
    clip = (await made.clips())[0]
    polls: list[str] = []
    with anyio.CancelScope() as cut:

        def cancel(line: str) -> None:
            if "GetRenderJobStatus" in line and "IsRenderingInProgress" in line:
                polls.append(line)
                if len(polls) == 3:
                    cut.cancel()

        await made.render(clip, InProcessCalls(made.fake.resolve, cancel))
    assert cut.cancelled_caught
    assert made.looks() == before
    assert made.fake.count("StopRendering") == 1
    assert not made.to.exists()


@pytest.mark.parametrize("method", ["SetTrackEnable", "AddRenderJob", "StartRendering"])
async def test_a_killed_render_is_put_back_by_the_next_one(
    movie: Path, tmp_path: Path, method: str
) -> None:
    made = scene(movie, tmp_path)
    before = made.looks()
    clip = (await made.clips())[0]
    met = [False]

    def until(line: str) -> None:
        met[0] = met[0] or method in line
        if met[0] and f'"{method}"' not in line:
            # Whoever asks from now on is dead, and its last words are not heard either.
            raise HostAwayError("killed")

    with pytest.raises(HostAwayError):
        await made.render(clip, InProcessCalls(made.fake.resolve, until))
    assert made.looks() != before
    assert not made.to.exists()
    await made.render(clip)
    assert made.looks() == before
    assert numbers_in(made.to) == list(range(3, 23))


async def killed_render(made: Scene, at: int, to: Path) -> None:
    """Its process dies once the render has begun."""
    clip = (await made.clips())[at]
    dead = [False]

    def die(line: str) -> None:
        if dead[0]:
            raise HostAwayError("killed")
        dead[0] = "StartRendering" in line

    calls = InProcessCalls(made.fake.resolve, die)
    with pytest.raises(HostAwayError):
        await render_clip(calls, clip, to=to, progress=no_progress, poll_seconds=0.01)


async def test_what_a_killed_render_left_can_be_put_back_alone(movie: Path, tmp_path: Path) -> None:
    made = scene(movie, tmp_path)
    before = made.looks()
    await killed_render(made, 0, made.to)
    (left,) = left_in(made.folder)
    assert left.job == "jobs"
    other = made.fake.add_timeline("Reel 2")
    assert (await put_back_left(made.calls, [left])).renders == 0
    made.fake.switch_timeline(str(made.fake.snapshot()["timelines"][0]["id"]))
    assert (await put_back_left(made.calls, [left], lambda job: job == "jobs")).renders == 0
    assert (await put_back_left(made.calls, [left])).renders == 1
    assert (await put_back_left(made.calls, [left])).renders == 0
    assert left_in(made.folder) == []
    after = made.looks()
    after["timelines"] = [each for each in after["timelines"] if each["id"] != other]
    for what in ("page", "render", "timelines"):
        assert after[what] == before[what], what


async def test_what_an_editor_changed_since_a_killed_render_stays(
    movie: Path, tmp_path: Path
) -> None:
    made = scene(movie, tmp_path)
    await killed_render(made, 0, made.to)
    made.fake.set_playhead(900027)
    made.fake.set_marks(11, 12)
    made.fake.change_track(3, enabled=True)
    assert made.fake.resolve.OpenPage("fusion")
    assert (await put_back_left(made.calls, left_in(made.folder))).notes == ()
    after = made.looks()
    (timeline,) = after["timelines"]
    assert [each["enabled"] for each in timeline["tracks"]["video"]] == [True, True, True]
    assert timeline["marks"] == {kind: {"in": 11, "out": 12} for kind in ("video", "audio")}
    assert (after["page"], len(after["render"]["jobs"])) == ("fusion", 1)
    assert timeline["playhead"] == 900027


async def test_the_render_of_another_job_puts_back_what_a_killed_one_left(
    movie: Path, tmp_path: Path
) -> None:
    made = scene(movie, tmp_path, render_polls=60)
    before = made.looks()
    await killed_render(made, 0, made.folder / "dead" / "render.mov")
    await made.render((await made.clips())[1])
    assert numbers_in(made.to) == list(range(30, 50))
    assert made.looks() == before


async def test_resolves_own_rendering_is_not_disturbed(movie: Path, tmp_path: Path) -> None:
    made = scene(movie, tmp_path, render_polls=10**6)
    project = made.fake.resolve.GetProjectManager().GetCurrentProject()
    (job,) = [each["JobId"] for each in project.GetRenderJobList()]
    assert project.StartRendering([job])
    before = made.looks()
    with pytest.raises(HostError, match="is rendering something else"):
        await made.render((await made.clips())[0])
    assert made.looks() == before
    assert project.IsRenderingInProgress()


async def test_a_clip_that_was_trimmed_or_slipped_is_not_rendered(
    movie: Path, tmp_path: Path
) -> None:
    made = scene(movie, tmp_path)
    clip = (await made.clips())[0]
    left = parse_key(clip.key).left
    made.fake.change_item(made.items[0], source_start=left + 2)
    with pytest.raises(HostError, match="trimmed or slipped") as caught:
        await made.render(clip)
    assert f"shows 20 from {left + 2} on" in caught.value.why
    made.fake.change_item(made.items[0], source_start=left)
    made.fake.trim_item(made.items[0], tail=4)
    with pytest.raises(HostError, match="was trimmed") as caught:
        await made.render(clip)
    assert f"showed 20 frames from {left} of its media on, and shows 16" in caught.value.why


def test_the_best_codec_of_the_live_list_is_taken() -> None:
    mac = {"mov": {"Apple ProRes 422 HQ": "ProRes422HQ", "H.264": "H264"}, "mp4": {"H.264": "H264"}}
    linux = {"mov": {"DNxHR HQX 10-bit": "DNxHRHQX_10", "DNxHR HQ": "DNxHRHQ", "H.264": "H264"}}
    free = {"mp4": {"H.264": "H264"}}
    chosen = [choose_codec(each) for each in (mac, linux, free, {"mov": {"Cineform": "CF"}})]
    assert [each and (each.format, each.id) for each in chosen] == [
        ("mov", "ProRes422HQ"),
        ("mov", "DNxHRHQX_10"),
        ("mp4", "H264"),
        None,
    ]


async def test_two_clips_that_are_to_be_rendered_at_once_are_rendered_in_turn(
    movie: Path, tmp_path: Path
) -> None:
    here = scene(movie, tmp_path)
    calls, clips, before = here.calls, await here.clips(), here.looks()
    document = await read_document(calls)
    target = HostTarget(
        "resolve", Path("resolve/Feature/Timeline 1"), tmp_path / "Timeline 1", document=document
    )
    made = {tmp_path / f"render_{at}.mov": clip for at, clip in enumerate(clips[:2])}
    async with anyio.create_task_group() as tasks:
        for to, clip in made.items():
            host = ResolveHost(target, calls)
            tasks.start_soon(partial(host.render, clip, to=to, progress=no_progress))
    assert [len(numbers_in(to)) for to in made] == [clip.record.duration for clip in clips[:2]]
    assert here.looks() == before


def with_another_timeline(made: Scene) -> tuple[str, str]:
    """The scene's timeline, and one that has other frames where its first clip lies."""
    own = made.fake.timeline()["id"]
    other = made.fake.add_timeline("Reel 2", start="10:00:00:00")
    media = made.fake.item(made.items[0])["media"]
    made.fake.add_item(media, source_start=35, duration=25)
    made.fake.switch_timeline(own)
    return own, other


@pytest.mark.parametrize("moment", ['"SetRenderSettings"', '"StartRendering"'])
async def test_another_timeline_that_is_opened_meanwhile_is_neither_rendered_nor_changed(
    movie: Path, tmp_path: Path, moment: str
) -> None:
    made = scene(movie, tmp_path)
    own, other = with_another_timeline(made)
    clip = (await made.clips())[0]
    before = made.looks()
    left = [True]

    def switch(line: str) -> None:
        if moment in line and left and left.pop():
            made.fake.switch_timeline(other)

    with pytest.raises(HostError, match="nother timeline"):
        await made.render(clip, InProcessCalls(made.fake.resolve, switch))
    assert not made.to.exists()
    made.fake.switch_timeline(own)
    # As `newtake resolve collect` does.
    await put_back_left(made.calls, left_in(made.folder))
    assert made.looks() == before


async def test_a_clip_is_not_looked_for_in_another_timeline(movie: Path, tmp_path: Path) -> None:
    made = scene(movie, tmp_path)
    clip = (await made.clips())[0]
    media = made.fake.item(made.items[0])["media"]
    made.fake.add_timeline("Reel 2", start="10:00:00:00")
    # The same frames at the same place: all that a key can tell but its timeline.
    made.fake.add_item(media, source_start=3, duration=20)
    before = made.looks()
    with pytest.raises(HostError, match="'Reel 2' is open"):
        await made.render(clip)
    assert made.looks() == before


@pytest.mark.parametrize("trim", [{"head": 2}, {"head": 2, "tail": -2}, {"tail": 2}])
async def test_a_clip_that_is_edited_as_its_job_is_added_is_not_rendered(
    movie: Path, tmp_path: Path, trim: dict[str, int]
) -> None:
    made = scene(movie, tmp_path)
    clip = (await made.clips())[0]
    left = [True]

    def edit(line: str) -> None:
        if '"AddRenderJob"' in line and left and left.pop():
            made.fake.trim_item(made.items[0], **trim)

    with pytest.raises(HostError, match="as it was to be rendered"):
        await made.render(clip, InProcessCalls(made.fake.resolve, edit))
    assert made.fake.count("AddRenderJob") == 1, "the editor's own"
    assert list(made.to.parent.iterdir()) == []


async def test_another_project_that_is_opened_meanwhile_keeps_its_deliver_page(
    movie: Path, tmp_path: Path
) -> None:
    made = scene(movie, tmp_path)
    assert made.fake.world.project is not None
    own = made.fake.world.project.name
    made.fake.add_project("Client B", rate="25")
    made.fake.switch_project("Client B")
    made.fake.add_timeline("Theirs")
    theirs = made.fake.world.project.render
    theirs.format, theirs.codec, theirs.mode = "mp4", "H264", 0
    made.fake.open_page("color")
    before = made.looks()
    made.fake.switch_project(own)
    clip = (await made.clips())[0]
    ours = made.looks()

    def switch(line: str) -> None:
        if "IsRenderingInProgress" in line and "GetRenderJobStatus" in line:
            made.fake.switch_project("Client B")
            made.fake.open_page("color")

    with pytest.raises(HostAwayError, match="Another timeline is open"):
        await made.render(clip, InProcessCalls(made.fake.resolve, switch))
    assert made.looks() == before
    made.fake.switch_project(own)
    await put_back_left(made.calls, left_in(made.folder))
    assert made.looks() == ours


@pytest.mark.parametrize("deliver_clears_marks", [False, True])
@pytest.mark.parametrize("marks", [(5, None), (None, 9)])
async def test_a_mark_without_the_other_is_not_taken_away(
    movie: Path, tmp_path: Path, marks: tuple[int | None, int | None], deliver_clears_marks: bool
) -> None:
    made = scene(movie, tmp_path, deliver_clears_marks=deliver_clears_marks)
    made.fake.set_marks(*marks)
    before = made.looks()
    notes = await made.render((await made.clips())[0])
    if deliver_clears_marks:
        # No script can set it again.
        assert [note.partition(" could")[0] for note in notes] == ["the marks"]
    else:
        assert (notes, made.looks()) == ((), before)


async def test_a_render_that_begins_late_is_waited_for(movie: Path, tmp_path: Path) -> None:
    made = scene(movie, tmp_path, render_start_polls=20)
    before = made.looks()
    await made.render((await made.clips())[0])
    assert numbers_in(made.to) == list(range(3, 23))
    assert made.looks() == before


async def test_a_render_that_never_begins_is_given_up(movie: Path, tmp_path: Path) -> None:
    made = scene(movie, tmp_path, render_start_polls=10**6)
    before = made.looks()
    (clip, *_) = await made.clips()
    with pytest.raises(HostError, match="did not begin") as caught:
        await render_clip(
            made.calls,
            clip,
            to=made.to,
            progress=no_progress,
            poll_seconds=0.01,
            start_seconds=0.1,
        )
    assert "Ready" in caught.value.why
    assert made.looks() == before


async def test_a_job_is_known_however_its_folder_is_spelled(movie: Path, tmp_path: Path) -> None:
    made = scene(movie, tmp_path, render_folder_spelling="with a slash")
    before = made.looks()
    await made.render((await made.clips())[0])
    assert made.looks() == before
