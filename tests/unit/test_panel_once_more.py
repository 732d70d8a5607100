"""What the page offers of a job that the service ended without a result."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake.domain.cube import Lut
from newtake.domain.events import Failure, JobCreated, Stamped, Step
from newtake.domain.files import Asset, Layout, PlateFile, Profile
from newtake.domain.job import Job, Rendition, Status
from newtake.domain.parts import Part
from newtake.domain.replay import advance
from newtake.shells.panel.movements import Movements
from newtake.shells.panel.news import News
from newtake.shells.panel.once_more import once_more
from newtake.shells.panel.page_words import page_words
from newtake.shells.panel.requests import PlanRequest
from newtake.shells.panel.showing import Movement, shown_job
from orders import order

NEXT = "A new `newtake restyle` makes a new submission."


def a_job() -> Job:
    return advance(None, Stamped(1, JobCreated("job1", order())))


def a_failed_job() -> Job:
    failure = Failure(Step.WAIT, "GenerationFailed", "It failed.", "No reason.", NEXT, "submitted")
    ended = (Rendition("gen-1", "failed", "moderated"),)
    plate, asset = PlateFile(Path("p.mov"), "0", 1, 120), Asset("x", "k", "0", 1, False)
    return replace(
        a_job(), status=Status.FAILED, failure=failure, plate=plate, asset=asset, renditions=ended
    )


def test_it_is_restyled_again_with_the_settings_that_it_had() -> None:
    shown = shown_job(a_failed_job(), Movement(), can_cancel=False, going_on=())
    assert shown.once_more is not None
    request = PlanRequest(clips=("V1/1",), **shown.once_more.settings)
    assert (request.prompt, request.resolution, request.hdr) == ("a prompt", "720p", True)
    assert shown.once_more.price == str(order().price.usd)
    assert shown_job(a_job(), Movement(), can_cancel=True, going_on=()).once_more is None


def test_the_next_step_of_a_failed_job_names_the_button_that_it_has() -> None:
    job = a_failed_job()
    assert job.failure is not None
    failure = replace(job.failure, fix="Set it, then newtake jobs resume 1a")
    shown = shown_job(replace(job, failure=failure), Movement(), can_cancel=False, going_on=())
    assert shown.failure is not None
    assert shown.failure.next == "Set it, then Retry in the queue"


def test_what_was_noted_is_forgotten_where_it_is_true_no_longer() -> None:
    moves, job = Movements(News(), lambda: None), a_job()
    moves.note(job, "Looking the submission up before anything else.")
    assert moves.movement(job.id).notes
    moves.forget(job.id)
    assert moves.movement(job.id).notes == ()


def test_a_picture_that_the_page_kept_is_kept() -> None:
    job = a_failed_job()
    kept = "ab" * 32
    for path, found in ((f"/home/panel/first_frames/{kept}.png", kept), ("/a/look.png", None)):
        settings = replace(job.order.settings, first_frame=path)
        again = once_more(replace(job, order=replace(job.order, settings=settings)))
        assert again.settings["first_frame"] == found
        assert (path in again.note) is (found is None)


def test_nothing_of_how_it_was_sent_and_written_is_lost() -> None:
    job = a_failed_job()
    table = Lut(Path("/luts/log.cube"), "0", "3d", 33)
    job = replace(job, order=replace(job.order, lut=table, codec="h264"))
    request = PlanRequest(clips=("V1/1",), **once_more(job).settings)

    assert (request.cadence, request.lut, request.codec) == ("time", "/luts/log.cube", "h264")
    assert (request.layout, request.profile) == (Layout.TRACK, Profile.RESOLVE)
    assert (request.uploader, request.partial, request.handles) == ("workbench", "split", 0)


def test_what_an_editor_decides_is_not_asked_of_it() -> None:
    job = a_failed_job()
    host = replace(job.order.host, kind="resolve")
    assert "layout" not in once_more(replace(job, order=replace(job.order, host=host))).settings


@pytest.mark.parametrize(
    ("carries", "continuity"), [((False, True), "carry"), ((False, False), "parallel")]
)
def test_parts_go_on_as_they_did(carries: tuple[bool, bool], continuity: str) -> None:
    job, span = a_failed_job(), order().clip.source
    family = [
        replace(job, order=replace(job.order, part=Part(number, 2, span, number * 6 - 6, carried)))
        for number, carried in enumerate(carries, 1)
    ]
    assert once_more(family[0], family).settings["continuity"] == continuity


@pytest.mark.parametrize(
    ("uploader", "words"), [("put", "say it again"), ("command", "as the settings say")]
)
def test_where_it_went_by_what_is_not_kept_is_told(uploader: str, words: str) -> None:
    job = a_failed_job()
    again = once_more(replace(job, order=replace(job.order, uploader=uploader)))
    assert again.settings["uploader"] is None
    assert words in again.note


def test_the_next_step_is_the_button() -> None:
    assert page_words(NEXT) == "Restyle again makes a new submission."
