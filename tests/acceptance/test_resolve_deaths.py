"""Processes are killed at every write of a relink and in every step; the project stays whole.

Killed is the command, the bridge, or both, while Resolve holds the call: what nobody waits for any
more Resolve carries out, or never comes to. Between two writes there are reads, which change
nothing: a death at one of them is the death before the next write, and a few show it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from resolve_scenes import resolve_scene
from resolve_waiting import (
    CUTS,
    WAITS,
    WaitingTake,
    bridge_of,
    wait_until_ended,
    waiting_take,
    with_names,
    without_ours,
)
from services import PATIENCE_SECONDS

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="a bridge is found through /proc"),
    pytest.mark.timeout(1200),
]
Who = Literal["the command", "the bridge", "both"]
READS = {"GetUniqueId": (40,), "GetTakesCount": (3,), "GetLeftOffset": (6,)}
"""Methods that only read, and at which of their calls somebody dies."""


@dataclass(frozen=True, slots=True)
class Death:
    """At which call."""

    method: str
    before: int
    """Calls of the method that go by."""
    carried_out: bool = True

    def __str__(self) -> str:
        held = "carried out" if self.carried_out else "never came"
        return f"{self.method} {self.before + 1}, {held}"


ALONE = (
    Death("AddSubFolder", 0),
    Death("ImportMedia", 0),
    Death("SetMetadata", 2),
    Death("SetThirdPartyMetadata", 0),
    Death("AddTake", 0),
    Death("SelectTakeByIndex", 0),
    Death("SetClipColor", 0),
)
"""Where one dies alone, once for each request that writes: a bridge whose command was killed does
all that it was asked, and a command whose bridge was killed hears of no call but the request."""


@pytest.mark.parametrize("who", ["the command", "the bridge", "both"])
def test_whoever_dies_at_whichever_call_of_a_relink(
    who: Who, tmp_path: Path, show_table: Callable[[str], None]
) -> None:
    with waiting_take(tmp_path) as take:
        deaths, whole = undisturbed(take)
        if who != "both":
            assert set(ALONE) <= set(deaths)
            deaths = list(ALONE)
        table = []
        for death in deaths:
            take.again()
            died(take, death, who)
            take.check_whole()
            then = completed(take, whole)
            table.append(f"{who}: {death!s:<44} {then}")
        show_table("\n".join(table))
        assert take.scene.submissions() == 1


def undisturbed(take: WaitingTake) -> tuple[list[Death], Any]:
    """All deaths of a relink, and the project as it is when nobody dies."""
    scene, fake = take.scene, take.scene.fake
    so_far = len(fake.calls)
    collected = scene.document("resolve", "collect")
    assert [job["status"] for job in collected["jobs"]] == ["done"]
    assert scene.shown(take.clip) == scene.meant(WAITS)
    clip, snapshot = fake.item(take.clip), fake.snapshot()
    assert (clip["selected_take"], len(clip["takes"])) == (2, 2)
    assert (clip["color"], clip["markers"], clip["graded"]) == ("Orange", [], True)
    assert snapshot["current_bin"] == take.before["current_bin"]
    take.check_whole()

    passed: Counter[str] = Counter()
    deaths: list[Death] = []
    for call in fake.calls[so_far:]:
        at, name = passed[call.method], call.method
        passed[name] += 1
        if not name.startswith("Get"):
            if all(each.method.startswith("Get") for each in deaths):
                deaths.append(Death(name, at, carried_out=False))
            deaths.append(Death(name, at))
        elif at in READS.get(name, ()):
            deaths.append(Death(name, at))
    names = {each.method for each in deaths}
    assert {"AddSubFolder", "ImportMedia", "SetMetadata", "AddTake", "SelectTakeByIndex"} <= names
    assert names >= {"SetCurrentFolder", "SetClipColor", "DeleteMarkerByCustomData", *READS}
    return deaths, finished(take)


def died(take: WaitingTake, death: Death, who: Who) -> None:
    fake = take.scene.fake
    hook = fake.on_call(death.method, skip=death.before)
    command = take.scene.start("resolve", "collect", "--json")
    try:
        assert fake.wait_for(hook, PATIENCE_SECONDS), f"{death} was not reached"
        bridge = bridge_of(command.pid)
        if who != "the bridge":
            command.kill()
            command.wait(PATIENCE_SECONDS)
        if who != "the command":
            os.kill(bridge, signal.SIGKILL)
            wait_until_ended(bridge)
    finally:
        fake.go_on(hook, drop=not death.carried_out)
    command.communicate(timeout=PATIENCE_SECONDS)
    assert command.returncode in ((0, 1) if who == "the bridge" else (-signal.SIGKILL,))
    wait_until_ended(bridge)


def completed(take: WaitingTake, whole: Any) -> str:
    """Do what a person would do then, and see that all is as if nobody had died."""
    collected = take.scene.document("resolve", "collect")
    assert collected["waiting"] == []
    ended = [job["status"] for job in collected["jobs"]]
    assert ended in ([], ["done"])
    assert finished(take) == whole
    return "collected" if ended else "was done"


def finished(take: WaitingTake) -> Any:
    """The project with its take."""
    known = [take.scene.media, take.before["current_bin"]]
    return with_names(take.scene.fake.snapshot(), known)


AT_STEPS = tuple(
    f"after:step_started.{step}"
    for step in ("export", "upload", "submit", "wait", "download", "conform", "relink")
)
AT_EVENTS = tuple(
    f"before:{event}"
    for event in ("exported", "uploaded", "submitted", "downloaded", "conformed", "relinked")
)


@pytest.mark.parametrize("points", [AT_STEPS, AT_EVENTS], ids=["steps", "events"])
def test_the_command_dies_in_each_step_of_one_job(points: Sequence[str], tmp_path: Path) -> None:
    """Each resume dies at the next point, or, for events, between a deed and its being noted."""
    with resolve_scene(tmp_path, CUTS) as scene:
        item = scene.items[WAITS]
        before = scene.fake.snapshot()
        words: tuple[object, ...] = ("resolve", "restyle", "--prompt", "noir", "--clip", WAITS + 1)
        for point in points:
            died = scene.newtake(*words, "--yes", NEWTAKE_DIE_AT=point)
            assert died.returncode == -signal.SIGKILL, (point, died.stderr)
            words = ("jobs", "resume", "--all")
            now = scene.fake.snapshot()
            assert without_ours(now, item) == without_ours(before, item), point
            assert len(scene.fake.item(item)["takes"]) == (2 if "relinked" in point else 0)
        scene.document(*words, "--yes")
        (job,) = scene.document("jobs")
        assert job["status"] == "done"
        assert scene.submissions() == 1
        clip = scene.fake.item(item)
        assert (len(clip["takes"]), clip["selected_take"]) == (2, 2)
        assert (clip["markers"], clip["color"]) == ([], "")
        assert scene.shown(item) == scene.meant(WAITS)
        assert scene.fake.violations == []
