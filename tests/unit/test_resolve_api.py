"""Which methods a version of Resolve has: one rule, for the host and for the bridge."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from newtake.hosts.resolve import api, bridge, bridge_objects

CLASSES = json.loads(api.TABLE.read_text("utf-8"))["classes"]
VERSIONS = [(18, 6), (18, 6, 4), (19, 1), (20, 3, 2), (21, 0, 4), (21, 1), (22, 0)]


def asked_by_itself() -> set[tuple[str, str]]:
    """Class and method of what no request names; "" for the class where the code leaves it open."""
    classes = {
        "resolve": "Resolve",
        **{name: owner for name, (owner, _, _) in bridge.NAMED.items()},
    }
    found = {(classes[holder], method) for _, holder, method in bridge.NAMED.values()}
    found |= {(owner, "GetUniqueId") for owner in bridge.KINDS.values()}
    for module in (bridge, bridge_objects):
        assert module.__file__ is not None
        for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("asked", "listed") and isinstance(node.args[1], ast.Constant):
                found.add(("", str(node.args[1].value)))
    return found


def test_what_the_bridge_asks_by_itself_is_in_every_version() -> None:
    found = asked_by_itself()
    assert {("", "GetVersion"), ("", "GetItemListInTrack"), ("Project", "GetMediaPool")} <= found
    for owner, name in found:
        owners = [owner] if owner else [each for each in CLASSES if name in CLASSES[each]]
        assert any(all(api.has(version, each, name) for version in VERSIONS) for each in owners), (
            f"{owner}.{name}"
        )


@pytest.mark.parametrize("version", VERSIONS)
def test_the_host_and_the_bridge_say_the_same_of_every_method(version: tuple[int, ...]) -> None:
    table = bridge_objects.Table(CLASSES, version)  # type: ignore[no-untyped-call]
    for owner, methods in CLASSES.items():
        for name in [*methods, "Invented"]:
            try:
                table.method(owner, name)  # type: ignore[no-untyped-call]
                is_there = True
            except bridge_objects.BridgeError:
                is_there = False
            assert api.has(version, owner, name) is is_there, f"{owner}.{name}"
