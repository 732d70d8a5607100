"""What the media pool is told of a take's media, and how such media are known again.

Third-party metadata (19.1 and later) hold the facts for programs; 'Comments', 'Keywords' and
'Description' hold them for people, and in every version. Names of the keys are ours, except these
three, which are Resolve's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from newtake.domain.files import NewTake
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.identity import ItemKey, parse_key
from newtake.hosts.resolve.messages import Call, Check, Obj, ResolveCallError

Role = Literal["movie", "exr"]
"""Which of a take's two media."""

_TEXT_CHARACTERS = 500
"""Longer metadata are cut: nobody documents how much Resolve keeps."""
_MARK = re.compile(r"\[newtake (?P<role>movie|exr) (?P<number>\d+) (?P<label>[^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Label:
    """What a pool item says of itself, where it is ours."""

    label: str
    """`NewTake.label`."""
    role: Role
    number: int
    """Of the take: the n of `take_00n`."""

    @property
    def key(self) -> str:
        """By which a person and every list call the take."""
        return f"take_{self.number:03}" + ("_exr" if self.role == "exr" else "")

    @property
    def text(self) -> str:
        """The form in which 'Comments' hold it."""
        return f"[newtake {self.role} {self.number} {self.label}]"


@dataclass(frozen=True, slots=True)
class PoolClip:
    """One pool item of our bins."""

    object: Obj
    path: str
    """As Resolve shows it; of a sequence with its numbers in brackets."""
    label: Label | None
    is_told: bool
    """Whether all is written that it should say; not so where a try broke off at it."""


def label_of(third_party: Any, comments: Any) -> Label | None:
    """The label in a pool item's metadata, as GetThirdPartyMetadata and 'Comments' give them."""
    if isinstance(third_party, Mapping) and third_party.get("newtake_label"):
        role: Role = "exr" if third_party.get("newtake_role") == "exr" else "movie"
        number = str(third_party.get("newtake_number", ""))
        return Label(third_party["newtake_label"], role, int(number) if number.isdecimal() else 0)
    found = _MARK.search(comments) if isinstance(comments, str) else None
    if found is None:
        return None
    role = "exr" if found["role"] == "exr" else "movie"
    return Label(found["label"], role, int(found["number"]))


def movie_of(take: NewTake, clips: list[PoolClip]) -> PoolClip | None:
    """The pool item of a take's movie: by its label, else, not labelled yet, by its file."""
    return _labelled(take, "movie", clips) or next(
        (each for each in clips if each.label is None and Path(each.path) == take.file.path), None
    )


def exr_of(take: NewTake, clips: list[PoolClip]) -> PoolClip | None:
    """The same of its EXR frames; Resolve shows a sequence as `name.[first-last].exr`."""
    frames = take.file.exr
    if frames is None:
        return None
    begins = str(frames.folder / f"{frames.prefix}[")
    return _labelled(take, "exr", clips) or next(
        (each for each in clips if each.label is None and each.path.startswith(begins)), None
    )


def _labelled(take: NewTake, role: Role, clips: list[PoolClip]) -> PoolClip | None:
    for each in clips:
        if each.label is not None and (each.label.label, each.label.role) == (take.label, role):
            return each
    return None


def free_number(take: NewTake, others: list[Label]) -> int:
    """The take's own number, or the next that no other take of the clip has."""
    taken = {each.number for each in others if each.label != take.label}
    number = take.file.number
    while number in taken:
        number += 1
    return number


async def write_label(
    calls: ResolveCalls, media: Obj, take: NewTake, label: Label
) -> tuple[str, ...]:
    """Write what is known of a take and read it back; gives notes of what could not be written.

    What a label is read from comes last, so that a labelled item lacks nothing.
    """
    made, take = take.provenance, take.numbered(label.number)
    facts = {
        "newtake_label": label.label,
        "newtake_role": label.role,
        "newtake_number": str(label.number),
        "newtake_name": take.name,
        "newtake_job": made.job_id,
        "newtake_submission": made.submission_id,
        "newtake_provider": made.provider,
        "newtake_model": made.model,
        "newtake_prompt": made.prompt,
        "newtake_settings": json.dumps(dict(made.settings), sort_keys=True),
        "newtake_created_at": made.created_at,
        "newtake_ai_generated": "true" if made.ai_generated else "false",
    }
    if calls.has("MediaPoolItem", "SetThirdPartyMetadata"):
        facts |= await _source(calls, parse_key(take.clip_key))
    facts = {key: value[:_TEXT_CHARACTERS] for key, value in facts.items()}
    by = f"AI-generated by {made.model} with New Take." if made.ai_generated else "New Take."
    comments = f"{by} {label.text}"
    writes = [
        (
            "comments",
            Call("SetMetadata", media.address, ({"Comments": comments},), "true", _reads(comments)),
        )
    ]
    if calls.has("MediaPoolItem", "SetThirdPartyMetadata"):
        check = Check("GetThirdPartyMetadata", facts["newtake_label"], ("newtake_label",))
        call = Call("SetThirdPartyMetadata", media.address, (facts,), "true", check)
        writes.append(("third-party metadata", call))
    failed = await _tell_people(calls, media, take)
    for what, write in writes:
        try:
            await calls.run(write)
        except ResolveCallError as error:
            failed.append(f"the {what} of {take.file.path.name} could not be written: {error.why}")
    return tuple(failed)


async def _source(calls: ResolveCalls, key: ItemKey) -> dict[str, str]:
    """What the take was made of. Its name is the media's: an item may be called as its take is."""
    name: Any = ""
    with suppress(ResolveCallError):
        # It may have been deleted since.
        (name,) = await calls.run(Call("GetName", Obj("media", key.media).address, want="any"))
    first = key.start if key.kind == "render" else key.left
    return {
        "newtake_source_clip": str(name or ""),
        "newtake_source_clip_id": key.item,
        "newtake_source_media_id": key.media,
        "newtake_source_range": f"{first}-{first + key.duration - 1}",
        "newtake_source_counts": "record" if key.kind == "render" else "media",
    }


async def _tell_people(calls: ResolveCalls, media: Obj, take: NewTake) -> list[str]:
    """Write what no program reads from 19.1 on; gives notes of what does not read back."""
    shown = {"Keywords": "New Take, AI-generated", "Description": take.name[:_TEXT_CHARACTERS]}
    writes = [
        Call("SetMetadata", media.address, ({key: text},), "any") for key, text in shown.items()
    ]
    reads = [Call("GetMetadata", media.address, (key,), "any") for key in shown]
    found = (await calls.run(*writes, *reads))[len(writes) :]
    return [
        f"the {key.lower()} of {take.file.path.name} could not be written: it reads {now!r}"
        for (key, text), now in zip(shown.items(), found, strict=True)
        # Keywords are a list to Resolve; with which separator it gives them is not documented.
        if _words(now) != _words(text)
    ]


def _words(text: object) -> list[str]:
    whole = " ".join(map(str, text)) if isinstance(text, list) else str(text or "")
    return sorted(re.split(r"[\s,;]+", whole.strip()))


def _reads(comments: str) -> Check:
    return Check("GetMetadata", comments, ("Comments",))
