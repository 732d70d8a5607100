"""Tells the news when another New Take wrote into the journal."""

from __future__ import annotations

from pathlib import Path

import anyio

from newtake.shells.panel.news import News

JOURNAL_SECONDS = 1.0
"""How often it is looked."""


async def follow_journal(journal: Path, news: News) -> None:
    """Until cancelled."""
    seen = _stamps(journal)
    while True:
        await anyio.sleep(JOURNAL_SECONDS)
        now = _stamps(journal)
        if now != seen:
            seen = now
            news.tell()


def _stamps(journal: Path) -> tuple[tuple[int, int], ...]:
    """What a file system says of the journal and of what SQLite writes beside it."""
    found = []
    for path in (journal, journal.with_name(f"{journal.name}-wal")):
        try:
            there = path.stat()
        except OSError:
            continue
        found.append((there.st_mtime_ns, there.st_size))
    return tuple(found)
