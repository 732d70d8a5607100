"""What is asked of the bridge and what it answers, as values, to and from lines of JSON.

No input or output happens here. `bridge.py` has the grammar; this is the other side of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.bridging.conversation import request_line

Want = Literal["true", "value", "number", "list", "any"]
Address = str | Mapping[str, Any]
"""A name such as "timeline" (the current one), or one of `Obj.address`, `result`."""

AWAY = ("silent", "gone", "no_module")
"""Kinds of error that say nothing about the call, only that Resolve is not there for it."""


@dataclass(frozen=True, slots=True)
class Obj:
    """An object inside Resolve, by its unique id."""

    kind: str
    """item, media, timeline, folder or project; empty for one without an id."""
    uid: str

    @property
    def address(self) -> Address:
        return {self.kind: self.uid}


def result(of: int, at: int | None = None) -> Mapping[str, Any]:
    """The address of what an earlier call of the same run gave, or of one entry of its list."""
    return {"result": of} if at is None else {"result": of, "at": at}


def constant(name: str) -> Mapping[str, Any]:
    """An argument: one of Resolve's own words, such as EXPORT_OTIO, whose value is opaque."""
    return {"$": {"constant": name}}


@dataclass(frozen=True, slots=True)
class Check:
    """A read after a write, and what it must give. `on` None: the object that was written to."""

    method: str
    equals: Any
    args: tuple[Any, ...] = ()
    on: Address | None = None
    field: str | None = None
    within: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Arguments are plain values, `Obj`, or `{"$": address}`, also inside lists."""

    method: str
    on: Address = "timeline"
    args: tuple[Any, ...] = ()
    want: Want = "value"
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a list, with what each read of it gave: a value or the error."""

    object: Obj
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Hello:
    """Who answers."""

    version: tuple[int, int, int]
    product: str
    studio: bool
    way: str
    """"menu", "lua" or "outside"."""
    page: str
    python: str

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))


class ResolveCallError(HostError):
    """A call that Resolve did not carry out, or that read back as something else."""

    fix = "Look at the clip in Resolve, then `newtake jobs resume`; the take is kept."

    def __init__(
        self,
        kind: str,
        call: str,
        text: str,
        value: Any = None,
        at: int = 0,
        *,
        done: Sequence[Any] = (),
        afterwards: Sequence[HostError] = (),
    ) -> None:
        """Nothing is asked.

        Args:
            kind: One of the bridge's words, such as "refused".
            call: Class and method; empty where no call came of it.
            text: What happened.
            value: What Resolve gave.
            at: Which call of the run it was, from 0.
            done: What the calls before it gave.
            afterwards: What of the run's `afterwards` failed as well.
        """
        what = f"DaVinci Resolve did not do what {call or 'was asked'} should."
        found = "" if value is None else f" It says {value!r}."
        super().__init__(what, why=f"{text}{found}")
        self.kind, self.call, self.value, self.at = kind, call, value, at
        self.done, self.afterwards = tuple(done), tuple(afterwards)


def hello_line(number: int) -> str:
    return request_line(number, "hello")


def run_line(number: int, calls: Sequence[Call], afterwards: Sequence[Call]) -> str:
    body = {
        "calls": [_call(each) for each in calls],
        "finally": [_call(each) for each in afterwards],
    }
    return request_line(number, "run", **body)


def each_line(number: int, listing: Call, get: Sequence[Call]) -> str:
    reads = [_call(each) for each in get]
    for read in reads:
        del read["on"]
    return request_line(number, "each", list=_call(listing), get=reads)


def values_of(answer: Mapping[str, Any]) -> Any:
    """What an answer holds. Raises: HostAwayError, ResolveCallError."""
    if "error" in answer:
        raise error_of(answer["error"], answer)
    return _decoded(answer["ok"])


def rows_of(answer: Mapping[str, Any]) -> list[Row]:
    """The rows of an "each". Raises: HostAwayError, ResolveCallError."""
    if "error" in answer:
        raise error_of(answer["error"])
    rows = []
    for row in answer["ok"]:
        values = tuple(
            error_of(each["error"]) if "error" in each else _decoded(each["ok"])
            for each in row["values"]
        )
        thing = _decoded(row["object"])
        rows.append(Row(thing if isinstance(thing, Obj) else Obj("", ""), values))
    return rows


def hello_of(values: Mapping[str, Any]) -> Hello:
    major, minor, patch, *_ = [*(int(each) for each in values["version"][:3]), 0, 0]
    return Hello(
        version=(major, minor, patch),
        product=str(values["product"]),
        studio=bool(values["studio"]),
        way=str(values["way"]),
        page=str(values.get("page") or ""),
        python=str(values.get("python") or ""),
    )


def error_of(error: Mapping[str, Any], answer: Mapping[str, Any] | None = None) -> HostError:
    """An error as the bridge gave it, with what its answer says of the calls around it."""
    kind, text = str(error.get("kind", "")), str(error.get("text", ""))
    if kind in AWAY:
        return HostAwayError("DaVinci Resolve cannot be reached.", why=text, fix=AWAY_FIX)
    return ResolveCallError(
        kind,
        str(error.get("call", "")),
        text,
        _decoded(error.get("value")),
        int(error.get("at", 0)),
        done=_decoded((answer or {}).get("done", [])),
        afterwards=[error_of(each) for each in (answer or {}).get("finally_errors", ())],
    )


AWAY_FIX = (
    "Close any dialog in Resolve, or start it and open the project. `newtake resolve status` says "
    "what is missing."
)


def _call(call: Call) -> dict[str, Any]:
    body: dict[str, Any] = {
        "on": call.on,
        "call": call.method,
        "args": [_encoded(each) for each in call.args],
        "want": call.want,
    }
    if call.check is not None:
        check = call.check
        body["check"] = {
            "call": check.method,
            "args": [_encoded(each) for each in check.args],
            "equals": _encoded(check.equals),
            "field": check.field,
            "within": check.within,
        }
        if check.on is not None:
            body["check"]["on"] = check.on
    return body


def _encoded(value: Any) -> Any:
    if isinstance(value, Obj):
        return {"$": value.address}
    if isinstance(value, Mapping):
        return {key: _encoded(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encoded(each) for each in value]
    return value


def _decoded(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"$"}:
        address = value["$"]
        if not address:
            return Obj("", "")
        ((kind, uid),) = address.items()
        return Obj(kind, uid)
    if isinstance(value, dict):
        return {key: _decoded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_decoded(each) for each in value]
    return value
