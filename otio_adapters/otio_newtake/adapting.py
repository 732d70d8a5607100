"""Run one adapter of OpenTimelineIO in a process of its own: `python -m otio_newtake.adapting`.

    read ADAPTER FILE OPTIONS     writes the file as OpenTimelineIO's JSON to the standard output
    write ADAPTER FILE OPTIONS    writes OpenTimelineIO's JSON from the standard input into the file

Adapters parse what strangers wrote, print to the terminal, raise anything and take as long as they
like; here none of that reaches the program that asked. OPTIONS is a JSON object. An adapter's error
is the last line of the standard error, and exit code 1.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import warnings

import opentimelineio as otio

_MEMORY = 4 << 30
"""Bytes of address space: an adapter that wants more is fed something that grows."""


def main(arguments: list[str]) -> int:
    """Returns the exit code."""
    word, adapter, path, options = arguments
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    _limit_memory()
    try:
        # What an adapter prints must not mix with what it read.
        with contextlib.redirect_stdout(sys.stderr):
            found = _read(adapter, path) if word == "read" else None
            if word == "write":
                _write(adapter, path, json.loads(options))
    except Exception as error:
        print(f"{type(error).__name__}: {error}".replace("\n", " ")[:500], file=sys.stderr)
        return 1
    if found is not None:
        sys.stdout.buffer.write(found.encode())
    return 0


def _read(adapter: str, path: str) -> str:
    name, _, rate = adapter.partition("@")
    known = {"rate": float(rate)} if rate else {}
    found = otio.adapters.read_from_file(
        path,
        adapter_name=name or None,
        media_linker_name=otio.media_linker.MediaLinkingPolicy.DoNotLinkMedia,
        **known,
    )
    return str(found.to_json_string(indent=-1))


def _write(adapter: str, path: str, options: dict[str, object]) -> None:
    timeline = otio.core.deserialize_json_from_string(sys.stdin.buffer.read().decode())
    otio.adapters.write_to_file(timeline, path, adapter_name=adapter, **options)


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    # macOS refuses to set it.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
