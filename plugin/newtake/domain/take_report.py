"""What is known of how a take was made, as lines that a person reads.

A take's sidecar knows all of it, the timeline prompt, settings and price. Both may have been
through other programs, so a line is there only where what it is made of is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from newtake.domain.counting import counted
from newtake.domain.loose_values import is_count, is_number, list_in, mapping_in, text_in

_NAMED = 12
_METHODS = {
    "rewrap": "the result's own pictures, rewrapped",
    "h264": "coded anew as H.264",
    "prores": "coded anew as ProRes",
    "dnxhr": "coded anew as DNxHR",
}


@dataclass(frozen=True, slots=True)
class TakeReport:
    """Lines of a term and what is known under it, and what a person should know beside them."""

    lines: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


def take_report(
    mark: Mapping[str, Any], sidecar: Mapping[str, Any] | None, *, movie: str, zone: tzinfo | None
) -> TakeReport:
    """The report of a take.

    Args:
        mark: What is written of it in the timeline; empty where nothing is.
        sidecar: What is written beside it; None where that was not found.
        movie: Where it lies.
        zone: In which its moment is told; None is this machine's.
    """
    beside = sidecar or {}
    both = {**mark, **{name: value for name, value in beside.items() if value is not None}}
    found = [
        ("File", movie),
        ("Made", _made(both, zone)),
        ("Prompt", text_in(both.get("prompt"))),
        ("Style", _style(mapping_in(both.get("style")))),
        ("Settings", _settings(both)),
        ("First frame", text_in(both.get("first_frame"))),
        ("Seed", "the model has none: the same settings make another take"),
        *_frames(beside),
        *_pictures(beside),
        ("Price", _price(both)),
        ("Time", _time(mapping_in(beside.get("seconds")))),
        ("Shared with", ", ".join(_clips(beside))),
        ("Job", _job(both)),
    ]
    taken = mapping_in(beside.get("take"))
    notes = [text for text in map(text_in, list_in(taken.get("notes"))) if text]
    if sidecar is None:
        notes.append(
            "There is no sidecar beside its file: frames, colours and times are told by that alone."
        )
    return TakeReport(tuple((term, text) for term, text in found if text), tuple(notes))


def _made(both: Mapping[str, Any], zone: tzinfo | None) -> str:
    moment = text_in(both.get("created_at"))
    with suppress(ValueError):
        # Else as it is told.
        moment = datetime.fromisoformat(moment).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    model, provider = text_in(both.get("model")), text_in(both.get("provider"))
    where = {"sandbox": "in the sandbox on this machine", "oxen": "at Oxen"}.get(provider, provider)
    return " ".join(filter(None, (moment, model and f"by {model}", where)))


def _style(style: Mapping[str, Any]) -> str:
    name = text_in(style.get("name"))
    return f"{name}, revision {style.get('revision')}" if name else ""


def _settings(both: Mapping[str, Any]) -> str:
    sent = mapping_in(both.get("settings"))

    def is_on(name: str) -> bool:
        return sent.get(name) is True or sent.get(name) == "True"

    words = [text_in(sent.get("resolution"))]
    duration = text_in(sent.get("duration"))
    words.append(f"sent as {duration}" if duration else "")
    strength = text_in(sent.get("edit_strength")).replace("_", " ")
    words.append(
        strength or ("auto controls" if is_on("auto_controls") else "the model's own strength")
    )
    words += [word for name, word in (("hdr", "HDR"), ("exr_export", "EXR")) if is_on(name)]
    variations, handles = both.get("variations"), both.get("handles_asked")
    if is_number(variations) and variations != 1:
        words.append(f"one of {variations} variations")
    if is_count(handles) and handles:
        words.append(f"{counted(handles, 'handle')} asked for")
    return ", ".join(filter(None, words)) if sent else ""


def _frames(beside: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Clip", _clip(beside)
    parts = list_in(beside.get("parts"))
    if parts:
        for number, part in enumerate(parts, 1):
            yield f"Sent, part {number}", _sent(mapping_in(mapping_in(part).get("plate")), None)
        plates = [mapping_in(mapping_in(part).get("plate")) for part in parts]
    else:
        plates = [mapping_in(beside.get("plate"))]
        yield "Sent", _sent(plates[0], mapping_in(beside.get("restyled_range")).get("duration"))
    if any(plates):
        for word, term in (("dropped", "Left out"), ("doubled", "Doubled")):
            numbers = [each for plate in plates for each in list_in(plate.get(word))]
            yield term, _numbered(numbers)
    taken = mapping_in(beside.get("take"))
    if is_count(taken.get("frames_in_file")):
        start = text_in(taken.get("start_timecode"))
        slots = _span(mapping_in(taken.get("available_range")))
        words = [
            counted(taken["frames_in_file"], "frame"),
            slots,
            f"from {start} on" if start else "",
        ]
        yield "In the take", ", ".join(filter(None, words))
    kept = mapping_in(beside.get("original_frames"))
    before, after = (mapping_in(kept.get(side)).get("duration") for side in ("before", "after"))
    if is_count(before) and is_count(after):
        yield "Original’s own frames", f"{before} before and {after} after what was restyled"


def _clip(beside: Mapping[str, Any]) -> str:
    span = _span(mapping_in(beside.get("restyled_range")))
    speed = text_in(beside.get("speed"))
    return ", ".join(filter(None, (span, f"at speed {speed}" if speed not in ("", "1") else "")))


def _sent(plate: Mapping[str, Any], clip_frames: object) -> str:
    media = mapping_in(plate.get("media_range"))
    span, duration, offset = _span(media), media.get("duration"), plate.get("clip_offset")
    held = plate.get("held")
    if not span or not is_count(held):
        return ""
    words = [span]
    if is_count(offset) and is_count(clip_frames) and is_count(duration):
        words.append(
            f"{counted(offset, 'handle')} before and {duration - offset - clip_frames} after"
        )
    words.append(f"then the last frame held {counted(held, 'time')}" if held else "none held")
    cadence = {"frame": "every frame", "time": "in real time"}.get(
        text_in(plate.get("cadence")), ""
    )
    return ", ".join(filter(None, (*words, cadence)))


def _span(frames: Mapping[str, Any]) -> str:
    start, duration = frames.get("start"), frames.get("duration")
    if not is_number(start) or not is_count(duration) or not duration:
        return ""
    rate = text_in(frames.get("display_rate"))
    shown = f"media frames {start} to {start + duration - 1} ({duration})"
    return f"{shown} at {rate}" if rate else shown


def _numbered(numbers: list[Any]) -> str:
    if not numbers:
        return "none"
    named = ", ".join(map(str, numbers[:_NAMED]))
    more = ", …" if len(numbers) > _NAMED else ""
    return f"{len(numbers)}: media frames {named}{more}"


def _pictures(beside: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    source, taken = mapping_in(beside.get("source_picture")), mapping_in(beside.get("take"))
    picture = mapping_in(taken.get("picture"))
    if source:
        size = _size(source)
        yield "Source", ", ".join(filter(None, (size, _depth(source), _colour(source))))
        text = text_in(source.get("to_model_text"))
        yield "Colour", f"{text[:1].upper()}{text[1:]}"
        yield "LUT", text_in(mapping_in(source.get("lut")).get("file"))
    if picture:
        words = (text_in(picture.get("codec")), _size(picture), _depth(picture), _colour(picture))
        yield "Take", ", ".join(filter(None, words))
    method = text_in(taken.get("method"))
    yield "Written", _METHODS.get(method, method)
    exr = mapping_in(beside.get("exr"))
    if exr:
        space = text_in(exr.get("colour_space"))
        by = text_in(exr.get("colour_space_stated_by"))
        basis = {"header": "as its header says", "vendor": "as the model's vendor documents it"}
        where = f"{exr.get('frames')} frames in {exr.get('folder')}"
        yield "EXR", ", ".join(filter(None, (where, space, basis.get(by, ""))))


def _size(picture: Mapping[str, Any]) -> str:
    width, height = picture.get("width"), picture.get("height")
    return f"{width} × {height}" if is_count(width) and is_count(height) else ""


def _depth(picture: Mapping[str, Any]) -> str:
    bits = picture.get("bit_depth")
    return f"{bits} bit" if is_count(bits) else ""


def _colour(picture: Mapping[str, Any]) -> str:
    colour = mapping_in(picture.get("colour"))
    names = [text_in(colour.get(name)) for name in ("primaries", "transfer", "matrix", "range")]
    said = list(dict.fromkeys(filter(None, names)))
    return f"colour {' '.join(said)}" if said else "colour not said in the file"


def _price(both: Mapping[str, Any]) -> str:
    cost = text_in(both.get("cost_usd"))
    if not cost:
        return "not in the service's history when the take was made"
    if text_in(both.get("provider")) == "sandbox":
        return f"${cost} of sandbox money, nothing charged"
    return f"${cost} by the service's history"


def _time(seconds: Mapping[str, Any]) -> str:
    steps = {
        name: float(each)
        for name, each in seconds.items()
        if isinstance(each, (int, float)) and not isinstance(each, bool)
    }
    if not steps:
        return ""
    each = ", ".join(f"{name} {value:.1f} s" for name, value in steps.items())
    return f"{sum(steps.values()):.1f} s: {each}"


def _clips(beside: Mapping[str, Any]) -> list[str]:
    uses = list_in(beside.get("also_used_by"))
    return [name for name in (text_in(mapping_in(use).get("clip")) for use in uses) if name]


def _job(both: Mapping[str, Any]) -> str:
    job, submission = text_in(both.get("job_id")), text_in(both.get("submission_id"))
    return f"{job}, submission {submission}" if job and submission else job
