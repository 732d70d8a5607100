"""Building a scene of the fake Resolve: projects, timelines, media and items."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.domain.timing import exact_rate
from newtake.testing.resolve.finding import Finding
from newtake.testing.resolve.kinds import KINDS
from newtake.testing.resolve.media_files import read_media
from newtake.testing.resolve.pool import new_timeline
from newtake.testing.resolve.project import new_project
from newtake.testing.resolve.state import Item, Media, Track
from newtake.testing.resolve.track_edits import put_item


class Scene(Finding):
    """The words that build."""

    def add_project(
        self, name: str, *, rate: str = "24", colour_managed: bool = False, current: bool = True
    ) -> str:
        """Returns its unique id."""
        with self.world.lock:
            project = new_project(name, rate=rate, colour_managed=colour_managed)
            self.world.projects.append(project)
            if current:
                self.world.open_project(project)
            return project.uid

    def add_timeline(
        self,
        name: str = "Timeline 1",
        *,
        rate: str | None = None,
        start: str = "01:00:00:00",
        video_tracks: int = 1,
        current: bool = True,
    ) -> str:
        """Add a timeline to the open project.

        Args:
            rate: "25", "29.97 DF" and so on; the project's where None.
            start: Its start timecode.

        Returns:
            Its unique id.
        """
        with self.world.lock:
            number, _, drop = (rate or "").partition(" ")
            timeline = new_timeline(
                self.project,
                name,
                rate=exact_rate(number) if number else None,
                drop=(drop == "DF") if number else None,
                start=start,
                numbers=self.world.quirks.drop_frame_numbers,
            )
            for number_of_track in range(2, video_tracks + 1):
                timeline.tracks["video"].append(Track(f"Video {number_of_track}"))
            if current:
                self.world.open_timeline(timeline)
            return timeline.uid

    def add_media(
        self,
        path: str | Path,
        *,
        first: int | None = None,
        last: int | None = None,
        folder: str = "",
    ) -> str:
        """Put a real file, or a sequence "name.%04d.exr" with its numbers, into a bin.

        Raises:
            ValueError: If the file cannot be read as media.
        """
        with self.world.lock:
            rate = exact_rate(self.project.settings["timelineFrameRate"])
            media = read_media(str(path), first, last, rate)
            if media is None:
                raise ValueError(f"{path} cannot be read as media")
            self._bin(folder).media.append(media)
            return media.uid

    def add_made_media(
        self, name: str, *, kind: str = "Video", frames: int = 240, rate: str = "24", path: str = ""
    ) -> str:
        """Put an entry without a readable file into the root bin: what Resolve built, or lost."""
        with self.world.lock:
            media = Media(name, kind=kind, frames=frames, rate=exact_rate(rate), path=path)
            self.project.root.media.append(media)
            return media.uid

    def add_item(
        self,
        media: str | None = None,
        *,
        kind: str = "video",
        track: int = 1,
        record_start: int | None = None,
        source_start: int = 0,
        duration: int | None = None,
        name: str | None = None,
        speed: float = 1,
        graded: bool = False,
        timeline: str | None = None,
    ) -> str:
        """Lay an item on a track of the current, or the given, timeline.

        Args:
            media: Unique id of a pool entry; kinds that Resolve builds get one made.
            kind: A key of `kinds.KINDS`.
            record_start: Absolute; None is behind the last item of the track.
            source_start: The first media frame shown, in the media's rate.
            duration: Record frames; None is all that the media has.

        Returns:
            Its unique id.
        """
        with self.world.lock:
            line = self._timeline(timeline)
            shape = KINDS[kind]
            item_media = self._media(media) if media else None
            if item_media is None and shape.pool_type is not None:
                rate = str(float(line.rate))
                uid = self.add_made_media(
                    name or kind, kind=shape.pool_type, frames=duration or 240, rate=rate
                )
                item_media = self._media(uid)
            tracks = line.tracks[shape.track]
            while len(tracks) < track:
                tracks.append(Track(f"{shape.track.capitalize()} {len(tracks) + 1}"))
            exact_speed = Fraction(speed).limit_denominator(1000)
            if duration is None:
                duration = 48
                if item_media is not None:
                    rest = item_media.frames - source_start
                    duration = int(rest * line.rate / item_media.rate / abs(exact_speed))
            behind = max((one.end for one in tracks[track - 1].items), default=line.start)
            item = Item(
                name or (item_media.name if item_media else shape.name),
                kind="video" if kind in ("retimed", "mixed_rate", "offline") else kind,
                start=behind if record_start is None else record_start,
                duration=duration,
                source_start=source_start,
                media=item_media,
                speed=exact_speed,
                is_graded=graded,
                is_renamed=name is not None,
            )
            put_item(line, shape.track, track, item)
            return item.uid

    def build_scene(self, steps: list[dict[str, Any]]) -> dict[str, Any]:
        """Do a list of words of the control, each as {"do": NAME, "as": KEPT, arguments by name}.

        An argument "$NAME" stands for an earlier result that was kept under that name.

        Returns:
            The kept results.
        """
        kept: dict[str, Any] = {}
        for step in steps:
            named = {key: _resolved(one, kept) for key, one in step.items()}
            method = getattr(self, named.pop("do"))
            name = named.pop("as", None)
            value = method(**named)
            if name is not None:
                kept[name] = value
        return kept


def _resolved(value: Any, kept: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_resolved(one, kept) for one in value]
    return kept[value[1:]] if isinstance(value, str) and value.startswith("$") else value
