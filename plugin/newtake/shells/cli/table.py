"""The table of commands: what `newtake --help` shows, without loading any of them.

A command's options are built only when it is called, and no other's; building all of them would be
a fifth of the time that a short command takes.
"""

from __future__ import annotations

from copy import copy
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.models import CommandInfo

COMMANDS = {
    "demo": "The whole round trip on the embedded sandbox: no key, no cost.",
    "clips": "List a timeline's clips, and why one cannot be restyled.",
    "plan": "Say what restyle would do, send and cost. Do nothing.",
    "restyle": "Restyle clips; write the timeline with the new takes.",
    "panel": "The timeline on a page: restyle clips, compare takes, save.",
    "takes": "List the takes of a timeline's clips, or switch to others.",
    "styles": "List looks with a name, show one, or begin one of your own.",
    "proxy": "A small H.264 copy of a clip's take or of a file, frame for frame.",
    "compare": "A clip's original and its takes side by side, as a movie or a sheet.",
    "report": "What a run did, again: a page with stills, and JSON.",
    "jobs": "The journal: list, show, resume, cancel, settle, fetch.",
    "resolve": "DaVinci Resolve: install into its menu, and see what works there.",
    "blender": "Blender: install into its sequencer, and see what works there.",
    "model": "The model's live schema and prices.",
    "login": "Store the Oxen key in the system's keychain.",
    "doctor": "What works on this machine, and what to do about the rest.",
    "sandbox": "The embedded provider as a server, for trying and testing.",
}


def _name_of(command: CommandInfo) -> str:
    return command.name or (command.callback.__name__ if command.callback else "")


class CommandTable(TyperGroup):
    """A group that knows its commands' names, and loads one when it is called."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        from newtake.shells.cli.optional_values import with_values

        return super().parse_args(ctx, with_values(args))

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        from newtake.shells.cli.commands import app as commands

        only = copy(commands)
        only.registered_commands = [
            each for each in commands.registered_commands if _name_of(each) == cmd_name
        ]
        only.registered_groups = [
            each for each in commands.registered_groups if each.name == cmd_name
        ]
        return typer.main.get_group(only).commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    name="newtake",
    cls=CommandTable,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from newtake import __version__

        typer.echo(f"newtake {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    key: Annotated[
        str | None,
        typer.Option(
            "--key", help="The Oxen key, before any stored one. Other users may see it in `ps`."
        ),
    ] = None,
) -> None:
    """Select a clip of your edit, say how it should look, get it back as a new take."""
    if key is not None:
        from newtake import bootstrap
        from newtake.bootstrap.logbook import keep_out

        keep_out(key.strip())
        bootstrap.give_key(key)
