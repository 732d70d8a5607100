"""`newtake doctor --bundle`: gathers what a bug report needs and writes it into a local file."""

from __future__ import annotations

import getpass
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import newtake
from newtake import bootstrap
from newtake.bootstrap.bundle import bundle_texts, command_words
from newtake.bootstrap.doctor import Finding, examine
from newtake.bootstrap.logbook import logs_folder
from newtake.domain.errors import NewTakeError
from newtake.domain.report import EventRow, Report
from newtake.settings import Settings, home_of, read_settings

_JOBS = 50
_LOG_MAX_BYTES = 2_000_000
_SECRET_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|SIGNATURE|AUTH", re.I)
_PROGRAM_DATA = ("journal.sqlite", "logs", "work", "cache", "sandbox", "settings.toml", "keys.json")


async def write_report(
    environment: Mapping[str, str], to: Path, *, private: bool
) -> tuple[list[Finding], list[str]]:
    """Examine this machine and write what was found; the findings, and the names of the files.

    Nothing is sent; the doctor asks the service for its model list, as ever.

    Raises:
        SettingsError: There is something under the file's name.
        StorageError: The file cannot be written.
    """
    from newtake.adapters.bundle_file import refuse_taken, write_bundle
    from newtake.adapters.journal_rows import last_events

    refuse_taken(to)
    settings = _usable_settings(environment)
    # Before the doctor looks at it: a damaged journal is set aside by whoever opens it.
    events, note = last_events(settings.journal_path, _JOBS)
    findings = await examine(environment)
    texts = bundle_texts(_report(environment, settings, findings, events, note), private=private)
    write_bundle(to, texts)
    return findings, list(texts)


def _report(
    environment: Mapping[str, str],
    settings: Settings,
    findings: Sequence[Finding],
    events: Sequence[EventRow],
    journal_note: str,
) -> Report:
    return Report(
        made_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        versions=_versions(settings),
        settings=settings.model_dump(mode="json"),
        findings=[asdict(finding) for finding in findings],
        events=events,
        journal_note=journal_note,
        logs=_logs(settings.home),
        secrets=_secrets(environment, settings),
        programs=_programs(settings.home),
        user_names=_user_names(),
        service_host=_host_of(settings.base_url),
    )


def _usable_settings(environment: Mapping[str, str]) -> Settings:
    """The defaults where what is set cannot be used; the findings say so."""
    try:
        return read_settings(environment)
    except NewTakeError:
        return Settings(home=home_of(environment))


def _versions(settings: Settings) -> dict[str, Any]:
    return {
        "newtake": newtake.__version__,
        "python": sys.version,
        "platform": platform.platform(),
        "machine": platform.machine(),
        "libraries": {name: _version_of(name) for name in _libraries()},
        "ffmpeg": _ffmpeg(settings),
    }


def _libraries() -> list[str]:
    try:
        wanted = metadata.requires("newtake") or []
    except metadata.PackageNotFoundError:
        return []
    plain = [each for each in wanted if "extra ==" not in each]
    return sorted({re.split(r"[\s<>=!~;\[(]", each, maxsplit=1)[0] for each in plain})


def _version_of(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _ffmpeg(settings: Settings) -> dict[str, Any]:
    try:
        return asdict(bootstrap.toolchain(settings))
    except NewTakeError as error:
        return {"error": f"{error.what} {error.why}".strip()}


def _logs(home: Path) -> dict[str, str]:
    from newtake.adapters.log_file import log_files

    found = {}
    # A folder that cannot be read is a finding of the doctor's.
    with suppress(OSError):
        for file in log_files(logs_folder(home)):
            found[file.name] = file.read_bytes()[-_LOG_MAX_BYTES:].decode("utf-8", "replace")
    return found


def _secrets(environment: Mapping[str, str], settings: Settings) -> set[str]:
    """Everything on this machine that is known to be one, or is named like one."""
    found = {value for name, value in environment.items() if _SECRET_NAMES.search(name)}
    # What cannot be read holds no key that is in use.
    with suppress(NewTakeError, OSError):
        found |= bootstrap.credentials(settings).every_key(settings.base_url)
    for word in (settings.uploader, settings.fetch_url or ""):
        kind, _, rest = word.partition(":")
        if kind == "command":
            found |= {each for each in command_words(rest)[1:] if not each.startswith("{")}
    return {each.strip() for each in found}


def _programs(home: Path) -> dict[str, str]:
    package = Path(newtake.__file__).parent
    found = {str(home / name): f"<NEWTAKE_HOME>/{name}" for name in _PROGRAM_DATA}
    found |= {sys.base_prefix: "<python>", sys.prefix: "<python>"}
    return {**found, str(package): "<newtake>"}


def _user_names() -> set[str]:
    found = set()
    # Without a user's entry in the system there is no name to take out.
    with suppress(OSError, KeyError, ImportError):
        found.add(getpass.getuser())
    with suppress(RuntimeError):
        found.add(Path.home().name)
    return {name for name in found if name}


def _host_of(base_url: str) -> str:
    try:
        return urlsplit(base_url).hostname or ""
    except ValueError:
        return ""
