"""A job that another New Take is at, in the queue of a page."""

from __future__ import annotations

import time
from pathlib import Path

import anyio
import pytest

from newtake.adapters.journal import SqliteJournal
from newtake.domain.errors import SelectionError
from newtake.domain.events import JobCreated, Stamped
from newtake.settings import Settings
from newtake.shells.panel.desk import ShownJob
from newtake.shells.panel.job_holders import follow_holders
from newtake.shells.panel.job_list import Scope
from newtake.shells.panel.news import News
from newtake.shells.panel.queue import Queue
from newtake.shells.panel.requests import ResumeRequest
from newtake.shells.panel.wirings import Wirings
from orders import order

pytestmark = pytest.mark.anyio
EVERYTHING = Scope(lambda _: True, lambda _: True)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def other(settings: Settings) -> SqliteJournal:
    """The journal as another process has it, with one job that was begun."""
    journal = SqliteJournal(settings.journal_path)
    journal.append("job1", Stamped(time.time(), JobCreated("job1", order())))
    return journal


def shown(queue: Queue) -> ShownJob:
    (job,) = queue.jobs(EVERYTHING)
    return job


async def test_it_runs_there_and_is_not_gone_on_with_here(
    settings: Settings, other: SqliteJournal
) -> None:
    async with anyio.create_task_group() as tasks:
        queue = Queue(settings, Wirings(settings, None, tasks), tasks, News(), lambda: None)
        with other.hold("job1"):
            job = shown(queue)
            assert (job.running, job.elsewhere, job.ended_at) == (True, True, None)
            assert (job.can_resume, job.can_cancel) == (False, False)
            with pytest.raises(SelectionError, match="running in another New Take"):
                await queue.resume(ResumeRequest(job="job1"))
        job = shown(queue)
        assert (job.running, job.elsewhere, job.can_resume) == (False, False, True)


async def test_the_page_hears_when_the_other_one_leaves_it(
    settings: Settings, other: SqliteJournal
) -> None:
    news = News()
    async with anyio.create_task_group() as tasks:
        with other.hold("job1"):
            revision = await news.after(-1, 0)
            tasks.start_soon(follow_holders, settings, lambda _: False, news)
            with anyio.fail_after(10):
                taken = await news.after(revision, 10)
        assert taken > revision
        with anyio.fail_after(10):
            assert await news.after(taken, 10) > taken
        tasks.cancel_scope.cancel()
