"""What the bridge in Lua brings along because Lua has none: JSON, base64 and command lines."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lupa.luajit21 import LuaError

from lua_resolve import SANDBOXED, lua_bridge
from newtake.hosts.resolve.bridge_doors import NOT_FOR_THE_CHILD
from newtake.hosts.resolve.spool import lua_chunk
from newtake.hosts.resolve.transports import BRIDGE

LUA, MODULE = lua_bridge()

# A text of Resolve's is UTF-8; lone surrogates are none. Numbers are doubles in Lua.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.none() | st.booleans() | TEXTS | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20
)


@given(VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_json_comes_back_as_it_went(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)

    assert json.loads(MODULE.encode(MODULE.decode(text))) == value


@given(TEXTS)
def test_a_text_is_the_same_in_lua_and_in_its_chunk(text: str) -> None:
    chunk = lua_chunk(text)

    assert MODULE.decode(json.dumps(text)) == text
    assert chunk.isascii()
    assert chunk.count("\n") == 1
    assert LUA.execute(chunk) == text


def test_the_table_of_versions_is_read_whole() -> None:
    text = BRIDGE.with_name("api.json").read_text("utf-8")

    assert json.loads(MODULE.encode(MODULE.decode(text))) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,", '{"a" 1}', '{"a": 1 "b"}', '"open', "nul", "1 2", "[1]]", "{1: 2}", "-"],
)
def test_what_is_no_json_is_an_error(text: str) -> None:
    with pytest.raises(LuaError):
        MODULE.decode(text)


def test_numbers_that_json_does_not_have_are_null() -> None:
    numbers = LUA.eval("{0/0, 1/0, -1/0, 2^53, 0.1}")

    assert json.loads(MODULE.encode(numbers)) == {
        "1": None,
        "2": None,
        "3": None,
        "4": 2**53,
        "5": 0.1,
    }


@given(TEXTS)
def test_base64_is_the_usual_one(text: str) -> None:
    assert base64.b64decode(MODULE.base64(text), validate=True).decode() == text


def test_the_bridge_needs_nothing_that_the_free_edition_leaves_out() -> None:
    lua, module = lua_bridge(sandboxed=True)

    assert module.encode(module.decode('{"a": [1, null]}')) == '{"a":[1,null]}'
    assert all(
        lua.eval(name.partition(".")[0] + " == nil") for name in SANDBOXED if "." not in name
    )


NASTY = [
    "it's",
    'a "b"',
    "$HOME `id` $(id)",
    "semi; colon & pipe |",
    "*",
    "",
    "ümläut 場面",
    "a\\b\n",
]


def test_a_command_starts_by_itself_with_a_clean_environment(tmp_path: Path) -> None:
    said = tmp_path / "what it's said"
    program = tmp_path / "pro gram's.py"
    program.write_text(
        "import json, os, sys\n"
        f"new = {str(said)!r} + '.new'\n"
        "open(new, 'w').write(json.dumps([sys.argv[1:], dict(os.environ), sys.stdin.read()]))\n"
        f"os.replace(new, {str(said)!r})\n"
    )
    command = [sys.executable, "-S", str(program), *NASTY]
    line = MODULE.posix_start(LUA.table_from(command))
    dirty = dict.fromkeys(NOT_FOR_THE_CHILD, "/nowhere")

    subprocess.run(["sh", "-c", line], env={**os.environ, **dirty}, check=True, timeout=10)
    while not said.exists():
        pass

    words, environment, came_in = json.loads(said.read_text())
    assert words == NASTY
    assert not set(environment) & set(NOT_FOR_THE_CHILD)
    assert came_in == ""


@pytest.mark.parametrize("name", ["with space", "it's", 'a "b"', "$HOME", "-p", "場面", "a\\b"])
def test_a_folder_is_made_for_the_user_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / "not there yet" / name

    subprocess.run(["sh", "-c", MODULE.posix_folder(str(path))], check=True, timeout=10)

    assert path.is_dir()
    assert path.stat().st_mode & 0o077 == 0


def test_a_command_for_windows_is_quoted_for_both_who_read_it() -> None:
    command = [
        r"C:\Program Files\Jörg & Söhne\python.exe",
        "-m",
        "newtake",
        "--spool",
        r"D:\100%\a b",
    ]

    line = MODULE.windows_start(LUA.table_from(command))

    assert line == (
        'set "PYTHONHOME=" & set "PYTHONPATH=" & set "PYTHONEXECUTABLE=" & '
        'set "__PYVENV_LAUNCHER__=" & start "" /b '
        r'"C:\Program Files\Jörg & Söhne\python.exe" "-m" "newtake" "--spool" '
        r'"D:\100"^%"\a b"'
        " <nul >nul 2>nul"
    )


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("plain", '"plain"'),
        ("ends in a backslash\\", '"ends in a backslash\\\\"'),
        ('a"b', '"a\\"b"'),
        ('a\\"b', '"a\\\\\\"b"'),
        ("dir\\%TEMP%", '"dir\\\\"^%"TEMP"^%""'),
        ("", '""'),
    ],
)
def test_words_for_windows(word: str, quoted: str) -> None:
    line = MODULE.windows_start(LUA.table_from([word]))

    assert line.endswith(f'start "" /b {quoted} <nul >nul 2>nul')


def test_a_folder_for_windows_has_backslashes() -> None:
    assert MODULE.windows_folder("C:/Users/Jörg B/spool") == 'md "C:\\Users\\Jörg B\\spool"'
