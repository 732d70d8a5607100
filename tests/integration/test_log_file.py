"""The log on the disk: small, shared by processes, without secrets, and never in the way."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from newtake.adapters.log_file import KEPT, LogFile, log_files

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ \d+ \[.+\] .*")
SMALL_BYTES = 20_000


def logger_to(folder: Path, max_bytes: int = SMALL_BYTES) -> tuple[logging.Logger, LogFile]:
    logger = logging.Logger("of this test")
    handler = LogFile(folder, lambda: "job1 wait", max_bytes=max_bytes)
    logger.addHandler(handler)
    return logger, handler


@pytest.fixture
def log(tmp_path: Path) -> tuple[logging.Logger, LogFile]:
    return logger_to(tmp_path / "logs")


WRITER = """
import logging, sys
from pathlib import Path
from newtake.adapters.log_file import LogFile
logger = logging.Logger("of a process")
logger.addHandler(LogFile(Path(sys.argv[1]), lambda: "job1 wait", max_bytes=int(sys.argv[2])))
for number in range(200):
    logger.info("writer %s says %d %s", sys.argv[3], number, "x" * 60)
"""


def test_a_record_is_a_line_with_time_job_and_step(log: tuple[logging.Logger, LogFile]) -> None:
    logger, handler = log

    logger.warning("a server said\n2026-01-01 forged\r\n")

    (line,) = handler.path.read_text().splitlines()
    assert LINE.fullmatch(line)
    assert "[job1 wait] a server said\\n2026-01-01 forged" in line


def test_a_fault_comes_with_its_traceback(log: tuple[logging.Logger, LogFile]) -> None:
    logger, handler = log

    try:
        raise RuntimeError("token=hunter2")
    except RuntimeError:
        logger.exception("it failed")

    text = handler.path.read_text()
    assert "test_a_fault_comes_with_its_traceback" in text
    assert "RuntimeError: token=[removed]" in text


def test_a_known_secret_is_in_no_line(log: tuple[logging.Logger, LogFile]) -> None:
    logger, handler = log
    handler.secrets.add("a-plain-word-of-a-secret")

    logger.info("an echo: %s", "a-plain-word-of-a-secret")

    assert "[removed]" in handler.path.read_text()
    assert "a-plain-word" not in handler.path.read_text()


def test_processes_write_at_once_and_the_files_stay_few_and_small(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, folder, str(SMALL_BYTES), str(number)])
        for number in range(4)
    ]
    assert [writer.wait(60) for writer in writers] == [0] * 4

    files = log_files(folder)
    assert len(files) == KEPT
    assert sorted(folder.glob("newtake.log.*[0-9]")) == sorted(files[1:])
    for file in files:
        # One record of each other process may come in after the size was looked at.
        assert file.stat().st_size <= SMALL_BYTES + 4 * 200
        assert all(LINE.fullmatch(line) for line in file.read_text().splitlines())


@pytest.mark.skipif(sys.platform == "win32", reason="no such device there")
def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    for folder in (tmp_path / "file" / "logs", Path("/dev/null/logs")):
        logger_to(folder)[0].error("unheard")

    assert (tmp_path / "file").read_text() == "no folder"
