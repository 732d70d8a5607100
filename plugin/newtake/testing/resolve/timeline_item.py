"""TimelineItem: where an item lies, what it shows, and its takes.

Observed: GetEnd is exclusive; GetLeftOffset is exact for ordinary video, while GetSourceStartFrame
is 0 or 1 too small, always the same for the same item; GetSourceEndFrame is exclusive with the same
slip, and inclusive where the media has another rate; source times count from the media's timecode;
a still's left offset is a number of the timeline's clock; a retimed item's offsets live in the
warped domain. Assumed: which items slip (here: those whose in-point is odd).
"""

from __future__ import annotations

from typing import Any

from newtake.testing.resolve import takes
from newtake.testing.resolve.core import ResolveObject, World
from newtake.testing.resolve.kinds import KINDS
from newtake.testing.resolve.look import LookedObject
from newtake.testing.resolve.pool_item import MediaPoolItem
from newtake.testing.resolve.state import Item, Media, Record, Timeline

_PROPERTIES: dict[str, Any] = {
    **{"Pan": 0.0, "Tilt": 0.0, "ZoomX": 1.0, "ZoomY": 1.0, "ZoomGang": True},
    **{"RotationAngle": 0.0, "AnchorPointX": 0.0, "AnchorPointY": 0.0, "Pitch": 0.0, "Yaw": 0.0},
    **{"FlipX": False, "FlipY": False, "CropLeft": 0.0, "CropRight": 0.0, "CropTop": 0.0},
    **{"CropBottom": 0.0, "CropSoftness": 0.0, "CropRetain": False, "DynamicZoomEase": 0},
    **{"CompositeMode": 0, "Opacity": 100.0, "Distortion": 0.0, "RetimeProcess": 0},
    **{"MotionEstimation": 0, "Scaling": 0, "ResizeFilter": 0},
}


class Graph(ResolveObject):
    """The vendor's node graph of an item, as far as it says whether there is a grade."""

    class_name = "Graph"

    def GetNumNodes(self) -> int:
        return 2 if isinstance(self.any_record, Item) and self.any_record.is_graded else 1

    def GetLUT(self, nodeIndex: Any) -> str:
        return ""

    def GetNodeLabel(self, nodeIndex: Any) -> str:
        return ""

    def GetToolsInNode(self, nodeIndex: Any) -> list[str]:
        return []


class TimelineItem(LookedObject):
    """The vendor's TimelineItem. A hollow one, of a failed append, answers with nothing."""

    class_name = "TimelineItem"

    def __init__(self, world: World, record: Record | None = None) -> None:
        super().__init__(world, record)
        assert isinstance(record, Item)
        self.item: Item = record

    def __getattribute__(self, name: str) -> Any:
        if name[:1].isupper() and object.__getattribute__(self, "item").is_hollow:
            return _hollow(name)
        return object.__getattribute__(self, name)

    @property
    def timeline(self) -> Timeline | None:
        return self.world.project.timeline_of(self.item) if self.world.project else None

    @property
    def shown_media(self) -> Media | None:
        media = self.item.media
        return media if KINDS[self.item.kind].has_media and media and not media.gone else None

    def GetName(self) -> str:
        return self.item.name

    def SetName(self, name: Any) -> bool:
        if not isinstance(name, str) or not name:
            return False
        self.item.name, self.item.is_renamed = name, True
        return True

    def GetUniqueId(self) -> str:
        return self.item.uid

    def GetType(self) -> str:
        return KINDS[self.item.kind].type_word

    def GetStart(self, subframePrecision: Any = False) -> float:
        return _number(self.item.start, subframePrecision)

    def GetEnd(self, subframePrecision: Any = False) -> float:
        return _number(self.item.end, subframePrecision)

    def GetDuration(self, subframePrecision: Any = False) -> float:
        return _number(self.item.duration, subframePrecision)

    def GetLeftOffset(self, subframePrecision: Any = False) -> float:
        item, timeline = self.item, self.timeline
        offset = float(item.source_start)
        if item.kind == "still" and timeline is not None:
            offset = timeline.start - item.source_start - 60
        elif item.speed != 1:
            offset = float(item.source_start / abs(item.speed))
        elif item.kind == "audio" and item.media is not None and timeline is not None:
            offset = float(item.source_start * timeline.rate / item.media.rate)
        return offset if subframePrecision is True else int(offset)

    def GetRightOffset(self, subframePrecision: Any = False) -> float:
        media = self.shown_media
        if media is None:
            return _number(0, subframePrecision)
        right = media.frames - self.item.source_start - self._consumed()
        if self.item.speed != 1:
            right = int(right / abs(self.item.speed))
        # The changelog of 20.0 says that it was put right, and not by how much it was off.
        return _number(right + (1 if self.world.version < (20, 0, 0) else 0), subframePrecision)

    def GetSourceStartFrame(self) -> int:
        return self.item.source_start - self._slip()

    def GetSourceEndFrame(self) -> int:
        end = self.item.source_start + self._consumed() - self._slip()
        media, timeline = self.shown_media, self.timeline
        is_mixed = media is not None and timeline is not None and media.rate != timeline.rate
        return end - 1 if is_mixed else end

    def GetSourceStartTime(self) -> float:
        return self._seconds(self.item.source_start)

    def GetSourceEndTime(self) -> float:
        return self._seconds(self.item.source_start + self._consumed())

    def GetMediaPoolItem(self) -> MediaPoolItem | None:
        media = self.shown_media
        return MediaPoolItem(self.world, media) if media else None

    def GetTrackTypeAndIndex(self) -> list[Any] | None:
        place = self.timeline.place_of(self.item) if self.timeline else None
        return list(place) if place else None

    def GetLinkedItems(self) -> list[TimelineItem]:
        return [TimelineItem(self.world, one) for one in self.item.linked if not one.gone]

    def GetClipEnabled(self) -> bool:
        return self.item.enabled

    def SetClipEnabled(self, enabled: Any) -> bool:
        if not isinstance(enabled, bool):
            return False
        self.item.enabled = enabled
        return True

    def GetProperty(self, propertyKey: Any = None) -> Any:
        shown = self.GetProperties()
        return shown if propertyKey in (None, "") else shown.get(propertyKey)

    def GetProperties(self) -> dict[str, Any]:
        if self.item.kind in ("transition", "subtitle") or KINDS[self.item.kind].track != "video":
            return {}
        return {**_PROPERTIES, **self.item.properties}

    def SetProperty(self, propertyKey: Any, propertyValue: Any) -> bool:
        return self.SetProperties({propertyKey: propertyValue})

    def SetProperties(self, properties: Any) -> bool:
        known = self.GetProperties()
        if not isinstance(properties, dict) or not properties or set(properties) - set(known):
            return False
        self.item.properties.update(properties)
        return True

    def GetNodeGraph(self, layerIdx: Any = None) -> Graph:
        return Graph(self.world, self.item)

    def GetNumNodes(self) -> int:
        return Graph(self.world, self.item).GetNumNodes()

    def AddTake(self, mediaPoolItem: Any, startFrame: Any = None, endFrame: Any = None) -> bool:
        timeline = self.timeline
        if timeline is None or not isinstance(mediaPoolItem, MediaPoolItem):
            return False
        media = mediaPoolItem.media
        return takes.add_take(self.world, timeline, self.item, media, startFrame, endFrame)

    def GetTakesCount(self) -> int:
        return len(self.item.takes) if self._is_current() else 0

    def GetSelectedTakeIndex(self) -> int:
        return self.item.selected_take if self._is_current() else 0

    def GetTakeByIndex(self, idx: Any) -> dict[str, Any] | None:
        found = takes.take_by_index(self.world, self.item, idx)
        if found is None or not self._is_current():
            return None
        media = found["mediaPoolItem"]
        is_there = media is not None and not media.gone
        return {**found, "mediaPoolItem": MediaPoolItem(self.world, media) if is_there else None}

    def SelectTakeByIndex(self, idx: Any) -> bool:
        timeline = self.timeline
        return timeline is not None and takes.select_take(self.world, timeline, self.item, idx)

    def DeleteTakeByIndex(self, idx: Any) -> bool:
        timeline = self.timeline
        return timeline is not None and takes.delete_take(self.world, timeline, self.item, idx)

    def FinalizeTake(self) -> bool:
        timeline = self.timeline
        return timeline is not None and takes.finalize_take(self.world, timeline, self.item)

    def keeps_colour(self) -> bool:
        return self.item.kind not in ("generator", "transition")

    def _is_current(self) -> bool:
        if self.world.quirks.other_timeline_answers:
            return True
        return self.timeline is not None and self.timeline is self.world.timeline

    def _consumed(self) -> int:
        timeline = self.timeline
        return takes.consumed(self.item, timeline) if timeline else self.item.duration

    def _slip(self) -> int:
        return self.item.source_start % 2 if self.world.quirks.source_start_slips else 0

    def _seconds(self, frame: int) -> float:
        media = self.shown_media
        return float((media.start + frame) / media.rate) if media else 0.0


def _number(frames: int, subframe: Any) -> float:
    return float(frames) if subframe is True else frames


def _hollow(name: str) -> Any:
    answers = {"GetUniqueId": "", "GetName": "", "GetStart": 0, "GetEnd": 0, "GetDuration": 0}
    return lambda *_: answers.get(name)
