"""MediaPoolItem: one entry of the media pool, with its clip properties and metadata.

Documented: the methods. Observed: 'Reel Name' says that it was set and is dropped; 'FPS' of an
image sequence is the project's rate until it is set. Assumed: 'Input Color Space' is there in
colour-managed projects only, 'IDT' in those of ACES, and the names of the other properties.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.domain.timing import drops_frames, exact_rate, timecode
from newtake.testing.resolve.core import ResolveObject, World
from newtake.testing.resolve.markers import ColouredObject, RangedObject
from newtake.testing.resolve.media_files import file_of, read_media
from newtake.testing.resolve.state import Media, Record

COLOUR_SPACES = (
    "ACES (AP0)",
    "ACEScg",
    "ARRI LogC3",
    "Linear",
    "Rec.2020",
    "Rec.2100 HLG",
    "Rec.2100 ST2084",
    "Rec.709 (Scene)",
    "Rec.709 Gamma 2.4",
    "sRGB",
)
"""Names in the manner of Resolve's menu; the whole menu is not documented."""

_MANAGED = ("davinciYRGBColorManaged", "davinciYRGBColorManagedv2", "acescc", "acescct")
_ACES = ("acescc", "acescct")
_TRANSFORMS = ("ACES2065-1", "ACEScg", "No Input Transform", "sRGB (Linear) - CSC")
_READ_ONLY = ("File Path", "File Name", "Frames", "Type", "Resolution", "Format", "Online Status")
_FREE_TEXT = (
    *("Clip Name", "Comments", "Description", "Keyword", "Scene", "Shot", "Take", "Camera #"),
    *("Data Level", "Alpha mode", "Field Dominance", "PAR", "Super Scale", "Proxy Media Path"),
    *("Start TC", "Input LUT", "Slate TC", "Roll/Card", "Good Take", "Angle"),
)


class MediaPoolItem(ColouredObject, RangedObject):
    """The vendor's MediaPoolItem."""

    class_name = "MediaPoolItem"

    def __init__(self, world: World, record: Record | None = None) -> None:
        super().__init__(world, record)
        assert isinstance(record, Media)
        self.media: Media = record

    def GetName(self) -> str:
        return self.media.properties.get("Clip Name", self.media.name)

    def SetName(self, name: Any) -> bool:
        return self.SetClipProperty("Clip Name", name)

    def GetUniqueId(self) -> str:
        return self.media.uid

    def GetMediaId(self) -> str:
        return f"media-{self.media.uid}"

    def GetTimeline(self) -> ResolveObject | None:
        timeline = self.media.timeline
        return self.world.classes["Timeline"](self.world, timeline) if timeline else None

    def GetMetadata(self, metadataType: Any = None) -> Any:
        return _looked_up(self.media.metadata, metadataType)

    def SetMetadata(self, metadata: Any) -> bool:
        return _merged(self.media.metadata, metadata)

    def GetThirdPartyMetadata(self, metadataType: Any = None) -> Any:
        return _looked_up(self.media.third_party, metadataType)

    def SetThirdPartyMetadata(self, metadata: Any) -> bool:
        return _merged(self.media.third_party, metadata)

    def GetClipProperty(self, propertyName: Any = None) -> Any:
        shown = self._properties()
        return shown if propertyName is None else shown.get(str(propertyName), "")

    def SetClipProperty(self, propertyName: Any, propertyValue: Any) -> bool:
        media = self.media
        if not isinstance(propertyName, str) or not isinstance(propertyValue, str):
            return False
        if propertyName == "Reel Name":
            return True
        if propertyName == "FPS":
            return self._set_rate(propertyValue)
        if propertyName == "Input Color Space":
            if not self._is_managed() or propertyValue not in COLOUR_SPACES:
                return False
            if self.world.quirks.colour_space_sticks:
                media.properties[propertyName] = propertyValue
            return True
        if propertyName == "IDT":
            if not self._is_aces() or propertyValue not in _TRANSFORMS:
                return False
            if self.world.quirks.colour_space_sticks:
                media.properties[propertyName] = propertyValue
            return True
        if propertyName in _READ_ONLY or propertyName not in _FREE_TEXT:
            return False
        if propertyName == "Comments":
            media.metadata["Comments"] = propertyValue
            return True
        media.properties[propertyName] = propertyValue
        return True

    def LinkProxyMedia(self, proxyMediaFilePath: Any) -> bool:
        proxy = read_media(str(proxyMediaFilePath), None, None, self.media.rate)
        if proxy is None or proxy.frames != self.media.frames:
            return False
        self.media.properties["Proxy Media Path"] = proxy.path
        return True

    def UnlinkProxyMedia(self) -> bool:
        return self.media.properties.pop("Proxy Media Path", None) is not None

    def ReplaceClip(self, filePath: Any) -> bool:
        found = read_media(str(filePath), None, None, self.media.rate)
        if found is None:
            return False
        for name in ("path", "frames", "rate", "start", "size", "kind", "first_number"):
            setattr(self.media, name, getattr(found, name))
        return True

    def ReplaceClipPreserveSubClip(self, filePath: Any) -> bool:
        return self.ReplaceClip(filePath)

    def _set_rate(self, text: str) -> bool:
        try:
            rate = exact_rate(text)
        except ValueError:
            return False
        if not self.media.is_sequence:
            return rate == self.media.rate
        if self.world.quirks.frame_rate_sticks:
            self.media.rate = rate
        return True

    def _is_managed(self) -> bool:
        project = self.world.project
        return project is not None and project.settings.get("colorScienceMode") in _MANAGED

    def _is_aces(self) -> bool:
        project = self.world.project
        return project is not None and project.settings.get("colorScienceMode") in _ACES

    def _properties(self) -> dict[str, Any]:
        media = self.media
        is_drop = drops_frames(media.rate)
        is_online = not media.path or file_of(media, 0).is_file()
        last = media.first_number + media.frames - 1
        shown: dict[str, Any] = {
            "Clip Name": media.name,
            "File Name": Path(media.path).name if media.path else "",
            "File Path": _shown_path(media),
            "Type": media.kind,
            "Frames": str(media.frames),
            # A number, as scripts see it; everything else is text.
            "FPS": _shown_rate(media.rate),
            "Start TC": timecode(media.start, media.rate),
            "End TC": timecode(media.start + media.frames, media.rate),
            "Start": str(media.first_number),
            "End": str(last),
            "Drop frame": "1" if is_drop else "0",
            "Resolution": f"{media.size[0]}x{media.size[1]}",
            "Online Status": "Online" if is_online else "Offline",
            "Reel Name": "",
            "Data Level": "Auto",
            "Alpha mode": "None",
            "Field Dominance": "Auto",
            "PAR": "Square",
            "Proxy": "None",
            "Proxy Media Path": "",
            "Comments": media.metadata.get("Comments", ""),
            "Clip Color": media.color,
            "Usage": str(self._usage()),
        }
        if self._is_managed():
            shown["Input Color Space"] = "Project"
        if self._is_aces():
            shown["IDT"] = "No Input Transform"
        return {**shown, **media.properties}

    def _usage(self) -> int:
        project = self.world.project
        placed = (
            [item for one in project.timelines for _, _, item in one.placed()] if project else []
        )
        return sum(item.media is self.media for item in placed)


def _shown_path(media: Media) -> str:
    if not media.is_sequence:
        return media.path
    # Observed in exports and bins: name.[0001-0100].exr instead of the pattern.
    path = Path(media.path)
    first, last = (
        Path(media.path % number)
        .name.removeprefix(path.name.split("%")[0])
        .removesuffix(path.suffix)
        for number in (media.first_number, media.first_number + media.frames - 1)
    )
    return str(path.with_name(f"{path.name.split('%')[0]}[{first}-{last}]{path.suffix}"))


def _shown_rate(rate: Fraction) -> float:
    return round(float(rate), 3)


def _looked_up(holder: dict[str, str], name: Any) -> Any:
    return dict(holder) if name is None else holder.get(str(name), "")


def _merged(holder: dict[str, str], values: Any) -> bool:
    if not isinstance(values, dict) or not values:
        return False
    if not all(isinstance(one, str) for pair in values.items() for one in pair):
        return False
    holder.update(values)
    return True
