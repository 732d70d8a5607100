"""Looking into the fake Resolve: its calls, its items, its bins, as plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from newtake.testing.resolve.core import RecordedCall
from newtake.testing.resolve.finding import Finding
from newtake.testing.resolve.snapshots import item_facts, media_facts, project_facts, timeline_facts
from newtake.testing.resolve.state import Bin


class Inspection(Finding):
    """The words that look and change nothing."""

    @property
    def calls(self) -> list[RecordedCall]:
        """Every call so far, in order."""
        return list(self.world.calls)

    @property
    def violations(self) -> list[str]:
        """Calls that the version's documents do not have, or with a wrong number of arguments."""
        return list(self.world.violations)

    @property
    def absent_names(self) -> list[str]:
        """Names that were looked up and that this version does not have; no violation by itself."""
        return list(self.world.absent)

    @property
    def bad_arguments(self) -> list[str]:
        """Calls with arguments that no Resolve could make sense of, answered as failures."""
        return list(self.world.bad_arguments)

    @property
    def unmodelled_calls(self) -> list[str]:
        """Documented methods that were called and that this fake answers with None only."""
        return list(self.world.unmodelled)

    def call_log(self) -> list[dict[str, Any]]:
        """`calls` as dicts."""
        return [asdict(one) for one in self.calls]

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(one.method == method for one in self.calls)

    def item(self, item: str) -> dict[str, Any]:
        """All about one item (see `snapshots`)."""
        found, line = self._item(item)
        return item_facts(line, found)

    def items(self, timeline: str | None = None) -> list[dict[str, Any]]:
        """All items of a timeline, by tracks."""
        line = self._timeline(timeline)
        return [item_facts(line, one) for _, _, one in line.placed()]

    def timeline(self, timeline: str | None = None) -> dict[str, Any]:
        return timeline_facts(self._timeline(timeline))

    def media(self, media: str) -> dict[str, Any]:
        return media_facts(self._media(media))

    def bins(self) -> dict[str, list[str]]:
        """Ids of the pool entries by bin path; "" is the root."""
        return {path: [m.uid for m in one.media] for path, one in _paths(self.project.root, "")}

    def snapshot(self) -> dict[str, Any]:
        """Everything of the open project, to be compared with a later one."""
        with self.world.lock:
            return project_facts(self.project, self.world.page)


def _paths(at: Bin, path: str) -> list[tuple[str, Bin]]:
    below = [_paths(one, f"{path}/{one.name}".lstrip("/")) for one in at.bins]
    return [(path, at), *(pair for pairs in below for pair in pairs)]
