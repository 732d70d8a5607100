"""The log of a command: begun by the shell, fed through Python's own `logging`.

Rule 1: `doctor` writes none, and `plan` only adds to one that is there: both leave nothing behind.
Rule 2: of the command line its options' names are kept, and none of their values.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from newtake import __version__
from newtake.domain.errors import NewTakeError
from newtake.settings import home_of

LOG = logging.getLogger("newtake")
_NO_LOG = ("doctor",)
_NO_NEW_LOG = ("plan",)
_OPTION = re.compile(r"--[a-z][a-z-]*(?==|$)")


def logs_folder(home: Path) -> Path:
    return home / "logs"


def begin_log(words: Sequence[str]) -> None:
    """Log to NEWTAKE_HOME from here on; `words` are the command line's."""
    from newtake.adapters.credentials import VARIABLE
    from newtake.adapters.log_file import LogFile
    from newtake.pipeline.session import at_work_on

    words = _without_key(words)
    command = next((each for each in words if not each.startswith("-")), "")
    folder = logs_folder(home_of(os.environ))
    if not command or command in _NO_LOG or (command in _NO_NEW_LOG and not folder.exists()):
        return
    LOG.setLevel(logging.INFO)
    LOG.addHandler(LogFile(folder, at_work_on))
    LOG.addHandler(_Warnings())
    keep_out(os.environ.get(VARIABLE, "").strip())
    options = " ".join(found[0] for each in words if (found := _OPTION.match(each)))
    LOG.info("New Take %s: %s %s", __version__, command, options)


def _without_key(words: Sequence[str]) -> list[str]:
    """Without what stands after --key, which is neither a command nor for anybody's eyes."""
    return [
        each
        for before, each in zip(("", *words), words, strict=False)
        if before != "--key" and not each.startswith("--key=")
    ]


def keep_out(secret: str) -> None:
    """From here on this secret is taken out of whatever is logged."""
    for handler in LOG.handlers:
        if hasattr(handler, "secrets") and secret:
            handler.secrets.add(secret)


def log_error(error: NewTakeError) -> None:
    """An error that was told to the person, in one line with what caused it."""
    LOG.info("error %s: %s %s%s", error.code, error.what, error.why, _because(error.__cause__))


def _because(cause: BaseException | None) -> str:
    if cause is None:
        return ""
    # A validation's own words quote what was given, prompts among it.
    quoting = type(cause).__module__.startswith("pydantic")
    return f" ({type(cause).__name__}{'' if quoting else f': {cause}'})"


class _Warnings(logging.StreamHandler):  # type: ignore[type-arg] # not generic when it runs
    """What a person should know at once, on stderr; tracebacks are for the log."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setLevel(logging.WARNING)

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.exc_info
