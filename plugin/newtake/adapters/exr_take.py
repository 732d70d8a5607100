"""Makes a result's EXR frames the frames of a take: unpacked, checked, and given their timecode."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from newtake.adapters.exr import unpack_exr_frames
from newtake.adapters.exr_reader import read_exr_facts
from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.domain.errors import MediaError, MediaToolError, ResultError
from newtake.domain.exr import ExrFacts, chosen_frames, refuse_facts
from newtake.domain.exr_header import (
    MOST_HEADER_BYTES,
    HeaderError,
    completed_header,
    timecode_attribute,
    walk_header,
)
from newtake.domain.files import ExrFrames
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import timecode

Attributes = Mapping[str, tuple[str, bytes]]


def take_exr_frames(
    package: Path,
    plate: PlatePlan,
    plan: ConformPlan,
    result: MediaInfo,
    *,
    folder: Path,
    prefix: str,
) -> ExrFrames | None:
    """See `ports.MediaTool.unpack_exr`. Blocking; a 1080p frame takes about 0.05 s.

    Raises:
        ResultError: If the package is not safe, or its frames are none of this take's.
        StorageError: If they cannot be written.
    """
    facts: list[ExrFacts] = []
    reasons: set[str] = set()

    def finish(written: ExrFrames) -> None:
        facts.append(_checked(written, package, result))
        for index, file in enumerate(written.files):
            reason = _stamp(file, _labels(plan, index))
            if reason:
                reasons.add(reason)

    written = unpack_exr_frames(
        package,
        plate,
        folder=folder,
        prefix=prefix,
        choose=lambda count: chosen_frames(count, plate, plan, result),
        finish=finish,
    )
    if written is None:
        return None
    if not facts:
        # An earlier call wrote them, with labels that were not delivered.
        facts.append(_as_delivered(_checked(written, package, result), written, plan))
        reasons |= {_reason(file, _labels(plan, i)) for i, file in enumerate(written.files)} - {""}
    return replace(written, facts=facts[0], no_timecode="; ".join(sorted(reasons)))


def _checked(written: ExrFrames, package: Path, result: MediaInfo) -> ExrFacts:
    """The first frame's facts, when all frames fit the result. Raises: ResultError."""
    try:
        facts = read_exr_facts(written.files)
    except MediaError as error:
        raise ResultError(f"{package.name} has a frame that cannot be used.", why=error.what) from (
            error
        )
    except MediaToolError as error:
        raise ResultError(error.what, why=error.fix) from error
    reason = refuse_facts(facts, [each.name for each in written.files], result)
    if reason is not None:
        raise ResultError(f"The EXR frames of {package.name} do not fit.", why=f"{reason}.")
    return facts[0]


def _labels(plan: ConformPlan, index: int) -> dict[str, tuple[str, bytes]]:
    """The attributes that give a frame its place in time; empty where there is no timecode.

    Editors that relink EXR by timecode take it from each frame, and the rate it counts at with it.
    A rate that came is the model's label, as the video's is, and is the media's from here on.
    """
    rate = plan.available.rate
    label = timecode_attribute(timecode(plan.timecode_start + index, rate, drop=plan.drop))
    if label is None:
        return {}
    return {
        "timeCode": label,
        "framesPerSecond": ("rational", struct.pack("<iI", rate.numerator, rate.denominator)),
    }


def _stamp(file: Path, labels: Attributes) -> str:
    """Write the labels into the header; every other byte stays what it was.

    Returns:
        Why the file has no timecode of ours; empty where it has.
    """
    reason = _reason(file, labels)
    if reason:
        return reason
    data = file.read_bytes()
    header = walk_header(data[:MOST_HEADER_BYTES])
    completed = completed_header(data, len(data), header, labels)
    if completed is None:
        return "their table of lines is not complete, or their compression is not known here"
    beginning, replaced = completed
    # In place: nobody sees the folder before all of it is right.
    with file.open("wb") as target:
        target.write(beginning)
        target.write(memoryview(data)[replaced:])
        target.flush()
        os.fsync(target.fileno())
    return ""


def _reason(file: Path, labels: Attributes) -> str:
    """Why the labels do not go into this file; empty where they do, or are in it."""
    if not labels:
        return "it has no digits for rates above 39 or times before zero"
    try:
        with file.open("rb") as source:
            there = walk_header(source.read(MOST_HEADER_BYTES)).attributes
    except HeaderError as error:
        return str(error)
    own = there.get("timeCode")
    if own is not None and own[1][:4] != labels["timeCode"][1][:4]:
        return "they came with one of their own, which was left"
    return ""


def _as_delivered(facts: ExrFacts, written: ExrFrames, plan: ConformPlan) -> ExrFacts:
    with written.files[0].open("rb") as source:
        there = walk_header(source.read(MOST_HEADER_BYTES)).attributes
    ours = {name for name, value in _labels(plan, 0).items() if there.get(name) == value}
    kept = {name: value for name, value in facts.header.items() if name not in ours}
    return replace(facts, header=kept)
