"""Whatever dies while a take comes in, the project is as it was or has the take; never half."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newtake.domain.errors import HostAwayError
from newtake.hosts.resolve.changing import Changing
from newtake.hosts.resolve.host import ResolveHost
from newtake.testing import Crash
from newtake.testing.resolve import FakeResolve, Quirks
from newtake.testing.resolve.vendor_module import unpack
from resolve_calls import InProcessCalls
from resolve_relinks import DURATION, HANDLE, LEFT, START, Scene, scene

pytestmark = pytest.mark.anyio


class BridgeDied(BaseException):
    """Nothing in the bridge comes after this."""


class MortalCalls(InProcessCalls):
    """Calls through a bridge that dies before its n-th write, once; then another comes."""

    def __init__(self, fake: FakeResolve, dies_at: int, lock: Path, *, alone: bool) -> None:
        """
        Args:
            lock: By which processes take turns.
            alone: Only the bridge dies; else whoever asked dies with it.
        """
        self._fake, self._left, self._alone = fake, dies_at, alone
        super().__init__(self._root(), changing=Changing(lock))

    @property
    def lived(self) -> bool:
        return self._left > 0

    def _root(self) -> Any:
        root = self._fake.world.pack(self._fake.world.classes["Resolve"](self._fake.world))
        return unpack(root, self._send, self._fake.hello())

    def _send(self, request: dict[str, Any]) -> Any:
        # Reads change nothing: between two writes there is one moment only.
        if "call" in request and not request["call"].startswith("Get"):
            self._left -= 1
            if self._left == 0:
                raise BridgeDied
        return self._fake.world.ask(request)

    def _ask(self, line_of: Callable[[int], str]) -> Any:
        try:
            return super()._ask(line_of)
        except BridgeDied:
            if not self._alone:
                raise Crash from None
            InProcessCalls.__init__(self, self._root(), changing=self.changing)
            raise HostAwayError("The bridge to Resolve has ended.") from None


def check_whole(here: Scene, exr: int) -> None:
    """The clip shows what it showed, or the finished take; what lies around it is untouched."""
    items = [each for each in here.fake.items() if each["track"] == 1]
    assert [(each["start"], each["duration"]) for each in items] == [
        (START, 30),
        (START + 30, DURATION),
        (START + 80, 20),
    ]
    clip = here.item()
    assert (clip["start"], clip["duration"]) == (START + 30, DURATION)
    takes = clip["takes"]
    assert all(take["end"] - take["start"] == DURATION for take in takes)
    assert len(takes) in (0, 2, 3) if exr else len(takes) in (0, 2)
    shown = LEFT if clip["selected_take"] <= 1 else HANDLE
    assert clip["source_start"] == shown


async def walk(
    tmp_path: Path, version: str, place: str, exr: int, *, alone: bool, unmeasured: bool = False
) -> None:
    kinds = frozenset() if place == "track" else frozenset({"video"})
    dies_at = 0
    while True:
        dies_at += 1
        quirks = Quirks(take_kinds=kinds)
        if unmeasured:
            quirks.item_id_changes, quirks.take_after_add = True, "new"
            quirks.sequence_take_origin, quirks.reimport = "number", "same"
        here = scene(tmp_path, version, colour_managed=True, quirks=quirks)
        take = here.take(exr=exr)
        editors_bin = here.fake.snapshot()["current_bin"]
        lock = tmp_path / "resolve.lock"
        calls = MortalCalls(here.fake, dies_at, lock, alone=alone)
        try:
            placed = await ResolveHost(here.target, calls).add_take(take)
        except (HostAwayError, Crash):
            check_whole(here, exr)
        if calls.lived:
            break
        if alone:
            assert here.fake.snapshot()["current_bin"] == editors_bin
        later = InProcessCalls(here.fake.resolve, changing=Changing(lock))
        placed = await ResolveHost(here.target, later).add_take(take)
        assert here.fake.snapshot()["current_bin"] == editors_bin
        assert not list(tmp_path.glob("resolve_bin*"))
        assert placed.place == place
        check_whole(here, exr)
        media = [m for path, ids in here.fake.bins().items() if path.startswith("New") for m in ids]
        assert len(media) == 1 + bool(exr)
        for told in map(here.fake.media, media):
            assert {"Comments", "Keywords", "Description"} <= set(told["metadata"])
            assert ("newtake_label" in told["third_party"]) == (version != "18.6")
        clip = here.item()
        if place == "take":
            assert len(clip["takes"]) == 2 + bool(exr)
            assert clip["takes"][clip["selected_take"] - 1]["media"] == media[0]
        else:
            above = [each for each in here.fake.items() if each["track"] > 1]
            assert [(each["start"], each["duration"]) for each in above] == [(START + 30, DURATION)]
            _, *others, ours = here.fake.timeline()["tracks"]["video"]
            assert ours["name"] == "New Take"
            # One that was added and not named yet is left empty, as an editor's own would be.
            assert [(each["name"], each["items"]) for each in others] in ([], [("Video 2", [])])
        assert here.fake.violations == []
        assert here.fake.count("FinalizeTake") == 0
    assert dies_at > 8


@pytest.mark.parametrize("version", ["18.6", "21.1"])
@pytest.mark.parametrize("place", ["take", "track"])
@pytest.mark.parametrize("alone", [True, False], ids=["bridge", "both"])
@pytest.mark.parametrize("exr", [0, DURATION + 2 * HANDLE], ids=["movie", "exr"])
async def test_death_before_any_write(
    version: str, place: str, alone: bool, exr: int, tmp_path: Path
) -> None:
    await walk(tmp_path, version, place, exr, alone=alone)


@pytest.mark.parametrize("alone", [True, False], ids=["bridge", "both"])
async def test_death_where_what_nobody_measured_is_the_other_way(
    alone: bool, tmp_path: Path
) -> None:
    exr = DURATION + 2 * HANDLE
    await walk(tmp_path, "21.1", "take", exr, alone=alone, unmeasured=True)
