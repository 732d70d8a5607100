"""Settings of the open project, by whichever calls the version has for them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from newtake.domain.timing import display_rate
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import rate_of
from newtake.hosts.resolve.messages import Call


async def read_setting(calls: ResolveCalls, name: str) -> Any:
    if calls.has("Project", "GetSetting"):
        return (await calls.run(Call("GetSetting", "project", (name,), "any")))[0]
    (settings,) = await calls.run(Call("GetSettings", "project", want="any"))
    return settings.get(name) if isinstance(settings, dict) else None


async def set_setting(calls: ResolveCalls, name: str, value: str) -> bool:
    """Whether it reads back."""
    if calls.has("Project", "SetSetting"):
        write = Call("SetSetting", "project", (name, value), "any")
    else:
        write = Call("SetSettings", "project", ({name: value},), "any")
    await calls.run(write)
    return str(await read_setting(calls, name)) == value


async def set_rate(calls: ResolveCalls, wanted: Fraction) -> Fraction:
    """Try to give a project without timelines a rate; the one that it has then."""
    await set_setting(calls, "timelineFrameRate", display_rate(wanted))
    return rate_of(await read_setting(calls, "timelineFrameRate")) or wanted
