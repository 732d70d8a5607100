"""Play a project with MLT, the engine of Kdenlive and Shotcut, and write its luma as YUV4MPEG2.

Run with the system's Python, which has Debian's python3-mlt: PROJECT FRAMES WIDTH HEIGHT RATE OUT.
Frames are asked for one by one, without an encoder: frame k of what is written is frame k of the
project.
"""

from __future__ import annotations

import importlib
import sys
from fractions import Fraction
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Returns the exit code."""
    project, out = Path(arguments[0]), Path(arguments[5])
    frames, width, height = map(int, arguments[1:4])
    rate = Fraction(arguments[4])
    mlt = importlib.import_module("mlt7")
    mlt.Factory().init()
    profile = mlt.Profile()
    profile.set_explicit(1)
    profile.set_width(width)
    profile.set_height(height)
    profile.set_frame_rate(rate.numerator, rate.denominator)
    profile.set_sample_aspect(1, 1)
    profile.set_display_aspect(width, height)
    profile.set_progressive(1)
    producer = mlt.Producer(profile, str(project))
    if not producer.is_valid():
        print("MLT cannot open it", file=sys.stderr)
        return 1
    # A project may bring a size of its own.
    width, height = profile.width(), profile.height()
    with out.open("wb") as file:
        head = f"YUV4MPEG2 W{width} H{height} F{rate.numerator}:{rate.denominator} Ip A1:1 Cmono"
        file.write(head.encode() + b"\n")
        for number in range(frames):
            producer.seek(number)
            # MLT gives this format without a filter that converts; every second byte is luma.
            picture = producer.get_frame().get_image(mlt.mlt_image_yuv422, width, height)
            if len(picture) != width * height * 2:
                print(f"frame {number} has another size than the project", file=sys.stderr)
                return 1
            file.write(b"FRAME\n" + bytes(picture[::2]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
