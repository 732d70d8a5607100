"""Timeline: tracks, playhead, marks and selection.

Documented: GetSelectedClips from 21.0.4; marks count from the timeline's start. Observed:
transitions are listed among the items from 21.0 on; track states read False on a timeline that is
not current; SetCurrentTimecode is False below the start; DeleteClips is False on the Fairlight
page; GetCurrentVideoItem answers on some pages only.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from newtake.domain.timing import display_rate
from newtake.testing.resolve.core import World
from newtake.testing.resolve.exporting import write_otio
from newtake.testing.resolve.markers import RangedObject
from newtake.testing.resolve.pool_item import MediaPoolItem
from newtake.testing.resolve.state import Item, Media, Record, Timeline, Track
from newtake.testing.resolve.timeline_item import TimelineItem
from newtake.testing.resolve.track_edits import (
    copy_timeline,
    put_item,
    remove_item,
    top_item_at,
)

_PAGES_WITH_A_PLAYHEAD = ("edit", "cut", "color", "deliver")


class TimelineObject(RangedObject):
    """The vendor's Timeline."""

    class_name = "Timeline"

    def __init__(self, world: World, record: Record | None = None) -> None:
        super().__init__(world, record)
        assert isinstance(record, Timeline)
        self.timeline: Timeline = record

    def GetName(self) -> str:
        return self.timeline.name

    def SetName(self, timelineName: Any) -> bool:
        others = self.world.project.timelines if self.world.project else []
        if not isinstance(timelineName, str) or any(t.name == timelineName for t in others):
            return False
        self.timeline.name = timelineName
        if self.timeline.media is not None:
            self.timeline.media.name = timelineName
        return True

    def GetUniqueId(self) -> str:
        return self.timeline.uid

    def GetMediaPoolItem(self) -> MediaPoolItem | None:
        media = self.timeline.media
        return MediaPoolItem(self.world, media) if media and not media.gone else None

    def GetStartFrame(self) -> int:
        return self.timeline.start

    def GetEndFrame(self) -> int:
        return self.timeline.end

    def GetStartTimecode(self) -> str:
        return self._label(self.timeline.start)

    def SetStartTimecode(self, timecode: Any) -> bool:
        frame = self.timeline.frame_of(str(timecode))
        if frame is None:
            return False
        shift = frame - self.timeline.start
        for _, _, item in self.timeline.placed():
            item.start += shift
        self.timeline.start += shift
        self.timeline.playhead += shift
        return True

    def GetCurrentTimecode(self) -> str:
        return self._label(self.timeline.playhead)

    def SetCurrentTimecode(self, timecode: Any) -> bool:
        frame = self.timeline.frame_of(str(timecode))
        if frame is None or frame < self.timeline.start or not self._is_current():
            return False
        self.timeline.playhead = frame
        return True

    def GetCurrentVideoItem(self) -> TimelineItem | None:
        if not self._is_current() or self.world.page not in _PAGES_WITH_A_PLAYHEAD:
            return None
        item = top_item_at(self.timeline, self.timeline.playhead)
        return TimelineItem(self.world, item) if item else None

    def GetSelectedClips(self) -> list[TimelineItem]:
        by_id = {item.uid: item for _, _, item in self.timeline.placed()}
        chosen = [by_id[uid] for uid in self.timeline.selection if uid in by_id]
        return [TimelineItem(self.world, item) for item in chosen]

    def GetTrackCount(self, trackType: Any) -> int:
        return len(self.timeline.tracks.get(trackType, []))

    def GetItemListInTrack(self, trackType: Any, index: Any) -> list[TimelineItem]:
        track = self._track(trackType, index)
        return [
            TimelineItem(self.world, item)
            for item in (track.items if track else [])
            if item.kind != "transition" or self.world.version >= (21, 0, 0)
        ]

    def GetTrackName(self, trackType: Any, trackIndex: Any) -> str:
        track = self._track(trackType, trackIndex)
        return track.name if track else ""

    def SetTrackName(self, trackType: Any, trackIndex: Any, name: Any) -> bool:
        track = self._track(trackType, trackIndex)
        if track is None or not isinstance(name, str):
            return False
        track.name = name
        return True

    def AddTrack(self, trackType: Any, subTrackType: Any = None) -> bool:
        tracks = self.timeline.tracks.get(trackType)
        if tracks is None:
            return False
        index = len(tracks) + 1
        if isinstance(subTrackType, dict):
            if self.world.version < (19, 1, 0):
                return False
            index = round(subTrackType.get("index", index))
        if not 1 <= index <= len(tracks) + 1:
            return False
        tracks.insert(index - 1, Track(f"{str(trackType).capitalize()} {len(tracks) + 1}"))
        return True

    def DeleteTrack(self, trackType: Any, trackIndex: Any) -> bool:
        track = self._track(trackType, trackIndex)
        if track is None or track.locked or len(self.timeline.tracks[trackType]) == 1:
            return False
        for item in track.items:
            item.gone = True
        self.timeline.tracks[trackType].remove(track)
        return True

    def GetIsTrackEnabled(self, trackType: Any, trackIndex: Any) -> bool:
        track = self._track(trackType, trackIndex)
        return track is not None and track.enabled and self._is_current()

    def SetTrackEnable(self, trackType: Any, trackIndex: Any, enabled: Any) -> bool:
        track = self._track(trackType, trackIndex)
        if track is None or not self._is_current() or self.world.page == "deliver":
            return False
        track.enabled = bool(enabled)
        return True

    def GetIsTrackLocked(self, trackType: Any, trackIndex: Any) -> bool:
        track = self._track(trackType, trackIndex)
        return track is not None and track.locked and self._is_current()

    def SetTrackLock(self, trackType: Any, trackIndex: Any, locked: Any) -> bool:
        track = self._track(trackType, trackIndex)
        if track is None or not self._is_current():
            return False
        track.locked = bool(locked)
        return True

    def GetTrackSubType(self, trackType: Any, trackIndex: Any) -> str:
        is_there = self._track(trackType, trackIndex) is not None
        return "stereo" if trackType == "audio" and is_there else ""

    def DeleteClips(self, timelineItems: Any, rippleDelete: Any = False) -> bool:
        if not isinstance(timelineItems, list) or self.world.page == "fairlight":
            return False
        going = [one.item for one in timelineItems if isinstance(one, TimelineItem)]
        done = [remove_item(self.timeline, item, ripple=bool(rippleDelete)) for item in going]
        return any(done)

    def SetClipsLinked(self, timelineItems: Any, linked: Any) -> bool:
        if not isinstance(timelineItems, list):
            return False
        items = [one.item for one in timelineItems if isinstance(one, TimelineItem)]
        for item in items:
            item.linked = [one for one in items if one is not item] if linked else []
        return bool(items)

    def DuplicateTimeline(self, timelineName: Any) -> TimelineObject | None:
        project = self.world.project
        if project is None or any(one.name == timelineName for one in project.timelines):
            return None
        made = copy_timeline(self.timeline, str(timelineName))
        project.timelines.append(made)
        project.bin.media.append(made.media or Media(made.name))
        self.world.open_timeline(made)
        return TimelineObject(self.world, made)

    def CreateCompoundClip(self, timelineItems: Any, clipInfo: Any = None) -> TimelineItem | None:
        name = clipInfo.get("name", "Compound Clip 1") if isinstance(clipInfo, dict) else ""
        return self._built("compound", "Compound", name or "Compound Clip 1", timelineItems)

    def CreateFusionClip(self, timelineItems: Any) -> TimelineItem | None:
        return self._built("fusion_clip", "Fusion", "Fusion Clip 1", timelineItems)

    def InsertTitleIntoTimeline(self, titleName: Any) -> TimelineItem | None:
        return self._inserted("title", str(titleName))

    def InsertFusionTitleIntoTimeline(self, titleName: Any) -> TimelineItem | None:
        return self._inserted("fusion_title", str(titleName))

    def InsertGeneratorIntoTimeline(self, generatorName: Any) -> TimelineItem | None:
        return self._inserted("generator", str(generatorName))

    def InsertFusionCompositionIntoTimeline(self) -> TimelineItem | None:
        return self._inserted("fusion_composition", "Fusion Composition")

    def Export(self, fileName: Any, exportType: Any, exportSubtype: Any) -> bool:
        if exportType != "EXPORT_OTIO" or self.world.quirks.export_fails:
            return False
        return write_otio(self.timeline, str(fileName), self.world.quirks)

    def GetSetting(self, settingName: Any) -> Any:
        return self.GetSettings().get(settingName, "")

    def GetSettings(self) -> dict[str, Any]:
        project = self.world.project
        own = {
            "timelineFrameRate": shown_rate(self.world, self.timeline.rate, self.timeline.drop),
            "timelineDropFrameTimecode": "1" if self.timeline.drop else "0",
            "useCustomSettings": "0",
        }
        return {**(project.settings if project else {}), **own, **self.timeline.settings}

    def SetSetting(self, settingName: Any, settingValue: Any) -> bool:
        return self.SetSettings({settingName: settingValue})

    def SetSettings(self, settings: Any) -> bool:
        if not isinstance(settings, dict) or any(not isinstance(v, str) for v in settings.values()):
            return False
        if "timelineFrameRate" in settings and self.timeline.placed():
            return False
        if set(settings) - set(self.GetSettings()):
            return False
        self.timeline.settings.update(settings)
        return True

    def _built(self, kind: str, type_word: str, name: str, given: Any) -> TimelineItem | None:
        items = [one.item for one in given or [] if isinstance(one, TimelineItem)]
        place = self.timeline.place_of(items[0]) if items else None
        project = self.world.project
        if place is None or project is None:
            return None
        start, end = min(i.start for i in items), max(i.end for i in items)
        for item in items:
            remove_item(self.timeline, item, ripple=False)
        media = Media(name, kind=type_word, frames=end - start, rate=self.timeline.rate)
        project.bin.media.append(media)
        made = Item(name, kind=kind, start=start, duration=end - start, media=media)
        put_item(self.timeline, place[0], place[1], made)
        return TimelineItem(self.world, made)

    def _inserted(self, kind: str, name: str) -> TimelineItem | None:
        track = self._track("video", 1)
        if track is None or track.locked or not self._is_current():
            return None
        length = round(self.timeline.rate * 5)
        at = self.timeline.playhead
        # Inserting at the playhead pushes what follows away, as in the UI.
        for item in track.items:
            if item.start >= at:
                item.start += length
        made = Item(name, kind=kind, start=at, duration=length)
        put_item(self.timeline, "video", 1, made)
        return TimelineItem(self.world, made)

    def _track(self, kind: Any, index: Any) -> Track | None:
        tracks = self.timeline.tracks.get(kind, [])
        is_there = isinstance(index, int | float) and 1 <= round(index) <= len(tracks)
        return tracks[round(index) - 1] if is_there else None

    def _is_current(self) -> bool:
        return self.timeline is self.world.timeline

    def _label(self, frame: int) -> str:
        return self.timeline.label_of(frame)


def shown_rate(world: World, rate: Fraction, drop: bool) -> Any:
    """The rate as the setting comes back: a number in 18, text with " DF" from 19 on."""
    if world.version < (19, 0, 0):
        return float(display_rate(rate))
    return display_rate(rate) + (" DF" if drop else "")
