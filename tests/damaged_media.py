"""Media with a fault in its middle, made from sound files."""

from __future__ import annotations

import random
from pathlib import Path

import av


def damage(path: Path, frame: int) -> None:
    """Overwrite one frame's packet in its middle, as a bad sector leaves it."""
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        packets.sort(key=lambda packet: packet.pts or 0)
        at, size = packets[frame].pos, packets[frame].size
    assert at is not None
    content = bytearray(path.read_bytes())
    begin, end = at + size // 4, at + size * 3 // 4
    content[begin:end] = random.Random(7).randbytes(end - begin)
    path.write_bytes(content)
