"""`newtake resolve install`, `uninstall` and `status`: what they did and found."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from newtake.bootstrap import resolve_menu
from newtake.bootstrap.resolve_menu import Installation
from newtake.domain.choices import MenuLanguage
from newtake.hosts.resolve.found import FoundResolve
from newtake.hosts.resolve.status import Facts, Reached
from newtake.shells.cli.changes import tell_changes
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.drawing import console, say
from newtake.shells.cli.machine import draw_findings, exit_by


def install(
    for_everyone: bool,
    folder: Path | None,
    language: MenuLanguage | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    done = resolve_menu.install(
        os.environ,
        for_everyone=for_everyone,
        folder=folder,
        language=language,
        dry_run=dry_run,
    )
    if as_json:
        print_document(_document(done, dry_run=dry_run))
        return
    tell_changes(done.changes, dry_run=dry_run)
    out = console(sys.stdout)
    assert done.choice is not None
    say(out, f"{' and '.join(map(str.capitalize, done.choice.languages))}: {done.choice.why}")
    for note in done.notes:
        say(out, f"Note: {note}")
    if dry_run:
        return
    say(out, "In Resolve: Workspace > Scripts > New Take; restart Resolve if it is not listed.")
    if len(done.choice.languages) > 1:
        say(
            out,
            "Take the entry without a language in its name where Resolve lists it, else "
            "`New Take (Lua)`. `newtake resolve install` after Resolve's first start keeps one.",
        )


def uninstall(for_everyone: bool, folder: Path | None, dry_run: bool, as_json: bool) -> None:
    done = resolve_menu.uninstall(
        os.environ, for_everyone=for_everyone, folder=folder, dry_run=dry_run
    )
    if as_json:
        print_document(_document(done, dry_run=dry_run))
        return
    tell_changes(done.changes, dry_run=dry_run)
    out = console(sys.stdout)
    if not done.changes:
        say(out, f"Nothing of New Take's is in {done.scripts}.")
    for note in done.notes:
        say(out, note)


def show_status(as_json: bool) -> None:
    """Exits with 1 when something that New Take in Resolve needs is missing."""
    facts, answer, findings = anyio.run(partial(resolve_menu.status, os.environ))
    if as_json:
        print_document(
            {
                "findings": [asdict(each) for each in findings],
                "resolves": [_resolve(each) for each in facts.resolves],
                "entries": _entries(facts),
                "outside": _answer(answer),
            }
        )
    else:
        draw_findings(findings)
    exit_by(findings)


def _document(done: Installation, *, dry_run: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "folder": done.scripts,
        "dry_run": dry_run,
        "changes": [{"file": each.path, "action": each.action} for each in done.changes],
        "notes": list(done.notes),
    }
    if done.choice is not None:
        document["languages"] = list(done.choice.languages)
        document["why"] = done.choice.why
        document["resolve"] = None if done.resolve is None else _resolve(done.resolve)
    return document


def _resolve(found: FoundResolve) -> dict[str, Any]:
    return {
        "program": found.app,
        "version": None if found.version is None else list(found.version),
        "version_from": found.version_from or None,
        "edition": found.edition,
        "built_in_python": found.built_in_python,
        "from_app_store": found.from_app_store,
    }


def _entries(facts: Facts) -> list[dict[str, Any]]:
    return [
        {
            "file": each.path,
            "language": each.language,
            "everybodys": each.everybodys,
            "command": None if each.target is None else list(each.target.command),
            "gone": list(each.gone),
            "as_written_now": each.as_written_now,
        }
        for each in facts.entries
    ]


def _answer(answer: Reached | Any) -> dict[str, Any]:
    if isinstance(answer, Reached):
        return {**asdict(answer.hello), "project": answer.project, "timeline": answer.timeline}
    document: dict[str, Any] = answer.as_dict()
    return document
