"""What the page may ask, word by word; anything else is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from newtake.domain.choices import (
    Cadence,
    Codec,
    Continuity,
    Duration,
    Partial,
    ProviderName,
    Resolution,
    Strength,
)
from newtake.domain.edit_rules import PROMPT_MAX_CHARACTERS
from newtake.domain.files import Layout, Profile

Id = Annotated[str, StringConstraints(max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]
Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=4)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
"""A clip's or a take's, as the edit document has it."""
StyleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""Never a file: what a page names lies where styles lie."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
PlateUploader = Annotated[
    str,
    StringConstraints(
        max_length=4096, pattern=r"^(workbench|repository:[^/:\s]+/[^/:\s]+|put:\S+)$"
    ),
]
"""Never a command: what is run on this machine is said in its settings, and by no page."""
FieldName = Annotated[str, StringConstraints(max_length=32, pattern=r"^[a-z][a-z0-9_]*$")]
FieldValue = Annotated[str, StringConstraints(max_length=PROMPT_MAX_CHARACTERS)]
RecordFrame = Annotated[int, Field(ge=0, le=1 << 40)]
CLIPS_MOST = 10_000
RANGES_MOST = 1000


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LookRequest(_Request):
    """Which clips are chosen now, and how they are to be chosen from now on."""

    how: Literal["auto", "selection", "marks", "colour", "playhead", "markers", "preview"] = "auto"
    colour: Annotated[str, StringConstraints(max_length=20, pattern=r"^[A-Za-z ]*$")] = ""

    @property
    def word(self) -> str:
        """As `newtake resolve restyle --select` has it."""
        return f"colour:{self.colour}" if self.how == "colour" else self.how


class PlanRequest(_Request):
    """How which clips should look. What is None is not said: the style says it, or the rule."""

    clips: Annotated[tuple[Key, ...], Field(max_length=CLIPS_MOST)] = ()
    ranges: Annotated[
        tuple[tuple[RecordFrame, RecordFrame], ...], Field(max_length=RANGES_MOST)
    ] = ()
    """Record frames, half-open. Neither clips nor ranges: what is chosen in the editor."""
    track: Annotated[str, StringConstraints(pattern=r"^[VAT][0-9]{1,4}$")] | None = None
    """Narrows ranges to one track."""
    prompt: Annotated[str, StringConstraints(max_length=PROMPT_MAX_CHARACTERS)] = ""
    style: StyleName | None = None
    fields: dict[FieldName, FieldValue] = Field(default_factory=dict)
    """Values for the style's fields."""
    resolution: Resolution | None = None
    duration: Duration | None = None
    edit_strength: Strength | None = None
    auto_controls: bool | None = None
    hdr: bool | None = None
    exr_export: bool | None = None
    variations: Annotated[int, Field(ge=1, le=4)] | None = None
    first_frame: Sha256 | None = None
    """The id of a picture that was given before."""
    partial: Partial = "split"
    handles: Annotated[int, Field(ge=0, le=9999)] | None = None
    cadence: Cadence | None = None
    continuity: Continuity | None = None
    from_render: bool = False
    provider: ProviderName | None = None
    uploader: PlateUploader | None = None
    """None is what this machine's settings say, a command included."""
    fetch_url: Annotated[str, StringConstraints(max_length=4096)] | None = None
    """With `put:`, where the file is read again."""
    lut: Annotated[str, StringConstraints(max_length=4096)] | None = None
    """A .cube file of this machine."""
    codec: Codec = "auto"
    layout: Layout | None = None
    """Of a timeline file only, as `profile`."""
    profile: Profile | None = None

    @property
    def chosen_here(self) -> bool:
        """Whether the page says which clips are meant."""
        return bool(self.clips or self.ranges)


class RestyleRequest(_Request):
    """Carry out a plan that was shown, for the price that was shown with it."""

    plan: Id
    price: Money | None
    """None: the plan said that it is not known, and the person goes on without knowing it."""
    budget: Money | None = None
    agree_public: bool = False
    again: bool = False


class CancelRequest(_Request):
    job: Id


class ResumeRequest(_Request):
    """Go on with a job. What is submitted by that costs `price`; None where nothing is."""

    job: Id
    price: Money | None = None
    agree_public: bool = False
    where_it_was: bool = False
    """Place its take on its own where the clip was, should that be gone or not take it."""


class SettleRequest(_Request):
    """What became of a submission that was not found, as a person knows it."""

    job: Id
    submission: Id | None = None
    """As the service lists it."""
    not_sent: bool = False

    @model_validator(mode="after")
    def _one_word(self) -> SettleRequest:
        if (self.submission is not None) == self.not_sent:
            raise ValueError("say which submission it is, or that nothing was sent")
        return self


class LookUpRequest(_Request):
    job: Id


class TakeChangeRequest(_Request):
    clip: Key
    what: Literal["use", "star", "unstar", "remove"]
    take: Key


class TakesRequest(_Request):
    """Changes of takes, in the order in which they are made: all of them or none."""

    changes: Annotated[tuple[TakeChangeRequest, ...], Field(min_length=1, max_length=CLIPS_MOST)]


class AgainRequest(_Request):
    """The settings that a take was made with."""

    clip: Key
    take: Key


class AboutRequest(_Request):
    """What is known of how a take was made."""

    clip: Key
    take: Key


class RevealRequest(_Request):
    """Show a take's file in the system's file manager."""

    clip: Key
    take: Key


class SaveRequest(_Request):
    """Write the timeline's file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    to: Annotated[str | None, Field(validation_alias="as", max_length=4096)] = None
    """The path of another file, which is the page's from then on; None is its own."""
    replace: bool = False
    """Whether a file that is there already may be replaced."""
    even_if_changed: bool = False
    """Whether the file may be written over though another program has changed it."""


class ReloadRequest(_Request):
    """Read the timeline's file anew."""


class CollectRequest(_Request):
    """Give the open timeline the takes that wait for it."""


class HandOverRequest(_Request):
    """End, in favour of the one that asks: it has a way to Resolve, and this one has lost its."""
