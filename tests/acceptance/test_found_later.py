"""A variation that was paid for and not found is fetched and taken over on a later day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from newtake import bootstrap
from newtake.domain.events import JobCreated, Stamped, SubmitIntended, Submitted
from newtake.domain.job import Job
from services import Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(tmp_path)
    yield running
    running.stop()


def half_forgotten(job_id: str) -> Job:
    """The journal begun anew with the job as it stood when one of its two variations was found."""
    settings = bootstrap.settings_now()
    told = bootstrap.open_journal(settings).events(job_id)
    ids = next(each.event for each in told if isinstance(each.event, Submitted)).submission_ids
    for file in settings.journal_path.parent.glob("journal.sqlite*"):
        file.unlink()
    journal = bootstrap.open_journal(settings)
    for stamped in told:
        event = stamped.event
        if isinstance(event, JobCreated):
            event = replace(event, job_id="half")
        journal.append("half", replace(stamped, event=event))
        if isinstance(event, SubmitIntended):
            break
    journal.append("half", Stamped(told[-1].at, Submitted(ids[:1], adopted=True)))
    return journal.load("half")


def test_what_was_not_found_is_fetched_and_taken_over(service: Service) -> None:
    code, _, errors = service.newtake(
        "restyle", service.timeline, "--clip", "2", "--prompt", "x", "--variations", "2", "--yes"
    )
    assert code == 0, errors
    (listed,) = service.jobs()
    assert half_forgotten(listed["id"]).missing == 1

    code, _, errors = service.newtake("jobs", "fetch", "half", "--out", service.folder / "shot.mp4")
    assert code == 0, errors
    assert sorted(file.name for file in service.folder.glob("shot*")) == [
        "shot_1.mp4",
        "shot_2.mp4",
    ]

    code, _, errors = service.newtake("jobs", "resume", "half")
    assert code == 0, errors
    (job,) = service.jobs()
    assert (job["status"], job["missing_variations"], len(job["renditions"])) == ("done", 0, 2)
    assert service.submissions() == 2
