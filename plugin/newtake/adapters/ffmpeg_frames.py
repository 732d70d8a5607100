"""Filters that put the frames of a stream into slots by their numbers: drops and repeats, exactly.

The numbers stand in the command line as they were planned. ffmpeg's own conversion of rates would
decide by timestamps, whose rounding differs between containers and releases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any


def remapped(stream: Any, frame_map: Sequence[int], rate: Fraction) -> Any:
    """Frame i shows frame `frame_map[i]` of `stream` and comes out at i / `rate`.

    A stream that ends early gives fewer frames; none is made up for it.

    Args:
        stream: Frames in order, from number 0 on, whatever their times.
        frame_map: Never less than the one before.
        rate: Of what comes out.
    """
    times = Counter(frame_map)
    taken = sorted(times)
    repeats = [times[number] for number in taken]
    if taken != list(range(len(taken))):
        stream = stream.filter("select", _sum(list(_runs(taken))))
    # With whole slots as times `fps` has nothing to round. It fills the gaps, the last one too:
    # `setpts` moves the end of the stream by the same rule (seen with 5.1.9 and 9.0.2). It also
    # makes every frame one slot long; 9.0.2 writes longer ones twice.
    stream = stream.filter("settb", f"1/({rate})").filter("setpts", _steps(repeats))
    stream = stream.filter("fps", fps=str(rate), round="near")
    return stream.filter("trim", end_frame=len(frame_map))


def _runs(numbers: Sequence[int]) -> Iterable[str]:
    """One term for each run of evenly spaced numbers, so that an expression stays short."""
    start = 0
    while start < len(numbers):
        end = start + 1
        step = numbers[end] - numbers[start] if end < len(numbers) else 1
        while end < len(numbers) and numbers[end] - numbers[end - 1] == step:
            end += 1
        first, last = numbers[start], numbers[end - 1]
        within = f"between(n,{first},{last})"
        yield within if step == 1 else f"{within}*not(mod(n-{first},{step}))"
        start = end


def _steps(repeats: Sequence[int]) -> str:
    """The slot of frame N, where frame i fills `repeats[i]` slots."""
    terms = [f"N*{repeats[0]}"]
    for number, (before, after) in enumerate(pairwise(repeats), start=1):
        if after != before:
            terms.append(f"max(N-{number},0)*{after - before}")
    return _sum(terms)


def _sum(terms: Sequence[str]) -> str:
    """In brackets by halves: ffmpeg refuses a chain of 100 ("Cannot allocate memory", 5.1.9)."""
    if len(terms) == 1:
        return terms[0]
    half = len(terms) // 2
    return f"({_sum(terms[:half])}+{_sum(terms[half:])})"
