"""The takes of a timeline's clips, as a table and as a document."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from rich.table import Table
from rich.text import Text

from newtake.bootstrap.takes import TakeRecords
from newtake.domain.clip import NO_LACK, Clip, TakeSummary
from newtake.domain.lacking import lacking_words
from newtake.domain.style import WORD_OF_SETTING
from newtake.domain.take_record import TakeRecord
from newtake.shells.cli.documents import take_document
from newtake.shells.cli.drawing import console, say
from newtake.shells.cli.printable import printable

_COLUMNS = ("#", "clip", "", "take", "name", "style", "size", "cost", "made", "media")
_UNKNOWN = TakeRecord()


def draw_made_takes(clips: Sequence[Clip], records: TakeRecords) -> None:
    """Every take with how it was made: `>` is the selected one, `*` is starred."""
    out = console(sys.stdout)
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in _COLUMNS:
        right = name in ("#", "cost")
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for clip in clips:
        for take in clip.takes:
            record = records.get(clip.key, {}).get(_movie_key(take), _UNKNOWN)
            cells = _cells(clip, take, record)
            table.add_row(*(Text(printable(cell)) for cell in cells))
    if not table.row_count:
        say(out, "No clip of this timeline has takes yet.")
        return
    out.print(table)
    aside = console(sys.stderr)
    say(aside, "> selected, * starred; --json has the whole prompts and settings.")
    lost = [each for takes in records.values() for each in takes.values() if each.is_missing]
    if any(take.lacks != NO_LACK for clip in clips for take in clip.takes):
        say(aside, "A take that lacks frames shows none there: restyle its clip as it is now.")
    for job_id in dict.fromkeys(each.job_id for each in lost if each.job_id):
        say(aside, f"`newtake jobs resume {job_id}` makes missing movies again, and pays nothing.")


def _cells(clip: Clip, take: TakeSummary, record: TakeRecord) -> tuple[str, ...]:
    marks = ("> " if take.selected else "  ") + ("*" if take.starred else " ")
    style = f"{record.style.name} r{record.style.revision}" if record.style else ""
    size = str(record.settings.get("resolution", ""))
    if record.settings.get("hdr"):
        size += " HDR"
    cost = f"${record.cost_usd}" if record.cost_usd else ""
    media = PurePosixPath(take.url.replace("\\", "/")).name
    if record.is_missing and not take.key.endswith("_exr"):
        media += " (missing)"
    if words := lacking_words(take.lacks, clip.source.duration):
        media += f" (lacks {words})"
    made = (str(clip.index), clip.name, marks, take.key, take.name, style, size, cost)
    return (*made, _local(record.created_at), media)


def _local(moment: str) -> str:
    """The day and the minute, on this machine's clock; what is no time, as it is."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return moment


def takes_document(clips: Sequence[Clip], records: TakeRecords) -> list[dict[str, Any]]:
    """Clips with takes; of each take what it is and how it was made."""
    return [
        {
            "index": clip.index,
            "clip": clip.name,
            "takes": [
                {
                    **take_document(take),
                    **_made(records.get(clip.key, {}).get(_movie_key(take), _UNKNOWN)),
                }
                for take in clip.takes
            ],
        }
        for clip in clips
        if clip.takes
    ]


def _made(record: TakeRecord) -> dict[str, Any]:
    return {
        "prompt": record.prompt or None,
        "style": record.style,
        "model": record.model or None,
        "settings": {
            WORD_OF_SETTING.get(name, name): value for name, value in record.settings.items()
        },
        "cost_usd": record.cost_usd or None,
        "created_at": record.created_at or None,
        "of_a_part": record.of_a_part,
        "missing": record.is_missing,
        "job": record.job_id or None,
        "sidecar": record.sidecar,
    }


def _movie_key(take: TakeSummary) -> str:
    """EXR frames were made with their movie. A replaced clip's take has the original's key."""
    return take.key.removesuffix("_exr")
