"""What a person does with takes of strips, as requests: shown, starred, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.domain.files import TakeChange
from newtake.hosts.blender.facts import Sequencer
from newtake.hosts.blender.identity import parse_key
from newtake.hosts.blender.shown import take_of
from newtake.hosts.blender.summaries import EXR_LABEL, ORIGINAL, STAR

Request = tuple[str, Mapping[str, Any]]
"""What is asked of the add-on: its word and the rest."""


def planned(
    changes: Sequence[TakeChange], clips: Sequence[Clip], sequencer: Sequencer
) -> list[Request]:
    """The requests that make the changes, in order; each is one undo step.

    Args:
        changes: What is wanted.
        clips: As listed.
        sequencer: That they were listed of.

    Raises:
        SelectionError: There is no such clip or take.
    """
    return [_request(each, clips, sequencer) for each in changes]


def _request(change: TakeChange, clips: Sequence[Clip], sequencer: Sequencer) -> Request:
    clip = _clip(change.clip, clips)
    uid = parse_key(clip.key).uid
    if change.take == ORIGINAL:
        if change.verb != "use":
            raise SelectionError("The original is no take: it is only chosen.")
        return _switch(uid, ORIGINAL, f"{clip.name}: Original")
    take = take_of(clip, change.take, sequencer, uid)
    if change.verb == "use":
        return _switch(uid, take.label, f"{clip.name}: {take.name}")
    if change.verb == "remove":
        # The EXR frames of a movie go with it.
        labels = [take.label, take.label + EXR_LABEL]
        there = {each.label for each in sequencer.takes_of(uid)}
        labels = [each for each in labels if each in there]
        return "remove", {"clip": uid, "labels": labels, "undo": f"Remove {take.name}"}
    star = "1" if change.verb == "star" else None
    return "mark", {"strips": {take.uid: {STAR: star}}, "colours": {}}


def _switch(uid: str, label: str, undo: str) -> Request:
    return "switch", {"clip": uid, "label": label, "undo": undo}


def _clip(named: str | int, clips: Sequence[Clip]) -> Clip:
    for clip in clips:
        if named in (clip.key, clip.index, *clip.known_by):
            return clip
    raise SelectionError(f"The scene has no strip {named!r}.", fix="Choose it again in Blender.")
