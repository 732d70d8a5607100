"""The quick table of commands names what there is, and nothing else."""

from __future__ import annotations

import typer

from newtake.shells.cli.commands import app
from newtake.shells.cli.table import COMMANDS


def test_the_table_and_the_commands_agree() -> None:
    loaded = typer.main.get_command(app)

    assert list(COMMANDS) == sorted(loaded.commands, key=list(COMMANDS).index)  # type: ignore[attr-defined]  # a group
