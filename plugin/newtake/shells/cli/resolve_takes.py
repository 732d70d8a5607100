"""`newtake resolve takes`: which takes the open timeline's clips have and show."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict

from newtake import bootstrap
from newtake.bootstrap import resolve
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.shells.cli.documents import print_document, take_document
from newtake.shells.cli.drawing import console, draw_takes, say
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.resolve_contact import resolve_as_left


def list_takes(use: Sequence[str], as_json: bool) -> None:
    """List, or with `use` switch first."""
    clips = run(_takes, [_choice(entry) for entry in use])
    if not as_json:
        draw_takes(clips)
        return
    print_document(
        [
            {
                "index": clip.index,
                "clip": clip.name,
                "takes": list(map(take_document, clip.takes)),
                "takes_above": list(map(asdict, clip.takes_above)),
            }
            for clip in clips
            if clip.takes or clip.takes_above
        ]
    )


async def _takes(choices: Sequence[tuple[str, str]]) -> Sequence[Clip]:
    settings = bootstrap.settings_now()
    async with resolve_as_left(settings) as calls:
        if choices:
            for note in await resolve.use_takes(calls, settings, choices):
                say(console(sys.stderr), note)
        return await resolve.list_clips(calls, settings)


def _choice(entry: str) -> tuple[str, str]:
    clip, separator, take = entry.rpartition("=")
    if not separator or not clip or not take:
        raise SelectionError(
            f"{entry!r} is no choice of a take.",
            fix="Write CLIP=TAKE, e.g. --use 2=take_001 or --use 2=original.",
        )
    return clip, take
