"""A report tells what the journal knows, escapes what comes from elsewhere, and opens no door."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from newtake.bootstrap.run_reports import (
    free_report_name,
    last_run,
    named_run,
    remember_run,
    takes_folder,
)
from newtake.bootstrap.written_places import written_places
from newtake.domain.errors import MediaError, SelectionError
from newtake.domain.events import Failure, JobCreated, Stamped, Step, Use
from newtake.domain.files import PlacedTake, ResultFile, TakeFile
from newtake.domain.job import Job, Rendition, Status
from newtake.domain.stills import Still, stills_of
from newtake.domain.take_places import (
    JobPlaces,
    TakePlace,
    places_by_job,
    places_of,
    take_label,
    use_label,
)
from newtake.domain.timing import FrameRange
from newtake.pipeline.report_stills import DrawnStill, draw_stills
from newtake.shells.cli.drawing import draw_outcome
from newtake.shells.cli.report_document import report_document
from newtake.shells.cli.report_page import report_page
from newtake.testing import FakeMediaTool, MemoryJournal
from orders import RATE, order

HOSTILE = "</blockquote><script>alert(1)</script><img src=x onerror=y> \"'&\x1b[2J\u202e"
SIGNED = "https://cdn.example/plate.mp4?X-Amz-Signature=abcdef123456&token=hunter2hunter2"
MADE = "2026-01-31T12:00:00+00:00"


def done(job_id: str = "j1", *, head: int = 5) -> Job:
    wanted = order()
    available = FrameRange(107892 - head, 90 + 2 * head, RATE)
    take = TakeFile(
        Path("/t/shot_take_001.mov"), 1, available, "00:59:59;25", 100, "rewrap", Path("/t/s.json"),
        notes=("a note of the take",), sha256="ab" * 32,
    )  # fmt: skip
    rendition = Rendition(
        "s1", "ready", result_url=SIGNED, result=ResultFile(Path("/t/r.mp4"), "cd", 9), take=take,
        placed=PlacedTake("take_001", 1, Path("b.otio"), True), cost_usd="2.10",
    )  # fmt: skip
    seconds = {Step.EXPORT: 1000.0, Step.WAIT: 1002.0}
    ended = {Step.EXPORT: 1002.0, Step.WAIT: 1062.5}
    return Job(
        job_id, wanted, 999.5, Status.DONE, renditions=(rendition,), started=seconds, ended=ended
    )


def failed() -> Job:
    failure = Failure(
        Step.UPLOAD, "Upload", HOSTILE, f"GET {SIGNED} gave 403", "Try again.", "Not charged."
    )
    clip = replace(order().clip, name=HOSTILE, index=7)
    settings = replace(order().settings, prompt=HOSTILE, first_frame=SIGNED)
    wanted = replace(order(), clip=clip, settings=settings)
    return Job("j2", wanted, 1000.0, Status.FAILED, failure=failure)


class Page(HTMLParser):
    """Elements and texts, as a browser finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def document(*jobs: Job, drawn: tuple[DrawnStill, ...] = ()) -> dict[str, Any]:
    return report_document(jobs, drawn, MADE, {})


def test_stills_are_the_same_frame_of_source_and_take() -> None:
    first, middle = stills_of(done(head=5))
    assert (first.place, first.media_frame, first.source_index, first.take_index) == (
        "first", 107892, 0, 5,
    )  # fmt: skip
    assert (middle.media_frame, middle.source_index, middle.take_index) == (107937, 45, 50)
    assert [each.place for each in stills_of(done(), ("middle",))] == ["middle"]
    assert stills_of(failed()) == []
    clip = order().clip
    one = replace(clip, source=replace(clip.source, duration=1))
    assert [
        each.place for each in stills_of(replace(done(), order=replace(order(), clip=one)))
    ] == ["first"]


def test_the_document_counts_frames_money_and_time() -> None:
    told = document(done(), failed())
    assert told["totals"] == {
        "jobs": 2, "clips": 1, "done": 1, "not_done": 1, "takes": 1, "frames_sent": 120,
        "frames_of_takes": 100, "model_seconds": 5, "cost_usd": "2.10", "costs_unknown": 0,
        "sandbox": False, "seconds": 63.0,
    }  # fmt: skip
    shot = told["jobs"][0]
    assert shot["seconds"] == {"export": 2.0, "wait": 60.5}
    assert shot["settings"] == {
        "resolution": "720p", "duration": "auto", "hdr": True, "variations": 1,
    }  # fmt: skip
    assert shot["plate"]["held"] == 75
    assert shot["record_range"]["start_timecode"] == "01:00:00;00"
    assert shot["takes"][0]["notes"] == ["a note of the take"]
    assert told["jobs"][1]["failure"]["money"] == "Not charged."


def test_the_page_runs_nothing_and_loads_nothing() -> None:
    still = stills_of(done())[0]
    told = document(done(), failed(), drawn=(DrawnStill(still, Path("x.jpg")),))
    text = report_page(told, {("j1", "s1", "first"): b"\xff\xd8jpeg"})
    page = Page(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "form", "base"}
    images = [attrs for tag, attrs in page.elements if tag == "img"]
    assert [(image["src"] or "")[:23] for image in images] == ["data:image/jpeg;base64,"]
    assert not any(name.startswith("on") for _, attrs in page.elements for name in attrs)
    links = [attrs["href"] for tag, attrs in page.elements if tag == "a"]
    assert links == ["#shot0", "#shot1"]
    (policy,) = [attrs["content"] for tag, attrs in page.elements if "http-equiv" in attrs]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    # It is shown as it was typed, but for what moves the cursor or turns the line.
    assert "</blockquote><script>alert(1)</script>" in page.text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "0 head, 90 of the clip" in page.text
    assert "Try again." in page.text


def test_nothing_in_it_can_be_spent() -> None:
    told = document(done(), failed())
    for text in (str(told), report_page(told, {})):
        assert "abcdef123456" not in text
        assert "hunter2" not in text
    assert "https://cdn.example/plate.mp4" in told["jobs"][1]["failure"]["why"]


def test_a_still_that_is_not_there_says_why() -> None:
    still = stills_of(done())[1]
    told = document(done(), drawn=(DrawnStill(still, None, "offline: /media/x.mov"),))
    assert told["jobs"][0]["takes"][0]["stills"][0]["why_not"] == "offline: /media/x.mov"
    assert "no picture. offline: /media/x.mov" in report_page(told, {})


class _HalfOffline(FakeMediaTool):
    async def side_by_side(self, source: Any, source_index: int, *rest: Any, **more: Any) -> None:
        if source_index == 0:
            raise MediaError("offline: a.mov", why="It was moved.")
        await super().side_by_side(source, source_index, *rest, **more)


@pytest.mark.anyio
async def test_one_that_cannot_be_drawn_stops_no_other(tmp_path: Path) -> None:
    stills: list[Still] = stills_of(done())
    first, middle = await draw_stills(stills, _HalfOffline(), tmp_path)
    assert (first.picture, first.why) == (None, "offline: a.mov It was moved.")
    assert middle.picture is not None
    assert middle.picture.read_text().endswith(":50")


def test_the_last_run_is_found_again_and_else_the_newest_job() -> None:
    journal = MemoryJournal()
    with pytest.raises(SelectionError, match="nothing to report"):
        last_run(journal)
    for moment, name in enumerate(("a1", "b2", "c3")):
        journal.append(name, Stamped(float(moment), JobCreated(name, order())))
    assert [job.id for job in last_run(journal)] == ["c3"]
    remember_run(journal, [journal.load("a1"), journal.load("b2")])
    assert [job.id for job in last_run(journal)] == ["a1", "b2"]
    assert [job.id for job in named_run(journal, ["c3", "a1", "c3"])] == ["c3", "a1"]


def test_a_report_never_takes_a_name_that_is_taken(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 31, 23, 59, 58, tzinfo=timezone.utc)
    first = free_report_name(tmp_path, moment)
    assert first.name == "report_20260131-235958"
    (tmp_path / "report_20260131-235958.json").touch()
    assert free_report_name(tmp_path, moment).name == "report_20260131-235958_2"
    assert takes_folder(order().host) == Path("b_takes")


def split_job() -> Job:
    """A take of a piece of clip 1, which clip 5 gets as well."""
    job = done()
    clip = replace(job.order.clip, piece_of=FrameRange(107800, 300, RATE))
    use = Use("V1/5", 5, "other", asked_by="Line 3 of shots.csv")
    asked = replace(job.order, clip=clip, also=(use,), asked_by="Line 2 of shots.csv")
    return replace(job, order=asked)


PLACES = {"j1": JobPlaces(TakePlace(2, "take_001"), {0: TakePlace(9, "take_004")})}


def test_a_report_has_the_numbers_of_the_plan_and_of_the_written_timeline() -> None:
    told = report_document([split_job(), failed()], (), MADE, PLACES)
    one, other = told["jobs"]
    assert (one["clip_index"], one["written_index"], one["written"]) == (1, 2, "b.otio")
    assert one["asked_by"] == "Line 2 of shots.csv"
    assert one["used_by"] == [
        {
            "index": 5, "written_index": 9, "clip": "other", "key": "take_004",
            "asked_by": "Line 3 of shots.csv",
        }
    ]  # fmt: skip
    assert (other["clip_index"], other["written_index"]) == (7, None)

    text = Page(report_page(told, {})).text
    assert "2 in b.otio, 1 in the plan" in text
    assert "7 in the plan; no take of it is in b.otio" in text
    assert "other as take_004, clip 9 in b.otio, 5 in the plan; asked for by Line 3" in text
    assert "written its number in b.otio now" in text


def test_a_report_names_one_number_where_nothing_was_split() -> None:
    places = {"j1": JobPlaces(TakePlace(1, "take_001"))}
    text = Page(report_page(report_document([done()], (), MADE, places), {})).text
    assert "1 in b.otio" in text
    assert "in the plan" not in text


def test_after_a_run_the_clips_of_the_written_timeline_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    draw_outcome([split_job()], sys.stdout, PLACES)
    said = capsys.readouterr().out
    assert said.startswith("größe at 01:00:00;00: job j1 done\n")
    assert "\n  in clip 2 of b.otio (1 in the plan)\n" in said
    assert "\n  also in clip 9 (other) of b.otio, as take_004 (5 in the plan)\n" in said


def test_takes_are_found_by_their_labels_and_later_parts_by_the_first_one() -> None:
    one, two = take_label("j1", "s/1"), take_label("j1", "s2")
    places = places_by_job(
        {
            two: TakePlace(2, "take_002"), one: TakePlace(2, "take_001"),
            use_label(one, 2): TakePlace(9, "take_003"), "other": TakePlace(4, "take_001"),
        }
    )  # fmt: skip
    found = JobPlaces(TakePlace(2, "take_002"), {0: TakePlace(9, "take_003")})
    assert places_of(done(), places) == places_of(done("j1.2"), places) == found
    assert places_of(done("j9"), places) == JobPlaces()


def test_a_timeline_that_is_gone_or_no_timeline_tells_no_numbers(tmp_path: Path) -> None:
    host = replace(order().host, output=tmp_path / "cut.xml")
    job = replace(done(), order=replace(order(), host=host))
    assert written_places([job]) == {}
    (tmp_path / "cut.otio").write_text("no timeline", encoding="utf-8")
    assert written_places([job]) == {}
