"""ZIP archives that no honest program writes, and a few it would, written byte by byte."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

MAGIC = b"\x76\x2f\x31\x01"
FRAMES = 10
_STORED, _DEFLATED, _BZIP2 = 0, 8, 12


@dataclass(frozen=True)
class Entry:
    """One member as its two headers tell of it."""

    name: bytes
    data: bytes
    """As it is packed."""
    crc: int
    size: int
    """As it is unpacked, or said to be."""
    method: int = _DEFLATED
    flags: int = 0
    mode: int = 0o100644
    at: int | None = None
    """Where its local header is said to be; None for where it is."""
    extra: bytes = b""

    def local_header(self) -> bytes:
        fields = (20, self.flags, self.method, 0, 0x21, self.crc, len(self.data), self.size)
        return struct.pack("<4s5H3L2H", b"PK\3\4", *fields, len(self.name), 0) + self.name

    def directory_entry(self, at: int) -> bytes:
        fields = (0x0314, 20, self.flags, self.method, 0, 0x21, self.crc, len(self.data), self.size)
        sizes = (len(self.name), len(self.extra), 0, 0, 0, self.mode << 16)
        place = at if self.at is None else self.at
        head = struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields, *sizes, place)
        return head + self.name + self.extra


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def frame(number: int, name: str = "out/frame.{:04}.exr", size: int = 400) -> Entry:
    data = MAGIC + bytes([number % 256]) * size
    return Entry(name.format(number).encode(), deflated(data), zlib.crc32(data), len(data))


def frames(count: int = FRAMES, name: str = "out/frame.{:04}.exr", size: int = 400) -> list[Entry]:
    return [frame(number, name, size) for number in range(count)]


def package(entries: Sequence[Entry], members: int | None = None) -> bytes:
    """The archive; `members` is how many it says it has."""
    body, directory = bytearray(), bytearray()
    for entry in entries:
        directory += entry.directory_entry(len(body))
        body += entry.local_header() + entry.data
    return _closed(bytes(body), bytes(directory), len(entries) if members is None else members)


def _closed(body: bytes, directory: bytes, members: int) -> bytes:
    count = min(members, 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


def overlapping() -> bytes:
    """Each member holds all that follow, their headers quoted in blocks that are not compressed."""
    plain = MAGIC + bytes(5_000_000)
    packed, crc, size = deflated(plain), zlib.crc32(plain), len(plain)
    chain = b""
    entries: list[tuple[Entry, int]] = []
    for number in reversed(range(FRAMES)):
        entry = Entry(f"{number}.exr".encode(), packed, crc, size)
        chain = entry.local_header() + packed
        entries.append((entry, len(chain)))
        quoted = MAGIC + entry.local_header()
        block = struct.pack("<BHH", 0, len(quoted), len(quoted) ^ 0xFFFF) + quoted
        packed, crc, size = (
            block + packed,
            zlib.crc32(plain, zlib.crc32(quoted)),
            size + len(quoted),
        )
        plain = quoted + plain
    whole = len(chain)
    directory = b"".join(
        replace(entry, at=whole - length).directory_entry(0) for entry, length in reversed(entries)
    )
    return _closed(chain, directory, FRAMES)


def bomb() -> bytes:
    """Ten frames of 200 MB of nothing in two megabytes."""
    data = MAGIC + bytes(200_000_000)
    one = Entry(b"", deflated(data), zlib.crc32(data), len(data))
    return package([replace(one, name=f"{n}.exr".encode()) for n in range(FRAMES)])


def _with(number: int, **fields: object) -> Callable[[], bytes]:
    """Ten frames of which one is different."""

    def made() -> bytes:
        entries = frames()
        entries[number] = replace(entries[number], **fields)  # type: ignore[arg-type]  # by name
        return package(entries)

    return made


def _symlink() -> bytes:
    target = b"/etc/passwd"
    link = Entry(b"out/frame.0000.exr", target, zlib.crc32(target), len(target), _STORED)
    return package([replace(link, mode=0o120777), *frames()[1:]])


_BAD_ZIP64 = struct.pack("<HHQ", 1, 8, 1 << 63)

PACKAGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "parent folder": (_with(9, name=b"../../frame.0009.exr"), "leads out"),
    "absolute path": (_with(9, name=b"/tmp/frame.0009.exr"), "leads out"),
    "backslashes": (_with(9, name=b"out\\..\\..\\frame.0009.exr"), "leads out"),
    "drive": (_with(9, name=b"C:\\frame.0009.exr"), "leads out"),
    "link": (_symlink, "not an EXR"),
    "name twice": (_with(9, name=b"out/frame.0008.exr"), "unbroken"),
    "declared huge": (_with(9, size=4_000_000_000), "4000000000 bytes"),
    "declared large": (_with(5, size=200_000_000), "says 200000000"),
    "declared small": (_with(5, size=7), "unpacked"),
    "encrypted": (_with(5, flags=1), "encrypted"),
    "other packing": (_with(5, method=_BZIP2), "unusual way"),
    "wrong checksum": (_with(5, crc=7), "unpacked"),
    "damaged data": (_with(5, data=b"\xff" * 50), "unpacked"),
    "100 000 members": (lambda: package([frame(1)] * 100_000), "directory"),
    "3 000 members": (lambda: package(frames(3000)), "3000 members"),
    "no pictures": (_with(3, data=deflated(b"MZ" * 9), crc=zlib.crc32(b"MZ" * 9), size=18), "no"),
    "missing frame": (lambda: package([*frames(4), *frames(10)[5:]]), "followed by 5"),
    "too few frames": (lambda: package(frames(5)), "holds 5"),
    "too many frames": (lambda: package(frames(12)), "holds 12"),
    "cut off": (lambda: package(frames())[:-60], "neither"),
    "cut open": (lambda: package(frames())[200:], "service's file"),
    "name of 60 000 digits": (_with(9, name=b"0" * 60_000 + b"a1.exr"), "60006 characters"),
    "name of 200 digits": (_with(9, name=b"9" * 200 + b".exr"), "unbroken"),
    "name that is no UTF-8": (_with(9, name=b"\xff9.exr", flags=0x800), "unpacked"),
    "before the beginning": (_with(5, at=0xFFFFFFFF, extra=_BAD_ZIP64), "unpacked"),
    "behind the end": (_with(5, at=0x7FFFFFFF), "unpacked"),
    "overlapping members": (overlapping, "overlap"),
    "bomb": (bomb, "would unpack to"),
}
"""What is fetched, and a word of the error it ends in."""

HARMLESS: dict[str, Callable[[], bytes]] = {
    "control characters": lambda: package(frames(name="\x1b[31m\n\r\x07\u202e{:04}.exr")),
    "out of order": lambda: package(frames()[::-1]),
    "wrong number of members": lambda: package(frames(), members=3),
    "a member without a name": lambda: package([*frames(), replace(frame(1), name=b"\0")]),
    "in a folder called a/..b": lambda: package(frames(name="a/..b/{}.exr")),
}
"""Strange archives whose frames are all there."""
