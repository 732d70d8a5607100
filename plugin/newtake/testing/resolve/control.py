"""The side of the fake that a test holds: builds the scene, looks into it, and plays the editor.

Everything takes and gives plain values (numbers, text, lists, dicts; objects by their unique id),
so that the same words work over a connection (see `process`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.domain.timing import exact_rate
from newtake.testing.resolve.application import CONSTANTS, MediaStorage, ProjectManager, ResolveRoot
from newtake.testing.resolve.core import Action, Hook, Moment, RecordedCall, World
from newtake.testing.resolve.kinds import KINDS
from newtake.testing.resolve.media_files import read_media
from newtake.testing.resolve.pool import Folder, MediaPool, new_timeline
from newtake.testing.resolve.pool_item import MediaPoolItem
from newtake.testing.resolve.project import ProjectObject, new_project
from newtake.testing.resolve.quirks import Quirks
from newtake.testing.resolve.snapshots import item_facts, media_facts, project_facts, timeline_facts
from newtake.testing.resolve.state import Bin, Item, Media, Project, Timeline, Track
from newtake.testing.resolve.timeline import TimelineObject, put_item, remove_item
from newtake.testing.resolve.timeline_item import Graph, TimelineItem
from newtake.testing.resolve.vendor_module import unpack

_CLASSES = (
    *(ResolveRoot, ProjectManager, MediaStorage, ProjectObject, MediaPool, Folder),
    *(MediaPoolItem, TimelineObject, TimelineItem, Graph),
)


class FakeResolve:
    """One running DaVinci Resolve, with one open project in it.

    Args:
        version: "18.6", "19.1", "20.3.2", "21.0", "21.0.4", "21.1" and so on.
        edition: "studio" or "free".
        rate: The first project's frame rate, as the setting is written: "25", "29.97 DF".
        colour_managed: Whether the first project manages colour.
        quirks: Answers to the questions nobody has measured.
    """

    def __init__(
        self,
        version: str = "21.1",
        edition: str = "studio",
        *,
        project: str = "Feature",
        rate: str = "24",
        colour_managed: bool = False,
        quirks: Quirks | None = None,
    ) -> None:
        self.world = World(version, edition, quirks or Quirks())
        self.world.classes = {one.class_name: one for one in _CLASSES}
        self.add_project(project, rate=rate, colour_managed=colour_managed)

    @property
    def resolve(self) -> Any:
        """The root object as a menu script finds it: a new proxy every time."""
        root = self.world.pack(ResolveRoot(self.world))
        return unpack(root, self._send, self.hello())

    def menu_globals(self) -> dict[str, Any]:
        """The names that a menu script finds. There is no `__file__`."""
        resolve = self.resolve
        return {"resolve": resolve, "app": resolve, "bmd": None, "fusion": None, "fu": None}

    def external(self) -> Any:
        """What scriptapp("Resolve") gives a process outside: None where it may not come in."""
        return self.resolve if self.lets_in("external") else None

    def lets_in(self, way: str) -> bool:
        """Whether a script gets the root object: from the menu always, from outside by rule."""
        world = self.world
        is_open = world.edition == "studio" and world.external_scripting
        return not world.has_quit and (way == "menu" or is_open)

    def hello(self) -> dict[str, Any]:
        """What a proxy must know: the names each class has, and the root's constants."""
        return {
            "classes": {name: sorted(methods) for name, methods in self.world.methods.items()},
            "constants": CONSTANTS,
        }

    def _send(self, request: dict[str, Any]) -> Any:
        return self.world.ask(request)

    # -- the scene ----------------------------------------------------------------------------

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

    # -- the editor at work -------------------------------------------------------------------

    def move_item(self, item: str, record_start: int, *, track: int | None = None) -> None:
        """Move an item along the record, and to another video track."""
        with self.world.lock:
            found, line = self._item(item)
            place = line.place_of(found)
            assert place is not None
            line.tracks[place[0]][place[1] - 1].items.remove(found)
            found.start = record_start
            put_item(line, place[0], track or place[1], found)

    def trim_item(self, item: str, *, head: int = 0, tail: int = 0) -> None:
        """Shorten an item by so many record frames at each end; negative numbers lengthen it."""
        with self.world.lock:
            found, line = self._item(item)
            rate = found.media.rate if found.media else line.rate
            shift = round(head * found.speed * rate / line.rate)
            found.start += head
            found.duration -= head + tail
            found.source_start += shift
            for take in found.takes:
                take.start += shift
                take.end -= round(tail * rate / line.rate)

    def delete_item(self, item: str, *, ripple: bool = False) -> None:
        """Delete an item; locks are no hindrance."""
        with self.world.lock:
            found, line = self._item(item)
            kind, number = line.place_of(found) or ("video", 1)
            track = line.tracks[kind][number - 1]
            was, track.locked = track.locked, False
            remove_item(line, found, ripple=ripple)
            track.locked = was

    def change_item(self, item: str, **facts: Any) -> None:
        """Set fields of an item: name, enabled, is_graded, color, properties, speed ..."""
        with self.world.lock:
            found, _ = self._item(item)
            _set(found, facts)

    def change_media(self, media: str, **facts: Any) -> None:
        """Set fields of a pool entry: name, path, frames, metadata, properties, color ..."""
        with self.world.lock:
            _set(self._media(media), facts)

    def change_track(self, number: int, *, kind: str = "video", **facts: Any) -> None:
        """Set fields of a track: name, enabled, locked."""
        with self.world.lock:
            _set(self._timeline(None).tracks[kind][number - 1], facts)

    def change_quirks(self, **facts: Any) -> None:
        """Set fields of `Quirks`."""
        with self.world.lock:
            if "take_kinds" in facts:
                facts["take_kinds"] = frozenset(facts["take_kinds"])
            _set(self.world.quirks, facts)

    def select(self, items: Sequence[str]) -> None:
        """Select items of the current timeline, in this order."""
        with self.world.lock:
            self._timeline(None).selection = list(items)

    def set_marks(self, first: int | None, last: int | None = None) -> None:
        """Mark a range, counted from the timeline's start, `last` included; None clears it."""
        with self.world.lock:
            line = self._timeline(None)
            line.marks.clear()
            if first is not None and last is not None:
                line.marks.update({k: {"in": first, "out": last} for k in ("video", "audio")})

    def set_playhead(self, frame: int) -> None:
        """Put the playhead on an absolute record frame."""
        with self.world.lock:
            self._timeline(None).playhead = frame

    def switch_project(self, name: str) -> None:
        """Open another project; the handles of the one before go stale."""
        with self.world.lock:
            self.world.open_project(next(p for p in self.world.projects if p.name == name))

    def switch_timeline(self, timeline: str) -> None:
        with self.world.lock:
            self.world.open_timeline(self._timeline(timeline))

    def close_project(self) -> None:
        """Show the project manager: no project is open."""
        with self.world.lock:
            self.world.open_project(None)

    def set_current_bin(self, path: str) -> None:
        """Open a bin, "" is the root; bins that are not there are made."""
        with self.world.lock:
            self.project.current_bin = self._bin(path)

    def select_media(self, media: Sequence[str]) -> None:
        """Select pool entries in the media pool."""
        with self.world.lock:
            self.project.selected_media = [self._media(one) for one in media]

    def open_page(self, page: str) -> None:
        with self.world.lock:
            self.world.open_page(page)

    def open_dialog(self) -> None:
        """A modal dialog: every call gives None until it is closed."""
        self.world.dialog = True

    def close_dialog(self) -> None:
        self.world.dialog = False

    def quit(self) -> None:
        """Resolve ends: every call gives None from now on, and nobody is let in."""
        self.world.has_quit = True

    def set_external_scripting(self, on: bool) -> None:
        """The preference; who is connected already stays connected."""
        self.world.external_scripting = on

    # -- hooks --------------------------------------------------------------------------------

    def on_call(
        self,
        method: str,
        action: Action = "pause",
        *,
        moment: Moment = "before",
        skip: int = 0,
        times: int = 1,
    ) -> int:
        """Let something happen at coming calls of a method of any class.

        Args:
            action: "pause" holds the answer until `go_on`; "refuse" answers False or None;
                "dialog" opens one, "quit" ends Resolve.
            moment: "before" the call is carried out, or "after" it and before the answer.
            skip: So many calls pass first.
            times: Then so many are met.

        Returns:
            The hook's number, for `wait_for` and `go_on`.
        """
        with self.world.lock:
            self.world.hooks.append(Hook(method, action, moment, skip, times))
            return len(self.world.hooks) - 1

    def wait_for(self, hook: int, seconds: float = 30) -> bool:
        """Wait until a hook was reached; False when the time is over."""
        return self.world.hooks[hook].reached.wait(seconds)

    def go_on(self, hook: int) -> None:
        """Let a paused call, and later ones of the same hook, go on."""
        self.world.hooks[hook].go_on.set()

    # -- looking ------------------------------------------------------------------------------

    @property
    def calls(self) -> list[RecordedCall]:
        """Every call so far, in order."""
        return list(self.world.calls)

    @property
    def violations(self) -> list[str]:
        """Calls that the version's documents do not have, or with a wrong number of arguments."""
        return list(self.world.violations)

    @property
    def absent_names(self) -> list[str]:
        """Names that were looked up and that this version does not have; no violation by itself."""
        return list(self.world.absent)

    @property
    def unmodelled_calls(self) -> list[str]:
        """Documented methods that were called and that this fake answers with None only."""
        return list(self.world.unmodelled)

    def call_log(self) -> list[dict[str, Any]]:
        """`calls` as dicts."""
        return [asdict(one) for one in self.calls]

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(one.method == method for one in self.calls)

    def item(self, item: str) -> dict[str, Any]:
        """All about one item (see `snapshots`)."""
        found, line = self._item(item)
        return item_facts(line, found)

    def items(self, timeline: str | None = None) -> list[dict[str, Any]]:
        """All items of a timeline, by tracks."""
        line = self._timeline(timeline)
        return [item_facts(line, one) for _, _, one in line.placed()]

    def timeline(self, timeline: str | None = None) -> dict[str, Any]:
        return timeline_facts(self._timeline(timeline))

    def media(self, media: str) -> dict[str, Any]:
        return media_facts(self._media(media))

    def bins(self) -> dict[str, list[str]]:
        """Ids of the pool entries by bin path; "" is the root."""
        return {path: [m.uid for m in one.media] for path, one in _paths(self.project.root, "")}

    def snapshot(self) -> dict[str, Any]:
        """Everything of the open project, to be compared with a later one."""
        with self.world.lock:
            return project_facts(self.project, self.world.page)

    # -- finding ------------------------------------------------------------------------------

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


def _paths(at: Bin, path: str) -> list[tuple[str, Bin]]:
    below = [_paths(one, f"{path}/{one.name}".lstrip("/")) for one in at.bins]
    return [(path, at), *(pair for pairs in below for pair in pairs)]


def _set(holder: Any, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if not hasattr(holder, name):
            raise AttributeError(f"{type(holder).__name__} has no {name}")
        convert: Callable[[Any], Any] = Fraction if name in ("speed", "rate") else lambda one: one
        setattr(holder, name, convert(value))
