"""What works on this machine: findings that `newtake doctor` prints, each with what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from newtake import __version__, bootstrap
from newtake.domain.errors import NewTakeError
from newtake.settings import Settings

_LOW_DISK_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    state: Literal["ok", "note", "missing"]
    """missing: a restyle needs it; note: it limits something."""
    text: str
    fix: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything a restyle needs. Asks the service for its model list, and nothing else."""
    return [
        Finding(
            "New Take",
            "ok",
            f"{__version__} on Python {platform.python_version()}, {platform.system()} "
            f"{platform.machine()} ({sys.executable})",
        ),
        *_ffmpeg(settings),
        _checked("Prober", lambda: f"PyAV {version('av')}"),
        _timelines(),
        _folder(settings.home),
        _checked("Journal", lambda: _journal(settings)),
        _key(settings),
        await _service(settings),
    ]


def _ffmpeg(settings: Settings) -> list[Finding]:
    from newtake.adapters.toolchain import OPTIONAL

    try:
        tools = bootstrap.toolchain(settings)
    except NewTakeError as error:
        return [Finding("ffmpeg", "missing", f"{error.what} {error.why}".strip(), error.fix)]
    where = {
        "env": "named by NEWTAKE_FFMPEG",
        "path": "found on the PATH",
        "bundled": "shipped with imageio-ffmpeg",
    }[tools.source]
    found = [Finding("ffmpeg", "ok", f"{tools.version}, {where}: {tools.executable}")]
    found += [
        Finding("ffmpeg", "note", f"lacks {lack}", f"Needed for {OPTIONAL[lack]}.")
        for lack in tools.lacks
        if lack in OPTIONAL
    ]
    return found


def _checked(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, "ok", look())
    except NewTakeError as error:
        return Finding(name, "missing", f"{error.what} {error.why}".strip(), error.fix)


def _timelines() -> Finding:
    import opentimelineio as otio

    linkers = [linker.name for linker in otio.plugins.ActiveManifest().media_linkers]
    text = f"OpenTimelineIO {version('opentimelineio')}"
    if any(name.startswith("newtake") for name in linkers):
        return Finding("Timelines", "ok", f"{text}; the media linker is registered")
    return Finding(
        "Timelines",
        "note",
        f"{text}; the media linker is not registered",
        "Reinstall New Take into this environment; other programs pick takes through it.",
    )


def _folder(home: Path) -> Finding:
    folder = home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    text = f"{home}, {free / 1e9:.1f} GB free"
    if free < _LOW_DISK_BYTES:
        return Finding("Folder", "note", text, "Plates, results and takes need room; free some.")
    return Finding("Folder", "ok", text)


def _journal(settings: Settings) -> str:
    jobs = bootstrap.open_journal(settings).jobs()
    return f"{settings.journal_path}, {len(jobs)} jobs"


def _key(settings: Settings) -> Finding:
    from newtake.adapters.credentials import Credentials

    key = Credentials(settings.home, os.environ).find(settings.base_url)
    if key is None:
        return Finding(
            "Key",
            "note",
            "none; the sandbox and the demo need none",
            "`newtake login` stores one, or set OXEN_API_KEY.",
        )
    return Finding("Key", "ok", f"found in the {key.source}")


async def _service(settings: Settings) -> Finding:
    async with bootstrap.wired(settings, provider="oxen") as wiring:
        try:
            card = await wiring.ports.provider.model()
        except NewTakeError as error:
            return Finding(
                "Service",
                "note",
                f"{settings.base_url} does not answer: {error.what}",
                "Check the network; `newtake demo` works without it.",
            )
    state: Literal["ok", "note"] = "note" if card.stale else "ok"
    age = " (an earlier answer; the service is out of reach now)" if card.stale else ""
    return Finding("Service", state, f"{settings.base_url} knows {card.id}{age}")
