"""Documents as the panel's server sends them (state, edit, plan), made piece by piece."""

from __future__ import annotations

import hashlib
from typing import Any

Json = dict[str, Any]
NOW = 1_700_000_000.0
HOUR = 24 * 3600
"""01:00:00:00 in frames of 24 in a second: where the canned edits begin."""


def clip_id(key: str) -> str:
    """The id that stands for a clip in addresses."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def a_clip(key: str, start: int, end: int, **changes: Any) -> Json:
    """A clip of the edit document; record frames, half-open."""
    return {
        "kind": "clip", "id": clip_id(key), "key": key, "index": 0, "name": key, "start": start,
        "end": end, "media": f"{key}.mov", "rate": "24", "source_start_label": "10:00:00:00",
        "refusal": "", "reason": "", "notes": [], "part_of": "", "takes": [], "version": "v1",
    } | changes  # fmt: skip


def a_gap(start: int, end: int) -> Json:
    return a_clip("", start, end, kind="gap", id="", name="", media="")


def a_transition(start: int, end: int, name: str = "Cross Dissolve") -> Json:
    return a_clip("", start, end, kind="transition", id="", name=name, media="")


def a_take(number: int, **changes: Any) -> Json:
    return {
        "key": f"take{number}", "number": number, "name": f"Take {number}", "selected": False,
        "starred": False, "exr": False, "style": "", "prompt": "a watercolor",
        "settings": {"prompt": "a watercolor", "resolution": "720p"}, "made_at": NOW - 600,
        "cost": "1.08", "has_record": True,
    } | changes  # fmt: skip


def a_track(name: str, *items: Json) -> Json:
    for index, item in enumerate(items):
        item["index"] = index
    return {"name": name, "kind": "audio" if name.startswith("A") else "video",
            "items": list(items)}  # fmt: skip


def a_marker(start: int, end: int, name: str, colour: str, **changes: Any) -> Json:
    return {"start": start, "end": end, "name": name, "note": "", "colour": colour,
            "clip": ""} | changes  # fmt: skip


def an_edit(*tracks: Json, **changes: Any) -> Json:
    """The edit document. Tracks bottom first; record frames count from 01:00:00:00."""
    ends = [item["end"] for track in tracks for item in track["items"]]
    return {
        "revision": 1, "title": "Reel 1", "rate": "24", "timebase": 24, "drop": False,
        "start": HOUR, "end": max(ends, default=HOUR), "tracks": list(tracks),
        "markers": [], "start_label": "01:00:00:00",
    } | changes  # fmt: skip


def a_small_edit() -> Json:
    """Two video tracks and sound: takes, a gap, a dissolve, a refused title, two markers."""
    at = HOUR
    return an_edit(
        a_track("A1", a_clip("sound", at, at + 288, name="A001_C001.wav")),
        a_track(
            "V1",
            a_clip("k1", at, at + 96, name="A001_C001",
                   takes=[a_take(1), a_take(2, selected=True, starred=True)]),
            a_transition(at + 90, at + 102),
            a_clip("k2", at + 96, at + 192, name="A001_C002"),
            a_gap(at + 192, at + 216),
            a_clip("k3", at + 216, at + 288, name="A001_C003"),
        ),
        a_track(
            "V2",
            a_gap(at, at + 120),
            a_clip("title", at + 120, at + 168, name="Title <b>1</b>",
                   refusal="a title has no media", reason="no-media"),
        ),
        markers=[
            a_marker(at + 24, at + 25, "look here", "RED"),
            a_marker(at + 100, at + 148, "rain", "Cyan", note="more of it"),
        ],
    )  # fmt: skip


def a_job(job_id: str, **changes: Any) -> Json:
    return {
        "id": job_id, "clip": "A001_C001", "clip_key": "k1", "timeline": "Reel 1",
        "timeline_here": True, "status": "active", "step": "wait", "running": True,
        "started_at": NOW - 65, "ended_at": None, "step_started_at": NOW - 20,
        "typical_seconds": None, "done": None, "total": None, "unit": "",
        "prompt": "a watercolor", "settings": "720p", "money": "estimate $1.08", "takes": [],
        "notes": [], "failure": None, "failed_at": "", "can_cancel": True, "can_resume": False,
        "resume_price": None, "resume_unknown": False, "needs_settling": False,
        "candidates": [], "look_up": None, "can_settle": False,
    } | changes  # fmt: skip


def a_state(**changes: Any) -> Json:
    """The state of a panel on a timeline file; `edit=` changes what is said of that file."""
    edit = {
        "kind": "otio", "title": "Reel 1", "path": "/edits/reel1.otio", "revision": 1,
        "unsaved": 0, "changed_outside": False, "gone": False, "saves_to": "/edits/reel1.otio",
        "why_not": "", "suggested": "/edits/reel1_newtake.otio",
    } | changes.pop("edit", {})  # fmt: skip
    return {
        "revision": 1, "now": NOW, "edit": edit, "editor": None, "chosen": None, "jobs": [],
        "waiting": [], "making": [], "trouble": None, "provider": "sandbox",
        "audience": "", "public": False,
    } | changes  # fmt: skip


def a_style(name: str, **changes: Any) -> Json:
    return {
        "name": name, "title": name.capitalize(), "revision": "1", "place": "built in",
        "prompt": f"{name}, please", "fields": {}, "settings": {"resolution": "720p"},
        "recent": False,
    } | changes  # fmt: skip


def a_plan(**changes: Any) -> Json:
    return {
        "id": "plan1",
        "rows": [{"clip": "A001_C001", "sent": "01:00:00:00 - 01:00:04:00", "frames": "96",
                  "handles": "8 + 8", "held": 0, "price": "1.08"}],
        "refused": [], "clips": 1, "sending": "1 plate of 112 frames", "writes": "a take",
        "takes": "/edits/reel1_newtake_takes", "price": "1.08", "price_basis": "list price",
        "provider": "sandbox", "notes": [], "repeats": [], "publishes": "", "missing": "",
        "sentence": "Restyles 1 clip for $1.08; nothing leaves this machine.",
        "strips": [{"clip": clip_id("k1"), "take": "original", "first": -8, "frames": 112,
                    "held": 0, "head": 8, "tail": 8, "clip_frames": 96, "rate": "24"}],
    } | changes  # fmt: skip
