"""Repositories at the service: whether one is there, who can see it, and making one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from newtake.adapters.http import with_retries
from newtake.adapters.oxen_wire import Answer, OxenWire, segment
from newtake.domain.errors import (
    InputNotFetchableError,
    Money,
    NotAuthorisedError,
    ProviderError,
    UploadError,
)

AUTHOR = {"name": "New Take", "email": "newtake@users.noreply.invalid"}
"""Commits must name somebody; a person's own name and address are not asked for."""


def repository_path(namespace: str, name: str) -> str:
    return f"/api/repos/{segment(namespace)}/{segment(name)}"


async def is_public(wire: OxenWire, namespace: str, name: str) -> bool | None:
    """Whether everybody can read the repository; None when there is none for this key.

    Raises: ProviderError.
    """
    answer = await _asked(wire, "GET", repository_path(namespace, name), None, (403, 404))
    if not answer.ok:
        return None
    found = answer.field("repository")
    found = found if isinstance(found, Mapping) else answer.payload
    if not isinstance(found, Mapping):
        return False
    return found.get("is_public") is True or found.get("visibility") == "public"


async def create(
    wire: OxenWire, namespace: str, name: str, *, public: bool, workbench: bool = False
) -> str:
    """Make the repository, or find it made; the namespace it is in.

    Raises: ProviderError.
    """
    body: dict[str, Any] = {
        "namespace": namespace,
        "name": name,
        "description": "Plates sent by New Take",
        "visibility": "public" if public else "private",
        "is_public": public,
    }
    if workbench:
        body["workbench"] = True
    else:
        body["user"] = AUTHOR
    # Made twice it is still one: the second answer is a conflict.
    answer = await _asked(wire, "POST", "/api/repos/", body, (409,))
    return answer.text("repository", "namespace") or namespace


async def _asked(
    wire: OxenWire, method: str, path: str, body: Any, also: tuple[int, ...]
) -> Answer:
    """An answer that is `ok` or has one of the statuses; repeated while the service is away."""

    async def once() -> Answer:
        answer = await wire.exchange(method, path, json=body)
        if answer.status not in also and not answer.ok:
            raise answer.error()
        return answer

    return await with_retries(wire.clock, once)


@contextmanager
def upload_errors(what: str) -> Iterator[None]:
    """Turns the service's refusals into an `UploadError`; a wrong key stays what it is."""
    try:
        yield
    except NotAuthorisedError as error:
        error.money = Money.NOT_SENT
        raise
    except InputNotFetchableError:
        raise
    except ProviderError as error:
        why = error.what if not error.why else f"{error.what} {error.why}"
        raise UploadError(what, why=why, fix=error.fix) from error
