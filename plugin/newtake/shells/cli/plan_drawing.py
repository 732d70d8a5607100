"""The plan for a person: its table, what is refused and why, the looks, and the totals.

Fits 80 columns; a wider terminal shows the record range's end and the file's name as well.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from newtake.bootstrap.written_places import written_file
from newtake.domain.counting import counted
from newtake.domain.files import HostTarget
from newtake.pipeline.planning import Plan, PlannedClip
from newtake.pipeline.sending import sending_of
from newtake.pipeline.splits import splits_of
from newtake.pipeline.totals import Totals, refused_by_reason, totals_of
from newtake.shells.cli.drawing import console, say
from newtake.shells.cli.plan_looks import Looks, look_text
from newtake.shells.cli.plan_table import draw_table
from newtake.shells.cli.plan_words import begun_small, numbers_text, size_text
from newtake.shells.cli.prices import price_text


def draw_plan(plan: Plan, audience: str) -> None:
    """The plan on stderr: what would be sent, where to and for whom, and what it costs."""
    out = console(sys.stderr)
    if plan.orders and "written" in draw_table(plan, out).more:
        say(out, f"  {_counting(plan.target)}")
    for split in splits_of(plan.entries):
        say(out, f"  {split.clip.index} ({split.clip.name}): {split.text}")
    for text, clips in told_once(plan.entries):
        say(out, f"  {clips}: {text}")
    refused = refused_by_reason(plan.entries)
    if refused:
        say(out, f"Not restyled ({len(plan.refused)}):")
    for group in refused:
        say(out, f"  {group.text}: {_named(group.entries)}")
    looks = Looks(plan)
    for look in looks.all:
        whose = f" {looks.letter(look)}" if looks.differ else ""
        say(out, f"Look{whose}: {look_text(look)}")
    if plan.orders:
        say(out, f"Would send: {sending_of(plan, audience).text}.")
        for line in _destination(plan):
            say(out, line)
        if plan.takes:
            say(out, f"Takes: {plan.takes}.")
        totals = totals_of(plan)
        say(out, f"Total: {totals_text(totals)}")
        say(out, f"Price: {_price(plan, totals)}")
    for note in plan.notes:
        say(out, f"Note: {note}")


def _counting(target: HostTarget) -> str:
    """What the two numbers of a clip count."""
    name = written_file(target.output).name
    return (
        f"# counts the clips as they are; `written` those of {name} once all takes are in it, for "
        "`newtake takes` and `compare`"
    )


def told_once(entries: Iterable[PlannedClip]) -> list[tuple[str, str]]:
    """Each note once, with the clips that it is about: "4, 8-10".

    Of a clip of which several parts are meant, a note about some of them names these: "2 at
    01:00:04:00".
    """
    entries = list(entries)
    parts = Counter(entry.clip.index for entry in entries)
    found: dict[str, list[PlannedClip]] = {}
    for entry in entries:
        for note in dict.fromkeys(entry.notes):
            found.setdefault(note, []).append(entry)
    return [(note, _clips(about, parts)) for note, about in found.items()]


def _clips(about: Sequence[PlannedClip], parts: Counter[int]) -> str:
    here = Counter(entry.clip.index for entry in about)
    whole = [index for index in here if here[index] == parts[index]]
    some = [entry.clip for entry in about if here[entry.clip.index] < parts[entry.clip.index]]
    named = [f"{clip.index} at {clip.record.label(clip.record.start)}" for clip in some]
    return ", ".join([*([numbers_text(whole)] if whole else []), *named])


def _named(entries: Sequence[PlannedClip]) -> str:
    return ", ".join(map(_who, entries))


def _who(entry: PlannedClip) -> str:
    """The clip, and who asks for it where that is not the command."""
    name = entry.clip.name
    if entry.asked_by:
        name += f"; {begun_small(entry.asked_by)}"
    # What no listing has, as sound and transitions, has no number.
    return f"{entry.clip.index} ({name})" if entry.clip.index else name


def _destination(plan: Plan) -> Iterator[str]:
    """Where takes would go."""
    target = plan.target
    document = target.document
    if document is None:
        yield f"Would write: {target.output} ({target.layout.value})"
        held = written_file(target.output)
        if held != target.timeline and held.exists():
            yield f"It goes on with {held.name}, in which clips are counted here."
        return
    with_exr = any(each.settings.exr_export for each in plan.orders)
    if any(each.clip.rendered is not None for each in plan.orders):
        what = "a take on a track above each clip"
        what += ", and its EXR frames in the bin New Take," if with_exr else ""
    elif with_exr:
        what = "two takes to each clip, the movie, which shows, and its EXR frames,"
    else:
        what = "a take to each clip"
    yield (
        f"Would add: {what} of the timeline {document.timeline_name} in the project "
        f"{document.project_name}"
    )
    yield f"Would write: the takes' files into {target.output}_takes"


def totals_text(totals: Totals) -> str:
    """One line, without the price."""
    parts = [
        counted(totals.clips, "clip"),
        counted(totals.submissions, "submission"),
        f"{totals.model_seconds} s of model time",
        f"about {size_text(totals.upload_bytes)} to upload",
    ]
    if totals.refused:
        parts.insert(1, f"{totals.refused} not restyled")
    return ", ".join(parts)


def _price(plan: Plan, totals: Totals) -> str:
    if totals.prices_unknown and totals.prices_unknown < totals.submissions:
        return (
            f"${totals.known_usd:.2f} for {totals.submissions - totals.prices_unknown}, "
            f"not known for {totals.prices_unknown}"
        )
    return price_text(plan.total)
