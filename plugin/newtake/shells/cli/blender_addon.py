"""`newtake blender install`, `uninstall`, `status` and `package`: what they did and found."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from newtake.bootstrap import blender_addon
from newtake.bootstrap.blender_addon import Asked, Installation
from newtake.hosts.blender.places import Version
from newtake.hosts.blender.status import Facts
from newtake.shells.cli.changes import tell_folder
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.drawing import console, say
from newtake.shells.cli.machine import draw_findings, exit_by

_TICK = "Edit > Preferences > Add-ons, tick New Take"


def install(program: Path | None, version: str | None, dry_run: bool, as_json: bool) -> None:
    asked = Asked(program, _version(version))
    done, notes = blender_addon.install(os.environ, asked, dry_run=dry_run)
    if as_json:
        print_document(_document(done, notes, dry_run=dry_run))
        return
    out = console(sys.stdout)
    for each in done:
        tell_folder(each.blender.addon, each.changes, dry_run=dry_run)
        say(out, _switching_on(each, dry_run=dry_run))
    for note in notes:
        say(out, f"Note: {note}")
    if not dry_run:
        say(out, "In Blender: right-click a strip in the sequencer > New Take.")
        say(out, "A Blender that is open sees it after its next start.")


def uninstall(program: Path | None, version: str | None, dry_run: bool, as_json: bool) -> None:
    asked = Asked(program, _version(version))
    done = blender_addon.uninstall(os.environ, asked, dry_run=dry_run)
    if as_json:
        print_document(_document(done, (), dry_run=dry_run))
        return
    out = console(sys.stdout)
    for each in done:
        tell_folder(each.blender.addon, each.changes, dry_run=dry_run)
        if not each.changes:
            say(out, f"{each.blender.name}: nothing of New Take's is in {each.blender.addon}.")
        elif not dry_run and each.enabled.on is not False:
            say(out, f"{each.blender.name}: {_TICK} off, if it is still listed there.")


def show_status(as_json: bool) -> None:
    """Exits with 1 when something that New Take in Blender needs is missing."""
    from newtake.hosts.blender.status import findings

    facts = blender_addon.facts(os.environ)
    found = findings(facts)
    if as_json:
        blenders = _standings(facts)
        print_document({"findings": [asdict(each) for each in found], "blenders": blenders})
    else:
        draw_findings(found)
    exit_by(found)


def package(folder: Path, as_json: bool) -> None:
    written = blender_addon.package(folder.expanduser().absolute())
    if as_json:
        print_document({"files": list(written)})
        return
    out = console(sys.stdout)
    for path, kind in zip(written, ("4.2 and later", "3.4 to 4.1"), strict=True):
        say(out, f"Written: {path} (Blender {kind})")
    say(out, "In Blender: Edit > Preferences, Add-ons (or Get Extensions), Install from Disk.")
    say(out, "They hold no path of this machine: the add-on's preferences say which newtake it ")
    say(out, "starts, else the one on the PATH. `newtake blender install` does all of it.")


def _version(text: str | None) -> Version | None:
    if text is None:
        return None
    numbers = re.fullmatch(r"(\d+)\.(\d+)(\.\d+)?", text)
    if numbers is None:
        raise typer.BadParameter("as 4.5", param_hint="--version")
    return int(numbers[1]), int(numbers[2])


def _switching_on(done: Installation, *, dry_run: bool) -> str:
    name, enabled = done.blender.name, done.enabled
    if dry_run:
        if done.blender.program is None:
            return f"{name} has no program here: to be switched on in it ({_TICK})"
        return f"Would have {done.blender.program} switch it on in its preferences"
    if enabled.trouble:
        return f"{name} could not switch it on: {enabled.trouble}. There: {_TICK}."
    if enabled.on:
        return f"{name}: {'was on already' if enabled.was else 'switched on'}"
    return f"{name} was not asked to switch it on. There: {_TICK}."


def _document(
    done: tuple[Installation, ...], notes: tuple[str, ...], *, dry_run: bool
) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "blenders": [
            {
                "version": list(each.blender.version),
                "program": each.blender.program,
                "folder": each.blender.addon,
                "changes": [{"file": it.path, "action": it.action} for it in each.changes],
                "enabled": each.enabled.on,
                "trouble": each.enabled.trouble or None,
            }
            for each in done
        ],
        "notes": list(notes),
    }


def _standings(facts: Facts) -> list[dict[str, Any]]:
    return [
        {
            "version": list(each.blender.version),
            "program": each.blender.program,
            "folder": each.blender.addon,
            "installed": each.installed is not None,
            "command": list(each.installed.target.command)
            if each.installed and each.installed.target
            else None,
            "gone": (each.installed.gone or None) if each.installed else None,
            "as_written_now": each.installed.as_written_now if each.installed else None,
            "enabled": each.enabled.on,
        }
        for each in facts.standings
    ]
