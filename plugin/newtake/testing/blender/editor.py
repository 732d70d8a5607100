"""A Blender in memory: what a person does in it, and what its add-on answers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.testing.blender import changing
from newtake.testing.blender.films import film_of, size_of
from newtake.testing.blender.rows import DOCUMENT, Rows, uids_of
from newtake.testing.blender.state import FakeScene, FakeStrip, Refusal

_ROUNDING = (4, 0, 0)
_SPACES = ("Linear", "Linear ACES", "Linear ACEScg", "Non-Color", "Raw", "sRGB")


class FakeBlender:
    """One running Blender, with one file of one scene open."""

    def __init__(self, version: tuple[int, int, int] = (3, 4, 1)) -> None:
        self.version = version
        self.files: dict[str, FakeScene] = {}
        """What lies in files that were saved, by path."""
        self.busy = 0
        """How many further requests find Blender rendering."""
        self.steps: list[str] = []
        """Names of the undo steps that New Take made."""
        self.reset()

    def call(self, name: str, /, **arguments: Any) -> Any:
        """What a person does, by the name of one of the methods below."""
        return getattr(self, name)(**arguments)

    def reset(self, fps: int = 25, base: float = 1.0, size: Sequence[int] = (480, 270)) -> None:
        """A new file with an empty scene."""
        rounds = self.version >= _ROUNDING
        self.scene = FakeScene(
            rounds, self.version < (5, 0, 0), fps=fps, base=base, size=(size[0], size[1])
        )
        self._opened("")

    def _opened(self, path: str) -> None:
        self.path = path
        self._remembered: dict[str, FakeStrip] = {}
        self._document = uuid.uuid4().hex
        self._undone: list[FakeScene] = []
        self._history = [deepcopy(self.scene)]
        self._changed = False

    def _step(self) -> None:
        self._history.append(deepcopy(self.scene))
        self._undone.clear()
        self._changed = True

    def undo(self) -> None:
        if len(self._history) > 1:
            self._undone.append(self._history.pop())
            self.scene = deepcopy(self._history[-1])

    def redo(self) -> None:
        if self._undone:
            self._history.append(self._undone.pop())
            self.scene = deepcopy(self._history[-1])

    def save(self, path: str) -> None:
        self.path = path
        self.files[path] = deepcopy(self.scene)
        Path(path).touch()
        self._changed = False

    def load(self, path: str) -> None:
        self.scene = deepcopy(self.files[path])
        self._opened(path)

    def movie(
        self,
        path: str,
        name: str = "clip",
        channel: int = 1,
        frame_start: int = 1,
        start: int | None = None,
        end: int | None = None,
    ) -> str:
        return self._add(self._film(path, name, channel, frame_start), start, end)

    def adjusted(
        self, path: str, frame_start: int, start: int, end: int, name: str = "clip"
    ) -> str:
        """A movie that plays at its own speed."""
        strip = self._film(path, name, 1, frame_start)
        strip.own_speed = strip.rate != self.scene.rate
        return self._add(strip, start, end)

    def images(
        self,
        folder: str,
        names: Sequence[str],
        name: str = "clip",
        channel: int = 1,
        frame_start: int = 1,
        start: int | None = None,
        end: int | None = None,
    ) -> str:
        strip = FakeStrip(
            name,
            "IMAGE",
            channel,
            frame_start,
            frame_start,
            frame_start + len(names),
            folder,
            tuple(names),
            len(names),
            size=size_of(Path(folder) / names[0]),
        )
        return self._add(strip, start, end)

    def effect(
        self,
        kind: str,
        name: str,
        channel: int,
        start: int,
        end: int,
        inputs: Sequence[str] = (),
    ) -> str:
        strip = FakeStrip(name, kind, channel, start, start, end, inputs=tuple(inputs))
        return self._add(strip, None, None)

    def assign(self, name: str, values: Mapping[str, Any]) -> None:
        """Set what a strip has under Blender's names."""
        strip = self.scene.strips[name]
        for key, value in values.items():
            if key == "frame_start":
                by = value - strip.begin
                strip.begin, strip.start, strip.end = (
                    strip.begin + by,
                    strip.start + by,
                    strip.end + by,
                )
            else:
                setattr(strip, _NAMES.get(key, key), value)
        self._step()

    def channel(self, number: int, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.scene.channels[number], name, value)
        self._step()

    def remove(self, name: str) -> None:
        del self.scene.strips[name]
        self._step()

    def rename(self, name: str, new: str) -> None:
        strip = self.scene.strips.pop(name)
        strip.name = new
        self.scene.strips[new] = strip
        self._step()

    def duplicate(self, name: str) -> None:
        """The copy has copies of all properties; it lies on a channel that is free."""
        copy = deepcopy(self.scene.strips[name])
        copy.name = self.scene.free_name(name)
        copy.channel = max(each.channel for each in self.scene.strips.values()) + 1
        self.scene.strips[copy.name] = copy
        self._step()

    def split(self, name: str, frame: int) -> None:
        """Both halves have copies of all properties."""
        half = deepcopy(self.scene.strips[name])
        half.name = self.scene.free_name(name)
        self.scene.strips[name].end = half.start = frame
        self.scene.strips[half.name] = half
        self._step()

    def into_meta(self, name: str, meta: str) -> None:
        strip = self.scene.strips[name]
        holder = FakeStrip(meta, "META", strip.channel, strip.start, strip.start, strip.end)
        strip.meta = meta
        self.scene.strips[meta] = holder
        self._step()

    def open_meta(self, meta: str) -> None:
        """Show a meta strip's strips alone, or, with an empty name, the scene's."""
        self.scene.open_meta = meta

    def preview(self, start: int, end: int) -> None:
        self.scene.preview = (start, end)

    def state(self) -> dict[str, Any]:
        """All that can be seen of the strips."""
        return {
            "strips": {
                each.name: {
                    "type": each.type,
                    "channel": each.channel,
                    "begin": each.begin,
                    "range": [each.start, each.end],
                    "mute": each.mute,
                    "select": each.select,
                    "keys": sorted(each.properties),
                }
                for each in self.scene.strips.values()
            },
            "active": self.scene.active,
            "channels": [""] + [self.scene.channels[n].name for n in range(1, 12)],
        }

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """{"ok": ...} or {"error": ...}, as the add-on answers."""
        try:
            return {"ok": self._ok(request)}
        except Refusal as refusal:
            return {"error": dict(refusal.as_json())}
        except (KeyError, TypeError, ValueError) as error:
            wrong = Refusal("request", f"{type(error).__name__}: {error}")
            return {"error": dict(wrong.as_json())}

    @property
    def document(self) -> str:
        return self.scene.properties.get(DOCUMENT) or self._document

    def _ok(self, request: Mapping[str, Any]) -> Any:
        do, document = request.get("do"), request.get("document")
        if do == "bye":
            return None
        if document is not None and document != self.document:
            raise Refusal("not_found", "This file is another one.", document)
        if do == "hello":
            return self._hello()
        known = request.get("known") or []
        rows = self._rows(known if isinstance(known, list) else [known])
        if do == "strips":
            strips = self.scene.strips.values()
            used = max((each.channel for each in strips), default=0)
            return {
                "hello": self._hello(),
                "strips": [rows.row(each, with_room=True) for each in strips],
                "channels": [
                    {"number": number, "name": each.name, "mute": each.mute, "lock": each.lock}
                    for number, each in self.scene.channels.items()
                    if number <= used or each.mute or each.lock
                ],
            }
        if do in ("place", "lay", "switch", "remove"):
            return self._changed_takes(do, rows, request)
        if do == "mark":
            uids = changing.mark(rows, self.document, request)
            again = self._rows()
            return {"strips": [again.row(self.scene.strips[again.names[each]]) for each in uids]}
        if do == "adopt":
            if DOCUMENT in self.scene.properties:
                raise Refusal("request", "The scene has an id of its own.", self.document)
            self._document = str(request["as"])
            return {"document": self.document}
        if do == "remember":
            changing.remember(rows, self.document, list(request["strips"]))
            return {"document": self.document, "strips": list(request["strips"])}
        raise Refusal("request", f"There is no {do!r} to do.")

    def _changed_takes(self, do: str, rows: Rows, request: Mapping[str, Any]) -> Any:
        if self.busy:
            self.busy -= 1
            raise Refusal("busy", "Blender renders at this moment.")
        uid, more = request["clip"], dict[str, Any]()
        is_step = True
        if do == "place":
            already, moved = changing.place(rows, self.document, request)
            is_step = len(already) < len(request["takes"])
            more = {"already": already, "moved_up": moved, "notes": []}
        elif do == "lay":
            already = changing.lay(rows, self.document, request)
            is_step = len(already) < len(request["takes"])
            more = {"already": already, "notes": []}
        elif do == "switch":
            changing.switch(rows, self.document, request)
        else:
            is_step = changing.remove(rows, request)
        if is_step:
            self.steps.append(str(request.get("undo")))
            self._step()
        again = self._rows()
        original, takes = again.strip(uid), again.takes(uid)
        asked = request.get("takes", ())
        labels = [each["label"] for each in asked] if asked else list(takes)
        shown = [takes[label] for label in labels]
        return {
            "clip": None if original is None else again.row(original),
            "takes": [again.row(each) for each in shown],
            **more,
        }

    def _rows(self, known: Sequence[Mapping[str, Any]] = ()) -> Rows:
        return Rows(self.scene, *uids_of(self.scene, self._remembered, known))

    def _hello(self) -> dict[str, Any]:
        scene = self.scene
        opened = self._rows().uids[scene.open_meta] if scene.open_meta else ""
        return {
            "protocol": 1,
            "blender": list(self.version),
            "python": "3.10.2",
            "background": True,
            "file": self.path,
            "changed": self._changed,
            "document": self.document,
            "document_kept": DOCUMENT in scene.properties,
            "scene": scene.name,
            "scenes": [scene.name],
            "rate": str(scene.rate),
            "start": scene.start,
            "end": scene.end,
            "preview": None if scene.preview is None else list(scene.preview),
            "open_meta": opened,
            "frame": 1,
            "size": list(scene.size),
            "colour_spaces": list(_SPACES),
        }

    def _film(self, path: str, name: str, channel: int, begin: int) -> FakeStrip:
        frames, rate, size = film_of(Path(path)) or (1, Fraction(0), (0, 0))
        return FakeStrip(
            name, "MOVIE", channel, begin, begin, begin, path, (), frames, rate or None, size=size
        )

    def _add(self, strip: FakeStrip, start: int | None, end: int | None) -> str:
        strip.name = self.scene.free_name(strip.name)
        if strip.type == "MOVIE":
            strip.end = strip.begin + strip.length(self.scene.rate)
        strip.start = strip.start if start is None else start
        strip.end = strip.end if end is None else end
        self.scene.strips[strip.name] = strip
        self._step()
        return strip.name


_NAMES = {
    "frame_final_start": "start",
    "frame_final_end": "end",
    "use_reverse_frames": "reverse",
    "color_tag": "colour",
    "speed_factor": "speed",
    "use_multiview": "views",
}
