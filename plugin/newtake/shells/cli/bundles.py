"""`doctor --bundle`: the findings and a local file for a bug report."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import anyio

from newtake.bootstrap.reporting import write_report
from newtake.domain.errors import SettingsError
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.drawing import console, say
from newtake.shells.cli.machine import draw_findings, exit_by


def examine_into(bundle: Path | None, private: bool, as_json: bool) -> None:
    """Examine, write the bundle, say what is inside. Exits like the doctor without a bundle.

    Raises:
        SettingsError: No bundle is named, or the name is taken.
        StorageError: The bundle cannot be written.
    """
    if bundle is None:
        raise SettingsError("--private is for a bundle.", fix="Add --bundle FILE.zip.")
    write = partial(write_report, os.environ, bundle.absolute(), private=private)
    findings, members = anyio.run(write)
    if as_json:
        file = {"file": str(bundle.absolute()), "private": private, "sent": False}
        told = [asdict(finding) for finding in findings]
        print_document({"findings": told, "bundle": {**file, "inside": members}})
    else:
        draw_findings(findings)
    _tell(bundle, members, private)
    exit_by(findings)


def _tell(bundle: Path, members: Sequence[str], private: bool) -> None:
    err = console(sys.stderr)
    say(err, f"Written: {bundle}, for a bug report. Nothing was sent anywhere.")
    say(err, f"Inside: {', '.join(members)}")
    if not private:
        say(err, "It holds your prompts and the names of your files; --private takes them out.")
