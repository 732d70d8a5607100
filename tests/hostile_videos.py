"""MP4 files that promise what they do not hold, and files that are none."""

from __future__ import annotations

import struct
from pathlib import Path

from numbered_media import run

_CODED = "-c:v libx264 -preset ultrafast -bf 0"
_FILM = "-v error -f lavfi -i testsrc2=size={size}:rate=24:duration={seconds} -pix_fmt {pixels}"


def film(ffmpeg: str, folder: Path, size: str = "320x180", seconds: float = 1.0) -> bytes:
    """A whole video, its index at the end."""
    path = folder / f"{size}.mp4"
    made = _FILM.format(size=size, seconds=seconds, pixels="yuv420p")
    run([ffmpeg, *made.split(), *_CODED.split(), str(path)])
    return path.read_bytes()


def picture_film(ffmpeg: str, folder: Path) -> bytes:
    """A video of PNG pictures, one of which says that it has 900 million pixels."""
    path = folder / "png.mp4"
    made = _FILM.format(size="64x64", seconds=0.2, pixels="rgb24")
    run([ffmpeg, *made.split(), "-c:v", "png", str(path)])
    data = bytearray(path.read_bytes())
    at = data.index(b"IHDR") + 4
    data[at : at + 8] = struct.pack(">II", 30_000, 30_000)
    return bytes(data)


def box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full_box(kind: bytes, *numbers: int, flags: int = 0) -> bytes:
    return box(kind, struct.pack(f">I{len(numbers)}I", flags, *numbers))


_START = box(b"ftyp", b"isom\0\0\2\0isomavc1") + box(b"mdat", bytes(64))
_OWN_DATA = full_box(b"url ", flags=1)


def made_by_hand(film: bytes, *index: bytes, source: bytes = _OWN_DATA, more: bytes = b"") -> bytes:
    """An MP4 with the sample tables and the data reference given; `more` ends its index."""
    at = film.index(b"stsd") - 4
    description = film[at : at + int.from_bytes(film[at : at + 4], "big")]
    table = box(b"stbl", description, *index, full_box(b"stco", 1, 40))
    reference = box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), source))
    media = box(b"minf", full_box(b"vmhd", 0, 0), reference, table)
    handler = box(b"hdlr", bytes(8), b"vide", bytes(12), b"v\0")
    track = box(
        b"trak",
        box(b"tkhd", struct.pack(">6I", 3, 0, 0, 1, 0, 1000), bytes(52), bytes(8)),
        box(b"mdia", full_box(b"mdhd", 0, 0, 24, 24, 0), handler, media),
    )
    header = box(b"mvhd", struct.pack(">5I", 0, 0, 0, 1000, 1000), bytes(80))
    return _START + box(b"moov", header, track, more)


def promising_index(film: bytes, samples: int = 80_000_000) -> bytes:
    """One chunk of 80 million frames of one byte each."""
    return made_by_hand(
        film,
        full_box(b"stts", 1, samples, 1),
        full_box(b"stsc", 1, 1, samples, 1),
        full_box(b"stsz", 1, samples),
    )


def promising_fragment(film: bytes, samples: int = 40_000_000) -> bytes:
    """A fragment of 40 million frames that share one size and one length."""
    empty = (full_box(b"stts", 0), full_box(b"stsc", 0), full_box(b"stsz", 0, 0))
    begun = made_by_hand(film, *empty, more=box(b"mvex", full_box(b"trex", 1, 1, 1, 1, 0)))
    header = full_box(b"tfhd", 1, 1, 1, 0, flags=0x20038)
    fragment = box(b"traf", header, full_box(b"trun", samples))
    return begun + box(b"moof", full_box(b"mfhd", 1), fragment) + box(b"mdat", bytes(64))


def promising_sound(film: bytes) -> bytes:
    """Chunks of two thousand million samples each, as sound has them."""
    return made_by_hand(
        film,
        full_box(b"stts", 1, 0xFFFFFFF, 1),
        full_box(b"stsc", 1, 1, 0x7FFFFFFF, 1),
        full_box(b"stsz", 1, 100),
    )


def many_edits(film: bytes) -> bytes:
    """An edit list that shows the whole film again and again."""
    edits = box(b"edts", full_box(b"elst", 100_000, *(1000, 0, 0x10000) * 100_000))
    whole = (
        full_box(b"stts", 1, 240, 1),
        full_box(b"stsc", 1, 1, 240, 1),
        full_box(b"stsz", 1, 240),
    )
    return made_by_hand(film, *whole, edits)


def elsewhere(film: bytes, address: str) -> bytes:
    """A film whose pictures lie at another address."""
    source = box(b"url ", bytes(4), address.encode() + b"\0")
    index = (full_box(b"stts", 1, 1, 1), full_box(b"stsc", 1, 1, 1, 1), full_box(b"stsz", 30, 1))
    return made_by_hand(film, *index, source=source)


def no_videos(address: str) -> dict[str, bytes]:
    """Files of other kinds, most of which would make a player open another address."""
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{address}\n#EXT-X-ENDLIST\n"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}"/></svg>'
    return {
        "page": b"<!DOCTYPE html><html><body>Not found</body></html>",
        "empty": b"",
        "text": b"This is no film, it is a text of some length.\n" * 20,
        "playlist": playlist.encode(),
        "concat": f"ffconcat version 1.0\nfile '{address}'\n".encode(),
        "picture": svg.encode(),
        "session": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nu={address}\nc=IN IP4 127.0.0.1\n"
        "t=0 0\nm=video 5004 RTP/AVP 96\n".encode(),
    }
