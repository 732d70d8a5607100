"""The command line: a person reads stderr, a program reads stdout.

Exit 0 done, 1 a job failed, 2 wrong usage or input, 130 interrupted and resumable (143 by SIGTERM,
129 by a terminal that was closed). With --json every one of them leaves one document on stdout.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import Any

_WRONG_USAGE = 2
_INTERRUPTED = 130
_NOT_READ = 1


def main() -> None:
    """The console script. Never shows a traceback for an error that has a name."""
    # Imported here, and everything heavy later still: `newtake --help` must be quick. Collecting
    # garbage while modules load costs a tenth of that time and finds none, so it begins when more
    # has been made than all the modules are.
    gc.set_threshold(50_000, 10, 10)
    from newtake.shells.cli.table import app

    # Names come from elsewhere, and a terminal's code page may not have their letters.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(app))


def _run(app: Any) -> int:
    try:
        code = _logged(app)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has left, as `head` does. Python would complain when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOT_READ
    return code


def _logged(app: Any) -> int:
    """Run the command, with its beginning, its end and its faults in the log."""
    words = sys.argv[1:]
    if not words or {"-h", "--help", "--version"} & set(words):
        # Whoever only asks how it is used gets no log, and does not wait for one to load.
        return _told(app, as_json="--json" in words)
    from newtake.bootstrap.logbook import LOG, begin_log

    begin_log(words)
    began = time.monotonic()
    try:
        code = _told(app, as_json="--json" in words)
    except BrokenPipeError:
        raise
    except Exception:
        LOG.exception("the command failed")
        raise
    LOG.info("ends with %s after %.1f s", code, time.monotonic() - began)
    return code


def _told(app: Any, *, as_json: bool) -> int:
    """Run the command; the exit code, with every error told."""
    from newtake.domain.errors import NewTakeError

    try:
        # On Ctrl-C the library gives back this code without a word.
        code = app(standalone_mode=False)
        interrupted = code == _INTERRUPTED
    except KeyboardInterrupt:
        interrupted = True
    except NewTakeError as error:
        from newtake.shells.cli.errors import show_error

        show_error(error, as_json=as_json)
        return error.exit_code
    except BrokenPipeError:
        raise
    except OSError as error:
        from newtake.domain.errors import StorageError
        from newtake.shells.cli.errors import show_error

        show_error(_named(error), as_json=as_json)
        return StorageError.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:
        if not _is_usage(error):
            raise
        from newtake.shells.cli.errors import show_usage_error

        error.show()  # type: ignore[attr-defined]  # see _is_usage
        show_usage_error(error.format_message(), as_json=as_json)  # type: ignore[attr-defined]
        return _WRONG_USAGE
    if interrupted:
        from newtake.shells.cli.errors import show_interrupt
        from newtake.shells.cli.interrupts import exit_code

        show_interrupt(as_json=as_json)
        return exit_code()
    return code if isinstance(code, int) else 0


def _is_usage(error: Exception) -> bool:
    """Whether the command line itself is wrong.

    The class's home moved between typer's versions; its base is public through BadParameter.
    """
    import typer

    bases = {each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException"}
    return isinstance(error, tuple(bases))


def _named(error: OSError) -> Any:
    from newtake.domain.errors import StorageError

    where = error.filename or "A file"
    return StorageError(
        f"{where} cannot be used.",
        why=error.strerror or str(error),
        fix="Look at the folder's permissions and room, or name another (NEWTAKE_HOME, --out).",
    )
