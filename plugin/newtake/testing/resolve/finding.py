"""Finds projects, timelines, items, pool entries and bins of the fake Resolve by their ids."""

from __future__ import annotations

from newtake.testing.resolve.core import World
from newtake.testing.resolve.state import Bin, Item, Media, Project, Timeline


class Finding:
    """What every part of the control stands on. Raises LookupError for what is not there."""

    world: World

    @property
    def project(self) -> Project:
        if self.world.project is None:
            raise LookupError("no project is open")
        return self.world.project

    def _timeline(self, uid: str | None) -> Timeline:
        if uid is None:
            if self.world.timeline is None:
                raise LookupError("no timeline is open")
            return self.world.timeline
        return next(one for one in self.project.timelines if one.uid == uid)

    def _item(self, uid: str) -> tuple[Item, Timeline]:
        for line in self.project.timelines:
            for _, _, item in line.placed():
                if item.uid == uid:
                    return item, line
        raise LookupError(f"no item {uid}")

    def _media(self, uid: str) -> Media:
        found = next((one for one in self.project.every_media() if one.uid == uid), None)
        if found is None:
            raise LookupError(f"no pool entry {uid}")
        return found

    def _bin(self, path: str) -> Bin:
        at = self.project.root
        for name in path.split("/") if path else []:
            below = next((one for one in at.bins if one.name == name), None)
            if below is None:
                below = Bin(name, parent=at)
                at.bins.append(below)
            at = below
        return at
