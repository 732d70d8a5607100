"""`python -m newtake.testing.resolve --version 21.1 --edition studio --folder F [--scene FILE]`

Prints one line of JSON: host, port, and `script_api`, the folder for RESOLVE_SCRIPT_API. It runs
until its standard input ends.

A scene is a list of the control's words, in order; a result is kept under `as` and used by `$NAME`:

    [{"do": "add_timeline", "name": "Reel 1"},
     {"do": "add_media", "path": "/footage/shot.mov", "as": "shot"},
     {"do": "add_item", "media": "$shot", "duration": 50}]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from newtake.testing.resolve.control import FakeResolve
from newtake.testing.resolve.server import ResolveServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m newtake.testing.resolve")
    parser.add_argument("--version", default="21.1")
    parser.add_argument("--edition", choices=("studio", "free"), default="studio")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--project", default="Feature")
    parser.add_argument("--rate", default="24", help='as Resolve writes it: "25", "29.97 DF"')
    parser.add_argument("--colour-managed", action="store_true")
    parser.add_argument("--scene", type=Path)
    asked = parser.parse_args()
    fake = FakeResolve(
        asked.version,
        asked.edition,
        project=asked.project,
        rate=asked.rate,
        colour_managed=asked.colour_managed,
    )
    if asked.scene is not None:
        fake.build_scene(json.loads(asked.scene.read_text(encoding="utf-8")))
    with ResolveServer(fake, asked.folder) as server:
        host, port = server.address
        facts = {"host": host, "port": port, "script_api": str(asked.folder)}
        print(json.dumps(facts), flush=True)
        sys.stdin.read()


main()
