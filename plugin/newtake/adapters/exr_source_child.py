"""The process that turns EXR images of a source into pictures for a model, and does nothing else.

An image is scene-linear; what a model reads is for a display. Primaries become BT.709's, light up
to four fifths of white stays as it is, brighter light rolls off towards white, and the curve is
sRGB's.
Started by `exr_source`: the order comes as JSON on stdin, pictures go to stdout as rgb48le.

Sources: OpenEXR Technical Introduction (chromaticities default to BT.709; alpha is associated); IEC
61966-2-1; the Bradford matrix of ICC.1:2022, annex E.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

MOST_PIXELS = 8192 * 8192
MOST_MEMORY_BYTES = 6 << 30
_REC709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
_SHOULDER = 0.8
NO_PICTURE = "a picture has R, G and B, without a layer's name"
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def main() -> None:
    """Carry out the one order on stdin; a fault ends it with a word on stderr and code 1."""
    order = json.loads(sys.stdin.read())
    # The library prints to the standard output itself; pictures keep a door of their own.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        _limit_memory()
        name = ""
        try:
            for name in order["files"]:
                if order["do"] == "facts":
                    out.write(json.dumps(_facts(name)).encode())
                else:
                    _write(name, order, out)
        except BrokenPipeError:
            sys.exit(0)  # ffmpeg has all that it wanted, or says itself what went wrong
        except Exception as error:
            sys.stderr.write(f"\n{name}: {error or type(error).__name__}\n")
            sys.exit(1)


def _facts(name: str) -> dict[str, Any]:
    header = _header(name)
    channels = {each.name for each in header["channels"]}
    _picture_in(channels)
    return {
        "size": _size(header["displayWindow"]),
        "pixel_aspect": float(header.get("pixelAspectRatio", 1.0)) or 1.0,
        "has_alpha": "A" in channels,
        "timecode": _timecode(header.get("timeCode")),
    }


def _picture_in(channels: Iterable[str]) -> tuple[str, str, str]:
    """The channels that are the picture, as red, green and blue."""
    found = set(channels)
    if {"R", "G", "B"} <= found:
        return ("R", "G", "B")
    if "Y" in found:
        return ("Y", "Y", "Y")
    told = ", ".join(sorted(found)) or "none"
    raise ValueError(f"its channels are {told}; {NO_PICTURE}")


def _header(name: str) -> dict[str, Any]:
    import OpenEXR

    with Path(name).open("rb") as file:
        if file.read(4) != b"\x76\x2f\x31\x01":
            raise ValueError("it is not an EXR file, whatever it is called")
    header: dict[str, Any] = OpenEXR.File(name, header_only=True).header()
    for window in ("displayWindow", "dataWindow"):
        width, height = _size(header[window])
        if min(width, height) < 1 or width * height > MOST_PIXELS:
            raise ValueError(f"its {window} has {width} x {height} pixels")
    return header


def _write(name: str, order: dict[str, Any], out: IO[bytes]) -> None:
    import numpy
    import OpenEXR

    header = _header(name)
    size, wanted = _size(header["displayWindow"]), tuple(order["size"])
    if size != wanted:
        raise ValueError(f"it has {size[0]} x {size[1]} pixels, the first image {wanted}")
    found = OpenEXR.File(name, separate_channels=True).channels()
    planes = {key: channel.pixels for key, channel in found.items()}
    names = _picture_in(planes)
    light = numpy.stack([planes[each] for each in names], axis=-1).astype(numpy.float32)
    light = _placed(light, header["dataWindow"], header["displayWindow"])
    light = _shrunken(light, order.get("shrink", 1))
    stated = header.get("chromaticities") or order.get("unstated")
    if stated is not None and len(stated) == 8:
        light = light @ _to_rec709(tuple(float(each) for each in stated)).T
    light = numpy.nan_to_num(light, nan=0.0, posinf=65504.0, neginf=0.0)
    light = numpy.clip(light, 0.0, None)
    room = 1 - _SHOULDER
    light = numpy.where(
        light > _SHOULDER,
        _SHOULDER + room * (1 - numpy.exp(-(light - _SHOULDER) / room)),
        light,
    )
    shown = numpy.where(
        light <= 0.0031308, light * 12.92, 1.055 * numpy.power(light, 1 / 2.4) - 0.055
    )
    out.write(numpy.rint(shown * 65535).astype("<u2").tobytes())


def _placed(light: Any, data: Any, display: Any) -> Any:
    """The data window inside the display window; black where it does not reach."""
    import numpy

    width, height = _size(display)
    if _size(data) == (width, height) and tuple(data[0]) == tuple(display[0]):
        return light
    whole = numpy.zeros((height, width, 3), numpy.float32)
    left, top = (int(data[0][each]) - int(display[0][each]) for each in (0, 1))
    rows = slice(max(0, top), min(height, top + light.shape[0]))
    columns = slice(max(0, left), min(width, left + light.shape[1]))
    if rows.start < rows.stop and columns.start < columns.stop:
        whole[rows, columns] = light[
            rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
    return whole


def _shrunken(light: Any, times: int) -> Any:
    """The mean of each square of so many pixels a side: light adds up as it is linear."""
    height, width = (each // times for each in light.shape[:2])
    if times == 1 or not height or not width:
        return light
    # Rows first: the larger part of the sum is then over whole lines.
    rows = light[: height * times, : width * times]
    rows = rows.reshape(height, times, width * times, 3).mean(axis=1)
    return rows.reshape(height, width, times, 3).mean(axis=2)


def _to_rec709(chromaticities: tuple[float, ...]) -> Any:
    """3 x 3: linear light of these primaries to BT.709's, whites adapted with Bradford."""
    import numpy

    if numpy.allclose(chromaticities, _REC709, atol=0.001):
        return numpy.eye(3, dtype=numpy.float32)
    bradford = numpy.array(_BRADFORD)
    whites = [_xyz(*each[6:8]) for each in (chromaticities, _REC709)]
    cone = [bradford @ each for each in whites]
    adapted = numpy.linalg.inv(bradford) @ numpy.diag(cone[1] / cone[0]) @ bradford
    matrix = numpy.linalg.inv(_rgb_to_xyz(_REC709)) @ adapted @ _rgb_to_xyz(chromaticities)
    return matrix.astype(numpy.float32)


def _rgb_to_xyz(chromaticities: tuple[float, ...]) -> Any:
    import numpy

    columns = numpy.stack([_xyz(*chromaticities[at : at + 2]) for at in (0, 2, 4)], axis=1)
    return columns * numpy.linalg.solve(columns, _xyz(*chromaticities[6:8]))


def _xyz(x: float, y: float) -> Any:
    import numpy

    return numpy.array([x / y, 1.0, (1 - x - y) / y])


def _size(window: Any) -> tuple[int, int]:
    (left, top), (right, bottom) = window[0], window[1]
    return int(right) - int(left) + 1, int(bottom) - int(top) + 1


def _timecode(value: Any) -> str | None:
    if value is None:
        return None
    mark = ";" if value.dropFrame else ":"
    return f"{value.hours:02}:{value.minutes:02}:{value.seconds:02}{mark}{value.frame:02}"


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows; there the limit on sizes has to do.
        return
    if sys.platform != "darwin":  # which knows the limit and does not keep it
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
