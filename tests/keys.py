"""The keys that tests use: each holds a mark that the end of the run searches for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

MARK = "QzKey7of0Tests"
"""In no word, no digest and no other text."""
WRITTEN = (
    "*.sqlite*", "*.log", "*.log.[0-9]", "*.json", "*.jsonl", "*.otio", "*.toml", "*.zip", "*.txt",
)  # fmt: skip
"""Journals, logs, sidecars, timelines, reports and texts; media are for single tests to search."""


def key_of(purpose: str) -> str:
    """A key for one purpose, found wherever it gets to."""
    return f"ox-{MARK}-{purpose}"


def files_with(folder: Path, mark: str = MARK) -> Iterator[Path]:
    """The files of `WRITTEN` below a folder that hold the mark; the file of keys is its place."""
    for pattern in WRITTEN:
        for path in folder.rglob(pattern):
            if path.name == "keys.json" or not path.is_file():
                continue
            try:
                if mark.lower().encode() in path.read_bytes().lower():
                    yield path
            except OSError:
                continue
