"""What the add-on says of Blender and its strips, as values; its `bridge.py` has the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from newtake.domain.errors import HostError
from newtake.hosts.blender.identity import StripKey

PROTOCOL = 1
Answer: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hello:
    """The scene that was asked about, and the Blender and file that it is in."""

    version: tuple[int, ...]
    file: str
    """Path of the .blend; empty where it was never saved."""
    document: str
    """Id of the scene's edit."""
    document_kept: bool
    """Whether the scene carries it."""
    scene: str
    rate: Fraction
    start: int
    end: int
    preview: tuple[int, int] | None
    """Record frames of the preview range, half-open."""
    open_meta: str
    """Id of the meta strip whose strips the sequencer shows; empty where it shows the scene's."""
    frame: int
    """Where the playhead is."""
    colour_spaces: tuple[str, ...]

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))

    @property
    def file_name(self) -> str:
        """For a person."""
        return Path(self.file).name if self.file else "a file that was never saved"


@dataclass(frozen=True, slots=True)
class Media:
    """What a movie or image strip shows of its files; frames count from the media's first, 0."""

    path: str
    missing: bool
    names: tuple[str, ...]
    """File names of images, in their order; of a movie empty."""
    frames: int
    rate: Fraction | None
    """The file's; None for images, and for files that Blender cannot open."""
    step: Fraction | None
    """Media frames per record frame; None where it varies or is not known."""
    first: int
    last: int
    shown: tuple[int, ...] | None
    """The media frame of each record frame; None where they run one for one, or are not known."""
    exact: bool
    """Whether this Blender shows `shown`."""
    held: bool
    """Whether it stands still at an end, beyond its media."""
    stands_at: int
    """Record frame of media frame 0."""
    colour_space: str
    reverse: bool
    speed: float | None
    """Factor; None where it varies."""
    retimed: bool
    strobe: float
    proxy: bool
    stream: int
    views: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """One strip of the sequencer."""

    uid: str
    kept: bool
    """Whether the id is written into it."""
    name: str
    kind: str
    channel: int
    start: int
    """Record frames that show, half-open."""
    end: int
    selected: bool
    active: bool
    muted: bool
    locked: bool
    """Itself or its channel."""
    channel_muted: bool
    meta: str
    """Id of the meta strip that it lies in; or empty."""
    inputs: tuple[str, ...]
    used_by: tuple[str, ...]
    take_of: str
    """Id of the clip that it is a take, or the original, of; or empty."""
    label: str
    """Of the take, or "original"; or empty."""
    properties: Mapping[str, str]
    colour: str
    """Colour tag: COLOR_01 ... or NONE."""
    no_room: str
    """Why no take can be put above it; empty where one can."""
    moves_up: int
    """How many strips would go up by a channel for a take."""
    media: Media | None

    @property
    def duration(self) -> int:
        return self.end - self.start

    @property
    def is_take(self) -> bool:
        return bool(self.label) and self.label != "original"

    @property
    def key(self) -> StripKey:
        media = self.media
        path, first, frames = ("", 0, 0)
        if media is not None:
            path, first, frames = media.path, media.first, media.frames
        place = (self.start, self.duration, first)
        return StripKey(self.uid, self.kind, self.name, path, *place, frames)

    def is_of(self, key: StripKey) -> bool:
        """Whether it certainly is the strip that was chosen.

        Without its id in the file it may have been found by name and media alone. One that was
        added anew has these as well; it shows what the chosen one did, or it is taken for another.
        """
        now = self.key
        same_frames = (now.first, now.duration) == (key.first, key.duration)
        return self.kept or same_frames or now.start - now.first == key.start - key.first


@dataclass(frozen=True, slots=True)
class Channel:
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Sequencer:
    """A scene's edit at one moment."""

    hello: Hello
    strips: tuple[Strip, ...]
    channels: tuple[Channel, ...]

    @property
    def edit(self) -> tuple[object, ...]:
        """Another value for another edit; selecting and moving the playhead change none."""
        hello = self.hello
        strips = tuple(replace(each, selected=False, active=False) for each in self.strips)
        where = (hello.file, hello.document, hello.scene, hello.rate, hello.start, hello.end)
        return (*where, self.channels, strips)

    @property
    def seen(self) -> tuple[Strip, ...]:
        """The strips that the sequencer shows: not those within a closed meta strip, whose flag of
        being selected may linger, nor those around an open one."""
        return tuple(each for each in self.strips if each.meta == self.hello.open_meta)

    def strip(self, uid: str) -> Strip | None:
        return next((each for each in self.strips if each.uid == uid), None)

    @property
    def names(self) -> frozenset[str]:
        """Of all strips."""
        return frozenset(each.name for each in self.strips)

    def takes_of(self, uid: str) -> list[Strip]:
        return [each for each in self.strips if each.take_of == uid and each.is_take]


def hello_of(answer: Answer) -> Hello:
    """Raises: HostError, for an answer of another protocol."""
    if answer.get("protocol") != PROTOCOL:
        raise HostError(
            "New Take's add-on in Blender is of another version than this newtake.",
            why=f"It speaks protocol {answer.get('protocol')}, this one {PROTOCOL}.",
            fix="`newtake blender install`, then start Blender anew.",
        )
    preview = answer["preview"]
    return Hello(
        version=tuple(int(each) for each in answer["blender"]),
        file=str(answer["file"]),
        document=str(answer["document"]),
        document_kept=bool(answer["document_kept"]),
        scene=str(answer["scene"]),
        rate=Fraction(answer["rate"]),
        start=int(answer["start"]),
        end=int(answer["end"]),
        preview=None if preview is None else (int(preview[0]), int(preview[1])),
        open_meta=str(answer["open_meta"]),
        frame=int(answer["frame"]),
        colour_spaces=tuple(map(str, answer["colour_spaces"])),
    )


def sequencer_of(answer: Answer) -> Sequencer:
    """Of the answer to "strips". Raises: HostError, as `hello_of`."""
    return Sequencer(
        hello_of(answer["hello"]),
        strips_of(answer["strips"]),
        tuple(Channel(int(each["number"]), str(each["name"])) for each in answer["channels"]),
    )


def strips_of(answer: Sequence[Answer]) -> tuple[Strip, ...]:
    return tuple(strip_of(each) for each in answer)


def strip_of(answer: Answer) -> Strip:
    room, media = answer["room"] or {}, answer["media"]
    return Strip(
        uid=str(answer["uid"]),
        kept=bool(answer["kept"]),
        name=str(answer["name"]),
        kind=str(answer["type"]),
        channel=int(answer["channel"]),
        start=int(answer["start"]),
        end=int(answer["end"]),
        selected=bool(answer["select"]),
        active=bool(answer["active"]),
        muted=bool(answer["mute"]),
        locked=bool(answer["lock"] or answer["channel_lock"]),
        channel_muted=bool(answer["channel_mute"]),
        meta=str(answer["meta"]),
        inputs=tuple(answer["inputs"]),
        used_by=tuple(answer["used_by"]),
        take_of=str(answer["take_of"]),
        label=str(answer["label"]),
        properties=dict(answer["properties"]),
        colour=str(answer["colour"]),
        no_room=str(room.get("why_not", "")),
        moves_up=int(room.get("moves_up", 0)),
        media=None if media is None else _media_of(media),
    )


def _media_of(answer: Answer) -> Media:
    shown = answer["shown"]
    return Media(
        path=str(answer["path"]),
        missing=bool(answer["missing"]),
        names=tuple(answer["names"]),
        frames=int(answer["frames"]),
        rate=_ratio(answer["rate"]),
        step=_ratio(answer["step"]),
        first=int(answer["first"]),
        last=int(answer["last"]),
        shown=None if shown is None else tuple(int(each) for each in shown),
        exact=bool(answer["exact"]),
        held=bool(answer["held"]),
        stands_at=int(answer["stands_at"]),
        colour_space=str(answer["colour_space"]),
        reverse=bool(answer["reverse"]),
        speed=None if answer["speed"] is None else float(answer["speed"]),
        retimed=bool(answer["retimed"]),
        strobe=float(answer["strobe"]),
        proxy=bool(answer["proxy"]),
        stream=int(answer["stream"]),
        views=bool(answer["views"]),
    )


def _ratio(text: Any) -> Fraction | None:
    return None if text is None else Fraction(text)
