"""The SQLite journal gives back what it was given, and agrees with the one in memory."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newtake.adapters.journal import SqliteJournal
from newtake.domain.errors import JournalError
from newtake.domain.events import Event, Exported, JobCreated, Stamped
from newtake.domain.files import PlateFile
from newtake.domain.replay import IllegalEventError, replay
from newtake.ports import Journal
from newtake.testing import MemoryJournal
from orders import order
from walks import IDS, any_event, stamped, walks

few = settings(deadline=None, max_examples=15)


@contextmanager
def journal_path() -> Iterator[Path]:
    """A path of its own for each example."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "journal.sqlite"


def refused(journal: Journal, job_id: str, event: Stamped) -> bool:
    try:
        journal.append(job_id, event)
    except IllegalEventError:
        return True
    return False


@few
@given(walks())
def test_events_come_back_as_they_were_written(walk: list[Event]) -> None:
    events = stamped(walk)
    with journal_path() as path:
        journal = SqliteJournal(path)
        for each in events:
            journal.append("abc1", each)
        assert journal.events("abc1") == events
        assert SqliteJournal(path).load("abc1") == replay(events)


_steps = st.lists(st.tuples(st.sampled_from(["abc1", "abc2", "xyz"]), any_event), max_size=8)


@few
@given(walks("abc1", IDS[:2]), walks("abc2", IDS[1:]), _steps, st.randoms(use_true_random=False))
def test_both_journals_agree_on_every_job_and_every_refusal(
    first: list[Event], second: list[Event], strays: list[tuple[str, Event]], dice: random.Random
) -> None:
    """Two jobs that want one submission, written in turns, with events in between that fit none."""
    turns = [*(("abc1", each) for each in first), *(("abc2", each) for each in second)]
    shuffled = _in_turns(turns, strays, dice)
    memory = MemoryJournal()
    with journal_path() as path:
        file = SqliteJournal(path)
        for at, (job_id, event) in enumerate(shuffled):
            entry = Stamped(at / 7, event)
            assert refused(memory, job_id, entry) is refused(file, job_id, entry)
        for reader in (file, SqliteJournal(path)):
            assert list(reader.jobs()) == list(memory.jobs())
            assert reader.claimed_submissions() == memory.claimed_submissions()
            for job_id in ("abc1", "abc2", "xyz"):
                assert list(reader.events(job_id)) == list(memory.events(job_id))


def _in_turns(
    turns: list[tuple[str, Event]], strays: list[tuple[str, Event]], dice: random.Random
) -> list[tuple[str, Event]]:
    """All of them, those of one job in their order, jobs and strays mixed by chance."""
    queues = [[each for each in turns if each[0] == name] for name in ("abc1", "abc2")]
    queues.append(list(strays))
    mixed = []
    while any(queues):
        queue = dice.choice([each for each in queues if each])
        mixed.append(queue.pop(0))
    return mixed


@few
@given(walks(), st.data())
def test_reading_on_is_the_same_as_reading_all(walk: list[Event], data: st.DataObject) -> None:
    """A journal that looks now and then, while another writes, against one that reads it whole."""
    with journal_path() as path:
        writer, reader = SqliteJournal(path), SqliteJournal(path)
        for each in stamped(walk):
            writer.append("abc1", each)
            if data.draw(st.booleans()):
                assert reader.load("abc1") == SqliteJournal(path).load("abc1")
        assert reader.jobs() == writer.jobs() == SqliteJournal(path).jobs()
        assert reader.load("abc1") == replay(stamped(walk))


def test_a_name_that_is_no_unicode_is_journalled(tmp_path: Path) -> None:
    """A folder's name on Linux may be any bytes; Python hands them on as lone surrogates."""
    plate = Exported(PlateFile(Path("/media/caf\udce9/plate.mp4"), "00", 9, 120))
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    journal.append("abc1", Stamped(1, JobCreated("abc1", order())))
    journal.append("abc1", Stamped(2, plate))
    assert SqliteJournal(journal.path).events("abc1")[1].event == plate


@pytest.mark.parametrize(
    "body", ["", "{", '{"kind": "exported"}', "null", '{"kind": "unheard-of"}']
)
def test_an_event_that_cannot_be_read_is_named_and_hides_no_other_job(
    body: str, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    journal = SqliteJournal(path)
    for job_id in ("abc1", "abd2"):
        journal.append(job_id, Stamped(1, JobCreated(job_id, order())))
    db = sqlite3.connect(path)
    with db:
        db.execute("UPDATE event SET body = ? WHERE job_id = 'abc1'", (body,))
    db.close()
    fresh = SqliteJournal(path)
    with pytest.raises(JournalError, match="abc1"):
        fresh.load("abc1")
    assert [each.id for each in fresh.jobs()] == ["abd2"]
