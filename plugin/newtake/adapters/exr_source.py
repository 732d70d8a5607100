"""EXR images as a source: facts of one, and a stream of pictures that a model can read.

The pictures are made by a process of its own (`exr_source_child`), which the OpenEXR library may
take down: a damaged or hostile image ends it and nothing else.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from newtake.adapters.exr_reader import running_reader
from newtake.adapters.exr_source_child import NO_PICTURE
from newtake.domain.errors import MediaError, MediaToolError

_START = (
    "import sys; sys.path[:] = [each for each in sys.path if each]; "
    "from newtake.adapters.exr_source_child import main; main()"
)
"""Without the current folder: what lies beside a user's footage is no module of ours."""
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class ExrSourceFacts:
    """Of one image."""

    size: tuple[int, int]
    """Of the display window."""
    pixel_aspect: Fraction
    has_alpha: bool
    timecode: str | None


class ExrStream:
    """Pictures on their way to ffmpeg: rgb48le, one after the other."""

    def __init__(self, process: subprocess.Popen[bytes], out: IO[bytes]) -> None:
        self._process = process
        self.out = out

    def check(self) -> None:
        """See that all pictures were made. Raises: MediaError with the image's name."""
        _, words = self._process.communicate(timeout=_PATIENCE_SECONDS)
        if self._process.returncode:
            raise _fault(words)


def shrunken(size: tuple[int, int], shrink: int) -> tuple[int, int]:
    """The size of a picture of so many times fewer rows and columns; what is left over is cut."""
    return max(1, size[0] // shrink), max(1, size[1] // shrink)


def read_exr_source(path: Path) -> ExrSourceFacts:
    """Facts from the header. Raises: MediaError, MediaToolError."""
    with _running({"do": "facts", "files": [str(path.absolute())]}) as process:
        said, words = process.communicate(timeout=_PATIENCE_SECONDS)
    if process.returncode:
        raise _fault(words)
    facts: dict[str, Any] = json.loads(said)
    return ExrSourceFacts(
        (facts["size"][0], facts["size"][1]),
        Fraction(facts["pixel_aspect"]).limit_denominator(1000),
        facts["has_alpha"],
        facts["timecode"],
    )


@contextmanager
def exr_stream(
    files: Sequence[Path],
    size: tuple[int, int],
    unstated: tuple[float, ...] | None = None,
    shrink: int = 1,
) -> Iterator[ExrStream]:
    """The process, ended at the context's end whatever has become of it.

    Args:
        files: In order; a file may stand in it more than once.
        size: That every picture must have.
        unstated: Chromaticities of images that state none; None takes the format's, BT.709's.
        shrink: Makes one pixel of as many rows and columns, for small pictures.
    """
    names = [str(each.absolute()) for each in files]
    order: dict[str, Any] = {"do": "pictures", "files": names, "size": size, "unstated": unstated}
    order["shrink"] = shrink
    with _running(order) as process:
        assert process.stdout is not None
        yield ExrStream(process, process.stdout)


@contextmanager
def _running(order: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    with running_reader(_START) as process:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(order).encode())
            process.stdin.close()
        except BrokenPipeError:
            pass  # It ended already; its words say why.
        process.stdin = None
        yield process


def _fault(words: bytes) -> MediaError | MediaToolError:
    last = " ".join(words.decode(errors="replace").split())[-400:]
    if "No module named 'OpenEXR'" in last:
        return MediaToolError(
            "The OpenEXR library is missing, so EXR images cannot be read.",
            fix="`pip install OpenEXR` into the environment of New Take.",
        )
    fix = "Copy or render the image again that is named above."
    if NO_PICTURE in last:
        fix = "Write the images with the picture's channels called R, G and B."
    return MediaError("An EXR image cannot be read.", why=last or "The reader ended.", fix=fix)
