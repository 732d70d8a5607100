"""Project: its timelines, its settings, and the door to the render queue."""

from __future__ import annotations

from typing import Any

from newtake.domain.timing import display_rate, exact_rate
from newtake.testing.resolve.core import ResolveObject, World
from newtake.testing.resolve.pool import MediaPool
from newtake.testing.resolve.rendering import RenderQueue
from newtake.testing.resolve.state import Project, Record
from newtake.testing.resolve.timeline import TimelineObject, shown_rate


class ProjectObject(RenderQueue):
    """The vendor's Project."""

    class_name = "Project"

    def __init__(self, world: World, record: Record | None = None) -> None:
        super().__init__(world, record)
        assert isinstance(record, Project)
        self.project: Project = record

    def GetName(self) -> str:
        return self.project.name

    def SetName(self, projectName: Any) -> bool:
        if not isinstance(projectName, str) or not projectName:
            return False
        if any(one.name == projectName for one in self.world.projects):
            return False
        self.project.name = projectName
        return True

    def GetUniqueId(self) -> str:
        return self.project.uid

    def GetMediaPool(self) -> MediaPool:
        return MediaPool(self.world, self.project)

    def GetGallery(self) -> ResolveObject | None:
        return None

    def GetTimelineCount(self) -> int:
        return len(self.project.timelines)

    def GetTimelineByIndex(self, idx: Any) -> TimelineObject | None:
        if not isinstance(idx, int | float) or not 1 <= round(idx) <= len(self.project.timelines):
            return None
        return TimelineObject(self.world, self.project.timelines[round(idx) - 1])

    def GetCurrentTimeline(self) -> TimelineObject | None:
        timeline = self.project.current_timeline
        return TimelineObject(self.world, timeline) if timeline else None

    def SetCurrentTimeline(self, timeline: Any) -> bool:
        if not isinstance(timeline, TimelineObject):
            return False
        if timeline.timeline not in self.project.timelines:
            return False
        # Observed: making a timeline current moves its playhead.
        if timeline.timeline is not self.project.current_timeline:
            timeline.timeline.playhead = timeline.timeline.start
        self.world.open_timeline(timeline.timeline)
        return True

    def GetSetting(self, settingName: Any) -> Any:
        return self.GetSettings().get(settingName, "")

    def GetSettings(self) -> dict[str, Any]:
        settings = self.project.settings
        rate = exact_rate(settings["timelineFrameRate"].split()[0])
        is_drop = settings["timelineDropFrameTimecode"] == "1"
        return {**settings, "timelineFrameRate": shown_rate(self.world, rate, is_drop)}

    def SetSetting(self, settingName: Any, settingValue: Any) -> bool:
        return self.SetSettings({settingName: settingValue})

    def SetSettings(self, settings: Any) -> bool:
        if not isinstance(settings, dict) or not settings:
            return False
        for name, value in settings.items():
            # Observed: numbers are refused, also where reading gives a number.
            if name not in self.project.settings or not isinstance(value, str):
                return False
            if name == "timelineFrameRate":
                if self.project.timelines or not self._set_rate(value):
                    return False
                continue
            self.project.settings[name] = value
        return True

    def _set_rate(self, text: str) -> bool:
        number, _, drop = text.partition(" ")
        try:
            rate = exact_rate(number)
        except ValueError:
            return False
        self.project.settings["timelineFrameRate"] = display_rate(rate)
        self.project.settings["timelineDropFrameTimecode"] = "1" if drop == "DF" else "0"
        return True


def new_project(name: str, *, rate: str = "24", colour_managed: bool = False) -> Project:
    """A project as Resolve makes it: one bin, no timeline, 1080p.

    Args:
        rate: "23.976", "25", "29.97 DF" and so on.
        colour_managed: Whether its media have an input colour space.
    """
    number, _, drop = rate.partition(" ")
    project = Project(name)
    project.settings = {
        "timelineFrameRate": number,
        "timelineDropFrameTimecode": "1" if drop == "DF" else "0",
        "timelineResolutionWidth": "1920",
        "timelineResolutionHeight": "1080",
        "colorScienceMode": "davinciYRGBColorManagedv2" if colour_managed else "davinciYRGB",
        "colorSpaceTimeline": "Rec.709 Gamma 2.4",
        "colorSpaceOutput": "Rec.709 Gamma 2.4",
    }
    return project
