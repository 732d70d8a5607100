"""Which Resolve answers, and through which bridge: come back, gone, too old, or not let in."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from bridged_resolve import Scene, connected, listening
from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.resolve.messages import Call, Check


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "resolve")


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
