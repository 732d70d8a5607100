"""What the page may ask, word by word; anything else is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from newtake.domain.choices import ProviderName, Resolution, Strength
from newtake.domain.edit_rules import PROMPT_MAX_CHARACTERS

Id = Annotated[str, StringConstraints(max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]
Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=4)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StateRequest(_Request):
    """What is new since `seen`, waited for up to `wait` seconds."""

    seen: Annotated[int, Field(ge=-1)] = -1
    wait: Annotated[float, Field(ge=0, le=25)] = 0


class LookRequest(_Request):
    """Which clips are chosen now, and how they are to be chosen from now on."""

    how: Literal["auto", "selection", "marks", "colour", "playhead", "markers"] = "auto"
    colour: Annotated[str, StringConstraints(max_length=20, pattern=r"^[A-Za-z ]*$")] = ""

    @property
    def word(self) -> str:
        """As `newtake resolve restyle --select` has it."""
        return f"colour:{self.colour}" if self.how == "colour" else self.how


class PlanRequest(_Request):
    """How the chosen clips should look."""

    prompt: Annotated[str, StringConstraints(max_length=PROMPT_MAX_CHARACTERS)] = ""
    resolution: Resolution = "540p"
    edit_strength: Strength | None = None
    auto_controls: bool = False
    hdr: bool = False
    exr_export: bool = False
    variations: Annotated[int, Field(ge=1, le=4)] = 1
    from_render: bool = False
    provider: ProviderName | None = None


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


class CollectRequest(_Request):
    """Give the open timeline the takes that wait for it."""


class HandOverRequest(_Request):
    """End, in favour of the one that asks: it has a way to Resolve, and this one has lost its."""
