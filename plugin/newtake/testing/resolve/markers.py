"""Markers, flags and clip colours, the same on timelines, items and pool entries.

Documented: a timeline's marker counts from the timeline's start, a pool entry's from the media's
first frame. Observed: an item's counts in its source, so that the head of a trimmed clip is its
left offset. One marker a frame; the keys of GetMarkers come back as floats.
"""

from __future__ import annotations

from typing import Any

from newtake.testing.resolve.core import ResolveObject
from newtake.testing.resolve.state import Marked, Marker

MARKER_COLOURS = (
    *("Blue", "Cyan", "Green", "Yellow", "Red", "Pink", "Purple", "Fuchsia"),
    *("Rose", "Lavender", "Sky", "Mint", "Lemon", "Sand", "Cocoa", "Cream"),
)
CLIP_COLOURS = (
    *("Orange", "Apricot", "Yellow", "Lime", "Olive", "Green", "Teal", "Navy"),
    *("Blue", "Purple", "Violet", "Pink", "Tan", "Beige", "Brown", "Chocolate"),
)


def is_number(value: Any) -> bool:
    """Whether a value is a number as the API takes them; True is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


class MarkedObject(ResolveObject):
    """What carries markers; the record is a `Marked`."""

    @property
    def marked(self) -> Marked:
        assert isinstance(self.any_record, Marked)
        return self.any_record

    def AddMarker(
        self,
        frameId: Any,
        color: Any,
        name: Any,
        note: Any,
        duration: Any,
        customData: Any = "",
    ) -> bool:
        if not is_number(frameId) or color not in MARKER_COLOURS or not is_number(duration):
            return False
        frame = round(frameId)
        if frame in self.marked.markers or duration < 1 or frame < 0:
            return False
        if not all(isinstance(text, str) for text in (name, note, customData or "")):
            return False
        self.marked.markers[frame] = Marker(frame, color, name, note, duration, customData or "")
        return True

    def GetMarkers(self) -> dict[float, dict[str, Any]]:
        return {float(at): _shown(one) for at, one in sorted(self.marked.markers.items())}

    def GetMarkerByCustomData(self, customData: Any) -> dict[str, Any]:
        found = self._by_data(customData)
        return _shown(found) if found else {}

    def UpdateMarkerCustomData(self, frameId: Any, customData: Any) -> bool:
        marker = self._at(frameId)
        if marker is None or not isinstance(customData, str):
            return False
        marker.custom_data = customData
        return True

    def GetMarkerCustomData(self, frameId: Any) -> str:
        marker = self._at(frameId)
        return marker.custom_data if marker else ""

    def DeleteMarkersByColor(self, color: Any) -> bool:
        going = [m for m in self.marked.markers.values() if color in (m.color, "All")]
        for marker in going:
            del self.marked.markers[marker.frame]
        return bool(going)

    def DeleteMarkerAtFrame(self, frameNum: Any) -> bool:
        marker = self._at(frameNum)
        return marker is not None and self.marked.markers.pop(marker.frame) is marker

    def DeleteMarkerByCustomData(self, customData: Any) -> bool:
        marker = self._by_data(customData)
        return marker is not None and self.marked.markers.pop(marker.frame) is marker

    def _at(self, frame: Any) -> Marker | None:
        return self.marked.markers.get(round(frame)) if is_number(frame) else None

    def _by_data(self, text: Any) -> Marker | None:
        return next(
            (m for m in self.marked.markers.values() if text and m.custom_data == text), None
        )


class ColouredObject(MarkedObject):
    """What also carries flags and a clip colour: items and pool entries."""

    def AddFlag(self, color: Any) -> bool:
        if color not in MARKER_COLOURS:
            return False
        if color not in self.marked.flags:
            self.marked.flags.append(color)
        return True

    def GetFlagList(self) -> list[str]:
        return list(self.marked.flags)

    def ClearFlags(self, color: Any) -> bool:
        going = [one for one in self.marked.flags if color in (one, "All")]
        self.marked.flags = [one for one in self.marked.flags if one not in going]
        return bool(going)

    def GetClipColor(self) -> str:
        return self.marked.color

    def SetClipColor(self, colorName: Any) -> bool:
        if colorName not in CLIP_COLOURS:
            return False
        if self.keeps_colour():
            self.marked.color = colorName
        return True

    def ClearClipColor(self) -> bool:
        self.marked.color = ""
        return True

    def keeps_colour(self) -> bool:
        """Observed: generators take a colour, say True, and have none."""
        return True


class RangedObject(MarkedObject):
    """What has an in and an out mark: timelines and pool entries."""

    def GetMarkInOut(self) -> dict[str, dict[str, int]]:
        return {kind: dict(marks) for kind, marks in self.marked.marks.items()}

    def SetMarkInOut(self, markIn: Any, markOut: Any, markType: Any = "all") -> bool:
        kinds = _mark_kinds(markType)
        if not kinds or not is_number(markIn) or not is_number(markOut):
            return False
        if not 0 <= markIn <= markOut:
            return False
        for kind in kinds:
            self.marked.marks[kind] = {"in": round(markIn), "out": round(markOut)}
        return True

    def ClearMarkInOut(self, markType: Any = "all") -> bool:
        kinds = _mark_kinds(markType)
        for kind in kinds:
            self.marked.marks.pop(kind, None)
        return bool(kinds)


def _mark_kinds(word: Any) -> tuple[str, ...]:
    kinds = {"all": ("video", "audio"), None: ("video", "audio")}
    return kinds.get(word, (word,) if word in ("video", "audio") else ())


def _shown(marker: Marker) -> dict[str, Any]:
    return {
        "color": marker.color,
        "duration": marker.duration,
        "note": marker.note,
        "name": marker.name,
        "customData": marker.custom_data,
    }
