"""The questions of the self-test, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from newtake.hosts.resolve.selftest import (
    kind_questions,
    look_questions,
    pool_questions,
    take_questions,
    timeline_questions,
)
from newtake.hosts.resolve.selftest.bench import Bench
from newtake.hosts.resolve.selftest.report import Finding


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that no document says."""

    id: str
    """Stable: reports of different versions are compared by it."""
    text: str
    ask: Callable[[Bench], Awaitable[Finding]]
    needs: tuple[tuple[str, str], ...] = ()
    """Class and method of what the version must document."""


@dataclass(frozen=True, slots=True)
class AskPerson:
    """What a script cannot see."""

    id: str
    text: str
    how: str


_TIMELINE, _ITEM = "Timeline", "TimelineItem"

QUESTIONS = (
    Question(
        "append.end_frame",
        "Is AppendToTimeline's endFrame inside the clip?",
        timeline_questions.append_end,
    ),
    Question(
        "take.sequence_origin",
        "Does AddTake count an image sequence from 0, or from its first file's number?",
        take_questions.sequence_origin,
    ),
    Question("take.on_plain", "Does AddTake work on a plain clip?", kind_questions.plain),
    Question(
        "take.on_other_rate",
        "Does AddTake work on a clip of another frame rate than the timeline?",
        kind_questions.other_rate,
    ),
    Question(
        "take.on_retimed",
        "Does AddTake work on a retimed clip?",
        kind_questions.retimed,
        ((_ITEM, "GetSpeed"), (_ITEM, "SetSpeed")),
    ),
    Question(
        "take.on_compound",
        "Does AddTake work on a compound clip?",
        kind_questions.compound,
        ((_TIMELINE, "CreateCompoundClip"),),
    ),
    Question(
        "take.on_fusion_clip",
        "Does AddTake work on a Fusion clip?",
        kind_questions.fusion_clip,
        ((_TIMELINE, "CreateFusionClip"),),
    ),
    Question(
        "take.on_multicam",
        "Does AddTake work on a multicam clip?",
        kind_questions.multicam,
        (("MediaPool", "CreateMulticamClip"),),
    ),
    Question(
        "take.selected_after_add",
        "Which take is selected after AddTake?",
        take_questions.selected_after_add,
    ),
    Question(
        "take.unequal_length",
        "What does a take of another length do to the clip and the timeline?",
        take_questions.take_length,
    ),
    Question(
        "take.item_id",
        "Does the clip keep its unique id when a take is added and switched?",
        take_questions.item_id,
    ),
    Question(
        "take.on_other_timeline",
        "What do the take getters say of a timeline that is not current?",
        take_questions.other_timeline,
    ),
    Question(
        "look.inspector",
        "Does the inspector's transform stay when another take shows?",
        look_questions.inspector,
    ),
    Question(
        "look.version",
        "Does the version of the grade stay when another take shows?",
        look_questions.version,
    ),
    Question(
        "look.fusion",
        "Does a Fusion composition stay when another take shows?",
        look_questions.fusion,
    ),
    Question("look.grade", "Is the other take graded, too?", look_questions.grade),
    Question(
        "colour.managed",
        "Can 'Input Color Space' of EXR frames be set in a colour-managed project?",
        pool_questions.colour_managed,
    ),
    Question(
        "colour.aces",
        "Can the input transform of EXR frames be set in an ACES project?",
        pool_questions.colour_aces,
    ),
    Question(
        "media.sequence_rate",
        "At which rate does an image sequence come in, and can it be set?",
        pool_questions.sequence_rate,
    ),
    Question(
        "media.import_twice",
        "What does ImportMedia give for a file that is in the pool?",
        pool_questions.import_twice,
    ),
    Question(
        "media.new_bin", "Does AddSubFolder make the new bin current?", pool_questions.new_bin
    ),
    Question(
        "export.otio_takes",
        "Which takes are in an exported OTIO file?",
        timeline_questions.otio_takes,
    ),
    Question(
        "marks.out",
        "Is the frame of an out mark inside the range?",
        pool_questions.mark_out,
        ((_TIMELINE, "SetMarkInOut"), ("MediaPoolItem", "SetMarkInOut")),
    ),
    Question(
        "render.mark_out", "Does a render include MarkOut?", timeline_questions.render_mark_out
    ),
    Question(
        "item.source_start",
        "Is GetSourceStartFrame the clip's first frame?",
        timeline_questions.source_start,
        ((_ITEM, "GetSourceStartFrame"),),
    ),
    Question(
        "item.marker_frame",
        "What do the markers of a trimmed clip count from?",
        timeline_questions.item_marker,
    ),
    Question(
        "timeline.selected_clips",
        "Is there a way to read the selection?",
        timeline_questions.selected_clips,
        ((_TIMELINE, "GetSelectedClips"),),
    ),
    # The last one: it closes the project, and every object of before is a stale one then.
    Question(
        "reload.ids",
        "Do clips keep their unique ids when the project is opened again?",
        take_questions.item_id_after_reload,
    ),
)

ASK_PERSON = (
    AskPerson(
        "ui.shortcut",
        "Can an entry of Workspace > Scripts be given a key?",
        "Open Keyboard Customization (Ctrl+Alt+K, on a Mac Option+Command+K), search for New Take, "
        "and write whether it is listed and a key works. `newtake resolve install` comes first.",
    ),
    AskPerson(
        "ui.undo",
        "How many steps of Undo take a new take away?",
        "After `newtake resolve restyle` of one clip, press Undo until the take is gone, look at "
        "Edit > History, and write how many steps there were and what each took back.",
    ),
)
