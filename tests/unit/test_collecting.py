"""Which takes wait for which timeline of a running editor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newtake.domain.events import Step
from newtake.domain.files import (
    HostDocument,
    HostTarget,
    PlacedTake,
    PlateFile,
    ResultFile,
    TakeFile,
)
from newtake.domain.job import Job, Rendition, Status
from newtake.domain.timing import FrameRange
from newtake.pipeline.collecting import waiting_takes
from orders import RATE, order

REEL = HostDocument("project-1", "Feature", "timeline-1", "Reel 1")
PLACED = PlacedTake("take_001", 1, Path("x"), True)


def _rendition(number: int, **changes: Any) -> Rendition:
    take = TakeFile(
        Path("t.mov"),
        number,
        FrameRange(0, 120, RATE),
        "01:00:00;00",
        120,
        "rewrap",
        Path("t.json"),
    )
    made = Rendition(f"gen-{number}", "ready", result=ResultFile(Path("r.mp4"), "0", 1), take=take)
    return replace(made, **changes)


def _job(
    *renditions: Rendition, document: HostDocument | None = REEL, status: Status = Status.FAILED
) -> Job:
    kind = "otio" if document is None else "resolve"
    target = HostTarget(
        kind, Path("resolve/Feature/Reel 1"), Path("takes/Reel_1"), document=document
    )
    return Job(
        "j1",
        replace(order(), host=target),
        0.0,
        status=status,
        plate=PlateFile(Path("p.mp4"), "0", 1, 120),
        asset=object(),  # type: ignore[arg-type]  # only that there is one matters
        renditions=renditions,
    )


@pytest.mark.parametrize("status", [Status.FAILED, Status.ACTIVE])
def test_a_conformed_take_waits_for_its_timeline_whatever_its_name_is_by_now(
    status: Status,
) -> None:
    (waiting,) = waiting_takes([_job(_rendition(1), status=status)], "resolve")
    assert waiting.takes == 1
    assert waiting.is_for(replace(REEL, project_name="Renamed", timeline_name="Reel 1 v2"))
    assert not waiting.is_for(replace(REEL, timeline="timeline-2"))
    assert not waiting.is_for(replace(REEL, project="project-2"))


def test_of_several_takes_those_that_are_ready_wait() -> None:
    ready, placed = _rendition(1), _rendition(2, placed=PLACED)
    on_its_way = _rendition(3, outcome="pending", result=None, take=None)
    job = _job(ready, placed, on_its_way)
    assert job.step is Step.WAIT
    assert [each.takes for each in waiting_takes([job], "resolve")] == [1]


@pytest.mark.parametrize(
    "job",
    [
        _job(_rendition(1), document=None),
        _job(_rendition(1), status=Status.CANCELLED),
        _job(_rendition(1, placed=PLACED), status=Status.DONE),
        _job(_rendition(1, take=None)),
        _job(),
    ],
    ids=["timeline file", "cancelled", "placed", "not conformed", "not submitted"],
)
def test_nothing_else_waits(job: Job) -> None:
    assert waiting_takes([job], "resolve") == []
    assert waiting_takes([job], "blender") == []
