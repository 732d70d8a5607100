"""What a desk answers: plain values, ready to be shown as they are.

Texts, numbers, truth values, and lists and mappings of them: nothing in a browser has to know
frames, rates or steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Said:
    """An error as a person reads it."""

    error: str
    what: str
    why: str = ""
    next: str = ""
    money: str = ""


@dataclass(frozen=True, slots=True)
class ShownClip:
    key: str
    name: str
    track: str
    record: str
    """Timecodes of the first frame and of the first one after."""
    frames: int
    rate: str
    part: str = ""
    """Which part of the clip is meant, where it is not the whole; empty else."""
    first: int = 0
    """Media frames from the clip's first one to the part's."""
    length: int = 0
    """Media frames of the part; 0 for the whole."""
    takes: int = 0
    refusal: str = ""
    """Why it cannot be restyled; empty where it can."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Editor:
    """What is known of DaVinci Resolve, or of Blender."""

    state: str
    """looking (nobody asked it yet), here, busy (it does not answer), or away."""
    product: str = ""
    version: str = ""
    project: str = ""
    timeline: str = ""
    follows: bool = False
    """Whether it says which clips are selected; else a person says how to choose."""
    trouble: Said | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The clips that a plan would be made for."""

    how: str
    sentence: str = ""
    clips: tuple[ShownClip, ...] = ()
    trouble: Said | None = None
    revision: int = 0
    """Another number for another choice: then the plan is out of date."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plate that would be sent."""

    clip: str
    sent: str
    frames: str
    handles: str
    held: int
    price: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The media frames of a plate, as pictures of them are asked for."""

    clip: str
    """The clip's id, as `panel_edit.clip_id` has it."""
    take: str
    first: int
    """Media frames from the clip's first one to the plate's; negative where the plate begins
    before it."""
    frames: int
    """Media frames, handles included."""
    held: int
    """Copies of the last frame that fill the plate."""
    head: int
    tail: int
    """Handles, in media frames."""
    clip_frames: int
    rate: str
    """Media frames per second, exactly: "24000/1001"."""


@dataclass(frozen=True, slots=True)
class ShownPlan:
    id: str
    rows: tuple[PlanRow, ...]
    refused: tuple[tuple[str, str], ...]
    """Clip and reason of those that would be left out."""
    clips: int
    """How many would be restyled."""
    sending: str
    writes: str
    takes: str
    price: str | None
    """The total in US dollars, exactly; None where it is not known."""
    price_basis: str
    provider: str
    notes: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    """Unfinished jobs that may have paid for the same already."""
    made: tuple[str, ...] = ()
    """Those of the notes that say what is made with these settings already, and would be paid for
    once more."""
    publishes: str = ""
    """Who could read what is sent, where nobody has agreed to that yet; empty else."""
    missing: str = ""
    """What a person still has to say before it can begin; empty where nothing is missing."""
    sentence: str = ""
    """What the button will do: what leaves this machine, where it goes, what it costs."""
    prompt: str = ""
    """The words that the model gets; empty where nothing is said yet."""
    strips: tuple[Strip, ...] = ()
    """The frames of each row, for pictures of them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A submission of the service's that may be a job's."""

    submission: str
    created_at: float | None
    """Seconds since 1970; None where the service does not say."""
    text: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """How far the service has been asked for the submissions that may be a job's."""

    state: Literal["looking", "failed", "done"]
    trouble: Said | None = None
    """Why the service's lists could not be read, where they could not."""


@dataclass(frozen=True, slots=True)
class OnceMore:
    """What the dialog is opened with to submit anew what a failed job asked for."""

    settings: dict[str, Any]
    """In the words of a plan's request."""
    price: str | None
    """What the failed one was to cost, in US dollars."""
    note: str


@dataclass(frozen=True, slots=True)
class ShownJob:
    id: str
    clip: str
    timeline: str
    status: str
    step: str
    """The word of the step; empty when there is nothing left to do."""
    running: bool
    started_at: float
    """Seconds since 1970: when the step, or else the job, began."""
    ended_at: float | None
    done: int | None
    total: int | None
    unit: str
    prompt: str
    settings: str
    money: str
    takes: tuple[str, ...]
    notes: tuple[str, ...]
    failure: Said | None
    failed_at: str
    can_cancel: bool
    can_resume: bool
    resume_price: str | None
    """What would be submitted by going on, in US dollars; None where nothing would."""
    resume_unknown: bool
    """Whether going on submits for a price that is not known."""
    clip_key: str = ""
    timeline_here: bool = False
    """Whether its takes go to the timeline of this page."""
    place: str = ""
    """Of a page of Blender: where its takes go, where that is not the open scene."""
    step_started_at: float | None = None
    """Seconds since 1970; None where the step has not begun."""
    typical_seconds: float | None = None
    """What the step took on this machine, the median of jobs of the same resolution and length;
    None where fewer than three are known."""
    needs_settling: bool = False
    """Whether only a person's word moves it on."""
    can_settle: bool = False
    """Whether a person's word on its submissions would be taken."""
    candidates: tuple[Candidate, ...] = ()
    """Those of the last look that came to its end."""
    look_up: LookUp | None = None
    """None where the service has not been asked for them."""
    elsewhere: bool = False
    """Whether it is another New Take that runs it."""
    once_more: OnceMore | None = None
    """Of a job that failed for good; None of any other."""
    waits: bool = False
    """Whether its take is ready and only has to be brought into its editor's timeline."""
    no_place: str = ""
    """Why its take, which waits, would find no place in the open timeline as it stands."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Takes that are ready for a timeline."""

    timeline: str
    takes: int
    here: bool
    """Whether that timeline is the open one."""
    no_place: int = 0
    """How many of them would find no place in it as it stands."""
    unsaved: int = 0
    """How many of them were placed once, in a file that was not saved since."""
    undone: int = 0
    """How many more an undo has taken away: offered, and not counted as waiting."""


@dataclass(frozen=True, slots=True)
class ShownEdit:
    """The timeline, and how it stands with its file."""

    kind: Literal["otio", "resolve", "blender"]
    title: str
    path: str
    """Of the file; of an editor's timeline empty."""
    revision: int
    """Of the edit document."""
    unsaved: int = 0
    """Changes that are not in the file."""
    changed_outside: bool = False
    """Whether another program wrote the file since it was opened."""
    gone: bool = False
    """Whether the file, or the editor's timeline, is not there."""
    held: bool = True
    """Whether a file that is gone can be written again."""
    saves_to: str = ""
    """What saving writes; empty where it has to be said."""
    why_not: str = ""
    """Why saving needs another name; empty where it does not."""
    suggested: str = ""
    """A path for another name."""
    notes: tuple[str, ...] = ()
    """What a person should know of it, each a sentence: takes that find no clip, for one."""
    trouble: Said | None = None
    """What keeps the timeline from being read."""


@dataclass(frozen=True, slots=True)
class Making:
    """Something that is made for looking only, such as a comparison."""

    what: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Saved:
    path: str
    kept: str
    """Where the file as it was before lies; empty where there was none."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownStyle:
    name: str
    title: str
    revision: int
    place: str
    """timeline, user or shipped."""
    prompt: str
    """Its template; `{prompt}` stands for a person's own words."""
    fields: Mapping[str, str]
    """Each with what it is where nobody says another."""
    settings: Mapping[str, Any]
    """In the words of a plan's request."""
    needs_prompt: bool
    about: str = ""
    recent: bool = False
    """Whether one of the newest jobs was made with it."""


@dataclass(frozen=True, slots=True)
class SettingsAgain:
    """How a take was made, to be asked for again."""

    settings: Mapping[str, Any]
    """In the words of a plan's request; the prompt as it was sent, a style's words in it."""
    note: str


@dataclass(frozen=True, slots=True)
class State:
    revision: int
    now: float
    """Seconds since 1970, of the clock that the jobs' times are of."""
    editor: Editor | None
    """Of DaVinci Resolve or Blender; None for a timeline file."""
    chosen: Chosen | None
    jobs: tuple[ShownJob, ...]
    waiting: tuple[Waiting, ...]
    trouble: Said | None
    """What keeps the jobs from being read."""
    provider: str
    """The service of this machine's settings."""
    edit: ShownEdit | None = None
    making: tuple[Making, ...] = ()
    audience: str = ""
    """Where a plate goes with this machine's settings, and who could read it there."""
    public: bool = False
    """Whether anybody who knows an address could read it there."""
    uploader: str = ""
    """The uploader of this machine's settings, without what may be a secret."""
