"""Which jobs are meant by laying takes into another file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake.bootstrap.laying_anew import jobs_to_lay
from newtake.domain.errors import SelectionError
from newtake.domain.events import Cancelled, Event, JobCreated, Stamped
from newtake.domain.files import HostTarget
from newtake.testing import MemoryJournal
from orders import order


def journal_of(**hosts: HostTarget) -> MemoryJournal:
    journal = MemoryJournal()
    for name, host in hosts.items():
        events: list[Event] = [JobCreated(name, replace(order(), host=host))]
        if name.startswith("gone"):
            events.append(Cancelled("asked for"))
        for event in events:
            journal.append(name, Stamped(0, event))
    return journal


def cut(name: str, **fields: object) -> HostTarget:
    target = HostTarget("otio", Path(f"/f/{name}.otio"), Path(f"/f/{name}_newtake.otio"))
    return replace(target, **fields)  # type: ignore[arg-type]  # passed through


def test_all_are_those_of_one_timeline() -> None:
    journal = journal_of(a=cut("a"), a2=cut("a"), gone=cut("b"), page=cut("c", draft=Path("/d")))
    assert [job.id for job in jobs_to_lay(journal, None, True)] == ["a", "a2"]
    assert [job.id for job in jobs_to_lay(journal, "a2", False)] == ["a2"]

    of_two = journal_of(a=cut("a"), a2=cut("a"), b=cut("b"))
    with pytest.raises(SelectionError, match="of several timelines") as caught:
        jobs_to_lay(of_two, None, True)
    assert caught.value.why == "Such as a of a.otio, b of b.otio."
    assert [job.id for job in jobs_to_lay(of_two, "a", True)] == ["a", "a2"]


def test_what_is_open_elsewhere_is_not_laid_into_a_file() -> None:
    journal = journal_of(
        page=cut("c", draft=Path("/d")),
        film=replace(cut("f"), kind="resolve"),
    )
    for name in ("page", "film"):
        with pytest.raises(SelectionError, match="open in an editor or on the page"):
            jobs_to_lay(journal, name, True)
    assert jobs_to_lay(journal, None, True) == []
