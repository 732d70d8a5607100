"""What is asked of a bridge and what it answers, as lines and as values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import anyio
import pytest

from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.bridging.conversation import answer_of
from newtake.hosts.resolve.connection import ResolveConnection
from newtake.hosts.resolve.messages import (
    Call,
    Check,
    Obj,
    ResolveCallError,
    each_line,
    hello_of,
    result,
    rows_of,
    run_line,
    values_of,
)

CLIP, MEDIA = Obj("item", "i-1"), Obj("media", "m-1")


def test_a_call_becomes_one_line_of_ascii_with_its_objects_as_addresses() -> None:
    call = Call(
        "AddTake",
        on=CLIP.address,
        args=(MEDIA, {"list": [MEDIA, 1]}, "Zoë\n"),
        want="true",
        check=Check("GetMediaPoolItem", MEDIA, on=result(0, at=2)),
    )

    line = run_line(7, [call], [Call("GetName")])

    assert line.isascii()
    assert line.count("\n") == 1
    request = json.loads(line)
    assert (request["id"], request["do"]) == (7, "run")
    (sent,) = request["calls"]
    assert sent["on"] == {"item": "i-1"}
    assert sent["args"] == [
        {"$": {"media": "m-1"}},
        {"list": [{"$": {"media": "m-1"}}, 1]},
        "Zoë\n",
    ]
    assert sent["check"]["on"] == {"result": 0, "at": 2}
    assert sent["check"]["equals"] == {"$": {"media": "m-1"}}
    assert request["finally"][0]["on"] == "timeline"


def test_reads_of_every_object_name_no_object() -> None:
    request = json.loads(each_line(1, Call("GetItemListInTrack"), [Call("GetStart")]))

    assert "on" not in request["get"][0]
    assert request["list"]["on"] == "timeline"


def test_an_answer_holds_values_and_objects() -> None:
    _, answer = answer_of(
        '{"id": 1, "ok": [{"$": {"item": "i-1"}}, {"$": null}, [{"a": {"$": {"media": "m-1"}}}]]}'
    )

    assert values_of(answer) == [CLIP, Obj("", ""), [{"a": MEDIA}]]


@pytest.mark.parametrize("kind", ["silent", "gone", "no_module"])
def test_an_editor_that_is_away_is_no_fault_of_the_call(kind: str) -> None:
    answer = {"error": {"kind": kind, "text": "so it is", "call": "Timeline.GetName"}, "done": []}

    with pytest.raises(HostAwayError) as raised:
        values_of(answer)
    assert raised.value.why == "so it is"


def test_a_failed_call_says_what_where_and_what_was_found() -> None:
    error = {"kind": "not_as_written", "text": "It differs.", "call": "A.B", "value": 5, "at": 2}

    with pytest.raises(ResolveCallError) as raised:
        values_of({"error": error, "done": [True, {"$": {"item": "i-1"}}]})
    found = raised.value
    assert (found.kind, found.call, found.value, found.at) == ("not_as_written", "A.B", 5, 2)
    assert found.done == (True, CLIP)
    assert found.what == "DaVinci Resolve did not do what A.B should."
    assert found.why == "It differs. It says 5."


def test_a_row_holds_values_and_errors_beside_each_other() -> None:
    values = [{"ok": 4}, {"error": {"kind": "nothing", "text": "", "call": "A.B"}}]
    rows = rows_of({"ok": [{"object": {"$": {"item": "i-1"}}, "values": values}]})

    assert rows[0].object == CLIP
    assert rows[0].values[0] == 4
    assert isinstance(rows[0].values[1], ResolveCallError)


@pytest.mark.parametrize("line", ["", "[]", "7", "{}", '{"id": 1}', "half a li"])
def test_what_is_no_answer_is_an_error(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 # whatever the words of the JSON library
        answer_of(line)


def test_a_version_may_have_fewer_numbers() -> None:
    facts = {"product": "DaVinci Resolve", "studio": False, "way": "lua"}

    assert hello_of({**facts, "version": [21, 1]}).version == (21, 1, 0)
    assert hello_of({**facts, "version": [18, 6, 4, 6, "b"]}).version_text == "18.6.4"


HELLO = {"version": [21, 1, 0], "product": "DaVinci Resolve", "studio": True, "way": "outside"}


class Script:
    """A transport that says given lines, whatever it is asked."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = list(lines)
        self.sent: list[Any] = []
        self.closed = False

    async def send(self, line: str) -> None:
        self.sent.append(json.loads(line))

    async def receive(self) -> str:
        return self._lines.pop(0) if self._lines else ""

    def why_ended(self) -> str:
        return "the script was over"

    async def aclose(self) -> None:
        self.closed = True


def connection_of(*scripts: Script) -> ResolveConnection:
    waiting = list(scripts)

    async def opened() -> Script:
        return waiting.pop(0)

    return ResolveConnection(opened)


def said(number: int | None, value: Any) -> str:
    return json.dumps({"id": number, "ok": value}) + "\n"


def test_answers_to_other_requests_are_passed_over() -> None:
    script = Script([said(1, HELLO), said(None, ["?"]), said(1, ["late"]), said(2, ["mine"])])

    async def play() -> None:
        assert await connection_of(script).run(Call("GetName")) == ["mine"]

    anyio.run(play)
    assert [each["do"] for each in script.sent] == ["hello", "run"]


def test_a_bridge_that_gives_no_answer_is_left_and_another_is_asked() -> None:
    broken = Script([said(1, HELLO), "Traceback (most recent call last):\n"])
    whole = Script([said(3, HELLO), said(4, ["here"])])

    async def play() -> None:
        connection = connection_of(broken, whole)
        with pytest.raises(HostError, match="no answer"):
            await connection.run(Call("GetName"))
        assert broken.closed
        assert await connection.run(Call("GetName")) == ["here"]

    anyio.run(play)


def test_the_end_of_a_bridge_is_told_with_what_is_known_of_it() -> None:
    over = Script([said(1, HELLO)])

    async def play() -> None:
        connection = connection_of(over)
        with pytest.raises(HostAwayError) as raised:
            await connection.run(Call("GetName"))
        assert raised.value.why == "the script was over"
        # Who was there last is still known.
        assert connection.hello.version == (21, 1, 0)
        assert connection.has("Timeline", "GetSelectedClips")

    anyio.run(play)
    assert over.closed
