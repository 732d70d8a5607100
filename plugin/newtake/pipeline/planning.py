"""The select step: from clips and settings to a plan that does nothing and says everything.

A plan names each clip, its frames, handles and held frames, what leaves this machine, where it
goes, and the price if it is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from newtake.domain.cadence import reason_of_cadence
from newtake.domain.clip import (
    Clip,
    MediaInfo,
    Refusal,
    RefusalReason,
    media_origin,
)
from newtake.domain.codecs import CodecChoice, choose_codec, told_takes
from newtake.domain.cube import Lut
from newtake.domain.edit import (
    EditSettings,
    schema_problems,
    settings_problems,
    wire_parameters,
)
from newtake.domain.errors import MediaError, ProviderError, SettingsError
from newtake.domain.events import Order
from newtake.domain.files import HostTarget, Layout, Profile
from newtake.domain.parts import refuse_length
from newtake.domain.plate import told_cadence
from newtake.domain.timing import FrameRange, Handles, display_rate, frame_of_timecode
from newtake.domain.viewing import unread_colours, viewing_notes
from newtake.pipeline.cut_in_planning import plan_take_range
from newtake.pipeline.part_planning import PartChoices, plan_plates, settings_of
from newtake.pipeline.planned import Plan, PlannedClip
from newtake.pipeline.range_notes import handle_notes, reading_notes
from newtake.pipeline.sharing import shared
from newtake.pipeline.sources import Probed, for_journal, source_notes, source_of, whole_frames
from newtake.pipeline.splits import numbered
from newtake.pipeline.wanted import Wanted, each_wanted
from newtake.ports import MediaTool, ModelCard, PartTool, Provider, Uploader

__all__ = ["Plan", "PlannedClip", "check_settings", "listed", "plan_edits"]

_AS_A_RULE = PartChoices()
_REWRAPPED = choose_codec("copy", Profile.GENERIC, "")


def check_settings(settings: EditSettings) -> None:
    """Raise SettingsError with every rule that the settings break."""
    problems = settings_problems(settings)
    if problems:
        raise SettingsError("The settings do not fit the model.", why=" ".join(problems))


def _check_own(settings: EditSettings, target: HostTarget, asked_by: str) -> None:
    """Raise SettingsError for settings that the model or the layout has no place for."""
    try:
        check_settings(settings)
        if target.layout is Layout.REPLACE and settings.variations > 1:
            raise SettingsError(
                f"{settings.variations} variations do not go into the layout `replace`.",
                why="It holds one take of a clip.",
                fix="Choose --layout takes or track, or --variations 1.",
            )
    except SettingsError as error:
        if not asked_by:
            raise
        why = f"{error.what} {error.why}".strip()
        raise SettingsError(f"{asked_by} cannot be used.", why=why, fix=error.fix) from error


def listed(clip: Clip) -> Clip:
    """The clip, refused where its frames as the timeline states them are too many.

    For listings, which open no media: the file has the last word when it is planned.
    """
    if clip.refusal is not None:
        return clip
    return replace(clip, refusal=refuse_length(clip.source))


async def plan_edits(
    wanted: Sequence[Wanted],
    settings: EditSettings,
    target: HostTarget,
    *,
    media: MediaTool,
    provider: Provider,
    uploader: Uploader,
    codec: CodecChoice = _REWRAPPED,
    lut: Lut | None = None,
    parts: PartTool,
    choices: PartChoices = _AS_A_RULE,
) -> Plan:
    """Plan one edit per clip. Probes media and asks for the live model; changes nothing.

    Clips that want the same of the same frames share one order.

    Args:
        wanted: Clips of the timeline.
        settings: Of every edit that has none of its own.
        target: The timeline, and where takes are written.
        media: Looks into the clips' files.
        provider: Says prices and limits.
        uploader: Says who could read what is sent.
        codec: Of the takes.
        lut: The table that the model sees the sources through.
        parts: Looks for cuts in clips that no plate holds.
        choices: How plates go through the media, where an edit does not say.

    Raises:
        SettingsError: If the settings break the model's rules, live ones included.
    """
    notes: list[str] = []
    card = await _live_model(provider, notes)
    probed: Probed = {}
    entries = []
    for clip, own, how, asked_by in each_wanted(wanted, settings, choices):
        _check_own(own, target, asked_by)
        entry = await _plan_clip(
            clip,
            own,
            target,
            media,
            provider,
            uploader.name,
            card,
            probed,
            codec.codec,
            lut,
            parts,
            how,
        )
        if card is not None:
            for order in entry.orders:
                _check_schema(own, order.plate.duration, card)
        entries.append(_asked(entry, asked_by))
    made = numbered(shared(entries))
    joined = sum(each.is_joined for each in made)
    in_time = sum(each.is_in_time and not each.is_joined for each in made)
    return Plan(
        settings=settings,
        entries=made,
        provider=provider.name,
        uploader=uploader.name,
        uploads_publicly=uploader.public,
        target=target,
        notes=tuple(notes),
        takes=told_takes(codec, sum(bool(each.orders) for each in made), joined, in_time),
    )


def _asked(entry: PlannedClip, by: str) -> PlannedClip:
    """The entry, which with its orders says who asks for it."""
    if not by:
        return entry
    orders = tuple(replace(each, asked_by=by) for each in entry.orders)
    first = orders[0] if orders else None
    return replace(entry, asked_by=by, order=first, later_parts=orders[1:])


async def _live_model(provider: Provider, notes: list[str]) -> ModelCard | None:
    try:
        card = await provider.model()
    except ProviderError as error:
        notes.append(f"The live model could not be read ({error.what}); built-in rules are used.")
        return None
    if card.stale:
        notes.append("The service is out of reach; schema and prices are from an earlier answer.")
    return card


def _check_schema(settings: EditSettings, duration: str, card: ModelCard) -> None:
    problems = schema_problems(wire_parameters(settings, duration), card.schema)
    if problems:
        raise SettingsError("The live model would refuse these settings.", why=" ".join(problems))


async def _plan_clip(
    clip: Clip,
    settings: EditSettings,
    target: HostTarget,
    media: MediaTool,
    provider: Provider,
    uploader: str,
    card: ModelCard | None,
    probed: Probed,
    codec: str,
    lut: Lut | None,
    parts: PartTool,
    choices: PartChoices,
) -> PlannedClip:
    if clip.refusal is not None:
        return PlannedClip(clip, None, clip.refusal, clip.notes)
    info = await source_of(clip, media, probed)
    if isinstance(info, Refusal):
        return PlannedClip(clip, None, info)
    if (unread := unread_colours(info, lut)) is not None:
        return PlannedClip(clip, None, Refusal(RefusalReason.UNSUPPORTED, unread))
    notes = list(clip.notes)
    clip = _at_media_rate(clip, info, notes)
    if clip.whole == clip.source:
        clip = replace(clip, whole=None)
    # A take of a part shows the clip's other frames as well.
    spanned = clip if clip.whole is None else replace(clip, source=clip.whole)
    start = _timecode_start(info, notes)
    counted = info.sequence.start if start is None and info.sequence is not None else start
    try:
        stated = clip.media.available if clip.media else None
        origin = media_origin(spanned.source, stated, info, counted)
    except ValueError as error:
        return PlannedClip(clip, None, Refusal(RefusalReason.OUTSIDE_MEDIA, str(error)))
    notes.extend(reading_notes(spanned.source, stated, info, counted, origin))
    available = whole_frames(spanned, info, FrameRange(origin, info.frames, info.rate), notes)
    if isinstance(available, Refusal):
        return PlannedClip(clip, None, available, tuple(notes))
    span = await plan_take_range(clip, info, available, origin, settings, codec, lut, parts, notes)
    if isinstance(span, Refusal):
        return PlannedClip(clip, None, span, tuple(notes))
    limits = provider.limits()
    try:
        plates = await plan_plates(
            clip,
            info,
            available,
            origin,
            limits,
            settings,
            choices,
            parts,
            notes,
            lambda duration: provider.price(settings, duration, card),
        )
    except MediaError as error:
        plates = Refusal(RefusalReason.OFFLINE, f"{error.what} {error.why}".strip(" ."))
    if isinstance(plates, Refusal):
        return PlannedClip(clip, None, plates, tuple(notes))
    for note in (
        reason_of_cadence(choices.cadence, info.rate, limits.rate, clip.speed),
        *(told_cadence(each.plate, limits.rate) for each in plates),
    ):
        if note is not None:
            notes.append(note)
    sent = plates[0].plate.media_range.through(plates[-1].plate.media_range)
    notes.extend(handle_notes(spanned.source, stated, span or sent))
    shown = spanned.source.moved(-origin)
    notes.extend(source_notes(info, shown, through_lut=lut is not None))
    if start is None and origin < 0:
        notes.append(
            f"the timeline counts this media from {origin} on; the take's own timecode begins at "
            "00:00:00:00, as no timecode is negative"
        )
    counted_from = max(origin, 0) if start is None else start
    if target.profile is Profile.RESOLVE and counted_from > origin:
        notes.append(
            f"the timeline counts this media from {origin} on, its timecode from {counted_from}; "
            "the written timeline counts this clip as the timecode does, as DaVinci Resolve wants "
            "it; clips that are not restyled keep what they have"
        )
    first, *later = (
        Order(
            clip=clip,
            source=for_journal(info),
            origin=origin,
            timecode_start=counted_from,
            plate=each.plate,
            settings=settings_of(each.part, settings),
            host=target,
            provider=provider.name,
            uploader=uploader,
            price=provider.price(settings, each.plate.duration, card),
            codec=codec,
            lut=lut,
            part=each.part,
            take_range=span,
        )
        for each in plates
    )
    notes.extend(viewing_notes(info, lut))
    return PlannedClip(clip, first, None, tuple(notes), tuple(later))


def _at_media_rate(clip: Clip, info: MediaInfo, notes: list[str]) -> Clip:
    """Timelines may count media frames at their own rate; the file's rate is the true one."""
    if clip.source.rate == info.rate:
        return clip
    notes.append(
        f"the timeline counts this media at {display_rate(clip.source.rate)}, the file runs at "
        f"{display_rate(info.rate)}; all frames that show are covered"
    )
    media = clip.media
    if media is not None and media.available is not None:
        media = replace(media, available=media.available.covered_at(info.rate))
    ratio, dissolves = info.rate / clip.source.rate, clip.dissolves
    return replace(
        clip,
        source=clip.source.covered_at(info.rate),
        whole=None if clip.whole is None else clip.whole.covered_at(info.rate),
        media=media,
        dissolves=Handles(ceil(dissolves.head * ratio), ceil(dissolves.tail * ratio)),
    )


def _timecode_start(info: MediaInfo, notes: list[str]) -> int | None:
    """The file's start timecode as a frame number at the media's rate."""
    if info.timecode is None:
        return None
    try:
        rate = info.timecode_rate or info.rate
        return int(frame_of_timecode(info.timecode, rate) / rate * info.rate)
    except ValueError as error:
        notes.append(f"the file's timecode is not used: {error}")
        return None
