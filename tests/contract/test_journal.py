"""Every journal keeps this contract: the fake and the SQLite file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from newtake.adapters.journal import SqliteJournal
from newtake.domain.errors import BudgetError, SelectionError
from newtake.domain.events import (
    Exported,
    Failed,
    Failure,
    JobCreated,
    Resumed,
    Stamped,
    Step,
    StepStarted,
    SubmitIntended,
    Submitted,
    Uploaded,
)
from newtake.domain.files import Asset, PlateFile
from newtake.domain.job import Job, Status
from newtake.domain.replay import IllegalEventError
from newtake.ports import Journal
from newtake.testing import MemoryJournal
from orders import order


@pytest.fixture(params=["memory", "sqlite"])
def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Journal]:
    if request.param == "memory":
        memory = MemoryJournal()
        return lambda: memory
    return lambda: SqliteJournal(tmp_path / "journal.sqlite")


class TestJournal:
    def test_a_job_is_the_replay_of_its_events(self, open_journal: Callable[[], Journal]) -> None:
        journal = open_journal()
        journal.append("abc1", Stamped(1, JobCreated("abc1", order())))
        journal.append("abc1", Stamped(2, StepStarted(Step.EXPORT)))
        journal.append("abc1", Stamped(4, Exported(PlateFile(Path("p.mp4"), "00", 9, 120))))
        journal.append("abc1", Stamped(5, Uploaded(Asset("fake", "k", "00", 9, False))))
        journal.append("abc1", Stamped(6, SubmitIntended("ff", "/p.mp4")))
        journal.append("abc1", Stamped(7, Submitted(("g1", "g2"))))

        job = open_journal().load("abc1")

        assert order() == job.order
        assert Step.WAIT is job.step
        assert job.seconds(Step.EXPORT) == 2.0
        assert frozenset({"g1", "g2"}) == journal.claimed_submissions()
        assert [each.id for each in journal.jobs()] == ["abc1"]
        assert len(journal.events("abc1")) == 6

    def test_an_event_that_does_not_fit_changes_nothing(
        self, open_journal: Callable[[], Journal]
    ) -> None:
        journal = open_journal()
        journal.append("abc1", Stamped(1, JobCreated("abc1", order())))

        with pytest.raises(IllegalEventError):
            journal.append("abc1", Stamped(2, Submitted(("g1",))))
        with pytest.raises(IllegalEventError):
            journal.append("new", Stamped(2, StepStarted(Step.EXPORT)))

        assert len(journal.events("abc1")) == 1
        assert len(journal.jobs()) == 1

    def test_a_failed_job_can_be_resumed(self, open_journal: Callable[[], Journal]) -> None:
        journal = open_journal()
        journal.append("abc1", Stamped(1, JobCreated("abc1", order())))
        failure = Failure(Step.EXPORT, "Media", "what", "why", "fix", "")
        journal.append("abc1", Stamped(2, Failed(failure)))

        assert failure == journal.load("abc1").failure
        journal.append("abc1", Stamped(3, Resumed()))

        assert Status.ACTIVE is journal.load("abc1").status

    def test_the_beginning_that_parts_of_one_clip_share_means_the_first(
        self, open_journal: Callable[[], Journal]
    ) -> None:
        journal = open_journal()
        for job_id in ("ab12", "ab12.2", "ab12.3", "ab99"):
            journal.append(job_id, Stamped(1, JobCreated(job_id, order())))

        assert journal.load("ab1").id == "ab12"
        assert journal.load("ab12.").id == "ab12"
        assert journal.load("ab12.2").id == "ab12.2"
        with pytest.raises(SelectionError):
            journal.load("ab")

    def test_the_beginning_of_an_id_is_enough_while_it_is_clear(
        self, open_journal: Callable[[], Journal]
    ) -> None:
        journal = open_journal()
        for job_id in ("abc1", "abd2"):
            journal.append(job_id, Stamped(1, JobCreated(job_id, order())))

        assert journal.load("abc").id == "abc1"
        for wrong in ("ab", "x", "", "%"):
            with pytest.raises(SelectionError):
                journal.load(wrong)

    def test_a_job_is_held_by_one_at_a_time(self, open_journal: Callable[[], Journal]) -> None:
        first, second = open_journal(), open_journal()
        with first.hold("abc1") as held, second.hold("abc1") as again, second.hold("x") as other:
            assert (held, again, other) == (True, False, True)
        with second.hold("abc1") as held:
            assert held

    def test_a_guard_sees_every_job_and_keeps_the_event_out(
        self, open_journal: Callable[[], Journal]
    ) -> None:
        journal = open_journal()
        seen: list[str] = []
        journal.append("first", Stamped(1, JobCreated("first", order())))

        def guard(jobs: Sequence[Job]) -> None:
            seen.extend(job.id for job in jobs)
            raise BudgetError("too dear")

        with pytest.raises(BudgetError):
            journal.append("second", Stamped(2, JobCreated("second", order())), guard)

        assert seen == ["first"]
        assert [job.id for job in open_journal().jobs()] == ["first"]

    def test_a_hold_is_renewed_by_its_holder_alone(
        self, open_journal: Callable[[], Journal]
    ) -> None:
        journal = open_journal()
        assert not journal.renew("abc1")
        with journal.hold("abc1"):
            assert journal.renew("abc1")
        assert not journal.renew("abc1")

    def test_small_facts_are_remembered(self, open_journal: Callable[[], Journal]) -> None:
        open_journal().remember("consent", "yes")

        assert open_journal().remembered("consent") == "yes"
        assert open_journal().remembered("other") is None
