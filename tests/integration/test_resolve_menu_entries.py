"""The menu entries as Resolve runs them: a real Python, a real LuaJIT, folders of awkward names."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lupa import luajit21

from newtake.hosts.resolve.launchers import Target, lua_entry, python_entry
from newtake.hosts.resolve.transports import BRIDGE
from resolve_machines import NASTY

PROGRAM = Path(__file__).parent.parent / "resolve_as_program.py"
COMMAND = """
import json, os, sys
print(json.dumps({"id": 1, "do": "hello"}), flush=True)
answer = json.loads(sys.stdin.readline())
told = {"answer": answer, "words": sys.argv[1:], "prefix": sys.prefix,
        "environment": {k: v for k, v in os.environ.items() if k.startswith(("PYTHON", "NEWTAKE"))}}
with open(sys.argv[1], "w") as file:
    json.dump(told, file)
"""
SANDBOXED = ("io", "package", "require", "print", "ffi", "debug", "dofile", "module")
"""What plugins found missing from the free edition's Lua in 21.1; `os` is left with three."""


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A folder that stands for this environment, with the real bridge in it."""
    folder = tmp_path / NASTY
    folder.mkdir()
    for path in (*BRIDGE.parent.glob("bridge*"), BRIDGE.with_name("api.json")):
        shutil.copy(path, folder)
    # As in the package: what bridges share lies beside this one's folder.
    shutil.copytree(BRIDGE.parents[1] / "bridging", tmp_path / "bridging")
    (folder / "command.py").write_text(COMMAND)
    return folder


def target_in(folder: Path) -> Target:
    words = (sys.executable, "-I", str(folder / "command.py"), str(folder / "told.json"), "a b")
    return Target(words, str(folder / BRIDGE.name), str(folder / "spool"))


def run_python(
    target: Target, folder: Path, door: str = "resolve", path: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run an entry as Resolve does, with the programs of `path` alone."""
    entry = folder / "New Take.py"
    entry.write_bytes(python_entry(target))
    words = [sys.executable, str(PROGRAM), str(entry), door]
    scrubbed = ("PYTHON", "NEWTAKE")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(scrubbed)}
    # A console that has next to no letters, as that of an old code page.
    environment |= {"PATH": path, "PYTHONIOENCODING": "ascii"}
    return subprocess.run(words, env=environment, capture_output=True, encoding="ascii", timeout=60)


def dialogs(folder: Path) -> tuple[str, Path]:
    """A PATH on which the desktop's dialog writes down what it shows."""
    programs = folder / "programs"
    programs.mkdir()
    shown, zenity = folder / "shown", programs / "zenity"
    zenity.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > "{shown}.part"\n/bin/mv "{shown}.part" "{shown}"\n'
    )
    zenity.chmod(zenity.stat().st_mode | stat.S_IXUSR)
    return str(programs), shown


@pytest.mark.parametrize("door", ["resolve", "app", "bmd"])
def test_the_python_entry_starts_the_command_and_serves_it(environment: Path, door: str) -> None:
    ran = run_python(target_in(environment), environment, door)

    assert ran.returncode == 0, ran.stderr
    told = json.loads((environment / "told.json").read_text())
    assert told["answer"]["ok"]["product"] == "DaVinci Resolve Studio"
    assert told["answer"]["ok"]["way"] == "menu"
    assert told["words"][1:] == ["a b"]
    assert told["prefix"] == sys.prefix
    # PYTHONHOME and PYTHONPATH, which Resolve sets for its own interpreter, do not reach ours.
    assert told["environment"] == {
        "PYTHONIOENCODING": "ascii",
        "NEWTAKE_RESOLVE_MENU": "1",
    }
    assert not list(environment.rglob("*.pyc")), "the environment is not Resolve's to write into"


def test_the_python_entry_keeps_the_journal_of_the_one_who_installed(environment: Path) -> None:
    home = str(environment / "home")

    run_python(replace(target_in(environment), home=home), environment)

    told = json.loads((environment / "told.json").read_text())
    assert told["environment"]["NEWTAKE_HOME"] == home


def test_an_environment_that_moved_is_told_in_a_dialog(environment: Path, tmp_path: Path) -> None:
    path, shown = dialogs(tmp_path)
    target = target_in(environment)
    moved = replace(target, command=(str(environment / "gone" / "python"), *target.command[1:]))

    ran = run_python(moved, environment, path=path)

    assert ran.returncode == 0, ran.stderr
    assert "newtake resolve install" in ran.stdout
    assert "Traceback" not in ran.stderr
    text = wait_for(shown)
    assert str(environment / "gone" / "python") in text
    assert not (environment / "told.json").exists()


def test_a_bridge_that_is_gone_is_told(environment: Path) -> None:
    (environment / BRIDGE.name).unlink()

    ran = run_python(target_in(environment), environment)

    assert "bridge_doors.py is gone" in ran.stdout
    assert not (environment / "told.json").exists()


def test_without_a_door_to_resolve_nothing_is_started(environment: Path) -> None:
    ran = run_python(target_in(environment), environment, "none")

    assert "no way to reach it" in ran.stdout
    assert not (environment / "told.json").exists()


def test_a_command_that_fails_is_told(environment: Path) -> None:
    (environment / "command.py").write_text("raise SystemExit(3)")

    ran = run_python(target_in(environment), environment)

    assert "ended with an error (exit code 3)" in ran.stdout
    assert ran.stderr == ""


def test_a_command_that_cannot_be_started_is_told(environment: Path) -> None:
    target = target_in(environment)
    no_program = environment / "told.txt"
    no_program.write_text("not a program")

    ran = run_python(replace(target, command=(str(no_program),)), environment)

    assert ran.returncode == 0
    assert "Stopped by PermissionError" in ran.stdout
    assert "Traceback" in ran.stderr, "the console has the particulars"


def wait_for(shown: Path) -> str:
    """What a dialog showed; the entry does not wait for it to be closed."""
    for _ in range(200):
        if shown.exists():
            return shown.read_text()
        subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError("no dialog was shown")


def lua(sandboxed: bool) -> Any:
    """A LuaJIT as Resolve's; `sandboxed` as the free edition's from 21.1 on."""
    runtime = luajit21.LuaRuntime(encoding=None, unpack_returned_tuples=True)
    if sandboxed:
        for name in SANDBOXED:
            runtime.execute(f"{name} = nil".encode())
        runtime.execute(b"os = { getenv = os.getenv, time = os.time, clock = os.clock }")
    return runtime


def run_lua(runtime: Any, target: Target, folder: Path) -> None:
    (folder / "bridge_doors.lua").write_text(
        "function newtake_main(resolve, command, spool)\n"
        "  told = { resolve = resolve, command = command, spool = spool }\n"
        "end\n"
    )
    runtime.execute(lua_entry(target))


@pytest.mark.parametrize("sandboxed", [False, True])
@pytest.mark.parametrize(
    "door",
    [
        b"resolve = 'it'",
        b"function Resolve() return 'it' end",
        b"app = { GetResolve = function(self) return 'it' end }",
        b"bmd = { scriptapp = function(name) return name == 'Resolve' and 'it' end }",
    ],
)
def test_the_lua_entry_gives_the_bridge_what_it_needs(
    environment: Path, sandboxed: bool, door: bytes
) -> None:
    runtime = lua(sandboxed)
    runtime.execute(door)
    target = target_in(environment)

    run_lua(runtime, target, environment)

    told = runtime.globals()[b"told"]
    assert told[b"resolve"] == b"it"
    assert [os.fsdecode(word) for word in told[b"command"].values()] == list(target.command)
    assert os.fsdecode(told[b"spool"]) == target.spool_parent


def test_a_lua_entry_of_an_environment_that_moved_says_so(environment: Path) -> None:
    runtime = lua(sandboxed=True)
    runtime.execute(b"resolve = 'it'")
    moved = replace(target_in(environment), bridge=str(environment / "gone" / BRIDGE.name))

    with pytest.raises(luajit21.LuaError, match="New Take: its environment is not where it was"):
        run_lua(runtime, moved, environment)


@pytest.mark.parametrize("name", ["bridge.lua", "bridge_objects.lua", "bridge_text.lua"])
def test_a_lua_entry_of_an_environment_that_is_not_whole_says_so(
    environment: Path, name: str
) -> None:
    runtime = lua(sandboxed=True)
    runtime.execute(b"resolve = 'it'")
    (environment / name).unlink()

    with pytest.raises(luajit21.LuaError, match="New Take: its environment is not whole"):
        runtime.execute(lua_entry(target_in(environment)))


def test_a_lua_entry_asks_resolve_whether_the_python_is_there(environment: Path) -> None:
    runtime = lua(sandboxed=True)
    runtime.execute(b"resolve = 'it'; bmd = { fileexists = function(path) return false end }")

    with pytest.raises(luajit21.LuaError, match="Python of its environment is gone"):
        run_lua(runtime, target_in(environment), environment)


def test_a_lua_entry_without_a_door_to_resolve_says_so(environment: Path) -> None:
    with pytest.raises(luajit21.LuaError, match="no way to reach it"):
        run_lua(lua(sandboxed=True), target_in(environment), environment)
