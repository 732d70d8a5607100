"""The command line: a person reads stderr, a program reads stdout.

Exit 0 done, 1 a job failed, 2 wrong usage or input, 130 interrupted and resumable.
"""

from __future__ import annotations

import gc
import sys

_INTERRUPTED = 130


def main() -> None:
    """The console script. Never shows a traceback for an error that has a name."""
    # Imported here, and everything heavy later still: `newtake --help` must be quick. Collecting
    # garbage while modules load costs a tenth of that time and finds none.
    gc.disable()
    from newtake.shells.cli.table import app

    gc.enable()
    sys.exit(_run(app))


def _run(app: object) -> int:
    from newtake.domain.errors import NewTakeError

    json_wanted = "--json" in sys.argv
    try:
        app(standalone_mode=True)  # type: ignore[operator]  # typer's app is a callable
    except NewTakeError as error:
        from newtake.shells.cli.errors import show_error

        show_error(error, as_json=json_wanted)
        return error.exit_code
    except SystemExit as end:
        # The library turns Ctrl-C into this exit without a word.
        if end.code == _INTERRUPTED:
            from newtake.shells.cli.errors import show_interrupt

            show_interrupt()
        raise
    return 0
