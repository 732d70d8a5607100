"""What a fake Blender reads of movies and images: frames, rate and size."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import av.error

from newtake.domain.timing import exact_rate


def film_of(path: Path) -> tuple[int, Fraction, tuple[int, int]] | None:
    """Frames, rate and size of a movie; None where it cannot be opened."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            rate = exact_rate(stream.average_rate or Fraction(24))
            frames = stream.frames
            if not frames:
                frames = sum(1 for packet in container.demux(stream) if packet.size)
            return frames, rate, (stream.width, stream.height)
    except (OSError, av.error.FFmpegError, IndexError):
        return None


def size_of(path: Path) -> tuple[int, int]:
    """Of a picture; (0, 0) where it cannot be opened."""
    found = film_of(path)
    return found[2] if found is not None else (0, 0)
