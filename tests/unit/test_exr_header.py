"""Headers of EXR files: any bytes give one kind of error; none is lost when one is completed."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newtake.domain.exr_header import (
    MAGIC,
    ExrHeader,
    HeaderError,
    Window,
    completed_header,
    timecode_attribute,
    walk_header,
)


def attribute(name: str, kind: str, value: bytes) -> bytes:
    return f"{name}\0{kind}\0".encode() + struct.pack("<i", len(value)) + value


def channel(name: str, kind: int = 1, sampling: int = 1) -> bytes:
    return name.encode() + b"\0" + struct.pack("<4i", kind, 0, sampling, sampling)


def header(channels: bytes = b"", lines: int = 40, version: int = 2) -> bytes:
    listed = channels or channel("B") + channel("G") + channel("R")
    window = struct.pack("<4i", 0, 0, 63, lines - 1)
    return (
        MAGIC
        + struct.pack("<I", version)
        + attribute("channels", "chlist", listed + b"\0")
        + attribute("compression", "compression", b"\x03")
        + attribute("dataWindow", "box2i", window)
        + attribute("displayWindow", "box2i", window)
        + b"\0"
    )


def picture(lines: int = 40) -> bytes:
    """A header, its table of three places, and three chunks."""
    beginning = header(lines=lines)
    count = -(-lines // 16)
    first = len(beginning) + 8 * count
    places = struct.pack(f"<{count}Q", *(first + 10 * each for each in range(count)))
    return beginning + places + b"".join(bytes([each]) * 10 for each in range(count))


def test_what_is_in_a_header_is_found() -> None:
    found = walk_header(picture())
    assert found.channels == ("B", "G", "R")
    assert found.data_window == Window(0, 0, 63, 39)
    assert (found.display_window.size, found.chunks) == ((64, 40), 3)
    assert found.end == len(header())


@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 400))
@settings(deadline=None, max_examples=400)
def test_any_bytes_are_a_header_or_one_kind_of_error(noise: bytes, cut: int, at: int) -> None:
    whole = picture()
    for data in (noise, MAGIC + noise, whole[:cut], whole[:at] + noise + whole[at + len(noise) :]):
        try:
            found = walk_header(data)
        except HeaderError:
            continue
        assert isinstance(found, ExrHeader)
        assert found.end <= len(data)
        completed = completed_header(data, len(data), found, {"note": ("string", b"x")})
        if completed is not None:
            walk_header(completed[0])


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\x00" * 100, "not an EXR"),
        (MAGIC + b"\x02", "breaks off"),
        (header(version=0x202), "tiled"),
        (header(version=0x802), "deep"),
        (header(version=0x1002), "several parts"),
        (header(version=3), "not known"),
        (header(channel("B") + channel("G") + channel("R", kind=2)), "32-bit float"),
        (header(channel("B") + channel("G") + channel("R", kind=0)), "whole numbers"),
        (header(channel("Y")), "not R, G and B"),
        (header(channel("B") + channel("G", sampling=2) + channel("R")), "not every pixel"),
        (header(b"".join(channel(f"c{each}") for each in range(40))), "more than 16"),
        (header(lines=2_000_000), "2000000 pixels"),
        (header(lines=0), "64 x 0"),
    ],
)
def test_what_is_no_frame_of_a_take_is_said(data: bytes, word: str) -> None:
    with pytest.raises(HeaderError, match=word):
        walk_header(data)


def test_a_completed_header_moves_every_chunk_by_as_much_as_it_grew() -> None:
    data = picture()
    completed = completed_header(
        data, len(data), walk_header(data), {"timeCode": ("timecode", bytes(8))}
    )
    assert completed is not None
    beginning, replaced = completed
    made = beginning + data[replaced:]
    found = walk_header(made)
    assert found.attributes["timeCode"] == ("timecode", bytes(8))
    assert found.chunks == 3
    places = struct.unpack_from("<3Q", made, found.end)
    assert [made[place] for place in places] == [0, 1, 2]
    assert len(made) - len(data) == len(beginning) - replaced


def test_what_is_there_gets_the_new_value_and_nothing_else_changes() -> None:
    data = picture()
    found = walk_header(data)
    again = {"displayWindow": ("box2i", bytes(16))}
    completed = completed_header(data, len(data), found, again)
    assert completed is not None
    place = found.places["displayWindow"]
    assert completed[0] == data[:place] + bytes(16) + data[place + 16 : completed[1]]


@pytest.mark.parametrize("label", [("box2i", bytes(8)), ("string", bytes(16))])
def test_a_value_of_another_kind_or_length_is_left(label: tuple[str, bytes]) -> None:
    data = picture()
    assert completed_header(data, len(data), walk_header(data), {"displayWindow": label}) is None


@pytest.mark.parametrize(
    ("label", "packed"),
    [
        ("01:02:03:04", 0x01020304),
        ("23:59:59:29", 0x23595929),
        ("10:00:00;02", 0x10000042),
        ("00:00:00:39", 0x00000039),
        ("00:00:00:40", None),
        ("-00:00:00:01", None),
    ],
)
def test_a_timecode_is_packed_in_decimal_digits(label: str, packed: int | None) -> None:
    made = timecode_attribute(label)
    assert made == (None if packed is None else ("timecode", struct.pack("<II", packed, 0)))
