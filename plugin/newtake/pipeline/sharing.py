"""Clips whose plates are the same and that want the same look: made and paid once.

They show the same frames of the same media, or frames that one plate holds with its handles: the
take has all frames of the plate, and each clip shows its own of them. The first of them has the
order; the others are its uses, and get the take as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import anyio

from newtake.domain.clip import Clip
from newtake.domain.errors import HostAwayError, HostError
from newtake.domain.events import Order, Use
from newtake.domain.files import NewTake, PlacedTake
from newtake.domain.take_name import take_name
from newtake.domain.take_places import use_label
from newtake.domain.timing import FrameRange
from newtake.pipeline.planned import PlannedClip
from newtake.ports import Host


def shared(entries: Sequence[PlannedClip]) -> tuple[PlannedClip, ...]:
    """The entries, in their order, with each look of the same frames ordered once."""
    first: dict[tuple[object, ...], int] = {}
    uses: dict[int, list[PlannedClip]] = {}
    made: list[PlannedClip] = []
    for number, entry in enumerate(entries):
        key = tuple(_frames(order) for order in entry.orders)
        own = first.setdefault(key, number) if key and entry.clip.rendered is None else number
        if own == number:
            made.append(entry)
            continue
        uses.setdefault(own, []).append(entry)
        made.append(replace(entry, order=None, later_parts=(), same_as=entries[own].clip))
    for own, others in uses.items():
        made[own] = _used_by(made[own], others)
    return tuple(made)


def _used_by(entry: PlannedClip, others: Sequence[PlannedClip]) -> PlannedClip:
    assert entry.order is not None
    also = tuple(
        Use(
            each.clip.key,
            each.clip.index,
            each.clip.name,
            piece_to_split(each.order),
            each.clip.known_by,
            each.order.settings.style,
            each.asked_by,
            None if each.clip.source == entry.clip.source else each.clip.source,
        )
        for each in others
        if each.order is not None
    )
    numbers = [_where(each.clip) for each in (entry, *others)]
    frames = entry.order.plate.media_range
    what = (
        "the same frames with the same settings"
        if all(use.frames is None for use in also)
        else f"media frames {frames.start}-{frames.end - 1} hold all that these clips show, with "
        "the same settings"
    )
    note = f"{what}: made once, used by clips {', '.join(numbers[:-1])} and {numbers[-1]}"
    return replace(entry, order=replace(entry.order, also=also), notes=(*entry.notes, note))


def _where(clip: Clip) -> str:
    """Its number; of a piece with its place, as the others of its clip have the same number."""
    if clip.piece_of is None:
        return str(clip.index)
    return f"{clip.index} at {clip.record.label(clip.record.start)}"


async def place_everywhere(host: Host, take: NewTake, also: Sequence[Use]) -> PlacedTake:
    """Give a take to its clip and to the others that use it, each under a label of its own.

    All are tried, and each is given once however often this is done.

    Returns:
        Where it is in its own clip; the notes tell of the others.
    Raises:
        HostError: The first of what went wrong.
    """
    errors, notes = list[HostError](), list[str]()
    placed = None
    try:
        placed = await host.add_take(take)
        notes.extend(placed.notes)
    except HostAwayError:
        raise
    except HostError as error:
        errors.append(error)
    found: dict[int, PlacedTake | HostError] = {}

    async def give(number: int, use: Use) -> None:
        other = replace(
            take,
            clip_key=use.clip_key,
            label=use_label(take.label, number),
            name=take_name(take.file.number, take.provenance.prompt, use.style),
            provenance=replace(take.provenance, style=use.style),
            piece=use.piece,
        )
        try:
            found[number] = await host.add_take(other)
        except HostError as error:
            found[number] = error

    # Together, as a host may write them together.
    async with anyio.create_task_group() as tasks:
        for number, use in enumerate(also, 2):
            tasks.start_soon(give, number, use)
    for number, use in enumerate(also, 2):
        answer = found[number]
        if isinstance(answer, HostError):
            errors.append(answer)
            continue
        notes.append(f"also in clip {use.index} of the plan ({use.name}), as {answer.key}")
        notes.extend(answer.notes)
    if placed is None or errors:
        raise errors[0]
    return replace(placed, notes=tuple(notes))


def piece_to_split(order: Order | None) -> FrameRange | None:
    """Record frames that are split out of the order's clip before it gets its take."""
    if order is None or order.clip.piece_of is None:
        return None
    return order.clip.record


def _frames(order: Order) -> tuple[object, ...]:
    """What decides which pictures come back and what a take of them is."""
    plate = order.plate
    if order.part is None and order.take_range is None:
        # The take has the plate's frames, whichever of them its clip shows.
        plate = replace(plate, clip_offset=0, clip_frames=0)
    return (
        order.source.path,
        order.source.sequence,
        order.origin,
        order.timecode_start,
        plate,
        order.settings.sent,
        order.codec,
        order.lut,
        order.part,
        order.take_range,
        order.clip.source if order.take_range is not None else None,
    )
