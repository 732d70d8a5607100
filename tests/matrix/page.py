"""Writes the page `docs/exactness.md` from what the matrix measured.

What is said about groups of rows stands here, the numbers come from the rows: a group without a row
is not written, and a row with an error is shown with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matrix.rows import Row
from matrix.walk import Walked

_HEAD = """# What is exact, what is approximated, what is refused

*Written by `python3 start.py matrix` from what it measured. Edit `tests/matrix/page.py` and
`tests/matrix/rows.py` instead.*

Each frame of the source carries its own number, as blocks that a program reads after any
re-encoding. A row of the table is a clip that went through the product from the timeline to the
take, with a service that copies pictures. The numbers were read from the source, the plate, the
result and the take, and compared frame by frame; the take as a reader plays it that knows
OpenTimelineIO alone.

"""
_REFUSED = """
## Refused, with the reason

| what | why |
|---|---|
| speed ramps (TimeEffects other than linear warps) | a take cannot say at which frame they are |
| generators, titles, nested timelines of several clips | there is no media to send |
| single still pictures | there is nothing that moves |
| images missing inside the clip | named by number; the timeline can say to hold or show black |
| image sequences other than EXR, DPX, PNG, JPEG, TIFF | not read |
| playlists, lists of files, addresses of the network | they name other media |
| headers that promise more frames than their file holds | FFmpeg would make room for all of them |
| clips longer than ten minutes | too many parts |
| clips longer than one plate, with `--exr` | EXR frames of parts are not joined |
| a part of a clip, of HDR, wide-gamut or EXR media, with `--hdr`, `--exr` or `--lut` | restyled \
frames would have other colours than those around them |
| a part of a retimed clip | the whole clip can be restyled |
| media that ends inside the plate, or is damaged inside the clip | no frame is made up for it |
"""


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    text: str
    holds: Callable[[Row], bool]


def _variable(row: Row) -> bool:
    return row.kind.startswith("variable")


def _images(row: Row) -> bool:
    return "images" in row.kind


_EXACT = (
    _Group(
        "Constant rates",
        "any codec, container and structure below; a seek that lands late is noticed and repeated",
        lambda row: row.within == 0 and not _variable(row) and not _images(row),
    ),
    _Group(
        "Image sequences",
        "by the numbers of their images, with holes named",
        lambda row: row.within == 0 and _images(row),
    ),
    _Group(
        "Linear retimes",
        "double, half, backwards, frozen; the take plays under the clip's own warp",
        lambda row: row.speed != 1 and row.within == 0,
    ),
    _Group(
        "Clips longer than one plate",
        "sent in parts and joined: no frame is lost or doubled at a join, and where parts are "
        "dissolved both show the same frame",
        lambda row: row.frames > 240 and row.within == 0,
    ),
    _Group(
        "A part of a clip",
        "the take is as long as the clip: the restyled part, and around it the original's frames, "
        "coded anew",
        lambda row: row.part is not None and row.within == 0,
    ),
)
_APPROXIMATED = (
    _Group(
        "Variable rates",
        "read on the timeline's rate: each frame shows what the file shows at its time, so that "
        "pictures may be doubled or skipped; the plan counts them. The take then holds exactly "
        "those frames. Where a container has no index, only its first 300 pictures tell",
        _variable,
    ),
    _Group(
        "Real time on the model's grid (`--cadence time`)",
        "frames are doubled or dropped by number; the plan lists them",
        lambda row: row.within > 0,
    ),
)
_CHANGED = """
In every case these are changed before the model sees them, and the plan says so: alpha is flattened
on black, interlaced frames become one progressive frame each, pixels become square, HDR and wide
gamut become BT.709, EXR's linear light is shown as a display shows it.
"""


def written(rows: Sequence[Walked]) -> str:
    """The table, one line for each row."""
    lines = [
        "| media | rate | clip | speed | plate | conformed by | ffmpeg | frames read | errors |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(_line, rows),
    ]
    return "\n".join(lines) + "\n"


def write_page(rows: Sequence[Walked], to: Path) -> None:
    """The page; replaces it."""
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(page(rows), encoding="utf-8")


def page(rows: Sequence[Walked]) -> str:
    wrong = sum(1 for each in rows if each.wrong)
    frames = sum(each.compared for each in rows)
    parts = [
        _HEAD,
        f"**{len(rows)} combinations, {frames} frame numbers read, {wrong} with an error.**\n",
        "\n## Exact to the frame\n\n",
        *_told(_EXACT, rows),
        _CHANGED,
        "\n## Approximated, and said\n\n",
        *_told(_APPROXIMATED, rows),
        _REFUSED,
        "\n## The table\n\n",
        "`clip` is its first media frame and how many it consumes; `plate` is head handle, clip, "
        "tail handle and held frames. Of a part the first and last restyled frame are given.\n\n",
        written(rows),
    ]
    return "".join(parts)


def _told(groups: Sequence[_Group], rows: Sequence[Walked]) -> list[str]:
    lines = []
    for group in groups:
        own = [each for each in rows if group.holds(each.row)]
        if own:
            clean = sum(1 for each in own if not each.wrong)
            lines.append(f"- **{group.title}** ({clean} of {len(own)} rows): {group.text}.\n")
    return lines


def _line(done: Walked) -> str:
    row = done.row
    rate = row.rate if row.cadence == "auto" else f"{row.rate}, {row.cadence}"
    cells = (
        row.kind,
        rate,
        f"{row.start} + {row.frames}" + _restyled(row),
        f"{row.speed * 100:g} %",
        f"{done.head} + {done.clip} + {done.tail} + {done.held}"
        + (f" in {done.parts} parts" if done.parts > 1 else ""),
        done.method,
        {"system": "5.1", "bundled": "9.0"}[row.engine],
        str(done.compared),
        "; ".join(done.wrong[:2]).replace("|", "/") or "0",
    )
    return f"| {' | '.join(cells)} |"


def _restyled(row: Row) -> str:
    if row.part is None:
        return ""
    first, frames = row.part
    return f", part {first} - {first + frames - 1}"
