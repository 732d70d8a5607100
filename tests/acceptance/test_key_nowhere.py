"""The key is in nothing that a broad run writes or says: every byte is searched for it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from keys import FILE_OF_KEYS, MARK, files_with, forms, holds, key_of
from services import NEWTAKE, PATIENCE_SECONDS, Service

KEY = key_of("nowhere+/=:&")
"""With characters that addresses and JSON spell otherwise."""
EVERY_FILE = ("*",)
NO_LINE_THERE = "http://127.0.0.1:9"

pytestmark = pytest.mark.timeout(900)


class Words:
    """Runs commands and keeps everything they say."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.said: list[tuple[str, str]] = []

    def __call__(
        self, *arguments: object, expect: int | None = None, say: str = "", **environment: str
    ) -> str:
        words = [str(each) for each in arguments]
        done = subprocess.run(
            [*NEWTAKE, *words],
            env={**self.service.environment, **environment},
            cwd=self.service.folder,
            input=say,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        self.said.append((" ".join(words), done.stdout + done.stderr))
        assert "Traceback" not in done.stderr
        assert expect in (None, done.returncode), f"{words}: {done.stderr}"
        return done.stdout

    def showing(self) -> list[str]:
        return [words for words, said in self.said if holds(said.encode(), forms(KEY))]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Words]]:
    running: list[Service] = []

    def start(*faults: str) -> Words:
        service = Service(tmp_path, *faults)
        service.environment["OXEN_API_KEY"] = KEY
        running.append(service)
        return Words(service)

    yield start
    for service in running:
        service.stop()


def test_no_command_shows_or_stores_the_key(serve: Callable[..., Words], tmp_path: Path) -> None:
    newtake = serve("submit:401x1", "submit:500x1", "result:503x9", "history:500x1")
    timeline = newtake.service.timeline
    clip = ("--clip", "2", "--prompt", "noir")

    # A job's way through refusals, an unknown outcome, a lost result, to its take.
    newtake("plan", timeline, *clip, expect=0)
    newtake("restyle", timeline, *clip, "--yes", expect=1)
    (job,) = json.loads(newtake("jobs", "--json", expect=0))
    newtake("jobs", "resume", job["id"], "--yes", expect=1)
    newtake("jobs", "settle", job["id"], "--submission", "bogus")
    newtake("jobs", "settle", job["id"], "--not-sent")
    newtake("jobs", "resume", job["id"], "--yes", "--json", expect=1)
    newtake("jobs", "show", job["id"], expect=0)
    for _ in range(3):
        newtake("jobs", "resume", job["id"], "--yes")
    (job,) = json.loads(newtake("jobs", "--json", expect=0))
    assert job["status"] == "done"
    newtake("jobs", "fetch", job["id"], "--out", tmp_path / "fetched.mp4", expect=0)
    newtake("jobs", "fetch", "no-such-submission", expect=2)
    newtake("jobs", "cancel", job["id"])
    written = tmp_path / "cut_newtake.otio"
    newtake("takes", written, expect=0)
    newtake("takes", written, "--use", "2=original", expect=0)
    newtake("clips", written, "--json", expect=0)
    newtake("model", expect=0)

    # What goes wrong before anything is sent.
    newtake("restyle", timeline, "--clip", "99", "--prompt", "x", expect=2)
    newtake("restyle", timeline, *clip, "--resolution", "8k", "--json", expect=2)
    newtake("restyle", timeline, *clip, "--yes", OXEN_BASE_URL=NO_LINE_THERE, expect=1)
    newtake("restyle", timeline, *clip, "--yes", OXEN_BASE_URL="http://hub.example")
    newtake("restyle", timeline, *clip, "--yes", OXEN_BASE_URL="nonsense", expect=2)
    newtake("restyle", timeline, *clip, "--yes", "--uploader", f"put:http://127.0.0.1:9/{KEY}")
    newtake("model", OXEN_BASE_URL=NO_LINE_THERE)
    newtake("model", OXEN_API_KEY=f"{KEY} and more")

    # What is for being shown to others.
    newtake("doctor", expect=0)
    newtake("doctor", "--json", OXEN_BASE_URL=NO_LINE_THERE, expect=0)
    newtake("doctor", "--bundle", tmp_path / "open.zip", expect=0)
    newtake("doctor", "--bundle", tmp_path / "private.zip", "--private", "--json", expect=0)

    assert newtake.showing() == []
    written_files = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    for name in ("journal.sqlite", "newtake.log", "cut_newtake.otio", "open.zip", "fetched.mp4"):
        assert name in written_files
    # The home, the project and what the sandbox keeps: all of it lies below one folder.
    assert list(files_with(tmp_path, KEY, patterns=EVERY_FILE)) == []
    assert list(files_with(tmp_path, MARK, patterns=EVERY_FILE)) == []


def test_a_stored_key_is_in_the_file_of_keys_and_nowhere_else(
    serve: Callable[..., Words], tmp_path: Path
) -> None:
    newtake = serve()
    newtake.service.environment.pop("OXEN_API_KEY")
    home = Path(os.environ["NEWTAKE_HOME"])

    clip = ("--clip", "3", "--prompt", "x")
    newtake("--key", KEY, "restyle", newtake.service.timeline, *clip, "--yes", expect=0)
    newtake(f"--key={KEY}", "doctor", "--bundle", tmp_path / "argument.zip", expect=0)
    newtake("--key", f"wrong {KEY}", "model")
    newtake("--key", KEY, "no-such-command", expect=2)
    assert not (home / FILE_OF_KEYS).exists()
    newtake("login", say=f"{KEY}\n", expect=0)
    newtake("login", say=f"{KEY} {KEY}\n")
    newtake("login", say=f"{KEY}\n", OXEN_BASE_URL=NO_LINE_THERE)
    newtake("restyle", newtake.service.timeline, "--clip", "1", "--prompt", "x", "--yes", expect=0)
    newtake("doctor", "--bundle", tmp_path / "report.zip", expect=0)

    assert KEY in (home / FILE_OF_KEYS).read_text()
    assert newtake.showing() == []
    assert list(files_with(tmp_path, KEY, patterns=EVERY_FILE)) == []

    newtake("login", "--forget", expect=0)

    assert not (home / FILE_OF_KEYS).exists()


def test_the_search_finds_a_key_however_it_is_spelled() -> None:
    # Not where the search at the end of all tests looks.
    with TemporaryDirectory() as folder:
        for number, form in enumerate(sorted(forms(KEY))):
            file = Path(folder) / f"{number}.json"
            file.write_bytes(b'{"x": "' + form.swapcase() + b'"}')

        assert len(list(files_with(Path(folder), KEY))) == len(forms(KEY))
