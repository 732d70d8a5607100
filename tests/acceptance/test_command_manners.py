"""What the command asks, leaves behind, and says to people and programs when things go wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Newtake = Callable[..., "subprocess.CompletedProcess[str]"]
NOWHERE = "put:http://127.0.0.1:9/{name}"
PARTS = {"error", "what", "why", "next", "money"}


def document(done: subprocess.CompletedProcess[str]) -> Any:
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def unsent(newtake: Newtake, timeline: Path) -> str:
    """The id of a job that stopped before it was submitted."""
    done = newtake(
        "restyle", timeline, "--clip", "2", "--prompt", "[b]noir", "--provider", "sandbox",
        "--uploader", NOWHERE, "--yes", "--agree-public", "--json",
    )  # fmt: skip
    (job,) = document(done)["jobs"]
    assert (job["status"], job["step"]) == ("failed", "upload"), done.stderr
    return str(job["id"])


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    """The address of a sandbox in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "newtake", "sandbox", "--folder", tmp_path / "service"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield process.stdout.readline().split()[4].rstrip(".")
    process.terminate()
    process.communicate()


def test_showing_a_job_asks_the_service_and_does_without(
    newtake: Newtake, timeline: Path, service: str
) -> None:
    key = {"OXEN_API_KEY": "any"}
    done = newtake(
        "restyle", timeline, "--clip", "1", "--prompt", "x", "--yes", "--json",
        OXEN_BASE_URL=service, **key,
    )  # fmt: skip
    (job,) = document(done)["jobs"]
    show = ["jobs", "show", job["id"]]

    (answer,) = document(newtake(*show, "--json", OXEN_BASE_URL=service, **key))["service"]
    read = newtake(*show, OXEN_BASE_URL=service, **key)
    dead = newtake(*show, "--json", OXEN_BASE_URL="http://127.0.0.1:9", **key)
    no_key = newtake(*show, OXEN_BASE_URL=service)

    assert answer["submission"] == job["renditions"][0]["submission"]
    assert (answer["status"], answer["note"]) == ("succeeded", None)
    assert "the service on" in read.stdout
    assert "succeeded" in read.stdout
    assert dead.returncode == 0
    assert document(dead)["service"][0]["note"]
    assert no_key.returncode == 0
    assert "no key" in no_key.stdout


@pytest.mark.parametrize("which", ["--all", "ID"])
def test_resuming_asks_before_a_first_submission(newtake: Newtake, unsent: str, which: str) -> None:
    word = unsent if which == "ID" else which

    asked = newtake("jobs", "resume", word, "--uploader", "workbench", "--json")
    poor = newtake("jobs", "resume", word, "--uploader", "workbench", "--yes", "--budget", "0.1")
    done = newtake("jobs", "resume", word, "--uploader", "workbench", "--yes", "--json")

    assert asked.returncode == 2
    assert document(asked)["error"] == "Consent"
    assert "$0.72" in document(asked)["what"]
    assert "[b]noir" in asked.stderr
    assert poor.returncode == 1
    assert "budget" in poor.stderr
    assert done.returncode == 0, done.stderr
    (job,) = document(done)
    assert job["asset"]["key"]["path"].endswith(".mp4")


def test_one_group_that_cannot_go_on_stops_no_other(
    newtake: Newtake, timeline: Path, unsent: str
) -> None:
    home = Path(os.environ["NEWTAKE_HOME"])
    other = newtake(
        "restyle", timeline, "--clip", "1", "--prompt", "x", "--yes", "--json",
        OXEN_BASE_URL="http://127.0.0.1:9", OXEN_API_KEY="any",
    )  # fmt: skip
    assert document(other)["jobs"][0]["step"] == "upload", other.stderr

    done = newtake("jobs", "resume", "--all", "--uploader", "workbench", "--yes", "--json")

    assert done.returncode == 1
    assert "There is no key" in done.stderr
    assert {job["provider"]: job["status"] for job in document(done)} == {
        "oxen": "failed",
        "sandbox": "done",
    }
    assert (home / "journal.sqlite").exists()


def test_a_cancelled_job_is_resumed_only_by_name(newtake: Newtake, unsent: str) -> None:
    assert newtake("jobs", "cancel", unsent).returncode == 0

    every = newtake("jobs", "resume", "--all", "--yes")
    named = newtake("jobs", "resume", unsent, "--yes", "--uploader", "workbench")

    assert every.returncode == 0
    assert "No job is waiting" in every.stderr
    assert named.returncode == 0, named.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["restyle", "--json", "--no-such-option"],
        ["clips", "--json"],
        ["restyle", "x.otio", "--json", "--resolution", "8k"],
        ["restyle", "x.otio", "--json", "--budget", "much"],
        ["jobs", "settle", "--json"],
        ["jobs", "resume", "--json"],
        ["clips", "x.otio", "--json"],
    ],
)
def test_wrong_usage_is_one_document_too(newtake: Newtake, arguments: list[str]) -> None:
    done = newtake(*arguments)

    assert done.returncode == 2
    assert set(document(done)) == PARTS
    assert document(done)["next"]
    assert "Error" in done.stderr


def test_an_interrupt_is_one_document_too(timeline: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newtake", "restyle", timeline, "--clip", "1", "--prompt", "x",
         "--provider", "sandbox", "--yes", "--json"],
        cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stderr is not None
    while "export" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate()

    assert process.returncode == 130
    assert "Traceback" not in errors
    assert json.loads(out)["error"] == "Interrupted"
    assert set(json.loads(out)) == PARTS


def test_planning_leaves_nothing_behind(newtake: Newtake, timeline: Path) -> None:
    home = Path(os.environ["NEWTAKE_HOME"])

    for provider in ("sandbox", "oxen"):
        done = newtake(
            "plan", timeline, "--clip", "1", "--prompt", "x", "--provider", provider,
            OXEN_BASE_URL="http://127.0.0.1:9",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Would write" in done.stderr

    assert not home.exists()


def test_the_plan_says_who_can_read_what_is_sent(newtake: Newtake, timeline: Path) -> None:
    plan = ["plan", timeline, "--clip", "1", "--prompt", "x"]

    private = newtake(*plan, OXEN_BASE_URL="http://127.0.0.1:9")
    elsewhere = newtake(
        *plan, "--provider", "sandbox", "--uploader", "put:https://me.example/{name}"
    )

    assert "whoever holds its link can read it, for about an hour" in private.stderr
    assert "me.example" in elsewhere.stderr
    assert "nothing leaves" not in elsewhere.stderr


def test_the_plan_refuses_the_output_that_restyle_would_refuse(
    newtake: Newtake, timeline: Path
) -> None:
    output = timeline.with_name("taken.otio")
    output.write_text("somebody else's")

    for command in ("plan", "restyle"):
        done = newtake(
            command, timeline, "--clip", "1", "--prompt", "x", "--provider", "sandbox",
            "--out", output,
        )  # fmt: skip
        assert done.returncode != 0
        assert "taken.otio" in done.stderr


@pytest.mark.parametrize("command", ["clips", "clips --json", "--help"])
def test_a_reader_that_leaves_early_gets_no_traceback(
    timeline: Path, command: str, tmp_path: Path
) -> None:
    words = command.split()
    process = subprocess.Popen(
        [sys.executable, "-m", "newtake", *words, *([timeline] if "clips" in words else [])],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate()

    assert process.returncode == 1
    assert errors == ""


@pytest.mark.parametrize("home", ["/dev/null/inside", "file/inside", "file"])
def test_the_doctor_reports_a_home_that_cannot_be_used(
    newtake: Newtake, tmp_path: Path, home: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    place = str(tmp_path / home)

    done = newtake("doctor", "--json", NEWTAKE_HOME=place, OXEN_BASE_URL="http://127.0.0.1:9")
    listed = newtake("jobs", NEWTAKE_HOME=place)

    assert done.returncode == 1
    missing = [each for each in document(done) if each["state"] == "missing"]
    assert "Folder" in {each["name"] for each in missing}
    assert all("NEWTAKE_HOME" in each["fix"] or "login" in each["fix"] for each in missing)
    assert listed.returncode == 2
    assert listed.stderr.startswith("Error:")


def test_a_folder_that_cannot_be_made_is_an_error(newtake: Newtake, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    done = newtake("demo", "--folder", tmp_path / "file" / "inside", "--json")

    assert done.returncode == 1
    assert document(done)["error"] == "Storage"
    assert "inside" in document(done)["what"]


def test_the_sandbox_says_what_is_wrong_with_a_port_and_a_fault(newtake: Newtake) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = newtake("sandbox", "--port", taken.getsockname()[1])
    fault = newtake("sandbox", "--fault", "bogus")

    assert port.returncode == 2
    assert re.search(r"Next: .*--port", port.stderr)
    assert fault.returncode == 2
    assert "newtake sandbox --help" in fault.stderr


def test_a_submission_nobody_knows_comes_with_what_to_do(newtake: Newtake, unsent: str) -> None:
    done = newtake("jobs", "settle", unsent, "--submission", "bogus", "--json")

    assert done.returncode != 0
    assert "history" in document(done)["next"]


def test_a_server_that_is_told_to_end_speaks_of_no_jobs(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newtake", "sandbox", "--folder", str(tmp_path / "s"), "--json"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert "http" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()

    assert process.returncode == 130
    assert "The sandbox has ended." in errors
    assert "jobs resume" not in errors


def test_the_panel_waits_for_a_resolve_that_is_opened_by_hand(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newtake", "panel", "--by-hand", "--no-browser"],
        env={**os.environ, "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    said = "".join(process.stderr.readline() for _ in range(4))
    waiting = Path(os.environ["NEWTAKE_HOME"]) / "resolve" / "by-hand" / "000001.request"
    while not waiting.exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate()

    assert "newtake resolve install --language lua" in said
    assert "Workspace > Scripts > New Take" in said
    assert "http://127.0.0.1" in said
    assert not waiting.parent.exists()


@pytest.mark.parametrize(
    "arguments",
    [["panel", "cut.otio", "--by-hand"], ["resolve", "open", "--by-hand", "--spool", "s"]],
    ids=["a file", "a spool"],
)
def test_by_hand_is_refused_where_something_else_is_said(
    newtake: Newtake, arguments: list[str]
) -> None:
    done = newtake(*arguments)

    assert done.returncode == 2
    assert "--by-hand" in done.stderr
