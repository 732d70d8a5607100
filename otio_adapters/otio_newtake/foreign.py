"""Read and write timelines of other formats, by adapters that run in a process of their own.

What comes in is hostile until it is checked: its size, the entities and the depth of XML, the time
and the memory that the adapter takes. What it becomes is checked like any OpenTimelineIO text.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from xml.parsers import expat

from newtake.domain.errors import HostError, TimelineError
from otio_newtake.edl_rates import edl_rate
from otio_newtake.formats import Format

SECONDS = 120.0
"""What an adapter may take; 10 000 clips of Final Cut Pro 7 XML take some ten."""
_MAX_XML_DEPTH = 200
_XML_SUFFIXES = (".xml", ".fcpxml", ".kdenlive")
_EXPORT_OTIO = "Export the timeline as OpenTimelineIO (.otio)."
_EVENT = re.compile(rb"^[ \t]*\d+[ \t]+\S+[ \t]+\S+[ \t]+\S", re.MULTILINE)
_FRACTIONAL = re.compile(rb"frameDuration\s*=\s*[\"']\d*1001/")


def read_foreign(
    path: Path,
    raw: bytes,
    form: Format | None,
    *,
    told_rate: bool = False,
    edl_told: str = "",
    media: Fraction | None = None,
    seconds: float = SECONDS,
) -> tuple[str, tuple[str, ...]]:
    """A timeline of another format as OpenTimelineIO's JSON, not checked yet, and what to know of
    it.

    Args:
        path: The file.
        raw: Its bytes.
        form: None for a format that only an adapter installed here knows.
        told_rate: Whether the adapter's name says an EDL's rate already, as `NAME@RATE`.
        edl_told: Of an EDL, the frames per second that were told.
        media: Of an EDL, the frames per second of all its media.
        seconds: What the adapter may take.

    Raises:
        TimelineError: It is not safe to read, or the adapter cannot read it.
    """
    name, notes = form.adapter if form is not None else "", []
    if not raw.strip():
        raise TimelineError(f"{path.name} is empty.", fix=_EXPORT_OTIO)
    if form is not None and form.suffix == ".edl" and not _EVENT.search(raw):
        raise TimelineError(
            f"{path.name} is no EDL that shows anything.", why="It has no event.", fix=_EXPORT_OTIO
        )
    if path.suffix.lower() in _XML_SUFFIXES:
        check_xml(raw, path.name)
    if form is not None and not form.fractional_rates and _FRACTIONAL.search(raw):
        raise TimelineError(
            f"{path.name} counts at a rate such as 23.976 or 29.97.",
            why=f"The adapter for {form.words} cuts such rates down to whole ones, and then every "
            "frame is another one.",
            fix="Export the timeline as OpenTimelineIO (.otio) or Final Cut Pro 7 XML.",
        )
    if form is not None and form.suffix == ".edl" and not told_rate:
        rate, note = edl_rate(raw, edl_told, media)
        name, notes = f"{name}@{rate!r}", [note]
    done = _adapt("read", name, path, {}, b"", seconds)
    if isinstance(done, str):
        raise TimelineError(
            f"The adapter for {path.suffix} could not read {path.name}.", why=done, fix=_EXPORT_OTIO
        )
    try:
        return done.decode(), tuple(notes)
    except UnicodeDecodeError as error:
        raise TimelineError(f"{path.name} holds text that is no text.", fix=_EXPORT_OTIO) from error


def write_foreign(text: str, path: Path, form: Format) -> None:
    """Write a timeline in another format.

    Args:
        text: OpenTimelineIO's JSON.
        path: Must not exist; what was written of it in vain is removed.
        form: The format.

    Raises:
        HostError: The adapter cannot write it.
    """
    done = _adapt("write", form.adapter, path, form.options, text.encode(), SECONDS)
    if isinstance(done, str) or not path.exists():
        path.unlink(missing_ok=True)
        why = done if isinstance(done, str) else "It wrote nothing."
        raise HostError(f"The adapter for {form.suffix} could not write the timeline.", why=why)


def check_xml(raw: bytes, name: str) -> None:
    """Raises: TimelineError, where the XML declares entities, nests too deeply or is none."""
    parser, depth = expat.ParserCreate(), 0

    def entity(*_: object) -> None:
        raise TimelineError(
            f"{name} declares entities of its own.",
            why="They can grow without end or name other files, and no editor writes them.",
            fix=_EXPORT_OTIO,
        )

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_XML_DEPTH:
            raise TimelineError(f"{name} nests elements more than {_MAX_XML_DEPTH} deep.")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.EntityDeclHandler = entity
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise TimelineError(f"{name} is not valid XML.", why=f"{error}.") from error


def _adapt(
    word: str,
    adapter: str,
    path: Path,
    options: Mapping[str, object],
    given: bytes,
    seconds: float,
) -> bytes | str:
    """What the adapter's process wrote; text says why it failed."""
    # -I: nothing of the folder we stand in can take a module's place.
    command = [sys.executable, "-I", "-m", "otio_newtake.adapting"]
    command += [word, adapter, str(path), json.dumps(dict(options))]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return f"It was stopped after {seconds:g} seconds."
    except OSError as error:
        return f"It could not be started: {error.strerror}."
    if done.returncode == 0:
        return done.stdout
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return f"{lines[-1] if lines and done.returncode == 1 else 'Its process ended'}."
