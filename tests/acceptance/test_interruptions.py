"""A killed, interrupted or cut-off command submits once, loses nothing and goes on."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from services import PATIENCE_SECONDS, Service


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    running: list[Service] = []

    def start(*faults: str) -> Service:
        running.append(Service(tmp_path, *faults))
        return running[-1]

    yield start
    for service in running:
        service.stop()


def test_a_killed_run_is_resumed_without_a_second_submission(
    serve: Callable[..., Service],
) -> None:
    service = serve("render:delay=3")
    process = service.restyle()
    service.until("wait")
    process.kill()
    process.communicate()

    code, _, errors = service.newtake("jobs", "resume", "--all")

    assert code == 0, errors
    assert service.submissions() == 1
    assert service.takes() == ["DEFAULT_MEDIA", "take_001"]


def test_an_interrupted_run_ends_cleanly_and_is_resumable(serve: Callable[..., Service]) -> None:
    service = serve("render:delay=3")
    process = service.restyle()
    service.until("wait")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 130
    assert "resume" in errors
    assert "Traceback" not in errors
    assert list(service.folder.rglob("*.part*")) == []
    code, _, errors = service.newtake("jobs", "resume", "--all")
    assert code == 0, errors
    assert service.submissions() == 1


@pytest.mark.skipif(os.name == "nt", reason="the stubborn program is a shell script")
def test_a_second_interrupt_ends_at_once_with_every_program(
    serve: Callable[..., Service], tmp_path: Path
) -> None:
    service = serve()
    begun, stubborn = tmp_path / "begun", tmp_path / "stubborn"
    stubborn.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        f"  *plate.mp4*) trap '' TERM; echo $$ > {begun}.new; mv {begun}.new {begun}\n"
        "    while :; do sleep 1; done ;;\n"
        f'  *) exec {imageio_ffmpeg.get_ffmpeg_exe()} "$@" ;;\n'
        "esac\n"
    )
    stubborn.chmod(0o755)
    service.environment["NEWTAKE_FFMPEG"] = str(stubborn)
    process = service.restyle()
    wait_until(begun.exists)

    process.send_signal(signal.SIGINT)
    # The first one now waits for a program that will not end.
    assert process.stderr is not None
    while "Ctrl-C again" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 130
    assert "Ended at once" in errors
    wait_until(lambda: not is_running(int(begun.read_text())))
    del service.environment["NEWTAKE_FFMPEG"]
    code, _, errors = service.newtake("jobs", "resume", "--all", "--yes")
    assert code == 0, errors
    assert service.submissions() == 1
    assert service.takes() == ["DEFAULT_MEDIA", "take_001"]


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """A child of the dead process; nobody may have asked for its end yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_submission_whose_answer_was_cut_off_is_found_and_taken_over(
    serve: Callable[..., Service],
) -> None:
    service = serve("submit:drop-afterx1")

    process = service.restyle()
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0, errors
    assert "taken over" in errors
    assert service.submissions() == 1
    assert service.takes() == ["DEFAULT_MEDIA", "take_001"]


def test_a_bad_network_delays_a_result_and_loses_none(serve: Callable[..., Service]) -> None:
    service = serve("events:garbage", "poll:502x2", "result:dropx1", "result:expiredx1")

    process = service.restyle()
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0, errors
    assert service.submissions() == 1


def test_the_key_is_in_no_file_and_no_word(serve: Callable[..., Service]) -> None:
    service = serve("submit:500x1")

    process = service.restyle()
    out, errors = process.communicate(timeout=PATIENCE_SECONDS)

    secret = service.environment["OXEN_API_KEY"]
    assert secret not in out + errors
    written = [path for path in service.folder.rglob("*") if path.is_file()]
    assert any(path.name == "journal.sqlite" for path in written)
    assert [path for path in written if secret.encode() in path.read_bytes()] == []


def test_an_unsure_job_is_settled_by_a_person(serve: Callable[..., Service]) -> None:
    service = serve("submit:502x1")

    process = service.restyle()
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    (job,) = service.jobs()

    assert process.returncode == 1
    assert job["status"] == "unsure", errors
    assert "settle" in errors
    assert service.submissions() == 0
    code, _, errors = service.newtake("jobs", "settle", job["id"], "--not-sent")
    assert code == 0, errors
    code, _, errors = service.newtake("jobs", "resume", job["id"], "--yes")
    assert code == 0, errors
    assert service.submissions() == 1


def test_a_wrong_key_is_refused_before_anything_is_cut_or_uploaded(
    serve: Callable[..., Service],
) -> None:
    service = serve()
    service.environment["OXEN_API_KEY"] = "wrong-key"

    process = service.restyle()
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert "newtake login" in errors
    assert "wrong-key" not in errors
    assert service.jobs() == []
    assert list(service.folder.rglob("plate.mp4")) == []
    assert not (service.folder / "cut_newtake.otio").exists()


def test_a_job_whose_waiting_ended_is_cancelled_at_the_service(
    serve: Callable[..., Service],
) -> None:
    service = serve("stuck")
    home = Path(os.environ["NEWTAKE_HOME"])
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text("deadline_minutes = 0.1\n")

    process = service.restyle()
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert "goes on" in errors or "resume" in errors
    (job,) = service.jobs()
    code, out, errors = service.newtake("jobs", "cancel", job["id"], "--json")

    assert code == 0, errors
    assert json.loads(out)["status"] == "cancelled"
    assert "is cancelled" in errors
    assert service.submissions() == 1


def test_a_running_job_is_cancelled_from_elsewhere_and_takes_no_other_down(
    serve: Callable[..., Service],
) -> None:
    service = serve("render:delay=6")
    process = service.start(
        "restyle", service.timeline, "--clip", "1", "--clip", "2", "--prompt", "noir", "--yes"
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while [job["step"] for job in service.jobs()] != ["wait", "wait"]:
        assert time.monotonic() < deadline
    first, second = service.jobs()

    code, _, errors = service.newtake("jobs", "cancel", first["id"])
    _, run_errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert code == 0, errors
    assert process.returncode == 1
    assert "Traceback" not in run_errors
    ended = {job["id"]: job["status"] for job in service.jobs()}
    assert ended == {first["id"]: "cancelled", second["id"]: "done"}


def test_fetching_writes_over_nothing(serve: Callable[..., Service]) -> None:
    service = serve()
    service.restyle().communicate(timeout=PATIENCE_SECONDS)
    (job,) = service.jobs()
    mine = service.folder / "shot.exr"
    mine.write_bytes(b"mine")

    code, _, errors = service.newtake(
        "jobs", "fetch", job["id"], "--out", service.folder / "shot.mp4"
    )

    assert code == 2
    assert "there already" in errors
    # The job is done and charged: a refused command must not say otherwise.
    assert "submitted" not in errors
    code, _, errors = service.newtake("jobs", "cancel", job["id"])
    assert code == 2
    assert "submitted" not in errors
    assert mine.read_bytes() == b"mine"
    code, _, errors = service.newtake(
        "jobs", "fetch", job["id"], "--out", service.folder / "other.mp4"
    )
    assert code == 0, errors
    assert (service.folder / "other.mp4").read_bytes()[4:8] == b"ftyp"
