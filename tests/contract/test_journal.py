"""Every journal keeps this contract: the fake and the SQLite file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.adapters.journal import SqliteJournal
from newtake.domain.clip import Clip, ColourTags, MediaInfo, MediaLink, TakeSummary
from newtake.domain.edit import EditSettings, Price
from newtake.domain.errors import JournalError, SelectionError
from newtake.domain.events import (
    Exported,
    Failed,
    Failure,
    JobCreated,
    Order,
    Resumed,
    Stamped,
    Step,
    StepStarted,
    SubmitIntended,
    Submitted,
    Uploaded,
)
from newtake.domain.files import Asset, HostTarget, Layout, PlateFile, Profile
from newtake.domain.job import IllegalEventError, Status
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.ports import Journal
from newtake.testing import MemoryJournal

RATE = Fraction(30000, 1001)


def order() -> Order:
    path = Path("/media/größe #1.mov")
    frames = FrameRange(107892, 90, RATE)
    return Order(
        clip=Clip(
            "V1/1",
            1,
            "größe",
            "V1",
            frames,
            frames,
            MediaLink("file:///x", path, frames),
            takes=(TakeSummary(1, "take_001", "Take 1", "x.mov", selected=True),),
        ),
        source=MediaInfo(
            path,
            "mov",
            "prores",
            1920,
            1080,
            RATE,
            90,
            True,
            Fraction(1, 3),
            Fraction(0),
            "yuv422p10le",
            10,
            Fraction(4, 3),
            0,
            False,
            True,
            False,
            True,
            ColourTags("bt709", None, "bt709", "tv"),
            "01:00:00;00",
            RATE,
            "A001",
        ),
        origin=107892,
        timecode_start=107892,
        plate=PlatePlan("5s", 120, frames, 0, 0, 90),
        settings=EditSettings("a prompt", resolution="720p", hdr=True),
        host=HostTarget("otio", Path("a.otio"), Path("b.otio"), Layout.TRACK, Profile.RESOLVE),
        provider="oxen",
        uploader="workbench",
        price=Price(Decimal("2.16"), "list"),
    )


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

    def test_small_facts_are_remembered(self, open_journal: Callable[[], Journal]) -> None:
        open_journal().remember("consent", "yes")

        assert open_journal().remembered("consent") == "yes"
        assert open_journal().remembered("other") is None


def test_a_journal_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    SqliteJournal(path)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()

    with pytest.raises(JournalError, match="newer"):
        SqliteJournal(path)


def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"not a database" * 100)

    with pytest.raises(JournalError, match="cannot be used"):
        SqliteJournal(path)

    assert path.read_bytes().startswith(b"not a database")


def test_one_job_that_cannot_be_read_hides_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "journal.sqlite"
    journal = SqliteJournal(path)
    for job_id in ("good", "bad"):
        journal.append(job_id, Stamped(1, JobCreated(job_id, order())))
    with sqlite3.connect(path) as db:
        db.execute("UPDATE event SET body = '{}' WHERE job_id = 'bad'")
    db.close()

    assert [job.id for job in journal.jobs()] == ["good"]
    assert "bad" in caplog.text
    with pytest.raises(JournalError):
        journal.load("bad")


def test_many_processes_open_one_new_journal(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from newtake.adapters.journal import SqliteJournal\n"
        "for n in range(15): SqliteJournal(Path(sys.argv[1]) / f'{n}.sqlite')"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stderr=subprocess.PIPE)
        for _ in range(6)
    ]
    errors = [process.communicate()[1] for process in running]

    assert [process.returncode for process in running] == [0] * 6, errors
