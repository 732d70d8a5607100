"""The single looks, each a function that adds its ffmpeg filters to a planar RGB stream.

Every filter here keeps frames one to one and in order, and exists in ffmpeg 5.1 and later.
"""

from __future__ import annotations

from typing import Any

import ffmpeg

Stream = Any


def twice(stream: Stream) -> tuple[Stream, Stream]:
    """Two readers of one stream."""
    both = stream.filter_multi_output("split", 2)
    return both[0], both[1]


def over(top: Stream, bottom: Stream, mode: str, opacity: float) -> Stream:
    """Lay one stream over another with a blend mode; what opacity leaves open shows the bottom.

    ffmpeg's blend shows its *first* input there for every mode but "normal", so the symmetric
    modes get their inputs the other way round.
    """
    inputs = [bottom, top] if mode in ("multiply", "screen") else [top, bottom]
    return ffmpeg.filter(inputs, "blend", all_mode=mode, all_opacity=opacity).filter(
        "format", "gbrp"
    )


def watercolor(stream: Stream) -> Stream:
    washed = _saturate(_flatten(stream, 3), 0.5)
    washed = _curve(washed, "0/0.12 0.25/0.38 0.65/0.82 1/1")
    return _paper(_ink(_bleed(washed), 0.45, 2))


def oil(stream: Stream) -> Stream:
    thick = stream.filter("scale", "iw/2", "ih/2", flags="area").filter("median", radius=3)
    thick = thick.filter("scale", "iw*2", "ih*2", flags="bicubic").filter("format", "gbrp")
    thick = _saturate(thick, 0.65)
    thick = _curve(thick, "0/0.02 0.25/0.22 0.75/0.84 1/1")
    kernel = "-2 -1 0 -1 1 1 0 1 2"
    plain, raised = twice(thick)
    raised = raised.filter("convolution", kernel, kernel, kernel, kernel)
    return over(raised, plain, "normal", 0.85)


def anime(stream: Stream) -> Stream:
    flat = _saturate(_flatten(stream, 4), 0.7)
    colour, lines = twice(_curve(flat, "0/0.06 0.4/0.52 1/1"))
    return over(_lines(lines, 2.6), _posterize(colour, 8), "multiply", 0.8)


def comic(stream: Stream) -> Stream:
    flat = _saturate(_flatten(stream, 3), 0.9)
    colour, lines = twice(_curve(flat, "0/0.04 0.35/0.5 0.75/0.9 1/1"))
    return over(_lines(lines, 4), _posterize(colour, 5), "multiply", 1)


def sketch(stream: Stream) -> Stream:
    grey, inverted = twice(_grey(stream))
    inverted = inverted.filter("negate").filter("gblur", sigma=7)
    drawn = over(inverted, grey, "dodge", 1)
    drawn = _curve(drawn, "0/0 0.55/0.18 0.85/0.72 1/0.97")
    return _paper(drawn.filter("colorchannelmixer", bb=0.93))


def pixel(stream: Stream) -> Stream:
    blocks = stream.filter("pixelize", width=8, height=8, mode="avg")
    return _posterize(_saturate(blocks, 0.6), 6)


def winter(stream: Stream) -> Stream:
    pale = _saturate(stream, -0.45)
    pale = pale.filter("colorbalance", rs=-0.1, bs=0.16, rm=-0.12, bm=0.18, bh=0.1)
    return _bloom(_curve(pale, "0/0.07 0.4/0.5 0.75/0.9 1/1"), 0.3)


def night(stream: Stream) -> Stream:
    dark = _saturate(_curve(stream, "0/0 0.5/0.24 0.85/0.6 1/0.9"), -0.25)
    dark = dark.filter("colorbalance", rs=-0.08, bs=0.2, rm=-0.22, gm=-0.05, bm=0.26)
    return _vignette(_bloom(dark, 0.45))


def sunset(stream: Stream) -> Stream:
    warm = stream.filter("colorbalance", rs=0.12, bs=-0.1, rm=0.26, gm=0.05, bm=-0.28, rh=0.1)
    return _bloom(_saturate(_curve(warm, "0/0.02 0.5/0.52 1/1"), 0.25), 0.3)


def noir(stream: Stream) -> Stream:
    return _vignette(_grain(_curve(_grey(stream), "0/0 0.25/0.1 0.55/0.55 0.8/0.94 1/1"), 10))


def sepia(stream: Stream) -> Stream:
    aged = _grey(_curve(stream, "0/0.08 0.5/0.54 1/0.94"))
    aged = aged.filter("colorchannelmixer", rr=1.08, gg=0.88, bb=0.64)
    return _vignette(_grain(aged, 14))


def infrared(stream: Stream) -> Stream:
    red = "0/0 0.25/0.25 0.5/0.8 0.75/1 1/1"
    green = "0/0 0.3/0.02 0.6/0.3 0.85/0.85 1/1"
    blue = "0/0.16 0.25/0.6 0.5/0.35 0.75/0.05 1/0.9"
    smooth = _grey(stream).filter("gblur", sigma=2)
    return smooth.filter("curves", red=red, green=green, blue=blue)


def neon(stream: Stream) -> Stream:
    base, lines = twice(stream)
    base = _saturate(_curve(base, "0/0 0.5/0.26 0.85/0.7 1/0.95"), 0.6)
    base = base.filter(
        "curves",
        red="0/0.08 0.5/0.55 1/1",
        green="0/0 0.5/0.36 1/0.85",
        blue="0/0.2 0.5/0.66 1/1",
    )
    lines = lines.filter("gblur", sigma=1.6).filter("sobel", scale=2)
    lines = _curve(_saturate(lines, 1), "0/0 0.25/0.04 0.6/0.6 1/1")
    lines = lines.filter("colorchannelmixer", rr=0.75, rb=0.5, gg=0.85, gb=0.25, bb=0.9, br=0.5)
    sharp, glow = twice(lines)
    lit = over(sharp, base, "screen", 0.85)
    return over(glow.filter("gblur", sigma=8), lit, "screen", 0.9)


def dream(stream: Stream) -> Stream:
    pale = _curve(_saturate(stream, 0.1), "0/0.14 0.5/0.6 1/1")
    pale = pale.filter("colorbalance", rm=0.08, bm=0.08, rh=0.04, bh=0.02)
    return _bloom(pale, 0.6)


def invented(stream: Stream, seed: int) -> Stream:
    """A look for a prompt without a known word: a duotone over a shifted hue, then one texture.

    Args:
        stream: The source.
        seed: 48 bits; the same seed draws the same look.
    """
    shadows, lights = seed % 360, (seed // 360 + 150 + seed // 7 % 60) % 360
    toned = _curve(_saturate(stream, 0.4), "0/0.03 0.35/0.3 0.7/0.78 1/1")
    toned = toned.filter("huesaturation", hue=(seed // 4099) % 120 - 60)
    dark, light = _tint(shadows), _tint(lights)
    toned = toned.filter(
        "curves",
        **{
            name: f"0/{0.22 * dark[index]:.3f} 1/{0.72 + 0.28 * light[index]:.3f}"
            for index, name in enumerate(("red", "green", "blue"))
        },
    )
    texture = (seed // 65537) % 3
    if texture == 0:
        return _bloom(toned, 0.4)
    if texture == 1:
        return _ink(_flatten(toned, 3), 0.7, 2.5)
    return _vignette(_grain(toned, 16))


def _tint(hue_degrees: int) -> tuple[float, float, float]:
    def channel(offset: int) -> float:
        distance = abs((hue_degrees - offset + 180) % 360 - 180)
        return max(0.0, min(1.0, 2 - distance / 60))

    return channel(0), channel(120), channel(240)


def _saturate(stream: Stream, amount: float) -> Stream:
    """Scale the distance from grey by 1 + amount (-1..1); far cheaper than a hue filter."""
    factor = 1 + amount
    names, weights = "rgb", (0.2126, 0.7152, 0.0722)
    matrix = {
        f"{into}{out_of}": round(weight * (1 - factor) + (factor if into == out_of else 0), 5)
        for into in names
        for out_of, weight in zip(names, weights, strict=True)
    }
    return stream.filter("colorchannelmixer", **matrix)


def _curve(stream: Stream, points: str) -> Stream:
    return stream.filter("curves", master=points)


def _grey(stream: Stream) -> Stream:
    red, green, blue = 0.2126, 0.7152, 0.0722
    return stream.filter(
        "colorchannelmixer", red, green, blue, 0, red, green, blue, 0, red, green, blue
    )


def _posterize(stream: Stream, levels: int) -> Stream:
    step = 256 / levels
    level = f"min(255,trunc(val/{step:.4f})*{255 / (levels - 1):.4f})"
    return stream.filter("lutrgb", r=level, g=level, b=level)


def _ink(stream: Stream, opacity: float, scale: float) -> Stream:
    colour, lines = twice(stream)
    return over(_lines(lines, scale), colour, "multiply", opacity)


def _lines(stream: Stream, scale: float) -> Stream:
    """Black lines on white where the picture has edges."""
    edges = _grey(stream).filter("gblur", sigma=1).filter("sobel", scale=scale)
    return _curve(edges, "0/0 0.22/0.05 0.6/0.9 1/1").filter("negate")


def _flatten(stream: Stream, radius: int) -> Stream:
    """Wash out small detail and keep edges; done at half size, which costs a quarter."""
    small = stream.filter("scale", "iw/2", "ih/2", flags="area")
    small = small.filter("bilateral", sigmaS=2 * radius, sigmaR=0.13, planes=7)
    return small.filter("scale", "iw*2", "ih*2", flags="bicubic").filter("format", "gbrp")


def _bleed(stream: Stream) -> Stream:
    sharp, soft = twice(stream)
    return over(soft.filter("gblur", sigma=6), sharp, "normal", 0.3)


def _bloom(stream: Stream, opacity: float) -> Stream:
    sharp, soft = twice(stream)
    soft = _curve(soft.filter("gblur", sigma=12), "0/0 0.5/0.3 1/1")
    return over(soft, sharp, "screen", opacity)


def _paper(stream: Stream) -> Stream:
    return stream.filter("noise", all_seed=7, alls=12)


def _grain(stream: Stream, amount: int) -> Stream:
    return stream.filter("noise", all_seed=11, alls=amount, allf="t")


def _vignette(stream: Stream) -> Stream:
    return stream.filter("vignette", angle="PI/4.6").filter("format", "gbrp")
