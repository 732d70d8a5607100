"""MediaPool and Folder: bins, imports, new timelines.

Observed: an import lands in the current bin and gives [] or None without a reason. Assumed, as the
worse case: a new bin becomes the current one, and a path imported twice is two entries.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from newtake.domain.timing import drops_frames, exact_rate, frame_of_timecode, nominal
from newtake.testing.resolve.appending import append_to_timeline
from newtake.testing.resolve.core import ResolveObject, World
from newtake.testing.resolve.media_files import read_media
from newtake.testing.resolve.pool_item import MediaPoolItem
from newtake.testing.resolve.state import Bin, Media, Project, Record, Timeline, Track
from newtake.testing.resolve.timeline import TimelineObject


class Folder(ResolveObject):
    """The vendor's Folder: one bin."""

    class_name = "Folder"

    def __init__(self, world: World, record: Record | None = None) -> None:
        super().__init__(world, record)
        assert isinstance(record, Bin)
        self.bin: Bin = record

    def GetName(self) -> str:
        return self.bin.name

    def GetUniqueId(self) -> str:
        return self.bin.uid

    def GetClipList(self) -> list[MediaPoolItem]:
        return [MediaPoolItem(self.world, media) for media in self.bin.media]

    def GetSubFolderList(self) -> list[Folder]:
        return [Folder(self.world, one) for one in self.bin.bins]

    def GetIsFolderStale(self) -> bool:
        return False


class MediaPool(ResolveObject):
    """The vendor's MediaPool."""

    class_name = "MediaPool"

    def __init__(self, world: World, record: Record | None = None) -> None:
        super().__init__(world, record)
        assert isinstance(record, Project)
        self.project: Project = record

    def GetUniqueId(self) -> str:
        return f"pool-{self.project.uid}"

    def GetRootFolder(self) -> Folder:
        return Folder(self.world, self.project.root)

    def GetCurrentFolder(self) -> Folder:
        return Folder(self.world, self.project.bin)

    def SetCurrentFolder(self, folder: Any) -> bool:
        if not isinstance(folder, Folder):
            return False
        self.project.current_bin = folder.bin
        return True

    def AddSubFolder(self, folder: Any, name: Any) -> Folder | None:
        if not isinstance(folder, Folder) or not isinstance(name, str) or not name:
            return None
        if any(one.name == name for one in folder.bin.bins):
            return None
        new = Bin(name, parent=folder.bin)
        folder.bin.bins.append(new)
        if self.world.quirks.new_bin_is_current:
            self.project.current_bin = new
        return Folder(self.world, new)

    def RefreshFolders(self) -> bool:
        return True

    def DeleteFolders(self, subfolders: Any) -> bool:
        bins = [one.bin for one in _only(Folder, subfolders) if one.bin.parent is not None]
        for one in bins:
            assert one.parent is not None
            one.parent.bins.remove(one)
            for deeper in one.every_bin():
                deeper.gone = True
                for media in deeper.media:
                    media.gone = True
                if self.project.current_bin is deeper:
                    self.project.current_bin = self.project.root
        return bool(bins)

    def MoveFolders(self, folders: Any, targetFolder: Any) -> bool:
        if not isinstance(targetFolder, Folder):
            return False
        bins = [one.bin for one in _only(Folder, folders) if one.bin.parent is not None]
        if any(targetFolder.bin in one.every_bin() for one in bins):
            return False
        for one in bins:
            assert one.parent is not None
            one.parent.bins.remove(one)
            one.parent = targetFolder.bin
            targetFolder.bin.bins.append(one)
        return bool(bins)

    def ImportMedia(self, clipInfos: Any) -> list[MediaPoolItem]:
        if not isinstance(clipInfos, list):
            return []
        imported = []
        for info in clipInfos:
            media = self._read(info)
            if media is None:
                continue
            known = next((m for m in self.project.every_media() if m.path == media.path), None)
            if known is not None and self.world.quirks.reimport == "same":
                imported.append(MediaPoolItem(self.world, known))
                continue
            self.project.bin.media.append(media)
            imported.append(MediaPoolItem(self.world, media))
        return imported

    def _read(self, info: Any) -> Media | None:
        rate = exact_rate(self.project.settings["timelineFrameRate"].split()[0])
        if isinstance(info, str):
            return read_media(info, None, None, rate)
        if not isinstance(info, dict) or not isinstance(info.get("FilePath"), str):
            return None
        first, last = info.get("StartIndex"), info.get("EndIndex")
        return read_media(
            info["FilePath"],
            None if first is None else round(first),
            None if last is None else round(last),
            rate,
        )

    def CreateMulticamClip(self, clips: Any, multicamOptions: Any) -> list[MediaPoolItem]:
        angles = [one.media for one in _only(MediaPoolItem, clips)]
        if not angles or not isinstance(multicamOptions, dict):
            return []
        rate = exact_rate(self.project.settings["timelineFrameRate"].split()[0])
        frames = min(media.frames for media in angles)
        name = str(multicamOptions.get("name") or angles[0].name)
        made = Media(name, kind="Multicam", frames=frames, rate=rate)
        self.project.bin.media.append(made)
        return [MediaPoolItem(self.world, made)]

    def DeleteClips(self, clips: Any) -> bool:
        going = [one.media for one in _only(MediaPoolItem, clips)]
        for media in going:
            holder = self.project.bin_of(media)
            if holder is not None:
                holder.media.remove(media)
            media.gone = True
            for timeline in self.project.timelines:
                for _, _, item in timeline.placed():
                    if item.media is media:
                        item.media = None
        return bool(going)

    def MoveClips(self, clips: Any, targetFolder: Any) -> bool:
        moving = [one.media for one in _only(MediaPoolItem, clips)]
        if not isinstance(targetFolder, Folder) or not moving:
            return False
        for media in moving:
            holder = self.project.bin_of(media)
            if holder is not None:
                holder.media.remove(media)
            targetFolder.bin.media.append(media)
        return True

    def GetSelectedClips(self) -> list[MediaPoolItem] | None:
        # Observed: None, not an empty list, when nothing is selected.
        chosen = [m for m in self.project.selected_media if not m.gone]
        return [MediaPoolItem(self.world, media) for media in chosen] or None

    def SetSelectedClip(self, mediaPoolItem: Any) -> bool:
        if not isinstance(mediaPoolItem, MediaPoolItem):
            return False
        self.project.selected_media = [mediaPoolItem.media]
        return True

    def AppendToTimeline(self, clipInfos: Any) -> list[ResolveObject]:
        return append_to_timeline(self.world, self.project, clipInfos)

    def CreateEmptyTimeline(self, name: Any) -> TimelineObject | None:
        if not isinstance(name, str) or any(one.name == name for one in self.project.timelines):
            return None
        numbers = self.world.quirks.drop_frame_numbers
        timeline = new_timeline(self.project, name, numbers=numbers)
        self.world.open_timeline(timeline)
        return TimelineObject(self.world, timeline)

    def CreateTimelineFromClips(self, name: Any, clipInfos: Any) -> TimelineObject | None:
        made = self.CreateEmptyTimeline(name)
        if made is not None:
            append_to_timeline(self.world, self.project, clipInfos)
        return made

    def DeleteTimelines(self, timelines: Any) -> bool:
        going = [one.timeline for one in _only(TimelineObject, timelines)]
        for timeline in going:
            timeline.gone = True
            self.project.timelines.remove(timeline)
            for _, _, item in timeline.placed():
                item.gone = True
            if timeline.media is not None:
                self.DeleteClips([MediaPoolItem(self.world, timeline.media)])
        if self.project.current_timeline in going:
            rest = self.project.timelines
            self.world.open_timeline(rest[0] if rest else None)
        return bool(going)


def new_timeline(
    project: Project,
    name: str,
    *,
    rate: Fraction | None = None,
    drop: bool | None = None,
    start: str = "01:00:00:00",
    numbers: str = "dropped",
) -> Timeline:
    """Add an empty timeline with one video and one audio track, and its pool entry.

    Args:
        rate: The project's where None.
        drop: The project's where None.
        start: Its start timecode; read as drop-frame where the timeline counts so.
        numbers: As `quirks.drop_frame_numbers`.
    """
    text = project.settings["timelineFrameRate"]
    rate = exact_rate(text.split()[0]) if rate is None else rate
    drop = project.settings["timelineDropFrameTimecode"] == "1" if drop is None else drop
    timeline = Timeline(name, rate=rate, drop=drop and drops_frames(rate))
    frame = timeline.frame_of(start)
    timeline.start = frame if frame is not None else frame_of_timecode("01:00:00:00", rate)
    if timeline.drop and numbers == "nominal":
        whole = frame_of_timecode(timeline.label_of(timeline.start).replace(";", ":"), rate)
        timeline.ahead = whole - timeline.start
        timeline.start = whole
    timeline.playhead = timeline.start
    timeline.tracks["video"].append(Track("Video 1"))
    timeline.tracks["audio"].append(Track("Audio 1"))
    timeline.media = Media(name, kind="Timeline", rate=rate, timeline=timeline)
    timeline.media.frames = nominal(rate)
    project.bin.media.append(timeline.media)
    project.timelines.append(timeline)
    return timeline


def _only(class_: type[Any], values: Any) -> list[Any]:
    """The objects of one class among what a script handed over; none when one is another."""
    if not isinstance(values, list) or not all(isinstance(one, class_) for one in values):
        return []
    return values
