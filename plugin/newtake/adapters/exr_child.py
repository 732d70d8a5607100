"""The process that checks a take's EXR frames with the OpenEXR library, and does nothing else.

It is a process of its own because the library prints to the standard output, leaves pictures out
that it cannot read, and takes a file's word for how much memory it needs. Started by `exr_reader`:
the order comes as JSON on stdin, the answer goes to stdout.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from newtake.domain.exr_header import MOST_HEADER_BYTES, ExrHeader, HeaderError, walk_header

MOST_MEMORY_BYTES = 4 << 30
"""Of address space: a picture of the largest size takes a twentieth of it."""
_TOLD_ELSEWHERE = ("channels", "compression", "dataWindow", "displayWindow", "chromaticities")
_MOST_TOLD = 40
_LONGEST_TOLD = 200


def main() -> None:
    """Carry out the one order on stdin."""
    order = json.loads(sys.stdin.read())
    # The library writes to the standard output itself; our own answers keep a door of their own.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        _limit_memory()
        _check(order["files"], out)


def _check(files: Sequence[str], out: IO[bytes]) -> None:
    """One line of JSON for each file: its facts, or its fault as the last line."""
    for name in files:
        try:
            answer: dict[str, Any] = {"facts": facts_of(name)}
        except (HeaderError, MemoryError, OSError, RuntimeError, ValueError) as error:
            answer = {"fault": str(error) or type(error).__name__}
        out.write(json.dumps(answer).encode() + b"\n")
        out.flush()
        if "fault" in answer:
            return


def facts_of(name: str) -> dict[str, Any]:
    """What a frame's header says, after every pixel of it was decoded.

    Raises:
        HeaderError, ValueError: It is no frame of a take, or its pixels cannot be decoded.
    """
    walked, read = decoded(name)
    chromaticities = read.get("chromaticities")
    width, height = walked.display_window.size
    others = [(key, value) for key, value in read.items() if key not in _TOLD_ELSEWHERE]
    return {
        "width": width,
        "height": height,
        "channels": list(walked.channels),
        "compression": read["compression"].name.removesuffix("_COMPRESSION"),
        "chromaticities": None if chromaticities is None else [float(x) for x in chromaticities],
        "header": {
            _text(key): _text(getattr(value, "name", value)) for key, value in others[:_MOST_TOLD]
        },
    }


def decoded(name: str) -> tuple[ExrHeader, Mapping[str, Any]]:
    """The header as walked, and the attributes as the library reads them.

    Raises:
        HeaderError, ValueError: As `facts_of`.
    """
    import OpenEXR

    with Path(name).open("rb") as file:
        walked = walk_header(file.read(MOST_HEADER_BYTES))
    try:
        picture = OpenEXR.File(name, separate_channels=True)
        found = picture.channels() if picture.parts else {}
    except (RuntimeError, ValueError, TypeError) as error:
        raise ValueError(f"it cannot be read ({error})") from error
    pixels = {key: channel.pixels for key, channel in found.items()}
    shape = walked.data_window.size[::-1]
    if set(pixels) != set(walked.channels) or any(each.shape != shape for each in pixels.values()):
        raise ValueError("its pixels are damaged or incomplete")
    return walked, picture.header()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows; there the limits on sizes have to do.
        return
    if sys.platform != "darwin":  # which knows the limit and does not keep it
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))


def _text(value: object) -> str:
    """As it reads, and short: windows and vectors are arrays of a few numbers."""
    listed = value.tolist() if hasattr(value, "tolist") else value
    text = " ".join(map(str, listed)) if isinstance(listed, list | tuple) else str(listed)
    printed = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    return printed if len(printed) <= _LONGEST_TOLD else f"{printed[: _LONGEST_TOLD - 1]}…"
