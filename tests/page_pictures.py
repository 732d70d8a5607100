"""What a comparison draws in a browser: movies of numbered sides, and the numbers on the canvas."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from numbered_media import UNREADABLE, make_numbered, run

LOSSLESS = ("-c:v", "ffv1")
RIGHT_FIRST = 1000
"""The number on the right side's first frame; the left one's is 0."""
SIDE = (480, 270)

# The number between two columns of the picture, by the blocks of `numbered_media`; -1 where there
# is none; and the colour of the picture's lowest third in some columns.
_READ = """({spans, columns}) => {
  const canvas = document.getElementById('compare-picture');
  const context = canvas.getContext('2d');
  const at = (x, y) => context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data;
  const number = ([left, width, top, height]) => {
    let found = 0;
    for (let bit = 0; bit < 20; bit += 1) {
      const x = (left + (bit + 0.5) * width / 20) * canvas.width;
      const value = at(x, (top + height / 6) * canvas.height)[1];
      const opposite = at(x, (top + height / 2) * canvas.height)[1];
      if (value > 170 && opposite < 85) found |= 1 << bit;
      else if (!(value < 85 && opposite > 170)) return -1;
    }
    return found;
  };
  const text = (id) => document.getElementById(id).textContent;
  return {
    numbers: spans.map(number),
    colours: columns.map((x) => [...at(x * canvas.width, canvas.height * 0.85)].slice(0, 3)),
    said: Number(text('compare-number').split(' ')[0]) - 1,
    timecode: text('compare-timecode'),
  };
}"""
WHOLE = [[0, 1, 0, 1]]
BESIDE = [[0, SIDE[0] / (2 * SIDE[0] + 2), 0, 1],
          [(SIDE[0] + 2) / (2 * SIDE[0] + 2), SIDE[0] / (2 * SIDE[0] + 2), 0, 1]]  # fmt: skip


def make_stacked(ffmpeg: str, folder: Path, rate: Fraction, frames: int) -> Path:
    """Two numbered sides above each other as the server makes them; red is left, blue is right."""
    sides = []
    for name, colour, first in (("left", "red", 0), ("right", "blue", RIGHT_FIRST)):
        sides.append(
            make_numbered(
                ffmpeg,
                folder / f"{name}.mkv",
                rate=rate,
                frames=frames,
                coding=LOSSLESS,
                size=SIDE,
                first=first,
                filters=f",drawbox=x=0:y=ih*2/3:w=iw:h=ih/3:c={colour}:t=fill",
            )
        )
    movie = folder / "stacked.mp4"
    coding = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-g", "1", "-bf", "0")
    run(
        [
            *(ffmpeg, "-nostdin", "-v", "error", "-y", "-i", str(sides[0]), "-i", str(sides[1])),
            *("-filter_complex", "vstack", *coding, "-pix_fmt", "yuv420p"),
            *("-movflags", "+faststart", str(movie)),
        ]
    )
    return movie


def drawn(page: Page, spans: Any = WHOLE, columns: tuple[float, ...] = ()) -> dict[str, Any]:
    """What is on the canvas and what is said of it, both at one moment.

    Args:
        spans: Where numbers are: left, width, top and height as parts of the canvas.
        columns: Where the colour of the lowest third is wanted, as parts of the width.
    """
    found: dict[str, Any] = page.evaluate(_READ, {"spans": spans, "columns": list(columns)})
    return found


def drawn_while(page: Page, seconds: float, spans: Any = WHOLE) -> list[dict[str, Any]]:
    """As `drawn`, at every frame of the screen for some time."""
    found: list[dict[str, Any]] = page.evaluate(
        f"""({{spans, seconds}}) => new Promise((resolve) => {{
          const read = {_READ};
          const all = [];
          const end = performance.now() + seconds * 1000;
          const look = () => {{
            all.push(read({{spans, columns: []}}));
            if (performance.now() < end) requestAnimationFrame(look);
            else resolve(all);
          }};
          look();
        }})""",
        {"spans": spans, "seconds": seconds},
    )
    return [each for each in found if UNREADABLE not in each["numbers"]] if found else []


def act(page: Page, name: str, detail: dict[str, Any]) -> None:
    """Have a part of the page do what another part would ask of it, once the edit is known."""
    page.evaluate(
        """({name, detail}) => import(new URL('main.js', location.href).href)
          .then(async ({store}) => {
            if (!store.edit) await new Promise((known) => {
              const end = store.subscribe('edit', () => { end(); known(); });
            });
            store.act(name, detail);
          })""",
        {"name": name, "detail": detail},
    )
