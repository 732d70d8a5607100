"""A command typed again after a crash pays nothing, and none says of money what it cannot know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from services import Service

NO_CLAIM = "othing was submitted"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(tmp_path, "render:delay=300")
    yield running
    running.stop()


def test_a_command_that_was_killed_and_typed_again_submits_nothing(service: Service) -> None:
    process = service.restyle()
    service.until("wait")
    process.kill()
    process.communicate()
    (job,) = service.jobs()
    same = ("--clip", "2", "--prompt", "noir")

    code, out, _ = service.newtake("plan", service.timeline, *same, "--json")
    assert code == 0
    assert any(f"jobs resume {job['id']}" in note for note in json.loads(out)["notes"])

    code, out, errors = service.newtake("restyle", service.timeline, *same, "--yes", "--json")
    assert code == 2
    assert f"job {job['id']} has the same clip and settings" in errors
    assert json.loads(out)["error"] == "Repeat"
    assert len(service.jobs()) == service.submissions() == 1

    # Said on purpose it passes: here as far as a budget that the first job has used up.
    code, _, errors = service.newtake(
        "restyle", service.timeline, *same, "--yes", "--again", "--budget", "1"
    )
    assert "budget" in errors
    assert code == 1
    assert len(service.jobs()) == 1

    cancel = ("jobs", "cancel", job["id"])
    address = service.environment["OXEN_BASE_URL"]
    service.environment["OXEN_BASE_URL"] = "http://127.0.0.1:9"
    code, _, errors = service.newtake(*cancel)
    assert code == 1
    assert "could not be cancelled" in errors
    assert NO_CLAIM not in errors
    service.environment["OXEN_BASE_URL"] = address

    code, out, errors = service.newtake(*cancel, "--json")
    assert code == 0, errors
    assert json.loads(out)["status"] == "cancelled"
    assert "its history" in errors
    code, _, errors = service.newtake(*cancel)
    assert code == 2
    assert NO_CLAIM not in errors
    assert service.submissions() == 1
