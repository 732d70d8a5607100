"""What an item carries beside its media: grade, versions, Fusion compositions, speed.

Documented: the methods, and SetCDL's dictionary. Assumed: that all of it belongs to the item and
stays when another take shows (`quirks.look_stays`), and that a new speed keeps the length.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from newtake.testing.resolve.core import ResolveObject
from newtake.testing.resolve.kinds import KINDS
from newtake.testing.resolve.markers import ColouredObject
from newtake.testing.resolve.state import Item

_CDL = {"NodeIndex", "Slope", "Offset", "Power", "Saturation"}


class FusionComp(ResolveObject):
    """A Fusion composition, of which nothing is known but that it is there."""

    class_name = "FusionComp"


class LookedObject(ColouredObject):
    """The part of the vendor's TimelineItem that changes how its media looks."""

    @property
    def looked(self) -> Item:
        assert isinstance(self.any_record, Item)
        return self.any_record

    def SetCDL(self, CDL: Any) -> bool:
        if not isinstance(CDL, dict) or set(CDL) - _CDL or "NodeIndex" not in CDL:
            return False
        # Documented by the example: every value is text.
        if not all(isinstance(one, str) for one in CDL.values()):
            return False
        self.looked.is_graded = True
        return True

    def AddVersion(self, versionName: Any, versionType: Any) -> bool:
        if not isinstance(versionName, str) or not versionName or versionType != 0:
            return False
        if versionName in self.looked.versions:
            return False
        self.looked.versions.append(versionName)
        self.looked.version = versionName
        return True

    def GetVersionNameList(self, versionType: Any) -> list[str]:
        return list(self.looked.versions) if versionType == 0 else []

    def GetCurrentVersion(self) -> dict[str, Any]:
        return {"versionName": self.looked.version, "versionType": 0}

    def AddFusionComp(self) -> FusionComp | None:
        if not KINDS[self.looked.kind].has_media:
            return None
        self.looked.fusion_comps += 1
        return FusionComp(self.world, self.looked)

    def GetFusionCompCount(self) -> int:
        return KINDS[self.looked.kind].fusion_comps + self.looked.fusion_comps

    def GetFusionCompNameList(self) -> list[str]:
        return [f"Composition {n + 1}" for n in range(self.GetFusionCompCount())]

    def GetSpeed(self) -> dict[str, Any] | None:
        if not KINDS[self.looked.kind].has_media:
            return None
        return {"speed": float(self.looked.speed * 100)}

    def SetSpeed(self, speedOptions: Any) -> bool:
        speed = speedOptions.get("speed") if isinstance(speedOptions, dict) else None
        if not isinstance(speed, int | float) or speed <= 0:
            return False
        self.looked.speed = Fraction(speed).limit_denominator(1000) / 100
        return True


def forget_look(item: Item) -> None:
    """Make an item as bare as one that was just placed."""
    item.is_graded = False
    item.properties.clear()
    item.versions, item.version, item.fusion_comps = ["Version 1"], "Version 1", 0
