"""The menu entries as text: any path comes through, in the syntax of the interpreters at hand."""

from __future__ import annotations

import ast
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lupa import luajit21

from newtake.domain.errors import OutputError
from newtake.hosts.resolve.launchers import (
    MARKER,
    Target,
    is_ours,
    lua_entry,
    lua_literal,
    python_entry,
    target_of,
)
from newtake.hosts.resolve.transports import BRIDGE
from resolve_machines import NASTY

BRIDGES = [*sorted(BRIDGE.parent.glob("bridge*.py")), BRIDGE.parents[1] / "bridging/serving.py"]
PATHS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
NASTY_TARGET = Target(
    (f"/home/{NASTY}/bin/python", "-I", "-m", "newtake"),
    f"C:\\{NASTY}\\bridge_doors.py",
    f"/{NASTY}\n",
)


@given(st.binary())
def test_a_literal_of_lua_is_exactly_its_bytes(text: bytes) -> None:
    lua = luajit21.LuaRuntime(encoding=None)

    assert lua.execute(b"return " + lua_literal(text).encode("ascii")) == text


@given(PATHS, PATHS, PATHS)
def test_both_entries_say_again_what_they_start(command: str, bridge: str, spool: str) -> None:
    target = Target((command, "-m", "newtake"), bridge, spool, spool)

    python = python_entry(target)
    lua = lua_entry(target, "utf-8")

    assert target_of(python) == target_of(lua) == target
    assert is_ours(python)
    assert is_ours(lua)


def test_names_that_are_no_text_are_kept_as_their_bytes() -> None:
    # Linux gives such names to Python with surrogates in the place of their bytes.
    target = Target(("/bin/\udcffpython",), "/x/bridge_doors.py", "/s")

    assert b'"/bin/\\255python"' in lua_entry(target)
    assert target_of(python_entry(target)) == target


def test_lua_on_windows_gets_paths_in_the_code_page() -> None:
    target = Target(("C:\\Zoë\\python.exe",), "C:\\Zoë\\bridge_doors.py", "C:\\s")

    assert b'local BRIDGE = "C:\\092Zo\\235\\092bridge_doors.lua"' in lua_entry(target, "cp1252")


def test_a_path_outside_the_code_page_is_refused_for_lua_and_works_for_python() -> None:
    target = Target(("C:\\編集\\python.exe",), "C:\\編集\\bridge_doors.py", "C:\\s")

    with pytest.raises(OutputError, match="cannot open") as refused:
        lua_entry(target, "cp1252")
    assert "cp1252" in refused.value.why
    assert target_of(python_entry(target)) == target


def test_an_entry_of_windows_line_ends_is_still_ours() -> None:
    assert is_ours(python_entry(NASTY_TARGET).replace(b"\n", b"\r\n"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"print('mine')\n",
        b"\n# " + MARKER.encode(),
        b"# " + MARKER.encode() + b" not",
        b"\xff",
    ],
)
def test_files_of_others_are_not_ours(data: bytes) -> None:
    assert not is_ours(data)


@pytest.mark.parametrize("second", ["", "# target: {", "# target: []", '# target: {"command": []}'])
def test_an_entry_that_was_cut_off_starts_nothing(second: str) -> None:
    assert target_of(f"# {MARKER}\n{second}\n".encode()) is None


def test_what_resolve_runs_has_the_syntax_of_its_pythons() -> None:
    ast.parse(python_entry(NASTY_TARGET), feature_version=(3, 6))
    for path in BRIDGES:
        ast.parse(path.read_bytes(), feature_version=(3, 8))


@pytest.mark.parametrize(
    "source", [python_entry(NASTY_TARGET), *(path.read_bytes() for path in BRIDGES)]
)
def test_what_resolve_runs_imports_the_standard_library_alone(source: bytes) -> None:
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add((node.module or "").split(".")[0])

    # Blackmagic's own module is there where Resolve is.
    assert imported - sys.stdlib_module_names - {"DaVinciResolveScript"} == set()
