"""Playing the editor in the fake Resolve: moving, trimming, selecting, switching, quitting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from newtake.testing.resolve.finding import Finding
from newtake.testing.resolve.state import Marker
from newtake.testing.resolve.track_edits import double_of, put_item, remove_item


class Editor(Finding):
    """The words that an editor's hands would do."""

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

    def copy_item(self, item: str, record_start: int, *, track: int | None = None) -> str:
        """Paste a copy of an item, its markers with it; gives the copy's id."""
        with self.world.lock:
            found, line = self._item(item)
            kind, number = line.place_of(found) or ("video", 1)
            double = double_of(found)
            double.start = record_start
            put_item(line, kind, track or number, double)
            return double.uid

    def cut_item(self, item: str, frames: int) -> str:
        """Cut an item in two after so many record frames; gives the id of the part behind.

        The part before the cut keeps the id, and each part the markers of the frames it shows;
        nobody has measured either.
        """
        with self.world.lock:
            found, line = self._item(item)
            kind, number = line.place_of(found) or ("video", 1)
            behind = double_of(found)
            behind.start += frames
            behind.duration -= frames
            media = found.media
            rate = media.rate if media is not None and media.rate is not None else line.rate
            shift = round(frames * found.speed * rate / line.rate)
            behind.source_start += shift
            for take in behind.takes:
                take.start += shift
            for take, whole in zip(found.takes, behind.takes, strict=True):
                take.end = whole.start
            found.duration = frames
            at = behind.source_start
            behind.markers = {n: each for n, each in behind.markers.items() if n >= at}
            found.markers = {n: each for n, each in found.markers.items() if n < at}
            put_item(line, kind, number, behind)
            return behind.uid

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
        """Mark a range, counted from the timeline's start, `last` included; None is no mark."""
        with self.world.lock:
            line = self._timeline(None)
            line.marks.clear()
            marks = {k: at for k, at in (("in", first), ("out", last)) if at is not None}
            if marks:
                line.marks.update({kind: dict(marks) for kind in ("video", "audio")})

    def put_marker(
        self,
        frame: int,
        *,
        item: str | None = None,
        color: str = "Blue",
        name: str = "Marker 1",
        note: str = "",
        duration: int = 1,
    ) -> None:
        """Put a marker on the current timeline, counted from its start, or on an item.

        Args:
            frame: On an item, a frame of its media.
            item: None for the timeline.
            color: One of the marker colours.
            name: What the editor called it.
            note: What the editor wrote into it.
            duration: Frames.
        """
        with self.world.lock:
            marked = self._timeline(None) if item is None else self._item(item)[0]
            marked.markers[frame] = Marker(frame, color, name, note, duration, "")

    def link_items(self, items: Sequence[str]) -> None:
        """Link items, as a picture and its sound are: each of them with all the others."""
        with self.world.lock:
            found = [self._item(uid)[0] for uid in items]
            for one in found:
                one.linked = [other for other in found if other is not one]

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

    def start_again(self) -> None:
        """Resolve after `quit`, as a live save kept its projects; who was connected is not."""
        with self.world.lock:
            self.world.start_again()

    def save_project(self) -> None:
        """Save the open project, for `revert_project`."""
        with self.world.lock:
            self.world.save_project()

    def revert_project(self) -> None:
        """Go back to the open project as it was saved; handles go stale, unique ids stay."""
        with self.world.lock:
            self.world.revert_project()

    def set_external_scripting(self, on: bool) -> None:
        """The preference; who is connected already stays connected."""
        self.world.external_scripting = on


def _set(holder: Any, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if not hasattr(holder, name):
            raise AttributeError(f"{type(holder).__name__} has no {name}")
        convert: Callable[[Any], Any] = Fraction if name in ("speed", "rate") else lambda one: one
        setattr(holder, name, convert(value))
