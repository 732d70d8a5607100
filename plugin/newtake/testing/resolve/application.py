"""Resolve, ProjectManager and MediaStorage: the application itself.

Observed: handles of a project go stale when another one is opened; saving a project that was never
named blocks behind a dialog.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from newtake.testing.resolve.core import ResolveObject
from newtake.testing.resolve.pool import MediaPool
from newtake.testing.resolve.pool_item import MediaPoolItem
from newtake.testing.resolve.project import ProjectObject, new_project
from newtake.testing.resolve.state import new_id
from newtake.testing.resolve.timeline import TimelineObject

PAGES = ("media", "cut", "edit", "fusion", "color", "fairlight", "deliver")
CONSTANTS = {
    name: name
    for name in (
        *("EXPORT_AAF", "EXPORT_DRT", "EXPORT_EDL", "EXPORT_FCP_7_XML", "EXPORT_FCPXML_1_10"),
        *("EXPORT_OTIO", "EXPORT_NONE", "EXPORT_TEXT_CSV"),
    )
}
"""Attributes of the root object. Their values are opaque, here as there."""


class ResolveRoot(ResolveObject):
    """The vendor's Resolve."""

    class_name = "Resolve"

    def GetProjectManager(self) -> ProjectManager:
        return ProjectManager(self.world)

    def GetMediaStorage(self) -> MediaStorage:
        return MediaStorage(self.world)

    def GetCurrentProject(self) -> ProjectObject | None:
        return ProjectManager(self.world).GetCurrentProject()

    def GetCurrentTimeline(self) -> TimelineObject | None:
        timeline = self.world.timeline
        return TimelineObject(self.world, timeline) if timeline else None

    def GetMediaPool(self) -> MediaPool | None:
        return MediaPool(self.world, self.world.project) if self.world.project else None

    def GetVersion(self) -> list[Any]:
        return [*self.world.version, 14, ""]

    def GetVersionString(self) -> str:
        return ".".join(str(part) for part in (*self.world.version, 14))

    def GetProductName(self) -> str:
        return "DaVinci Resolve" + (" Studio" if self.world.edition == "studio" else "")

    def IsStudio(self) -> bool:
        return self.world.edition == "studio"

    def GetCurrentPage(self) -> str | None:
        return self.world.page

    def OpenPage(self, pageName: Any) -> bool:
        pages = (*PAGES, "photo") if self.world.version >= (21, 0, 0) else PAGES
        if pageName not in pages:
            return False
        self.world.open_page(pageName)
        return True

    def ImportRenderPreset(self, presetPath: Any) -> bool:
        path, project = Path(str(presetPath)), self.world.project
        if project is None or not path.is_file() or path.suffix.lower() != ".xml":
            return False
        project.render.presets[path.stem] = {}
        return True

    def Quit(self) -> bool:
        self.world.has_quit = True
        return True


class ProjectManager(ResolveObject):
    """The vendor's ProjectManager, with one folder of projects."""

    class_name = "ProjectManager"

    def GetCurrentProject(self) -> ProjectObject | None:
        project = self.world.project
        return ProjectObject(self.world, project) if project else None

    def GetProjectListInCurrentFolder(self) -> list[str]:
        return [one.name for one in self.world.projects]

    def GetFolderListInCurrentFolder(self) -> list[str]:
        return []

    def GotoRootFolder(self) -> bool:
        return True

    def CreateProject(self, projectName: Any, mediaLocationPath: Any = None) -> Any:
        if not isinstance(projectName, str) or not projectName or self._named(projectName):
            return None
        project = new_project(projectName)
        self.world.projects.append(project)
        self.world.open_project(project)
        return ProjectObject(self.world, project)

    def LoadProject(self, projectName: Any) -> ProjectObject | None:
        project = self._named(projectName)
        if project is None:
            return None
        if self.world.quirks.reload_changes_item_ids and project is not self.world.project:
            for timeline in project.timelines:
                for _, _, item in timeline.placed():
                    item.uid = new_id()
        self.world.open_project(project)
        return ProjectObject(self.world, project)

    def DeleteProject(self, projectName: Any) -> bool:
        project = self._named(projectName)
        # Documented: only a project that is not loaded can be deleted.
        if project is None or project is self.world.project:
            return False
        self.world.projects.remove(project)
        project.gone = True
        return True

    def CloseProject(self, project: Any) -> bool:
        if not isinstance(project, ProjectObject) or project.project is not self.world.project:
            return False
        self.world.open_project(None)
        return True

    def SaveProject(self) -> bool:
        project = self.world.project
        if project is None:
            return False
        if project.name == "Untitled Project":
            self.world.dialog = True
            return False
        project.saves += 1
        return True

    def _named(self, name: Any) -> Any:
        return next((one for one in self.world.projects if one.name == name), None)


class MediaStorage(ResolveObject):
    """The vendor's MediaStorage: what the disks hold."""

    class_name = "MediaStorage"

    def GetMountedVolumeList(self) -> list[str]:
        return ["/"]

    def GetSubFolderList(self, folderPath: Any) -> list[str]:
        folder = Path(str(folderPath))
        return sorted(str(p) for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []

    def GetFileList(self, folderPath: Any) -> list[str]:
        folder = Path(str(folderPath))
        return sorted(str(p) for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []

    def AddItemListToMediaPool(self, itemInfos: Any) -> list[MediaPoolItem]:
        project = self.world.project
        if project is None or not isinstance(itemInfos, list):
            return []
        infos = [one.get("media", "") if isinstance(one, dict) else one for one in itemInfos]
        return MediaPool(self.world, project).ImportMedia(infos)

    def RevealInStorage(self, path: Any) -> bool:
        return Path(str(path)).exists()
