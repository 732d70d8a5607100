"""What every test stands on: no keys, no home folder and no network settings of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

import numbered_media
from keys import MARK, files_with, forms, holds
from longest_first import Known, dealt

_TABLE = "table"
_SCRUBBED = (
    "OXEN_",
    "NEWTAKE_HOME",
    "NEWTAKE_FFMPEG",
    "NEWTAKE_SANDBOX_RENDERS",
    "OTIO_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, the long ones begin first; in turn nothing moves."""
    worker: dict[str, int] | None = getattr(config, "workerinput", None)
    if worker is None:
        return
    known = []
    for item in items:
        limit = item.get_closest_marker("timeout")
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        known.append(Known(limit.args[0] if limit and limit.args else 0, folder))
    items[:] = [items[place] for place in dealt(known, worker["workercount"])]


@pytest.fixture(scope="session", autouse=True)
def no_key_in_any_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """At the end of the run no journal, log, sidecar or timeline of any test holds a key."""
    yield
    found = list(files_with(tmp_path_factory.getbasetemp()))
    assert found == [], "a key was written into files; see keys.MARK"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test during which a key was printed or logged has failed, whatever it asserted.

    One that failed by itself is left alone: its own words may show the key that it looked for.
    """
    report = yield
    spoken = "".join(text for title, text in report.sections if title.endswith(call.when))
    if report.passed and holds(spoken.encode("utf-8", "replace"), forms(MARK)):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} printed or logged a key ({call.when})"
    return report


@pytest.fixture
def show_table(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Prints a table at the end of the run, also where tests run in processes of their own."""

    def show(text: str) -> None:
        print(text)
        record_property(_TABLE, text)

    return show


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, text in report.user_properties:
                if name == _TABLE:
                    terminalreporter.write_sep("-", report.nodeid)
                    terminalreporter.write_line(str(text))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def renders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What sandboxes of this run have rendered: the same plate is restyled the same way once.

    Processes that share the tests share the folder.
    """
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "renders"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, renders: Path) -> None:
    """Each test gets a home of its own; a key of this machine's user is never seen."""
    for name in list(os.environ):
        if name.startswith(_SCRUBBED):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NEWTAKE_HOME", str(tmp_path / "newtake-home"))
    monkeypatch.setenv("NEWTAKE_SANDBOX_RENDERS", str(renders))
    monkeypatch.setenv(numbered_media.MADE, str(renders.with_name("numbered")))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def outside_data() -> Callable[[str], Path]:
    """The file or folder that a variable names: data that is no part of the project.

    Absent: a skip, and a failure where NEWTAKE_NEEDS_OUTSIDE_DATA.
    """

    def find(variable: str) -> Path:
        named = os.environ.get(variable)
        if named and Path(named).exists():
            return Path(named)
        reason = f"{variable} names nothing that is there"
        if os.environ.get("NEWTAKE_NEEDS_OUTSIDE_DATA"):
            pytest.fail(f"{reason}, and NEWTAKE_NEEDS_OUTSIDE_DATA asks for it")
        pytest.skip(reason)

    return find


@pytest.fixture(scope="session")
def require_program() -> Callable[[str], str]:
    """The path of a system program. Absent: a skip, and a failure where NEWTAKE_NEEDS_PROGRAMS."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is not None:
            return path
        if os.environ.get("NEWTAKE_NEEDS_PROGRAMS"):
            pytest.fail(f"{name} is not installed, and NEWTAKE_NEEDS_PROGRAMS asks for it")
        pytest.skip(f"{name} is not installed here")

    return find
