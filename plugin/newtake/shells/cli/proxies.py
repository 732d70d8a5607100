"""`proxy`: a small copy of a clip's take, of its original, or of any media file."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from newtake import bootstrap
from newtake.bootstrap.shown_frames import ShownFrames, chosen_clip, probed, shown_frames
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError, StorageError
from newtake.domain.proxies import Proxy
from newtake.domain.timing import display_rate, exact_rate
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.printable import printable

_TIMELINES = (".otio", ".otiod", ".otioz", ".json", ".xml", ".fcpxml", ".edl", ".aaf", ".kdenlive")
_RANGE = re.compile(r"^(\d{1,9})-(\d{1,9})$")


@dataclass(frozen=True, slots=True)
class ProxyQuestion:
    """The options of `proxy`, as they were typed."""

    media: Path
    clip: str | None
    take: str | None
    frames: str | None
    height: int
    rate: str
    out: Path | None


def show_proxy(asked: ProxyQuestion, as_json: bool) -> None:
    """Make it, or find it; its path goes to stdout."""
    if asked.out is not None and asked.out.exists():
        raise StorageError(f"{asked.out} exists already.", fix="Name another file with --out.")
    wanted, made = run(_made, asked)
    path = made.path
    if asked.out is not None:
        path = _copied(made.path, asked.out.absolute())
    if as_json:
        print_document(
            {
                "proxy": str(path),
                "of": wanted.what,
                "media": str(wanted.media.path),
                "first_frame": wanted.first,
                "frames": made.frames,
                "rate": str(made.rate),
                "reused": made.reused,
            }
        )
        return
    print(path)
    text = f"{wanted.what}: {made.frames} frames from number {wanted.first} of "
    text += f"{wanted.media.path.name} at {display_rate(made.rate)}"
    print(printable(text + (", made earlier" if made.reused else "")), file=sys.stderr)


async def _made(asked: ProxyQuestion) -> tuple[ShownFrames, Proxy]:
    wanted = await (_of_clip(asked) if _is_timeline(asked) else _of_file(asked))
    wanted = _part_of(wanted, asked.frames)
    maker = bootstrap.proxy_maker(bootstrap.settings_now())
    made = await maker.proxy(wanted.media, wanted.first, wanted.frames, short_side=asked.height)
    return wanted, made


def _is_timeline(asked: ProxyQuestion) -> bool:
    if asked.media.suffix.lower() in _TIMELINES:
        if asked.clip is None:
            raise SelectionError("A timeline has many clips.", fix="Name one with --clip.")
        return True
    if asked.clip is not None or asked.take is not None:
        raise SelectionError(
            f"{asked.media.name} is no timeline.", fix="--clip and --take are for timelines."
        )
    return False


async def _of_clip(asked: ProxyQuestion) -> ShownFrames:
    host, clip = await chosen_clip(asked.media.absolute(), asked.clip or "")
    return await shown_frames(host, clip, asked.take or _selected(clip))


def _selected(clip: Clip) -> str:
    return next((take.key for take in clip.takes if take.selected), "original")


async def _of_file(asked: ProxyQuestion) -> ShownFrames:
    try:
        rate = exact_rate(asked.rate)
    except ValueError as error:
        raise SelectionError(f"--rate: {error}.", fix="Write it as 24, 23.976 or 25.") from error
    path = asked.media.absolute()
    info = await probed(bootstrap.images_named(path, rate) or path)
    return ShownFrames(info, 0, info.frames, asked.media.name)


def _part_of(wanted: ShownFrames, frames: str | None) -> ShownFrames:
    """The frames of it that --frames names."""
    if frames is None:
        return wanted
    match = _RANGE.match(frames)
    first, end = (int(match[1]), int(match[2])) if match else (0, 0)
    if end <= first or end > wanted.frames:
        raise SelectionError(
            f"--frames {frames} names no frames of it.",
            fix=f"Write FIRST-END within 0-{wanted.frames}; END is not shown any more.",
        )
    return ShownFrames(wanted.media, wanted.first + first, end - first, wanted.what)


def _copied(proxy: Path, to: Path) -> Path:
    """A copy that the cache has no more say in. Raises: StorageError."""
    try:
        with proxy.open("rb") as source, to.open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except OSError as error:
        raise StorageError(f"{to} cannot be written.", why=str(error)) from error
    return to
