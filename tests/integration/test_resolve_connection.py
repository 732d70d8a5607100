"""A conversation with Resolve survives slowness, cancellation and the end of either side."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest

from bridge_ways import PYTHON
from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.resolve.bridge_doors import NOT_FOR_THE_CHILD, menu_main
from newtake.hosts.resolve.connection import ResolveConnection
from newtake.hosts.resolve.messages import Call, Check, Obj, ResolveCallError, result, run_line
from newtake.hosts.resolve.transports import BRIDGE, ChildBridge
from newtake.testing.resolve import FakeResolve
from newtake.testing.resolve.server import ResolveServer

T = TypeVar("T")


class Scene:
    """A Resolve with one clip, listening for scripts."""

    def __init__(self, folder: Path, version: str = "21.1") -> None:
        self.fake = FakeResolve(version, rate="25")
        self.fake.add_timeline("Reel 1")
        self.media = self.fake.add_made_media("shot", frames=200, rate="25")
        self.clip = self.fake.add_item(self.media, source_start=11, duration=50)
        self.folder = folder

    def paint(self, colour: str) -> Call:
        return Call("SetClipColor", {"item": self.clip}, (colour,), "true")

    @property
    def colour(self) -> str:
        return str(self.fake.item(self.clip)["color"])


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "resolve")


@asynccontextmanager
async def connected(
    scene: Scene, *, seconds: float = 20, **environment: str
) -> AsyncIterator[tuple[ResolveConnection, list[ChildBridge]]]:
    """The connection, and the bridges that were started for it."""
    started: list[ChildBridge] = []

    async def start() -> ChildBridge:
        facts = {"RESOLVE_SCRIPT_API": str(scene.folder)}
        started.append(await ChildBridge.start({**os.environ, **facts, **environment}))
        return started[-1]

    connection = ResolveConnection(start, answer_seconds=seconds)
    try:
        yield connection, started
    finally:
        await connection.aclose()


@contextmanager
def listening(scene: Scene) -> Iterator[None]:
    with ResolveServer(scene.fake, scene.folder):
        yield


def test_calls_go_through_a_real_bridge(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, _):
            hello = await connection.ready()
            assert hello.version_text == "21.1.0"
            assert hello.studio
            assert hello.way == "outside"
            assert connection.has("Timeline", "GetSelectedClips")
            assert not connection.has("Timeline", "GetSetting")

            items, name, painted = await connection.run(
                Call("GetItemListInTrack", args=("video", 1), want="list"),
                Call("GetName", on=result(0, at=0)),
                Call(
                    "SetClipColor",
                    Obj("item", scene.clip).address,
                    ("Teal",),
                    "true",
                    Check("GetClipColor", "Teal"),
                ),
            )
            assert items == [Obj("item", scene.clip)]
            assert (name, painted) == ("shot", True)

            listing = Call("GetItemListInTrack", args=("video", 1))
            (row,) = await connection.each(listing, Call("GetStart"), Call("GetTakeByIndex"))
            assert row.object == Obj("item", scene.clip)
            assert row.values[0] == 90000
            assert isinstance(row.values[1], ResolveCallError)
            assert row.values[1].kind == "arguments"

    with listening(scene):
        anyio.run(play)
    assert scene.fake.violations == []


def test_no_calls_have_no_answers(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, _):
            assert await connection.run() == []

    with listening(scene):
        anyio.run(play)


def test_an_error_says_what_was_done_before_it_and_what_failed_after_it(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, _):
            with pytest.raises(ResolveCallError) as raised:
                await connection.run(
                    Call("GetMediaPoolItem", {"item": scene.clip}),
                    scene.paint("no colour"),
                    afterwards=[scene.paint("none either")],
                )
            error = raised.value
            assert (error.kind, error.call, error.at) == ("refused", "TimelineItem.SetClipColor", 1)
            assert error.done == (Obj("media", scene.media),)
            assert [getattr(each, "kind", "") for each in error.afterwards] == ["refused"]

    with listening(scene):
        anyio.run(play)


def test_what_failed_after_a_success_is_logged(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, _):
            names = await connection.run(Call("GetName"), afterwards=[scene.paint("no colour")])
            assert names == ["Reel 1"]

    with listening(scene):
        anyio.run(play)
    assert "TimelineItem.SetClipColor" in caplog.text


def test_many_callers_at_once_each_get_their_own_answer(scene: Scene) -> None:
    for _ in range(20):
        scene.fake.add_item(scene.media, duration=2)
    items = [each["id"] for each in scene.fake.items()]

    async def play() -> None:
        async with connected(scene) as (connection, started):

            async def ask(uid: str, starts: dict[str, float]) -> None:
                (starts[uid],) = await connection.run(Call("GetStart", {"item": uid}))

            starts: dict[str, float] = {}
            async with anyio.create_task_group() as tasks:
                for uid in items:
                    tasks.start_soon(ask, uid, starts)
            assert starts == {each["id"]: each["start"] for each in scene.fake.items()}
            assert len(started) == 1

    with listening(scene):
        anyio.run(play)


def test_a_cancelled_request_leaves_its_answer_to_nobody_and_is_carried_out(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, started):
            await connection.ready()
            for colour in ("Teal", "Orange", "Purple"):
                hook = scene.fake.on_call("SetClipColor", "pause")
                with anyio.move_on_after(0.1) as scope:
                    await connection.run(
                        scene.paint(colour), afterwards=[Call("GetName", on="project")]
                    )
                assert scope.cancelled_caught
                scene.fake.go_on(hook)
                assert await connection.run(Call("GetName")) == ["Reel 1"]
                assert scene.colour == colour
            assert len(started) == 1

    with listening(scene):
        anyio.run(play)


def test_an_answer_that_comes_too_late_is_thrown_away(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene, seconds=0.3) as (connection, started):
            await answered(connection.ready)
            hook = scene.fake.on_call("GetName", "pause")
            with pytest.raises(HostAwayError, match="did not answer"):
                await connection.run(Call("GetName"))
            scene.fake.go_on(hook)
            assert await answered(lambda: connection.run(Call("GetStartFrame"))) == [90000]
            assert len(started) == 1

    with listening(scene):
        anyio.run(play)


async def answered(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until an answer comes in time: a machine with other work may start a bridge slowly."""
    while True:
        try:
            return await ask()
        except HostAwayError:
            continue


def test_a_dialog_is_awaited_by_nobody_and_then_all_goes_on(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, started):
            await connection.ready()
            scene.fake.open_dialog()
            with pytest.raises(HostAwayError) as raised:
                await connection.run(Call("GetName"))
            assert "dialog" in str(raised.value)
            with pytest.raises(HostAwayError):
                await connection.each(
                    Call("GetItemListInTrack", args=("video", 1)), Call("GetName")
                )
            scene.fake.close_dialog()
            assert await connection.run(Call("GetName")) == ["Reel 1"]
            assert len(started) == 1

    with listening(scene):
        anyio.run(play)


def test_a_resolve_that_comes_back_as_another_version_is_greeted_anew(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, started):
            with listening(scene):
                await connection.ready()
                assert connection.has("Timeline", "GetSelectedClips")
                scene.fake.quit()
                with pytest.raises(HostAwayError):
                    await connection.run(Call("GetName"))
                with pytest.raises(HostAwayError):
                    await connection.run(Call("GetName"))
            with pytest.raises(HostAwayError):
                await connection.ready()
            older = Scene(scene.folder, "20.3.2")
            with listening(older):
                assert await connection.run(Call("GetName")) == ["Reel 1"]
                assert connection.hello.version == (20, 3, 2)
                assert not connection.has("Timeline", "GetSelectedClips")
            assert older.fake.violations == []
            # One bridge reached them all.
            assert len(started) == 1

    anyio.run(play)


def test_what_begins_with_a_read_is_asked_again_of_a_resolve_that_was_started_anew(
    scene: Scene,
) -> None:
    guard = Call("GetUniqueId", check=Check("GetUniqueId", scene.fake.timeline()["id"]))

    async def play() -> None:
        async with connected(scene) as (connection, started):
            with listening(scene):
                await connection.ready()
                for again in range(3):
                    scene.fake.quit()
                    scene.fake.start_again()
                    if again == 0:
                        assert (await connection.run(guard, scene.paint("Lime")))[1] is True
                        assert scene.colour == "Lime"
                    elif again == 1:
                        listed = Call("GetItemListInTrack", args=("video", 1), want="list")
                        (row,) = await connection.each(listed, Call("GetName"))
                        assert row.values == ("shot",)
                    else:
                        with pytest.raises(HostAwayError):
                            await connection.run(scene.paint("Teal"))
                        assert scene.colour == "Lime"
            assert scene.fake.count("SetClipColor") == 1
            assert len(started) == 1

    anyio.run(play)


def test_a_resolve_of_another_version_started_anew_is_found_by_the_next_request(
    scene: Scene,
) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, _):
            with listening(scene):
                await connection.ready()
                scene.fake.quit()
            with listening(Scene(scene.folder, "19.1")):
                with pytest.raises(HostAwayError) as raised:
                    await connection.run(Call("GetName"))
                assert "anew" in str(raised.value)
                assert await connection.run(Call("GetName")) == ["Reel 1"]
                assert connection.hello.version == (19, 1, 0)

    anyio.run(play)


def test_a_bridge_that_died_is_started_anew(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, started):
            await connection.ready()
            hook = scene.fake.on_call("GetName", "pause")

            async def kill() -> None:
                await anyio.to_thread.run_sync(scene.fake.wait_for, hook)
                started[0]._process.kill()

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(kill)
                with pytest.raises(HostAwayError) as raised:
                    await connection.run(Call("GetName"))
            assert "ended with code -9" in raised.value.why
            scene.fake.go_on(hook, drop=True)
            assert await connection.run(Call("GetName")) == ["Reel 1"]
            assert len(started) == 2

    with listening(scene):
        anyio.run(play)


def test_a_python_that_resolves_library_brings_down_is_named(scene: Scene, tmp_path: Path) -> None:
    modules = scene.folder / "Modules"
    modules.mkdir(parents=True)
    crash = (
        "import os, sys\nsys.stderr.write('the library crashed')\nsys.stderr.flush()\nos._exit(9)"
    )
    (modules / "DaVinciResolveScript.py").write_text(crash)

    async def play() -> None:
        async with connected(scene) as (connection, started):
            for _ in range(2):
                with pytest.raises(HostAwayError) as raised:
                    await connection.ready()
                assert "ended with code 9. the library crashed" in raised.value.why
            assert len(started) == 2

    anyio.run(play)


def test_a_machine_without_the_module_and_a_missing_python_are_told_apart(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, _):
            with pytest.raises(HostAwayError) as no_module:
                await connection.ready()
            assert "scripting module" in str(no_module.value)
        async with connected(scene, NEWTAKE_RESOLVE_PYTHON="/no/such/python") as (connection, _):
            with pytest.raises(HostAwayError, match="/no/such/python"):
                await connection.ready()

    anyio.run(play)


def test_a_resolve_that_lets_no_script_in_says_so(scene: Scene) -> None:
    scene.fake.set_external_scripting(False)

    async def play() -> None:
        async with connected(scene) as (connection, _):
            with pytest.raises(HostAwayError) as raised:
                await connection.ready()
            assert "does not let scripts in" in str(raised.value)

    with listening(scene):
        anyio.run(play)


def test_a_version_that_is_too_old_is_refused(tmp_path: Path) -> None:
    old = Scene(tmp_path, "18.5")

    async def play() -> None:
        async with connected(old) as (connection, _):
            with pytest.raises(HostError, match=r"18\.5\.0"):
                await connection.ready()

    with listening(old):
        anyio.run(play)


def test_what_resolves_library_prints_does_not_come_between_the_answers(scene: Scene) -> None:
    async def play() -> None:
        async with connected(scene) as (connection, _):
            await connection.ready()
            assert await connection.run(Call("GetName")) == ["Reel 1"]

    with listening(scene):
        module = scene.folder / "Modules" / "DaVinciResolveScript.py"
        noise = "\nimport os\nprint('{\"id\": 1, \"ok\": []}')\nos.write(1, b'noise\\n')\n"
        module.write_text(module.read_text() + noise)
        anyio.run(play)


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
