"""A finished take that waits for its clip, in a project that can be put back for another try.

Resolve had a dialog open when the take came, so that everything but the relink is done.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newtake.hosts.resolve.transports import BRIDGE
from resolve_scenes import Cut, ResolveScene, resolve_scene
from services import PATIENCE_SECONDS

CUTS = (Cut(0, 20), Cut(31, 24), Cut(60, 30))
WAITS = 1
"""The cut whose take waits."""
OUR_BIN = "New Take"
CHANGED_BY_A_TAKE = ("takes", "selected_take", "source_start", "media", "name", "color", "markers")


@dataclass(frozen=True, slots=True)
class WaitingTake:
    """The scene, and how it was before anything of the take came into the project."""

    scene: ResolveScene
    kept: Path
    before: dict[str, Any]
    """The project without the mark that says that a take is being made."""

    @property
    def clip(self) -> str:
        return self.scene.items[WAITS]

    def again(self) -> None:
        """Put project and journal back to where the take waits."""
        self.scene.fake.revert_project()
        home = self.scene.folder / "home"
        shutil.rmtree(home)
        shutil.copytree(self.kept, home)

    def check_whole(self) -> None:
        """All but our bin is as it was, and the clip shows what it showed, or all of its take."""
        now, was = self.scene.fake.snapshot(), self.before
        assert without_ours(now, self.clip) == without_ours(was, self.clip)
        clip = self.scene.fake.item(self.clip)
        takes, cut = clip["takes"], self.scene.cuts[WAITS]
        if clip["selected_take"] <= 1:
            assert clip["source_start"] == cut.source_start
            assert clip["media"] == self.scene.media
        assert len(takes) in (0, 2)
        if takes:
            original, ours = takes
            length = [take["end"] - take["start"] for take in takes]
            assert length == [cut.duration] * 2
            assert (original["media"], original["start"]) == (self.scene.media, cut.source_start)
            assert clip["selected_take"] in (1, 2)
            path = Path(self.scene.fake.media(ours["media"])["path"])
            assert path.name == "shot_take_001.mov"


@contextmanager
def waiting_take(folder: Path, **options: Any) -> Iterator[WaitingTake]:
    """One take that waits; `options` as of `resolve_scene`."""
    with resolve_scene(folder, CUTS, **options) as scene:
        fake, clip = scene.fake, scene.items[WAITS]
        fake.set_current_bin("Dailies")
        fake.change_item(clip, color="Orange", is_graded=True)
        before = fake.snapshot()
        fake.on_call("GetCurrentFolder", "dialog")
        stopped = scene.document(
            "resolve", "restyle", "--prompt", "noir", "--clip", WAITS + 1, "--yes", code=1
        )
        (job,) = stopped["jobs"]
        assert (job["step"], job["failure"]["code"]) == ("relink", "HostAway")
        fake.close_dialog()
        assert fake.item(clip)["color"] == "Purple", "the dialog kept its mark on it"
        fake.save_project()
        kept = scene.folder / "home at the relink"
        shutil.copytree(scene.folder / "home", kept)
        yield WaitingTake(scene, kept, before)
        assert fake.violations == []
        assert fake.count("FinalizeTake") == 0


def without_ours(snapshot: dict[str, Any], clip: str) -> dict[str, Any]:
    """A project without our bin, without which bin is open, and what a take changes of a clip."""
    rest = deepcopy(snapshot)
    rest["pool"]["bins"] = [each for each in rest["pool"]["bins"] if each["name"] != OUR_BIN]
    del rest["current_bin"]
    for timeline in rest["timelines"]:
        for track in timeline["tracks"]["video"]:
            for item in track["items"]:
                if item["id"] == clip:
                    for fact in CHANGED_BY_A_TAKE:
                        del item[fact]
    return rest


def with_names(snapshot: dict[str, Any], known: Sequence[str]) -> Any:
    """A project in which the ids of what was made since are names: equal where only they differ."""
    names: dict[str, str] = {}

    def learn(bins: list[dict[str, Any]], path: str) -> None:
        for one in bins:
            at = f"{path}/{one['name']}"
            for each in (one, *one["media"]):
                if each["id"] not in known:
                    names[each["id"]] = at if each is one else f"{at}/{each['name']}"
            learn(one["bins"], at)

    learn(snapshot["pool"]["bins"], "")

    def named(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: named(one) for key, one in value.items()}
        if isinstance(value, list):
            return [named(one) for one in value]
        return names.get(value, value) if isinstance(value, str) else value

    return named(snapshot)


def bridge_of(command: int) -> int:
    """The process id of the bridge that a command started."""
    children = Path(f"/proc/{command}/task").glob("*/children")
    for child in " ".join(each.read_text() for each in children).split():
        if os.fsencode(BRIDGE.name) in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    raise AssertionError("the command has no bridge")


def has_ended(process: int) -> bool:
    """Whether no such process runs; one that nobody has waited for has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until_ended(process: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not has_ended(process):
        assert time.monotonic() < deadline, f"process {process} does not end"
        time.sleep(0.01)
