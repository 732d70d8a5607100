"""The rows of the queue and the history: what was asked, how it stands, what it cost."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from newtake.sandbox.access import USER, USERNAME
from newtake.sandbox.store import Document, Documents

ACTIVE = ("queued", "processing")
TERMINAL = ("succeeded", "failed", "cancelled")
_KIND = "generation"


@dataclass(slots=True)
class Generation:
    """One row. Times are unix seconds; files are paths inside the result's repository.

    Attributes:
        parameters: The request's fields, as they came, without those that steer the queue.
        synchronous: It belongs to a caller that waits; such rows do not show in the queue.
        video: Path of the MP4 after success.
        exr: Path of the ZIP of EXR frames, when one was asked for.
    """

    generation_id: str
    model: str
    parameters: dict[str, Any]
    namespace: str
    repository: str | None = None
    directory: str | None = None
    synchronous: bool = False
    status: str = "queued"
    enqueued_at: float = field(default_factory=time.time)
    started_at: float | None = None
    completed_at: float | None = None
    error_message: str | None = None
    revision: str | None = None
    video: str | None = None
    exr: str | None = None
    exr_size: int = 0
    cost: str | None = None

    @property
    def is_over(self) -> bool:
        return self.status in TERMINAL

    @property
    def result_repository(self) -> str:
        """Name of the repository, inside the namespace, that holds the results."""
        return self.repository or "playground"


class Generations:
    """All rows, on disk, in the order in which they were accepted."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def accept(
        self, model: str, parameters: Mapping[str, Any], target: Mapping[str, Any], sync: bool
    ) -> Generation:
        """A new queued row, already on disk."""
        row = Generation(
            str(uuid.uuid4()),
            model,
            dict(parameters),
            str(target.get("target_namespace") or USERNAME),
            target.get("target_repo"),
            target.get("target_directory"),
            sync,
        )
        self.save(row)
        return row

    def save(self, row: Generation) -> None:
        document = {name: getattr(row, name) for name in row.__slots__}
        self._documents.put(_KIND, row.generation_id, document)

    def find(self, generation_id: str) -> Generation | None:
        kept = self._documents.get(_KIND, generation_id)
        return None if kept is None else Generation(**kept)

    def all(self) -> list[Generation]:
        return [Generation(**kept) for kept in self._documents.all(_KIND)]


def matching(rows: list[Generation], query: Mapping[str, str]) -> list[Generation]:
    """The rows that the query's filters let through; a filter that is not given lets all."""
    filters: tuple[tuple[str, Callable[[Generation], str | None]], ...] = (
        ("namespace", lambda row: row.namespace),
        ("model", lambda row: row.model),
        ("status", lambda row: row.status),
        ("media_type", lambda _: "video"),
        ("repo", lambda row: row.result_repository),
        ("folder", lambda row: row.directory),
    )
    wanted = [(query[name], value) for name, value in filters if query.get(name)]
    return [row for row in rows if all(value(row) == want for want, value in wanted)]


def public_row(row: Generation, sign: Callable[[Generation, str], str]) -> Document:
    """The row as the service shows it: every parameter at top level, links signed afresh.

    Args:
        row: The row.
        sign: Makes a fetchable URL of one of its files.
    """
    shown: Document = dict(row.parameters)
    shown.update(
        generation_id=row.generation_id,
        model=row.model,
        model_name=row.model,
        media_type="video",
        status=row.status,
        enqueued_at=int(row.enqueued_at),
        started_at=None if row.started_at is None else int(row.started_at),
        completed_at=None if row.completed_at is None else int(row.completed_at),
        result_url=None if row.video is None else sign(row, row.video),
        error_message=row.error_message,
        target_namespace=row.namespace,
        target_repo=row.repository,
        target_directory=row.directory,
    )
    if row.exr is not None:
        shown.update(exr_fields(row, sign))
    return shown


def exr_fields(row: Generation, sign: Callable[[Generation, str], str]) -> Document:
    """The EXR package under both names in use; empty when the row has none."""
    if row.exr is None:
        return {}
    url = sign(row, row.exr)
    return {
        "exr_url": url,
        "exr_file": {
            "url": url,
            "content_type": "application/zip",
            "file_name": row.exr.rpartition("/")[2],
            "file_size": row.exr_size,
        },
    }


def history_row(row: Generation, sign: Callable[[Generation, str], str]) -> Document:
    """The row as the history shows it: with its cost and its user."""
    return {
        **public_row(row, sign),
        "cost": row.cost,
        "cost_note": "Sandbox money: nothing is charged.",
        "user_id": USER["id"],
        "username": USERNAME,
        "user_image": None,
    }


def total_cost(rows: list[Generation]) -> str:
    return str(sum((Decimal(row.cost) for row in rows if row.cost is not None), Decimal(0)))
