"""The commands that are about this machine and the service: model, login, doctor and sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newtake.shells.cli.options import (
    Json,
    ProviderOption,
)


def model(provider: ProviderOption = None, json: Json = False) -> None:
    """The model's live schema and prices."""
    from newtake.shells.cli.machine import show_model

    show_model(provider, json)


def login(
    forget: Annotated[bool, typer.Option("--forget", help="Remove the stored key.")] = False,
    json: Json = False,
) -> None:
    """Store the Oxen key in the system's keychain. Reads it from the terminal or from stdin."""
    from newtake.shells.cli.machine import log_in

    log_in(forget, json)


def doctor(
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", help="Write a ZIP for a bug report; nothing is sent."),
    ] = None,
    private: Annotated[
        bool,
        typer.Option(
            "--private", help="Take prompts, file and account names out of the bundle as well."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """What works on this machine, and what to do about what does not.

    --bundle also writes versions, settings, these findings, the events of the last jobs and the
    logs into a new ZIP file. Keys and signatures are always taken out; without --private it holds
    your prompts and the names of your files.
    """
    if bundle is None and not private:
        from newtake.shells.cli.machine import examine

        examine(json)
    else:
        from newtake.shells.cli.bundles import examine_into

        examine_into(bundle, private, json)


def sandbox(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="State; default: in NEWTAKE_HOME.")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault", help="Misbehave, e.g. submit:503x1, result:drop or poll:502%10; repeatable."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of faults by chance (%).")] = 0,
    look: Annotated[
        str | None, typer.Option("--look", help="'copy' returns the pictures as they came.")
    ] = None,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, help="Jobs that it works on at a time.")
    ] = 2,
    job_seconds: Annotated[
        float, typer.Option("--job-seconds", min=0, help="What a job takes at least.")
    ] = 0.0,
    result: Annotated[
        Path | None,
        typer.Option(
            "--result", exists=True, dir_okay=False, help="Give this video for every request."
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Its address as one line of JSON on stdout.")
    ] = False,
) -> None:
    """Run the embedded provider as a server with the service's contract, for trying and testing."""
    from newtake.bootstrap import SandboxPace
    from newtake.shells.cli.machine import serve_sandbox

    pace = SandboxPace(at_once, job_seconds, result)
    serve_sandbox(port, folder, tuple(fault or ()), seed, look, pace, json)
