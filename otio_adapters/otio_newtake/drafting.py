"""The draft of a timeline on the disk: what is written in place of the timeline until it is saved.

A draft is OTIO as it would lie in the folder of the output, with a mark that says which timeline it
began with. Beside it lie that timeline as it was then (`base_*`) and a note of the last save
(`*_saved.json`). A draft that was saved under another name leaves a signpost in its place, so that
jobs which were planned for it find the one to go on with.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.errors import TimelineError
from newtake.domain.files import HostTarget
from newtake.durable import write_durably
from otio_newtake.marks import NAMESPACE, mark_of, put_mark, text_of
from otio_newtake.reading import OpenedTimeline, file_of, look_at, sha256_of

_DRAFT, _MOVED = "draft", "moved_to"
_SIGNPOSTS_MAX = 64
_DIGITS = 16


def followed(target: HostTarget) -> HostTarget:
    """The target that is meant now: where its draft was saved under another name, that one.

    Raises:
        TimelineError: What lies at the draft's name cannot be read.
    """
    for _ in range(_SIGNPOSTS_MAX):
        sign = {} if target.draft is None else _sign_at(target.draft)
        if not sign:
            break
        target = replace(
            target,
            timeline=Path(text_of(sign, "timeline")),
            output=Path(text_of(sign, "output")),
            draft=Path(text_of(sign, "draft")),
        )
    return target


def is_signpost(draft: Path) -> bool:
    """Whether a draft of this name was saved under another one. Raises: TimelineError."""
    return bool(_sign_at(draft))


def signpost(to: HostTarget) -> Any:
    """What a draft leaves in its place when it goes on elsewhere."""
    timeline = otio.schema.Timeline(name=to.timeline.stem)
    put_mark(
        timeline,
        **{
            _MOVED: {
                "timeline": str(to.timeline),
                "output": str(to.output),
                "draft": str(to.draft),
            }
        },
    )
    return timeline


def begun(target: HostTarget) -> Path | None:
    """The draft where it holds something that was not saved; None for targets without one.

    Raises:
        TimelineError: It cannot be read.
    """
    draft = target.draft
    if draft is None or not draft.exists() or _is_saved(draft, target.timeline):
        return None
    return draft


def written_file(target: HostTarget) -> Path:
    """The file that changes are written to."""
    return target.output if target.draft is None else target.draft


def mark_draft(opened: OpenedTimeline, target: HostTarget) -> None:
    """Write into a copy of the timeline that it is the draft of."""
    of = {"timeline": str(target.timeline.resolve()), "sha256": opened.sha256}
    put_mark(opened.timeline, **{_DRAFT: of})


def unmark_draft(timeline: Any) -> None:
    """Make a draft a timeline like others."""
    fields = {name: value for name, value in mark_of(timeline).items() if name != _DRAFT}
    if set(fields) - {"schema"}:
        timeline.metadata[NAMESPACE] = fields
    elif NAMESPACE in timeline.metadata:
        del timeline.metadata[NAMESPACE]


def base_sha256(draft: Any) -> str:
    """SHA-256 of the timeline that a draft began with, by the draft's timeline object."""
    of = mark_of(draft).get(_DRAFT)
    return text_of(dict(of), "sha256") if of is not None else ""


def keep_base(target: HostTarget, sha256: str) -> None:
    """Keep the timeline as it is, for a draft that begins with it.

    Where it is another already, nothing is kept: see `base_at`.

    Raises:
        OSError: It cannot be kept.
    """
    assert target.draft is not None
    at = base_name(target, sha256)
    if at.exists():
        return
    with suppress(TimelineError):
        raw = file_of(target.timeline).read_bytes()
        if hashlib.sha256(raw).hexdigest() == sha256:
            write_durably(at, raw)


def base_at(target: HostTarget, sha256: str) -> OpenedTimeline | None:
    """The timeline that a draft began with, for looking only; None where it was not kept."""
    assert target.draft is not None
    at = base_name(target, sha256)
    try:
        opened = look_at(at, target.edl_rate) if at.exists() else None
    except TimelineError:
        return None
    return opened if opened is not None and opened.sha256 == sha256 else None


def drop_bases(target: HostTarget, but: str = "") -> None:
    """Remove what was kept for drafts that are at their end; the caller holds the draft's lock."""
    assert target.draft is not None
    keep = base_name(target, but)
    prefix = _base_prefix(target)
    for each in list(target.draft.parent.iterdir()):
        number = each.name.removeprefix(prefix).partition(".")[0]
        if each.name.startswith(prefix) and len(number) == _DIGITS and each != keep:
            with suppress(OSError):
                each.unlink()


def note_save(target: HostTarget, draft_sha256: str, timeline_sha256: str) -> None:
    """Write down, just before the timeline gets its name, what is about to be saved.

    Raises:
        OSError: It cannot be written.
    """
    assert target.draft is not None
    note = {"draft": draft_sha256, "timeline": timeline_sha256}
    write_durably(_note_name(target.draft), json.dumps(note).encode())


def _is_saved(draft: Path, timeline: Path) -> bool:
    """Whether the timeline holds all of the draft: its save was cut off before the draft went."""
    try:
        note = json.loads(_note_name(draft).read_bytes())
        return bool(note["timeline"] == sha256_of(timeline) and note["draft"] == sha256_of(draft))
    except (OSError, ValueError, KeyError, TypeError, TimelineError):
        return False


def _sign_at(draft: Path) -> dict[str, Any]:
    if not draft.exists():
        return {}
    sign = mark_of(look_at(draft).timeline).get(_MOVED)
    return dict(sign) if sign is not None else {}


def _note_name(draft: Path) -> Path:
    return draft.with_name(f"{draft.stem}_saved.json")


def _base_prefix(target: HostTarget) -> str:
    assert target.draft is not None
    return f"base_of_{target.draft.stem}_"


def base_name(target: HostTarget, sha256: str) -> Path:
    """Where the timeline that a draft begins with is kept."""
    assert target.draft is not None
    suffix = target.timeline.suffix.lower()
    suffix = ".otio" if suffix == ".otiod" else suffix
    return target.draft.with_name(f"{_base_prefix(target)}{sha256[:_DIGITS]}{suffix}")
