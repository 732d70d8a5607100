"""The quick table of commands names what there is, and nothing else."""

from __future__ import annotations

from typing import Any

import typer

from newtake.shells.cli.commands import app
from newtake.shells.cli.table import COMMANDS


def test_the_table_and_the_commands_agree() -> None:
    loaded = typer.main.get_command(app)

    assert list(COMMANDS) == sorted(loaded.commands, key=list(COMMANDS).index)  # type: ignore[attr-defined]  # a group


def test_every_command_and_every_option_has_help() -> None:
    silent = []
    waiting: list[tuple[str, Any]] = [("newtake", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        waiting += [
            (f"{name} {word}", each) for word, each in getattr(command, "commands", {}).items()
        ]
        silent += [f"{name} {each.name}" for each in command.params if not each.help]
        if name != "newtake" and not command.help:
            silent.append(name)

    assert silent == []
