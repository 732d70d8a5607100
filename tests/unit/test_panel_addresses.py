"""Where plates go by an address that a person said: it holds for the job, and is in no file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.abc
import pytest

from newtake.adapters.journal import SqliteJournal
from newtake.bootstrap import Wiring
from newtake.domain.errors import UploadError
from newtake.domain.job import Job, Status
from newtake.ports import Ports
from newtake.settings import Settings
from newtake.shells.panel.news import News
from newtake.shells.panel.offers import Offers
from newtake.shells.panel.queue import Queue
from newtake.shells.panel.requests import PlanRequest, RestyleRequest, ResumeRequest
from newtake.shells.panel.wirings import Wirings
from worlds import World

pytestmark = pytest.mark.anyio
ADDRESS = "put:https://store.example/{name}?signature=secret"
READ_AT = "https://store.example/read/{name}"


class Opened(Wirings):
    """The ports of a world of fakes; keeps what it was opened with."""

    def __init__(self, world: World, settings: Settings, tasks: anyio.abc.TaskGroup) -> None:
        super().__init__(settings, None, tasks)
        self.settings = settings
        self.world = world
        self.opened_with: list[tuple[str | None, str | None]] = []

    def ports(self) -> Ports:
        return replace(self.world.ports(), journal=SqliteJournal(self.settings.journal_path))

    @asynccontextmanager
    async def opened(
        self,
        provider: str,
        uploader: str | None = None,
        *,
        fetch_url: str | None = None,
        needs_key: bool = False,
    ) -> AsyncIterator[Wiring]:
        self.opened_with.append((uploader, fetch_url))
        yield Wiring(self.ports(), listen=False, base_url="")


async def the_job(queue: Queue, wirings: Opened) -> Job:
    with anyio.fail_after(20):
        while queue.running:
            await anyio.sleep(0.01)
    (job,) = wirings.ports().journal.jobs()
    return job


async def test_a_job_goes_on_by_the_address_that_was_said_for_it(tmp_path: Path) -> None:
    settings, world = Settings(home=tmp_path / "home", provider="sandbox"), World(tmp_path)
    world.provider.name = "sandbox"
    world.uploader = replace(world.uploader, name="put", error=UploadError("It is away."))
    async with anyio.create_task_group() as tasks:
        wirings = Opened(world, settings, tasks)
        queue = Queue(settings, wirings, tasks, News(), lambda: None)
        request = PlanRequest(prompt="ink", uploader=ADDRESS, fetch_url=READ_AT)
        offer = await Offers().make(
            request, [world.clip], world.host, world.order.host, wirings.ports()
        )
        price = offer.plan.total.usd
        await queue.begin(offer, RestyleRequest(plan=offer.id, price=price))
        job = await the_job(queue, wirings)
        assert job.status is Status.FAILED

        await queue.resume(ResumeRequest(job=job.id, price=price))
        assert (await the_job(queue, wirings)).status is Status.DONE
    assert wirings.opened_with == [(ADDRESS, READ_AT)] * 2
    for file in settings.home.rglob("*"):
        assert not file.is_file() or b"signature=secret" not in file.read_bytes()
