"""What goes into a report, as texts: values in, file names and texts out. Decides; writes nothing.

Rule 1: every text passes through `without_secrets`, whatever was asked for.
Rule 2: what cannot be read is left out, and said.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from newtake.domain.pseudonyms import Pseudonyms
from newtake.domain.redaction import REMOVED, bare_address, without, without_secrets
from newtake.domain.report import EventRow, Report

README = "README.txt"
_MEMBERS = {
    "versions.json": "New Take, Python, this system, the libraries and ffmpeg",
    "settings.json": "the settings in force",
    "findings.json": "what `newtake doctor` found",
    "jobs.jsonl": "the events of the last jobs, one per line, each with its time (UTC)",
}
_ALWAYS = (
    "Taken out: the service's key, authorisation headers, what addresses carry behind their place\n"
    "(signatures, names, passwords), the words of an uploader's command, values of variables of\n"
    "the environment that are named like secrets, and whatever else looks like a key."
)
_OPEN = (
    "Still in it: prompts, names of clips and files, folders, and names of accounts.\n"
    "`--private` takes those out as well."
)
_PRIVATE = (
    "Taken out as well: prompts, paths and names of your media, your home folder, and names of\n"
    "accounts. Each has a stand-in that is the same everywhere, as in <path 1>. Names of one or\n"
    "two letters are not looked for in sentences. Look through it before you pass it on."
)


def bundle_texts(report: Report, *, private: bool) -> dict[str, str]:
    """The files of a report, the first of which says what is inside."""
    names = Pseudonyms(report.programs, report.user_names, report.service_host)
    # All events come first: what is private in them is private in every text.
    lines = [_event_line(row, names, report, private) for row in report.events]

    def clean(text: str) -> str:
        text = without_secrets(text, report.secrets)
        return names.text(text) if private else text

    settings = {**report.settings, **_uploader_settings(report.settings, private)}
    values = {
        "versions.json": report.versions,
        "settings.json": settings,
        "findings.json": report.findings,
    }
    texts = {name: _document(_each_text(value, clean)) for name, value in values.items()}
    texts["jobs.jsonl"] = "".join(lines)
    texts |= {f"logs/{name}": clean(text) for name, text in report.logs.items()}
    texts = {README: clean(_readme(report, sorted(texts), private)), **texts}
    return {name: without(text, report.secrets) for name, text in texts.items()}


def _event_line(row: EventRow, names: Pseudonyms, report: Report, private: bool) -> str:
    try:
        event: Any = json.loads(row.body)
    except ValueError:
        event = {"unreadable": "" if private else row.body}
    event = _each_text(event, lambda text: without_secrets(text, report.secrets))
    if private:
        event = names.value(event)
    at = datetime.fromtimestamp(row.at, timezone.utc).isoformat(timespec="milliseconds")
    return json.dumps({"job": row.job_id, "at": at, "event": event}, ensure_ascii=False) + "\n"


def _each_text(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: _each_text(each, clean) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(each, clean) for each in value]
    return value


def _uploader_settings(settings: Any, private: bool) -> dict[str, str]:
    found = {}
    if word := settings.get("uploader"):
        kind, _, rest = str(word).partition(":")
        hidden = private and kind == "repository" and rest
        found["uploader"] = f"{kind}:{REMOVED}" if hidden else shown_uploader(str(word))
    if address := settings.get("fetch_url"):
        found["fetch_url"] = _only_host(str(address))
    if address := settings.get("base_url"):
        found["base_url"] = bare_address(str(address))
    return found


def shown_uploader(word: str) -> str:
    """An uploader's word without what may be a secret: of a command its program and options."""
    kind, _, rest = word.partition(":")
    if kind == "put":
        return f"put:{_only_host(rest)}"
    if kind != "command":
        return (
            word if kind in ("workbench", "repository") else f"{kind}:{REMOVED}" if rest else kind
        )
    words = command_words(rest)
    if not words:
        return f"command:{REMOVED}"
    program = words[0].replace("\\", "/").rpartition("/")[2]
    return "command:" + " ".join([without_secrets(program), *map(_shown_word, words[1:])])


def command_words(command: str) -> Sequence[str]:
    """The words of a command; none where its quotes do not close."""
    try:
        return shlex.split(command)
    except ValueError:
        return ()


def _shown_word(word: str) -> str:
    if word in ("{file}", "{name}"):
        return word
    name, equals, _ = word.partition("=")
    is_option = name.startswith("--") or (name.startswith("-") and len(name) == 2)
    plain = name.lstrip("-").replace("-", "").isalpha()
    if not is_option or not plain:
        return REMOVED
    return f"{name}={REMOVED}" if equals else name


def _only_host(address: str) -> str:
    """A path may open what it names, so the host alone is shown."""
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.hostname}/{REMOVED}" if parts.hostname else REMOVED
    except ValueError:
        return REMOVED


def _readme(report: Report, names: Sequence[str], private: bool) -> str:
    listed = [f"  {name}: {_MEMBERS.get(name, 'the log of the commands')}" for name in names]
    notes = [f"Note: {report.journal_note}"] if report.journal_note else []
    if not report.logs:
        notes.append("Note: there is no log here yet.")
    return "\n".join(
        [
            f"A report of New Take, made {report.made_at} on this machine and sent nowhere.",
            "Attach it to a bug report if you want to.",
            "",
            *listed,
            "",
            _ALWAYS,
            "",
            _PRIVATE if private else _OPEN,
            *notes,
            "",
        ]
    )


def _document(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"
