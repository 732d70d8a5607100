"""The journal as a file: damage, versions, leases, and several processes at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from newtake.adapters.journal import SqliteJournal
from newtake.adapters.leases import LEASE_SECONDS
from newtake.domain.errors import JournalError, LeaseLostError
from newtake.domain.events import JobCreated, Stamped, Step, StepStarted
from orders import order


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def execute(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()


def started(journal: SqliteJournal, job_id: str = "job1") -> SqliteJournal:
    journal.append(job_id, Stamped(1, JobCreated(job_id, order())))
    return journal


def test_a_journal_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    SqliteJournal(path)
    execute(path, "PRAGMA user_version = 99")
    # A newer version may keep its journal in another way, and that is not ours to change.
    execute(path, "PRAGMA journal_mode = DELETE")
    kept = path.read_bytes()

    with pytest.raises(JournalError, match="newer"):
        SqliteJournal(path)

    assert path.read_bytes() == kept
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_journal_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    started(SqliteJournal(path))
    execute(path, "DROP TABLE lease")
    execute(path, "PRAGMA user_version = 2")

    journal = SqliteJournal(path)

    assert journal.load("job1").id == "job1"
    with journal.hold("job1") as held:
        assert held


@pytest.mark.parametrize("damage", ["no database", "a page of it is gone"])
def test_a_damaged_journal_is_set_aside_whole_and_said(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "journal.sqlite"
    if damage == "no database":
        path.write_bytes(b"not a database" * 1000)
    else:
        journal = SqliteJournal(path)
        for number in range(40):
            started(journal, f"job{number}")
        execute(path, "PRAGMA wal_checkpoint(TRUNCATE)")
        data = bytearray(path.read_bytes())
        data[8192:40960] = b"\xff" * (40960 - 8192)
        path.write_bytes(data)
    kept = path.read_bytes()

    with pytest.raises(JournalError, match="set aside") as caught:
        SqliteJournal(path)

    (aside,) = tmp_path.glob("journal.damaged-*.sqlite")
    assert aside.read_bytes() == kept
    assert str(aside) in caught.value.what
    assert "jobs fetch" in caught.value.fix
    assert SqliteJournal(path).jobs() == []


def test_one_job_that_cannot_be_read_hides_no_other(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.sqlite"
    for job_id in ("good", "bad"):
        started(SqliteJournal(path), job_id)
    execute(
        path,
        "INSERT INTO event (job_id, number, at, kind, body)"
        " VALUES ('bad', 1, 1, 'submitted', '{\"submission_ids\": [\"gen-7\"], \"new\": 1}')",
    )

    journal = SqliteJournal(path)

    assert [job.id for job in journal.jobs()] == ["good"]
    (unreadable,) = journal.unreadable()
    assert unreadable.id == "bad"
    assert "cannot read" in unreadable.why
    assert "Keep" in unreadable.fix
    with pytest.raises(JournalError):
        journal.load("bad")
    assert journal.claimed_submissions() == frozenset({"gen-7"})
    # Without a guard nothing has to be counted; with one, not all that counts can be shown.
    journal.append("good", Stamped(2, StepStarted(Step.EXPORT)))
    with pytest.raises(JournalError, match="bad of the journal cannot be read"):
        journal.append("good", Stamped(3, StepStarted(Step.EXPORT)), lambda _jobs: None)
    assert len(journal.events("good")) == 2


def test_what_one_instance_writes_the_other_reads_on(tmp_path: Path) -> None:
    first, second = (SqliteJournal(tmp_path / "journal.sqlite") for _ in range(2))
    started(first)
    assert second.load("job1").started == {}

    first.append("job1", Stamped(2, StepStarted(Step.EXPORT)))

    assert second.load("job1").started == {Step.EXPORT: 2}
    assert second.jobs() == first.jobs()


class TestLease:
    def test_expires_where_its_holder_stands_still_and_binds_him_then(self, tmp_path: Path) -> None:
        clock = SetClock()
        first, second = (SqliteJournal(tmp_path / "j.sqlite", now=clock) for _ in range(2))
        started(first)
        with first.hold("job1") as held:
            assert held
            with second.hold("job1") as early:
                assert not early
            clock.now += LEASE_SECONDS + 1
            with second.hold("job1") as late:
                assert late
                with pytest.raises(LeaseLostError):
                    first.append("job1", Stamped(2, StepStarted(Step.EXPORT)))
                assert not first.renew("job1")
                second.append("job1", Stamped(3, StepStarted(Step.EXPORT)))

        assert second.load("job1").started == {Step.EXPORT: 3}

    def test_lasts_as_long_as_it_is_renewed_or_written_under(self, tmp_path: Path) -> None:
        clock = SetClock()
        first, second = (SqliteJournal(tmp_path / "j.sqlite", now=clock) for _ in range(2))
        started(first)
        with first.hold("job1"):
            for at in range(4):
                clock.now += LEASE_SECONDS * 0.8
                if at % 2:
                    assert first.renew("job1")
                else:
                    first.append("job1", Stamped(at, StepStarted(Step.EXPORT)))
                with second.hold("job1") as held:
                    assert not held

    def test_a_clock_set_back_ends_it_rather_than_lengthen_it(self, tmp_path: Path) -> None:
        clock = SetClock()
        first, second = (SqliteJournal(tmp_path / "j.sqlite", now=clock) for _ in range(2))
        started(first)
        with first.hold("job1"):
            clock.now -= 3600
            with second.hold("job1") as held:
                assert held
                with pytest.raises(LeaseLostError):
                    first.append("job1", Stamped(2, StepStarted(Step.EXPORT)))

    def test_of_another_machine_is_waited_for(self, tmp_path: Path) -> None:
        clock, path = SetClock(), tmp_path / "j.sqlite"
        journal = started(SqliteJournal(path, now=clock))
        execute(path, f"INSERT INTO lease VALUES ('job1', 'theirs', 'elsewhere', {clock.now + 30})")

        with journal.hold("job1") as held:
            assert not held
        with pytest.raises(LeaseLostError):
            journal.append("job1", Stamped(2, StepStarted(Step.EXPORT)))
        clock.now += 31
        with journal.hold("job1") as held:
            assert held

    def test_of_a_process_that_was_killed_is_free_at_once(self, tmp_path: Path) -> None:
        path = tmp_path / "j.sqlite"
        started(SqliteJournal(path))
        code = (
            "import os, signal, sys; from pathlib import Path\n"
            "from newtake.adapters.journal import SqliteJournal\n"
            "with SqliteJournal(Path(sys.argv[1])).hold('job1') as held:\n"
            "    assert held; os.kill(os.getpid(), signal.SIGKILL)"
        )
        ended = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
        assert ended.returncode < 0

        assert not SqliteJournal(path).is_held("job1")
        with SqliteJournal(path).hold("job1") as held:
            assert held
            assert SqliteJournal(path).is_held("job1")
        assert not SqliteJournal(path).is_held("job1")

    def test_without_a_lock_is_good_until_it_expires(self, tmp_path: Path) -> None:
        """Its holder took it from one that stood still; that one's end frees the lock alone."""
        clock = SetClock()
        first, second, third = (SqliteJournal(tmp_path / "j.sqlite", now=clock) for _ in range(3))
        with ExitStack() as still:
            still.enter_context(first.hold("job1"))
            clock.now += LEASE_SECONDS + 1
            with second.hold("job1") as held:
                assert held
                still.close()
                assert third.is_held("job1")
                with third.hold("job1") as again:
                    assert not again


def test_guards_of_two_processes_never_both_pass(tmp_path: Path) -> None:
    """Each process adds a job only while there are fewer than five; sixty try."""
    code = (
        "import sys; from pathlib import Path\n"
        "from newtake.adapters.journal import SqliteJournal\n"
        "from newtake.domain.events import JobCreated, Stamped\n"
        "from orders import order\n"
        "def at_most_four(jobs):\n"
        "    if len(jobs) > 4: raise OverflowError\n"
        "journal = SqliteJournal(Path(sys.argv[1]))\n"
        "for n in range(20):\n"
        "    name = f'{sys.argv[2]}-{n}'\n"
        "    try: journal.append(name, Stamped(1, JobCreated(name, order())), at_most_four)\n"
        "    except OverflowError: pass"
    )
    path = tmp_path / "j.sqlite"
    root = Path(__file__).parents[1]
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(n)], cwd=root)
        for n in range(3)
    ]

    assert [process.wait() for process in running] == [0, 0, 0]
    assert len(SqliteJournal(path).jobs()) == 5


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


def test_a_journal_that_another_process_set_aside_is_not_written_to_any_more(
    tmp_path: Path,
) -> None:
    path, kept = tmp_path / "journal.sqlite", tmp_path / "kept.sqlite"
    journal = started(SqliteJournal(path))
    for companion in ("", "-wal", "-shm"):
        file = path.with_name(path.name + companion)
        if file.exists():
            file.rename(kept.with_name(kept.name + companion))
    before = SqliteJournal(kept).load("job1")

    SqliteJournal(path)
    started(journal, "job2")

    assert [job.id for job in SqliteJournal(path).jobs()] == ["job2"]
    assert [job.id for job in SqliteJournal(kept).jobs()] == ["job1"]
    assert SqliteJournal(kept).load("job1") == before


@pytest.mark.skipif(sys.platform == "win32", reason="files there have no such locks")
def test_what_one_instance_has_locked_stays_locked_when_another_opens_it(tmp_path: Path) -> None:
    """A process that finds the file unlocked takes itself for the last one, and ends its log."""
    path = tmp_path / "journal.sqlite"
    journal = started(SqliteJournal(path))
    SqliteJournal(path).jobs()
    # 510 bytes from SHARED_FIRST on are what readers lock (os.h of SQLite).
    code = (
        "import fcntl, sys\n"
        "with open(sys.argv[1], 'r+b') as file:\n"
        "    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)"
    )
    other = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)

    assert "BlockingIOError" in other.stderr
    assert len(journal.jobs()) == 1
