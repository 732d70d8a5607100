"""Requests to Resolve over a real bridge: each gets its own answer, or is told what was done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from bridged_resolve import Scene, connected, listening
from newtake.domain.errors import HostAwayError
from newtake.hosts.resolve.messages import Call, Check, Obj, ResolveCallError, result

T = TypeVar("T")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "resolve")


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
