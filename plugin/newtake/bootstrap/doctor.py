"""What works on this machine: findings that `newtake doctor` prints, each with what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from newtake import __version__, bootstrap
from newtake.bootstrap import blender_addon, resolve_menu
from newtake.domain.errors import JournalError, NewTakeError
from newtake.domain.finding import Finding as Finding
from newtake.settings import Settings, home_of, read_settings

_LOW_DISK_BYTES = 2_000_000_000
_HOME_FIX = "Set NEWTAKE_HOME to a folder that can be written."


async def examine(environment: Mapping[str, str]) -> list[Finding]:
    """Look at everything a restyle needs. Asks the service for its model list, and nothing else.

    Makes nothing in NEWTAKE_HOME, and raises nothing: what cannot be read is a finding.
    """
    settings, findings = _settings(environment)
    return [
        Finding(
            "New Take",
            "ok",
            f"{__version__} on Python {platform.python_version()}, {platform.system()} "
            f"{platform.machine()} ({sys.executable})",
        ),
        *findings,
        *_ffmpeg(settings),
        _checked("Prober", lambda: f"PyAV {version('av')}"),
        _timelines(),
        _folder(settings.home),
        _checked("Journal", lambda: _journal(settings)),
        _key(settings),
        await _service(settings),
        *resolve_menu.doctors_findings(environment),
        *blender_addon.doctors_findings(environment),
    ]


def _settings(environment: Mapping[str, str]) -> tuple[Settings, list[Finding]]:
    """Settings to look with: the defaults where what is set cannot be used."""
    try:
        return read_settings(environment), []
    except NewTakeError as error:
        finding = Finding("Settings", "missing", f"{error.what} {error.why}".strip(), error.fix)
        return Settings(home=home_of(environment)), [finding]


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
    except OSError as error:
        return Finding(name, "missing", str(error), _HOME_FIX)


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
    try:
        folder = home
        while not folder.exists():
            folder = folder.parent
        free = shutil.disk_usage(folder).free
        # Asked by writing: permissions alone do not tell of read-only and of special folders.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding("Folder", "missing", f"{home} cannot be written: {error}", _HOME_FIX)
    text = f"{home}, {free / 1e9:.1f} GB free"
    if free < _LOW_DISK_BYTES:
        return Finding("Folder", "note", text, "Plates, results and takes need room; free some.")
    if os.name == "posix" and folder == home and home.stat().st_mode & 0o077:
        text += "; other users of this machine can look into it"
        return Finding("Folder", "note", text, f"If that matters here: chmod 700 {home}")
    return Finding("Folder", "ok", text)


def _journal(settings: Settings) -> str:
    if not settings.journal_path.exists():
        return f"{settings.journal_path}, none yet"
    journal = bootstrap.open_journal(settings)
    jobs, unreadable = journal.jobs(), journal.unreadable()
    if unreadable:
        names = ", ".join(each.id for each in unreadable[:5])
        raise JournalError(
            f"{settings.journal_path}, {len(jobs)} jobs, and {len(unreadable)} that cannot be "
            f"read ({names}): no budget is kept beside them.",
            why=unreadable[0].why,
            fix=unreadable[0].fix,
        )
    return f"{settings.journal_path}, {len(jobs)} jobs"


def _key(settings: Settings) -> Finding:
    try:
        key = bootstrap.credentials(settings).find(settings.base_url)
    except NewTakeError as error:
        return Finding("Key", "missing", f"{error.what} {error.why}".strip(), error.fix)
    except OSError as error:
        return Finding("Key", "missing", str(error), _HOME_FIX)
    if key is None:
        return Finding(
            "Key",
            "note",
            "none; the sandbox and the demo need none",
            "`newtake login` stores one, or set OXEN_API_KEY.",
        )
    return Finding("Key", "ok", f"found in the {key.source}")


async def _service(settings: Settings) -> Finding:
    """Asked without journal, cache and ffmpeg, so that their troubles are not taken for its own."""
    from newtake.adapters.clock import SystemClock
    from newtake.adapters.http import open_client
    from newtake.adapters.oxen import OxenProvider

    address = settings.base_url
    try:
        async with open_client(address, _usable_key(settings)) as client:
            card = await OxenProvider(client, base_url=address, clock=SystemClock()).model()
    except NewTakeError as error:
        return Finding(
            "Service",
            "note",
            f"{address} does not answer: {error.what}",
            "Check the network; `newtake demo` works without it.",
        )
    return Finding("Service", "ok", f"{address} knows {card.id}")


def _usable_key(settings: Settings) -> str | None:
    try:
        return bootstrap.stored_key(settings)
    except (NewTakeError, OSError):
        return None
