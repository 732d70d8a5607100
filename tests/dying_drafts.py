"""Do one thing to the draft of each given timeline, dying before ever later changes of the disk.

Run as a program: HOME DEED TIMELINE ... The first timeline's process is killed before its first
change of a file, the second's before its second, and so on. Prints one line for each: "died", or
"ended" where there were fewer changes than that. Every process is a fork of this one, so that
nothing has to be imported again.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from edited_timelines import take_for
from newtake.bootstrap.drafts import Draft, open_draft
from otio_newtake.host import OtioHost

_CHANGES = ("os.rename", "os.remove", "os.mkdir", "open")


async def _begin(draft: Draft) -> object:
    host = OtioHost(draft.target)
    clip = next(each for each in await host.clips() if each.name == "a")
    return await host.add_take(take_for(clip, draft.timeline.parent / "takes", "job/1"))


DEEDS: dict[str, Callable[[Draft], Awaitable[object]]] = {
    "begin": _begin,
    "save": lambda draft: draft.save(),
    "save_as": lambda draft: draft.save_as(draft.timeline.with_name("second.otio")),
    "carry_over": lambda draft: draft.carry_over(),
}


def dying_before(number: int) -> Callable[[str, tuple[Any, ...]], None]:
    """A watcher of the interpreter that kills the process before its change of that number."""
    seen = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT
        if event in _CHANGES and (event != "open" or (arguments[2] or 0) & writes):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    return watch


def main(home: Path, deed: str, timelines: list[Path]) -> None:
    for number, timeline in enumerate(timelines, 1):
        child = os.fork()
        if not child:
            sys.addaudithook(dying_before(number))
            anyio.run(partial(_do, home, deed, timeline))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print("died", flush=True)
        else:
            print("ended" if not status else f"failed: {status}", flush=True)


async def _do(home: Path, deed: str, timeline: Path) -> None:
    await DEEDS[deed](await open_draft(timeline, home))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], [Path(each) for each in sys.argv[3:]])
