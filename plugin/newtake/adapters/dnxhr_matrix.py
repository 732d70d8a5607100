"""States in the frames of a DNxHR movie how their colours are coded.

ffmpeg's encoder leaves the field of each frame's header at 0, which means BT.709, and its decoder
believes the frame, not the movie (seen with 5.1.9 and 9.0.2): BT.2020 came out up to 3 of 255
beside itself.
Source: SMPTE ST 2019-1, the header's colour volume; libavcodec's `dnxhddec.c` reads it so.
"""

from __future__ import annotations

from pathlib import Path

from newtake.adapters.packets import opened, picture_stream

_PREFIX = bytes.fromhex("00000280")
_FIELD = 0x2C
"""Where the byte lies in a frame; the colour volume is its bits 1 and 2."""
_VOLUMES = {"bt709": 0, "bt2020nc": 1, "bt2020c": 2}
_ELSEWHERE = 3
"""The frame does not say, so the movie does."""


def state_matrix(movie: Path, matrix: str | None) -> None:
    """Write it into every frame, in place; nothing is done to a movie of another codec.

    Args:
        movie: The caller's own part file.
        matrix: By its tag; None, where nobody says, is taken as BT.709, as before.

    Raises:
        MediaError: The movie cannot be read.
    """
    volume = _VOLUMES.get(matrix or "bt709", _ELSEWHERE)
    with opened(movie) as container:
        stream = picture_stream(container, movie)
        if stream.codec_context.name != "dnxhd" or volume == 0:
            return
        places = [packet.pos for packet in container.demux(stream) if packet.size]
    with movie.open("r+b") as file:
        for place in places:
            file.seek(place or 0)
            header = file.read(_FIELD + 1)
            if header.startswith(_PREFIX):
                file.seek((place or 0) + _FIELD)
                file.write(bytes([header[_FIELD] & ~0b110 | volume << 1]))
