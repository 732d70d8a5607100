"""The queue: runs accepted generations, a few at a time, and keeps their rows true.

A row is on disk before its acceptance is answered. What was queued or being rendered when the
process ended is rendered again from its row when the sandbox starts on the same folder.
"""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path

import anyio
import anyio.abc

from newtake.sandbox import catalogue
from newtake.sandbox.access import USER
from newtake.sandbox.events import COMPLETED, EventHub
from newtake.sandbox.generations import ACTIVE, Generation, Generations, exr_fields
from newtake.sandbox.provider import GenerationFailed, Provider, Rendered
from newtake.sandbox.replies import Refusal
from newtake.sandbox.repositories import Repositories, new_entry
from newtake.sandbox.result_links import ResultLinks
from newtake.sandbox.store import Contents

_LOG = logging.getLogger(__name__)
_RESULTS_WORKSPACE = "generations"


class Queue:
    """Args:
    generations: The rows.
    provider: Does the work.
    events: Told about every end but a cancellation.
    repositories: Where results are put.
    contents: The results' bytes.
    links: Signs the results' URLs.
    folder: Holds a working folder per running generation.
    concurrency: How many run at once.
    job_seconds: No generation leaves its place among them sooner.
    min_render_seconds: No queued generation ends sooner after it was accepted. The stream has no
        replay, so a client that connects after submitting needs the time.
    """

    def __init__(
        self,
        generations: Generations,
        provider: Provider,
        events: EventHub,
        repositories: Repositories,
        contents: Contents,
        links: ResultLinks,
        folder: Path,
        concurrency: int,
        min_render_seconds: float,
        job_seconds: float = 0.0,
    ) -> None:
        self._generations = generations
        self._provider = provider
        self._events = events
        self._repositories = repositories
        self._contents = contents
        self._links = links
        self._folder = folder
        self._slots = anyio.Semaphore(concurrency)
        self._min_seconds = min_render_seconds
        self._job_seconds = job_seconds
        self._tasks: anyio.abc.TaskGroup | None = None
        self._scopes: dict[str, anyio.CancelScope] = {}
        self._ends: dict[str, anyio.Event] = {}

    def start(self, tasks: anyio.abc.TaskGroup) -> None:
        """Take up the rows that an earlier run left unfinished; from now on rows can be added."""
        self._tasks = tasks
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        for row in self._generations.all():
            if row.status in ACTIVE:
                row.status, row.started_at = "queued", None
                self._generations.save(row)
                self.add(row)

    def add(self, row: Generation) -> None:
        """Run an accepted row when its turn comes."""
        assert self._tasks is not None, "the queue has not started"
        self._ends[row.generation_id] = anyio.Event()
        self._tasks.start_soon(self._run, row)

    async def wait(self, generation_id: str) -> Generation | None:
        """The row when it is over; None when the sandbox stops before."""
        await self._ends[generation_id].wait()
        row = self._generations.find(generation_id)
        return row if row is not None and row.is_over else None

    def cancel(self, row: Generation) -> None:
        """Mark a row cancelled and stop its work; nothing happens to one that is over."""
        if row.is_over:
            return
        row.status, row.completed_at = "cancelled", time.time()
        self._generations.save(row)
        scope = self._scopes.get(row.generation_id)
        if scope is not None:
            scope.cancel()

    def close(self) -> None:
        """Let go of everybody who waits; rows that are not over stay so for the next start."""
        for end in self._ends.values():
            end.set()

    async def _run(self, row: Generation) -> None:
        with anyio.CancelScope() as scope:
            self._scopes[row.generation_id] = scope
            try:
                await self._work(row)
            finally:
                del self._scopes[row.generation_id]
                self._ends.pop(row.generation_id).set()

    async def _work(self, row: Generation) -> None:
        work = self._folder / row.generation_id
        try:
            async with self._slots:
                kept = self._generations.find(row.generation_id)
                if kept is None or kept.is_over:
                    return
                row.status, row.started_at = "processing", time.time()
                self._generations.save(row)
                work.mkdir()
                rendered = await self._rendered(row, work)
                await anyio.sleep(max(0, row.started_at + self._job_seconds - time.time()))
            if not row.synchronous:
                await anyio.sleep(max(0, row.enqueued_at + self._min_seconds - time.time()))
            with anyio.CancelScope(shield=True):
                if rendered is not None:
                    await self._try_to_keep(row, rendered)
                self._finish(row)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    async def _rendered(self, row: Generation, work: Path) -> Rendered | None:
        refusal = self._provider.refusal(row.parameters)
        if refusal is not None:
            row.error_message = refusal
            return None
        try:
            return await self._provider.generate(row.parameters, work)
        except GenerationFailed as error:
            row.error_message = str(error)
        except Exception:
            # A mistake of the sandbox's own fails this generation and no other.
            _LOG.exception("generation %s failed unexpectedly", row.generation_id)
            row.error_message = "unknown_error: Something went wrong"
        return None

    async def _try_to_keep(self, row: Generation, rendered: Rendered) -> None:
        try:
            await self._keep(row, rendered)
        except Refusal as refusal:
            row.video = row.exr = None
            row.error_message = f"The result could not be stored: {refusal}"

    async def _keep(self, row: Generation, rendered: Rendered) -> None:
        """Put the result where the row says, or into the playground's workspace of results."""
        folder = f"{row.directory}/" if row.directory else ""
        row.video = f"{folder}{row.generation_id}.mp4"
        changes = {
            row.video: new_entry(*await self._contents.keep_file(rendered.video), generated=True)
        }
        if rendered.exr is not None:
            row.exr = f"{folder}{row.generation_id}_exr.zip"
            entry = new_entry(*await self._contents.keep_file(rendered.exr), generated=True)
            row.exr_size = int(entry["size"])
            changes[row.exr] = entry
        name = row.result_repository
        repository = self._repositories.find(row.namespace, name)
        if repository is None:
            repository = self._repositories.create(row.namespace, name, public=False)
        if row.repository is None:
            workspace_id = f"{row.namespace}-{_RESULTS_WORKSPACE}"
            workspace = self._repositories.workspace(
                repository, workspace_id, "main", _RESULTS_WORKSPACE
            )
            self._repositories.stage(workspace, changes)
            row.revision = workspace_id
        else:
            note = f"Generation {row.generation_id}"
            who = (USER["name"] or "", USER["email"] or "")
            self._repositories.commit(repository, "main", changes, note, *who)

    def _finish(self, row: Generation) -> None:
        kept = self._generations.find(row.generation_id)
        if kept is None or kept.is_over:
            return
        row.status = "succeeded" if row.error_message is None else "failed"
        row.completed_at = time.time()
        if row.error_message is None:
            row.cost = str(catalogue.cost(row.parameters))
        self._generations.save(row)
        if not row.synchronous:
            self._events.publish(COMPLETED, self._event(row))

    def _event(self, row: Generation) -> dict[str, object]:
        told: dict[str, object] = {
            "generation_id": row.generation_id,
            "status": row.status,
            "media_type": "video",
        }
        if row.video is None:
            return {**told, "error": row.error_message}
        url = self._links.sign(row, row.video)
        return {**told, "model": row.model, "url": url, **exr_fields(row, self._links.sign)}
