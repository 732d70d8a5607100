"""The bridge as a process, and what Resolve's menu starts: what each outlives and sees."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import anyio
import pytest

from bridge_ways import PYTHON
from bridged_resolve import Scene, connected, listening
from newtake.hosts.resolve.bridge_doors import NOT_FOR_THE_CHILD, menu_main
from newtake.hosts.resolve.messages import Call, run_line
from newtake.hosts.resolve.transports import BRIDGE, ChildBridge


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "resolve")


def test_closing_leaves_no_process_and_a_closed_connection_starts_again(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, started):
            await connection.aclose()
            assert started == []
            await connection.ready()
            await connection.aclose()
            assert started[0]._process.returncode == 0
            assert await connection.run(Call("GetName")) == ["Reel 1"]
        assert [each._process.returncode for each in started] == [0, 0]

    with listening(scene):
        anyio.run(play)


def test_a_bridge_at_work_outlives_the_connection_and_ends_by_itself(scene: Scene) -> None:
    async def play() -> ChildBridge:
        async with connected(scene) as (connection, started):
            await connection.ready()
            with anyio.move_on_after(0.1):
                await connection.run(scene.paint("Teal"), afterwards=[scene.paint("Orange")])
        return started[0]

    hook = scene.fake.on_call("SetClipColor", "pause")
    with listening(scene):
        bridge = anyio.run(play)
        assert bridge._process.poll() is None
        scene.fake.go_on(hook)
        deadline = time.monotonic() + 10
        while bridge._process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert bridge._process.returncode == 0
    assert scene.colour == "Orange"


CLIENT = """
import subprocess, sys, time
process = subprocess.Popen([sys.executable, "-I", "-S", sys.argv[1], "--connect"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
process.stdin.write(sys.argv[2].encode())
process.stdin.flush()
time.sleep(60)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_all_calls_of_a_run_are_made_although_its_caller_dies(
    scene: Scene, ending: signal.Signals
) -> None:
    calls = [scene.paint("Teal"), Call("AddMarker", {"item": scene.clip}, MARKER, "true")]
    line = run_line(1, calls, [scene.paint("Orange")])
    hook = scene.fake.on_call("SetClipColor", "pause")
    with listening(scene):
        client = subprocess.Popen(
            [*PYTHON, "-c", CLIENT, str(BRIDGE), line],
            env={**os.environ, "RESOLVE_SCRIPT_API": str(scene.folder)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert scene.fake.wait_for(hook)
        if ending == signal.SIGKILL:
            client.kill()
        else:
            # As a terminal does: to the caller and to its bridge.
            os.killpg(client.pid, ending)
        client.wait(10)
        scene.fake.go_on(hook)
        wait_until(lambda: scene.colour == "Orange")
    assert list(scene.fake.item(scene.clip)["markers"]) != []


def test_all_calls_of_a_run_are_made_although_the_menus_child_dies(scene: Scene) -> None:
    line = run_line(1, [scene.paint("Teal")], [scene.paint("Orange")])
    pid = scene.folder.parent / "pid"
    asks = (
        "import os, pathlib, time\n"
        f"pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\n"
        f"print({line.strip()!r}, flush=True)\n"
        "time.sleep(60)\n"
    )
    hook = scene.fake.on_call("SetClipColor", "pause")
    with listening(scene):
        menu = start_from_menu(scene, asks)
        assert scene.fake.wait_for(hook)
        os.kill(int(pid.read_text()), signal.SIGKILL)
        scene.fake.go_on(hook)
        said, _ = menu.communicate(timeout=20)
    assert said == "-9\n"
    assert scene.colour == "Orange"


def start_from_menu(scene: Scene, child: str) -> subprocess.Popen[str]:
    """Resolve's menu, whose bridge starts a Python program; says the program's exit code."""
    program, script = scene.folder.parent / "child.py", scene.folder.parent / "menu.py"
    program.write_text(child)
    script.write_text(
        "import importlib.util\n"
        f"spec = importlib.util.spec_from_file_location('bridge', {str(BRIDGE)!r})\n"
        "bridge = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(bridge)\n"
        f"print(bridge.menu_main(resolve, [{sys.executable!r}, {str(program)!r}]))\n"
    )
    return subprocess.Popen(
        [sys.executable, "-m", "newtake.testing.resolve.menu", str(scene.folder), str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(there: Any) -> None:
    deadline = time.monotonic() + 20
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_lies_beside_the_bridge_hides_no_module_from_resolves_own(tmp_path: Path) -> None:
    modules = tmp_path / "Modules"
    modules.mkdir()
    (modules / "DaVinciResolveScript.py").write_text("import sys; raise OSError(repr(sys.path))")

    ran = subprocess.run(
        [sys.executable, str(BRIDGE), "--connect"],
        input='{"id": 1, "do": "hello"}\n',
        env={**os.environ, "RESOLVE_SCRIPT_API": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=20,
    )

    error = json.loads(ran.stdout)["error"]
    assert error["kind"] == "no_module"
    assert str(modules) in error["text"]
    assert str(BRIDGE.parent) not in error["text"]


MARKER = (20, "Blue", "New Take", "a note", 1, json.dumps({"newtake": 1}))


def test_a_menus_child_starts_without_resolves_own_settings_of_python(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NOT_FOR_THE_CHILD:
        monkeypatch.setenv(name, "/nowhere")
    said = tmp_path / "said"
    program = "import json, os, sys; open(sys.argv[1], 'w').write(json.dumps(dict(os.environ)))"

    code = menu_main(scene.fake.resolve, [sys.executable, "-c", program, str(said)])  # type: ignore[no-untyped-call]

    assert code == 0
    environment = json.loads(said.read_text())
    assert not set(environment) & set(NOT_FOR_THE_CHILD)
    assert environment["NEWTAKE_RESOLVE_MENU"] == "1"


def test_a_menus_child_talks_over_its_own_pipes_and_may_print(scene: Scene) -> None:
    with listening(scene):
        said, printed = start_from_menu(scene, CHILD).communicate(timeout=60)
    assert said == "3\n"
    assert printed.splitlines()[-2:] == ["printed", "menu Reel 1"]


CHILD = """
import sys
import anyio
from newtake.hosts.resolve.connection import ResolveConnection
from newtake.hosts.resolve.messages import Call
from newtake.hosts.resolve.transports import menu_pipes

async def main():
    pipes = menu_pipes()
    print("printed", flush=True)
    async def same():
        return pipes
    connection = ResolveConnection(same)
    hello = await connection.ready()
    with anyio.move_on_after(0):
        await connection.run(Call("GetStartFrame"))
    (name,) = await connection.run(Call("GetName"))
    print(hello.way, name, flush=True)
    assert sys.stdin.read() == ""
    await connection.aclose()

anyio.run(main)
sys.exit(3)
"""
