"""The mark on every picture of the sandbox: a line of text as a PNG, without system fonts.

The letters are five dots wide and seven high, drawn for this file; only those of the text exist.
"""

from __future__ import annotations

import struct
import zlib

TEXT = "NEW TAKE SANDBOX"

_LETTERS = {
    " ": ("     ", "     ", "     ", "     ", "     ", "     ", "     "),
    "A": (" ### ", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"),
    "B": ("#### ", "#   #", "#   #", "#### ", "#   #", "#   #", "#### "),
    "D": ("#### ", "#   #", "#   #", "#   #", "#   #", "#   #", "#### "),
    "E": ("#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#####"),
    "K": ("#   #", "#  # ", "# #  ", "##   ", "# #  ", "#  # ", "#   #"),
    "N": ("#   #", "##  #", "# # #", "#  ##", "#   #", "#   #", "#   #"),
    "O": (" ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### "),
    "S": (" ####", "#    ", "#    ", " ### ", "    #", "    #", "#### "),
    "T": ("#####", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", "  #  "),
    "W": ("#   #", "#   #", "#   #", "# # #", "# # #", "## ##", "#   #"),
    "X": ("#   #", "#   #", " # # ", "  #  ", " # # ", "#   #", "#   #"),
}
_INK = b"\xff\xff\xff\xd8"
_PLATE = b"\x00\x00\x00\x78"
_MARGIN_DOTS = 2


def dot_rows(text: str) -> list[str]:
    """The text as seven rows of dots, `#` for ink, one empty column between letters."""
    return [" ".join(_LETTERS[letter][row] for letter in text) for row in range(7)]


def stamp_png(short_side: int, text: str = TEXT) -> bytes:
    """A PNG (RGBA, even width and height) of the text, sized for a picture.

    Args:
        short_side: Pixels of the picture's shorter side; a dot is 1/360 of it, at least 1 pixel.
        text: Letters of this file's alphabet.
    """
    dot = max(1, round(short_side / 360))
    rows = dot_rows(text)
    width = len(rows[0]) + 2 * _MARGIN_DOTS
    empty = " " * width
    side = " " * _MARGIN_DOTS
    dots = [empty] * _MARGIN_DOTS + [side + row + side for row in rows] + [empty] * _MARGIN_DOTS
    if width % 2:
        dots = [row + " " for row in dots]
    if len(dots) % 2:
        dots.append(" " * len(dots[0]))
    lines = []
    for row in dots:
        line = b"".join((_INK if mark == "#" else _PLATE) * dot for mark in row)
        lines.extend([b"\x00" + line] * dot)
    return _png(len(dots[0]) * dot, len(lines), b"".join(lines))


def _png(width: int, height: int, filtered_rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = (("IHDR", header), ("IDAT", zlib.compress(filtered_rows, 9)), ("IEND", b""))
    out = b"\x89PNG\r\n\x1a\n"
    for name, data in chunks:
        body = name.encode("ascii") + data
        out += struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    return out
