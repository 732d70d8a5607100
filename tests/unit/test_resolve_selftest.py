"""The self-test answers as the fake Resolve is made, and leaves everything as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio
import imageio_ffmpeg
import pytest

from newtake.bootstrap import resolve_selftest
from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.resolve import api
from newtake.hosts.resolve.selftest import Place, measure
from newtake.hosts.resolve.selftest.bench import NumberedMedia
from newtake.hosts.resolve.selftest.questions import ASK_PERSON, QUESTIONS
from newtake.hosts.resolve.selftest.report import Answer, Report, report_document, scrubbed
from newtake.hosts.resolve.selftest.scratch import PREFIX, read_before
from newtake.testing.resolve import FakeResolve, Quirks
from newtake.testing.resolve.quirks import MEASURED_TAKE_KINDS
from newtake.testing.resolve.table import version_of
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio
VERSIONS = ("18.6", "19.1", "20.1", "20.3.2", "21.0.4", "21.1")
PROJECT = "Secret Feature"


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> NumberedMedia:
    folder = tmp_path_factory.mktemp("media")
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    return anyio.run(resolve_selftest.make_media, ffmpeg, folder, Fraction(25), Fraction(24))


@dataclass
class Bench:
    """A fake with somebody's project open, and a self-test of it."""

    fake: FakeResolve
    media: NumberedMedia
    folder: Path

    def __post_init__(self) -> None:
        self.fake.add_timeline("Reel 1", start="10:00:00:00")
        clip = self.fake.add_item(self.fake.add_made_media("shot"), duration=50)
        self.fake.set_playhead(864036)
        self.fake.set_current_bin("Rushes/Day 1")
        self.fake.select([clip])
        self.before = self.fake.snapshot()
        self.report = Report({})

    @property
    def projects(self) -> list[str]:
        return [one.name for one in self.fake.world.projects]

    @property
    def is_as_before(self) -> bool:
        return self.projects == [PROJECT] and self.fake.snapshot() == self.before

    async def run(self, *only: str, told: Any = lambda answer: None) -> Report:
        async def made(folder: Path, rate: Fraction, other: Fraction) -> NumberedMedia:
            assert (rate, other) == (Fraction(25), Fraction(24))
            return self.media

        calls = InProcessCalls(self.fake.resolve)
        before = await read_before(calls)
        place = Place(self.folder, self.folder)
        ids = frozenset(only)
        await measure(calls, before, place, made, self.report, told=told, only=ids)
        return self.report

    async def answer(self, question: str) -> Answer:
        (answer,) = (await self.run(question)).answers
        return answer


def bench(media: NumberedMedia, folder: Path, version: str = "21.1", **quirks: Any) -> Bench:
    fake = FakeResolve(version, project=PROJECT, rate="24", quirks=Quirks(**quirks))
    return Bench(fake, media, folder)


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_question_is_answered_and_nothing_is_left(
    version: str, media: NumberedMedia, tmp_path: Path
) -> None:
    it = bench(media, tmp_path, version)
    report = await it.run()
    found = {each.id: each for each in report.answers}
    assert list(found) == [each.id for each in (*QUESTIONS, *ASK_PERSON)]
    numbers = version_of(version)
    for question in QUESTIONS:
        is_there = all(api.has(numbers, *need) for need in question.needs)
        finding = found[question.id].finding
        assert finding.state == ("measured" if is_there else "not measurable"), finding
        assert bool(found[question.id].asked) is is_there
    assert (it.fake.violations, it.fake.unmodelled_calls, it.fake.bad_arguments) == ([], [], [])
    assert report.cleanup.project_is_back
    assert report.cleanup.scratch_is_deleted
    assert it.is_as_before


ALL_KINDS = frozenset({*MEASURED_TAKE_KINDS, "mixed_rate", "retimed", "compound", "fusion_clip"})

TWO_WAYS: list[tuple[str, dict[str, Any], str]] = [
    ("take.sequence_origin", {"sequence_take_origin": "zero"}, "zero"),
    ("take.sequence_origin", {"sequence_take_origin": "number"}, "number"),
    ("take.selected_after_add", {"take_after_add": "unchanged"}, "original"),
    ("take.selected_after_add", {"take_after_add": "new"}, "new"),
    ("take.selected_after_add", {"add_take_lies": True}, "no selector"),
    ("take.selected_after_add", {"take_kinds": frozenset()}, "refused"),
    ("take.unequal_length", {"unequal_take": "ripple"}, "longer ripples, shorter ripples"),
    ("take.unequal_length", {"unequal_take": "keep"}, "longer keeps, shorter keeps"),
    (
        "take.unequal_length",
        {"unequal_take": "refuse"},
        "longer is refused, shorter is refused",
    ),
    ("take.item_id", {"item_id_changes": False}, "same"),
    ("take.item_id", {"item_id_changes": True}, "changes"),
    ("take.on_other_timeline", {"other_timeline_answers": False}, "silent"),
    ("take.on_other_timeline", {"other_timeline_answers": True}, "true"),
    ("take.on_plain", {}, "works"),
    ("take.on_plain", {"add_take_lies": True}, "refused"),
    ("take.on_other_rate", {}, "refused"),
    ("take.on_other_rate", {"take_kinds": ALL_KINDS}, "works"),
    ("take.on_retimed", {}, "refused"),
    ("take.on_retimed", {"take_kinds": ALL_KINDS}, "works"),
    ("take.on_compound", {}, "refused"),
    ("take.on_compound", {"take_kinds": ALL_KINDS}, "works"),
    ("take.on_fusion_clip", {}, "refused"),
    ("take.on_fusion_clip", {"take_kinds": ALL_KINDS}, "works"),
    ("take.on_multicam", {}, "refused"),
    ("take.on_multicam", {"take_kinds": frozenset({"multicam"})}, "works"),
    ("look.inspector", {"look_stays": True}, "stays"),
    ("look.inspector", {"look_stays": False}, "lost"),
    ("look.version", {"look_stays": True}, "stays"),
    ("look.version", {"look_stays": False}, "lost"),
    ("look.fusion", {"look_stays": True}, "stays"),
    ("look.fusion", {"look_stays": False}, "lost"),
    ("look.grade", {"look_stays": True}, "stays"),
    ("look.grade", {"look_stays": False}, "gone"),
    ("colour.managed", {"colour_space_sticks": True}, "sticks"),
    ("colour.managed", {"colour_space_sticks": False}, "does not stick"),
    ("colour.aces", {"colour_space_sticks": True}, "sticks"),
    ("colour.aces", {"colour_space_sticks": False}, "does not stick"),
    ("media.sequence_rate", {"frame_rate_sticks": True}, "sticks"),
    ("media.sequence_rate", {"frame_rate_sticks": False}, "does not stick"),
    ("media.import_twice", {"reimport": "new"}, "new"),
    ("media.import_twice", {"reimport": "same"}, "same"),
    ("media.new_bin", {"new_bin_is_current": True}, "new bin"),
    ("media.new_bin", {"new_bin_is_current": False}, "stays"),
    ("export.otio_takes", {"otio_takes": "selected"}, "selected"),
    ("export.otio_takes", {"otio_takes": "all"}, "all"),
    ("marks.out", {"pool_mark_out": "inclusive"}, "inclusive"),
    ("marks.out", {"pool_mark_out": "exclusive"}, "exclusive"),
    ("render.mark_out", {"render_mark_out": "inclusive"}, "inclusive"),
    ("render.mark_out", {"render_mark_out": "exclusive"}, "exclusive"),
    ("item.source_start", {"source_start_slips": True}, "slips"),
    ("item.source_start", {"source_start_slips": False}, "exact"),
    ("item.marker_frame", {"item_marker_origin": "media"}, "media"),
    ("item.marker_frame", {"item_marker_origin": "item"}, "item"),
    ("reload.ids", {"reload_changes_item_ids": False}, "same"),
]


@pytest.mark.parametrize(("question", "quirks", "answer"), TWO_WAYS)
async def test_an_answer_is_what_this_resolve_does(
    question: str, quirks: dict[str, Any], answer: str, media: NumberedMedia, tmp_path: Path
) -> None:
    it = bench(media, tmp_path, **quirks)
    found = await it.answer(question)
    assert (found.finding.state, found.finding.answer) == ("measured", answer), found
    assert it.fake.violations == []
    assert it.is_as_before


async def test_ids_that_change_at_a_reload_are_seen(media: NumberedMedia, tmp_path: Path) -> None:
    it = bench(media, tmp_path, reload_changes_item_ids=True)
    found = await it.answer("reload.ids")
    assert found.finding.answer == "changes: item"
    assert it.projects == [PROJECT]


@pytest.mark.parametrize(
    ("version", "question", "answer"),
    [
        ("18.6", "append.end_frame", "inclusive"),
        ("19.1", "append.end_frame", "exclusive"),
        ("21.0", "timeline.selected_clips", ""),
        ("21.0.4", "timeline.selected_clips", "there"),
    ],
)
async def test_an_answer_is_what_this_version_does(
    version: str, question: str, answer: str, media: NumberedMedia, tmp_path: Path
) -> None:
    found = await bench(media, tmp_path, version).answer(question)
    assert found.finding.answer == answer


@pytest.mark.parametrize("sequence_take_origin", ["zero", "number"])
async def test_the_origin_is_seen_in_a_picture(
    sequence_take_origin: str, media: NumberedMedia, tmp_path: Path
) -> None:
    it = bench(media, tmp_path, sequence_take_origin=sequence_take_origin)
    observed = (await it.answer("take.sequence_origin")).finding.observed
    assert observed["pictures"] == [10, 11, 12, 13]


async def test_without_a_render_the_origin_is_read_and_a_grade_is_not(
    media: NumberedMedia, tmp_path: Path
) -> None:
    it = bench(media, tmp_path, render_fails="The disk is full")
    report = await it.run("take.sequence_origin", "look.grade", "render.mark_out")
    origin, grade, mark_out = (each.finding for each in report.answers)
    assert (origin.answer, "left offset" in origin.verdict) == ("zero", True)
    assert (grade.state, "The disk is full" in grade.verdict) == ("not measurable", True)
    assert (mark_out.state, "The disk is full" in mark_out.verdict) == ("failed", True)
    assert it.is_as_before


async def test_a_question_that_fails_does_not_hold_up_the_others(
    media: NumberedMedia, tmp_path: Path
) -> None:
    it = bench(media, tmp_path)
    it.fake.on_call("CreateEmptyTimeline", "refuse", skip=1)
    report = await it.run("take.on_plain", "take.item_id", "take.selected_after_add")
    assert [each.finding.state for each in report.answers] == ["measured", "failed", "measured"]
    assert "CreateEmptyTimeline" in report.answers[1].finding.verdict
    assert it.is_as_before


async def test_an_interrupt_in_the_middle_puts_all_back(
    media: NumberedMedia, tmp_path: Path
) -> None:
    it = bench(media, tmp_path)
    scope = anyio.CancelScope()

    def told(answer: Answer) -> None:
        if answer.id == "take.on_plain":
            scope.cancel()

    with scope:
        await it.run(told=told)
    assert scope.cancelled_caught
    assert 0 < len(it.report.answers) < len(QUESTIONS)
    assert it.is_as_before
    assert it.report.cleanup.scratch_is_deleted


@pytest.mark.parametrize("action", ["dialog", "quit"])
async def test_a_resolve_that_goes_away_is_told_with_what_is_left(
    action: Any, media: NumberedMedia, tmp_path: Path
) -> None:
    it = bench(media, tmp_path)
    it.fake.on_call("AddTake", action, skip=1)
    report = await it.run()
    assert report.broke_off
    assert not report.cleanup.project_is_back
    (left,) = report.cleanup.left
    assert PROJECT in left
    assert PREFIX in left
    assert not report.went_well
    text = json.dumps(report_document(report))
    assert PROJECT not in text


async def test_a_scratch_project_that_stays_is_told(media: NumberedMedia, tmp_path: Path) -> None:
    it = bench(media, tmp_path)
    it.fake.on_call("DeleteProject", "refuse")
    report = await it.run("take.on_plain")
    assert report.cleanup.project_is_back
    assert not report.cleanup.scratch_is_deleted
    assert it.fake.snapshot() == it.before
    (left,) = report.cleanup.left
    assert "delete it by hand" in left


async def test_a_project_that_does_not_open_again_is_told_and_the_scratch_one_left(
    media: NumberedMedia, tmp_path: Path
) -> None:
    it = bench(media, tmp_path)
    it.fake.on_call("LoadProject", "refuse")
    report = await it.run("take.on_plain")
    assert not report.cleanup.project_is_back
    assert it.fake.count("DeleteProject") == 0, "it is the open one"
    (left,) = report.cleanup.left
    assert left.startswith(f"{PROJECT} is not open again")
    assert not report.went_well


async def test_what_is_kept_stays(media: NumberedMedia, tmp_path: Path) -> None:
    it = bench(media, tmp_path)
    it.report.cleanup.kept = True
    report = await it.run("take.on_plain")
    assert report.cleanup.is_complete
    assert len(it.projects) == 2
    assert it.projects[1].startswith(PREFIX)
    assert it.fake.snapshot() == it.before


@pytest.mark.parametrize("method", ["SaveProject", "CreateProject"])
async def test_without_a_saved_project_or_a_scratch_one_nothing_begins(
    method: str, media: NumberedMedia, tmp_path: Path
) -> None:
    it = bench(media, tmp_path)
    it.fake.on_call(method, "refuse")
    with pytest.raises(HostError, match=method):
        await it.run()
    assert it.report.answers == []
    assert it.is_as_before


@pytest.mark.parametrize("name", ["Untitled Project", f"{PREFIX} 1234abcd"])
async def test_a_project_that_could_not_be_opened_again_is_not_closed(name: str) -> None:
    fake = FakeResolve("21.1", project=name)
    with pytest.raises(HostError, match=r"never saved|earlier self-test"):
        await read_before(InProcessCalls(fake.resolve))
    assert not any(each.method.startswith(("Save", "Create", "Load")) for each in fake.calls)


async def test_without_an_open_project_there_is_nothing_to_come_back_to() -> None:
    fake = FakeResolve("21.1")
    fake.world.open_project(None)
    with pytest.raises(HostError, match="No project is open"):
        await read_before(InProcessCalls(fake.resolve))


async def test_a_resolve_behind_a_dialog_is_not_taken_for_one_without_a_project() -> None:
    fake = FakeResolve("21.1")
    calls = InProcessCalls(fake.resolve)
    await calls.ready()
    fake.world.dialog = True
    with pytest.raises(HostAwayError):
        await read_before(calls)


async def test_a_project_without_a_timeline_comes_back_as_well(
    media: NumberedMedia, tmp_path: Path
) -> None:
    it = Bench(FakeResolve("21.1", project=PROJECT), media, tmp_path)
    it.fake.resolve.GetMediaPool().DeleteTimelines([it.fake.resolve.GetCurrentTimeline()])
    it.before = it.fake.snapshot()
    report = await it.run("take.on_plain")
    assert report.cleanup.project_is_back
    assert report.cleanup.left == []
    assert it.is_as_before


async def test_projects_of_earlier_self_tests_are_told_and_left(
    media: NumberedMedia, tmp_path: Path
) -> None:
    it = bench(media, tmp_path)
    old = f"{PREFIX} 0badcafe"
    it.fake.add_project(old, current=False)
    assert (await read_before(InProcessCalls(it.fake.resolve))).leftovers == (old,)
    await it.run("take.on_plain")
    assert it.projects == [PROJECT, old]


async def test_a_report_has_no_paths_and_no_names(media: NumberedMedia, tmp_path: Path) -> None:
    it = bench(media, tmp_path)
    it.report.secrets[str(tmp_path)] = "<files>"
    it.report.secrets[str(media.movie.parent)] = "<files>"
    text = json.dumps(report_document(await it.run()))
    assert PROJECT not in text
    assert PREFIX not in text
    assert str(tmp_path) not in text
    assert str(media.movie.parent) not in text
    assert "<files>" in text, "the paths were in what was asked"


def test_the_longest_secret_goes_first_and_windows_paths_in_texts_go_as_well() -> None:
    secrets = {"C:\\Users\\Ada": "<home>", "C:\\Users\\Ada\\x": "<files>"}
    given = {"C:\\Users\\Ada\\x\\y": ["C:\\Users\\Ada", repr("C:\\Users\\Ada\\x"), 1, None]}
    assert scrubbed(given, secrets) == {"<files>\\y": ["<home>", "'<files>'", 1, None]}
