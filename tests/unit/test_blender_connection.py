"""What newtake hears of Blender: answers, refusals, a Blender that is busy, and its end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from newtake.bootstrap import open_host
from newtake.domain.errors import HostAwayError, HostError
from newtake.domain.files import HostDocument, HostTarget
from newtake.domain.timing import FrameRange
from newtake.hosts.blender.connection import BlenderCallError, BlenderConnection, hello
from newtake.hosts.blender.facts import sequencer_of
from newtake.hosts.blender.identity import StripKey, parse_key
from newtake.hosts.blender.relink_plan import plan_relink
from newtake.testing.blender import FakeBlender
from newtake.testing.blender.state import FakeStrip

pytestmark = pytest.mark.anyio


class Pipe:
    """A way to the fake, which it answers line by line; or to one that has ended."""

    def __init__(self, blender: FakeBlender | None) -> None:
        self.blender = blender
        self.requests: list[dict[str, Any]] = []

    async def send(self, line: str) -> None:
        self.requests.append(json.loads(line))

    async def receive(self) -> str:
        if self.blender is None:
            return ""
        request = self.requests[-1]
        return json.dumps({"id": request["id"], **self.blender.answer(request)}) + "\n"

    def why_ended(self) -> str:
        return ""

    async def aclose(self) -> None:
        return


def connected(pipe: Pipe, **more: float) -> BlenderConnection:
    async def opened() -> Pipe:
        return pipe

    return BlenderConnection(opened, **more)


async def test_an_answer_and_a_refusal() -> None:
    calls = connected(Pipe(FakeBlender()))

    assert (await hello(calls)).version_text == "3.4.1"
    with pytest.raises(BlenderCallError) as caught:
        await calls.ask("switch", document=None, clip="none", label="x", undo="")
    assert caught.value.kind == "not_found"


async def test_a_blender_that_renders_is_asked_again() -> None:
    blender = FakeBlender()
    blender.busy = 1
    calls = connected(Pipe(blender))

    answer = await calls.ask("remove", document=None, clip="none", labels=[], undo="")

    assert answer == {"clip": None, "takes": []}
    assert blender.busy == 0


async def test_one_that_renders_for_long_lets_the_take_wait() -> None:
    blender = FakeBlender()
    blender.busy = 1000
    calls = connected(Pipe(blender), busy_seconds=0.2)

    with pytest.raises(HostAwayError, match="busy"):
        await calls.ask("remove", document=None, clip="none", labels=[], undo="")


async def test_the_end_of_blender_lets_the_take_wait() -> None:
    with pytest.raises(HostAwayError, match="has ended"):
        await hello(connected(Pipe(None)))


async def test_another_protocol_is_refused() -> None:
    class Other(FakeBlender):
        def answer(self, request: Any) -> dict[str, Any]:
            answer = super().answer(request)
            return {"ok": {**answer["ok"], "protocol": 2}}

    with pytest.raises(HostError, match="another version"):
        await hello(connected(Pipe(Other())))


async def test_outside_of_blender_its_takes_wait() -> None:
    document = HostDocument("d", "film.blend", "d", "Scene")
    target = HostTarget("blender", Path("film.blend"), Path("film_newtake"), document=document)

    with pytest.raises(HostAwayError, match="not reached from here"):
        await open_host(target).clips()
    await open_host(target).show_at_rest("strip|1+1/0|a|MOVIE|A|", "job")


def test_a_key_is_text_and_back() -> None:
    key = StripKey("u", "MOVIE", "a|b %7C\n", r"C:\films\ü a.mov", -5, 50, 10)

    assert parse_key(str(key)) == key
    for text in ("", "strip", "strip|1+1/0||MOVIE|A|", "plain|1+1/0|u|MOVIE|A|", "strip|x|u|a|b|c"):
        with pytest.raises(ValueError, match="no key of a strip"):
            parse_key(text)


def test_a_file_that_blender_counts_otherwise_is_followed_by_time() -> None:
    """Blender takes it for 25 fps, the file says 50: every second frame of the take shows."""
    blender = FakeBlender()
    strip = FakeStrip("A", "MOVIE", 1, 1, 11, 21, __file__, frames=100, rate=blender.scene.rate)
    blender.scene.strips["A"] = strip
    sequencer = sequencer_of(blender.answer({"do": "strips", "known": []})["ok"])
    plan = plan_relink(
        sequencer.strips[0].key, FrameRange(16, 40, 2 * blender.scene.rate), sequencer
    )

    assert plan.frames == tuple(range(4, 24, 2))
    assert plan.first == 10
