"""A job is the replay of its events: any beginning of any list is a job, and no list breaks it."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newtake.domain.events import (
    Downloaded,
    Event,
    Exported,
    JobCreated,
    Relinked,
    RenditionEnded,
    ResultRefused,
    Resumed,
    Stamped,
    SubmissionUnknown,
    SubmitIntended,
    Submitted,
    Uploaded,
)
from newtake.domain.files import Asset, PlacedTake, PlateFile, ResultFile
from newtake.domain.job import RENDITION_STEPS, Job, Status
from newtake.domain.replay import IllegalEventError, advance, replay
from orders import order
from walks import any_event, may_follow, stamped, walks


@settings(deadline=None)
@given(walks())
def test_every_beginning_of_a_walk_is_the_job_it_was_then(walk: list[Event]) -> None:
    events = stamped(walk)
    job: Job | None = None
    for count, each in enumerate(events, start=1):
        job = advance(job, each)
        assert replay(events[:count]) == job


@settings(deadline=None)
@given(walks())
def test_whatever_happens_a_job_keeps_its_promises(walk: list[Event]) -> None:
    job: Job | None = None
    for each in stamped(walk):
        before, job = job, advance(job, each)
        assert (job.status is Status.DONE) <= (job.step is None and bool(job.ready))
        assert (job.status is Status.ACTIVE) <= (job.step is not None)
        assert (job.status is Status.UNSURE) <= job.may_be_submitted_unknown
        if before is not None and before.renditions:
            # Nothing paid for is lost, and nothing is paid for twice.
            assert [each.submission_id for each in job.renditions] == [
                each.submission_id for each in before.renditions
            ]
            assert not may_follow(job, SubmitIntended("00", "/p"))
        if job.may_be_submitted_unknown:
            assert not may_follow(job, SubmitIntended("00", "/p"))


@given(st.lists(any_event, max_size=12))
def test_what_cannot_follow_is_refused_and_changes_nothing(events: list[Event]) -> None:
    job: Job | None = None
    kept: list[Stamped] = []
    for each in stamped([JobCreated("abc1", order()), *events]):
        before = copy.deepcopy(job)
        try:
            job = advance(job, each)
        except IllegalEventError:
            assert job == before
        else:
            kept.append(each)
    assert replay(kept) == job


@given(st.lists(any_event, min_size=1, max_size=3))
def test_a_list_without_a_beginning_is_no_job(events: list[Event]) -> None:
    if not isinstance(events[0], JobCreated):
        with pytest.raises(IllegalEventError):
            replay(stamped(events))


@settings(deadline=None)
@given(walks())
def test_a_job_that_has_not_ended_can_go_on_with_its_own_step(walk: list[Event]) -> None:
    job = replay(stamped(walk))
    if job.step is None:
        return
    job = advance(job, Stamped(0, Resumed()))
    assert job.step is not None
    if job.step in RENDITION_STEPS:
        waiting = job.waiting_for(job.step)[0].submission_id
        moves: list[Event] = [
            RenditionEnded(waiting, "ready"),
            Downloaded(waiting, ResultFile(Path("r.mp4"), "00", 9)),
            ResultRefused(waiting, "too short"),
            Relinked(waiting, PlacedTake("take_001", 1, Path("t.otio"), True)),
        ]
    else:
        moves = [*_INTENDED[1:], Submitted(("g1",))]
    assert any(may_follow(job, event) for event in moves)


_INTENDED: list[Event] = [
    JobCreated("abc1", order()),
    Exported(PlateFile(Path("p.mp4"), "00", 9, 120)),
    Uploaded(Asset("fake", "k", "00", 9, False)),
    SubmitIntended("00", "/p"),
]


@pytest.mark.parametrize("unsure", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        Submitted(()),
        Submitted(("g1", "g1")),
        Submitted(("g1", "g2"), result_urls=("u",)),
        Submitted(("g1",), exr_urls=("u", "v")),
    ],
    ids=["none", "twice", "too few addresses", "too many addresses"],
)
def test_a_submission_that_does_not_add_up_is_refused(answer: Submitted, unsure: bool) -> None:
    job = replay(stamped([*_INTENDED, *([SubmissionUnknown("cut")] if unsure else [])]))
    with pytest.raises(IllegalEventError):
        advance(job, Stamped(9, answer))
