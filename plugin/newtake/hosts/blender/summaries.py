"""The takes that a strip has, as they are numbered and named here: what their properties say."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from newtake.domain.clip import TakeSummary
from newtake.domain.files import NewTake
from newtake.hosts.blender.facts import Sequencer, Strip

NUMBER, FILE, FIRST, FRAMES, RATE = (
    "newtake_number",
    "newtake_file",
    "newtake_first",
    "newtake_frames",
    "newtake_rate",
)
STAR = "newtake_star"
SEQUENCE = "newtake_images"
HAD = "newtake_had"
"""On an original: the labels of the takes that it was given, which stay when a take is removed."""
EXR_LABEL = "/exr"
EXR_KEY = "_exr"
ORIGINAL = "original"


def key_of(strip: Strip) -> str:
    """A take's key: take_001, and take_001_exr for its EXR frames."""
    number = number_of(strip)
    return f"take_{number:03}{EXR_KEY if strip.label.endswith(EXR_LABEL) else ''}"


def number_of(strip: Strip) -> int:
    text = strip.properties.get(NUMBER, "")
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def was_given(strip: Strip, label: str) -> bool:
    """Whether a strip was given a take, in the file as it is: an undo takes that away too."""
    return label in strip.properties.get(HAD, "").split()


def given(strip: Strip, label: str) -> str:
    """The property `HAD` of a strip that gets a take."""
    return " ".join(dict.fromkeys([*strip.properties.get(HAD, "").split(), label]))


def free_number(wanted: int, takes: Sequence[Strip]) -> int:
    """The number that a take's files carry, or the next one where another take has it."""
    taken = {number_of(each) for each in takes}
    return wanted if wanted not in taken else max(taken) + 1


def summaries_of(strip: Strip, sequencer: Sequencer) -> tuple[TakeSummary, ...]:
    """The original first, as number 0; empty where there is no take."""
    takes = sorted(sequencer.takes_of(strip.uid), key=lambda each: (number_of(each), each.label))
    if not takes:
        return ()
    # Of a take that was split its first part stands for all.
    takes = list({each.label: each for each in reversed(takes)}.values())[::-1]
    media = strip.media
    original = TakeSummary(
        0, ORIGINAL, strip.name, media.path if media else "", selected=not strip.muted
    )
    return (original, *map(_summary, takes))


def _summary(take: Strip) -> TakeSummary:
    media = take.media
    return TakeSummary(
        number=number_of(take),
        key=key_of(take),
        name=take.name,
        url=take.properties.get(FILE) or (media.path if media else ""),
        selected=not take.muted,
        starred=bool(take.properties.get(STAR)),
    )


def properties_of(take: NewTake, number: int) -> dict[str, str]:
    """What a take's strip carries, beside what the add-on itself writes."""
    available = take.file.available
    return {
        NUMBER: str(number),
        FILE: str(take.file.path),
        FIRST: str(available.start),
        FRAMES: str(take.file.frames_in_file),
        RATE: str(available.rate),
        "newtake_job": take.provenance.job_id,
        "newtake_submission": take.provenance.submission_id,
        "newtake_sidecar": str(take.file.sidecar),
        "newtake_prompt": take.provenance.prompt,
        "newtake_model": take.provenance.model,
        "newtake_ai_generated": "1",
    }


def file_of(take: Strip) -> tuple[Path, int, int, Fraction] | None:
    """The conformed take: its file, its first media frame, its frames and their rate; None where
    the properties do not say it."""
    said = take.properties
    try:
        return Path(said[FILE]), int(said[FIRST]), int(said[FRAMES]), Fraction(said[RATE])
    except (KeyError, ValueError, ZeroDivisionError):
        return None
