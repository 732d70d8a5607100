"""What the user asks of the model, and the rules the service puts on it.

The rules come from the model's own page (parameters table) and are checked here before anything is
uploaded; the live schema, when it can be had, is checked on top by `schema_problems`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from newtake.domain.choices import DURATIONS, MODEL, RESOLUTIONS, STRENGTHS
from newtake.domain.edit_rules import PROMPT_MAX_CHARACTERS, VARIATIONS_MAX, broken_rules
from newtake.domain.style import StyleStamp


@dataclass(frozen=True, slots=True)
class EditSettings:
    """One edit as asked for. `duration` "auto" is decided by the plan, never sent."""

    prompt: str
    resolution: str = "540p"
    duration: str = "auto"
    edit_strength: str | None = None
    auto_controls: bool | None = None
    hdr: bool = False
    exr_export: bool = False
    first_frame: str | None = None
    """Path of an image on this machine, or an https URL of one."""
    variations: int = 1
    model: str = MODEL
    handles: int = 0
    """Media frames that the take has to have on each side of the clip, at least. Never sent."""
    style: StyleStamp | None = None
    """Which style the prompt and the settings came from. Never sent."""

    @property
    def sent(self) -> EditSettings:
        """Without a style's name and handles: a style sends words, whoever wrote them, and handles
        are judged by the plate's frames."""
        return replace(self, style=None, handles=0)


def settings_problems(settings: EditSettings) -> list[str]:
    """Every rule of the service that the settings break, each as a sentence; empty when none."""
    problems = []
    if not settings.prompt.strip():
        problems.append("The prompt is empty.")
    if len(settings.prompt) > PROMPT_MAX_CHARACTERS:
        problems.append(
            f"The prompt has {len(settings.prompt)} characters; the model reads at most "
            f"{PROMPT_MAX_CHARACTERS}."
        )
    controls = sorted({each for each in settings.prompt if each < " " or "\x7f" <= each <= "\x9f"})
    if wrong := [f"U+{ord(each):04X}" for each in controls if each not in "\t\n\r"]:
        problems.append(f"The prompt holds control characters: {', '.join(wrong)}.")
    if settings.resolution not in RESOLUTIONS:
        problems.append(_one_of("resolution", settings.resolution, RESOLUTIONS))
    if settings.duration not in ("auto", *DURATIONS):
        problems.append(_one_of("duration", settings.duration, ("auto", *DURATIONS)))
    if settings.edit_strength is not None and settings.edit_strength not in STRENGTHS:
        problems.append(_one_of("edit_strength", settings.edit_strength, STRENGTHS))
    values = {each.name: getattr(settings, each.name) for each in fields(settings)}
    problems.extend(rule.told for rule in broken_rules(values))
    if settings.handles < 0:
        problems.append(f"{settings.handles} handles were asked for; it is a number of frames.")
    if not 1 <= settings.variations <= VARIATIONS_MAX:
        problems.append(
            f"{settings.variations} variations asked; the service makes 1 to {VARIATIONS_MAX}."
        )
    return problems


def wire_parameters(settings: EditSettings, duration: str) -> dict[str, Any]:
    """The request's fields as the service names them, without the two input URLs.

    Args:
        settings: Settings without problems.
        duration: The tier the plan chose, "5s" or "10s".
    """
    body: dict[str, Any] = {
        "model": settings.model,
        "prompt": settings.prompt,
        "resolution": settings.resolution,
        "duration": duration,
    }
    if settings.edit_strength is not None:
        body["edit_strength"] = settings.edit_strength
    if settings.auto_controls is not None:
        body["auto_controls"] = settings.auto_controls
    if settings.hdr:
        body["hdr"] = True
    if settings.exr_export:
        body["exr_export"] = True
    return body


def schema_problems(parameters: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """What the live schema would refuse: values outside an `enum`, unknown fields, missing ones.

    Only what a JSON schema says plainly is judged; anything else is the service's business.
    """
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return []
    problems = []
    for name, value in parameters.items():
        if name == "model":
            continue
        rule = properties.get(name)
        if rule is None:
            problems.append(f"The model no longer knows {name}.")
            continue
        allowed = rule.get("enum") if isinstance(rule, Mapping) else None
        if isinstance(allowed, list) and value not in allowed:
            problems.append(_one_of(name, value, [str(each) for each in allowed]))
    return problems


@dataclass(frozen=True, slots=True)
class Limits:
    """What the model takes and gives: its own frame grid and the lengths it sells."""

    rate: Fraction = Fraction(24)
    tiers: Mapping[str, int] = field(default_factory=lambda: {"5s": 120, "10s": 240})
    """Duration word -> frames of a plate."""
    upload_max_bytes: int = 200_000_000
    short_side: Mapping[str, int] = field(
        default_factory=lambda: {"540p": 540, "720p": 720, "1080p": 1080}
    )
    """Resolution word -> pixels of the picture's shorter side."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one edit costs, and who says so. `usd` None: not known before the run."""

    usd: Decimal | None
    basis: str


def total_price(prices: Sequence[Price]) -> Price:
    """The sum, with every basis that a price of it has, each once; unknown as soon as one is."""
    known = [price.usd for price in prices if price.usd is not None]
    if len(known) < len(prices):
        return Price(None, "the price of some clips is not known")
    bases = dict.fromkeys(price.basis for price in prices)
    return Price(sum(known, Decimal(0)), "; ".join(bases) or "nothing to submit")


_UPSTREAM_USD_PER_5S = {
    ("540p", "sdr"): "0.72",
    ("720p", "sdr"): "1.08",
    ("1080p", "sdr"): "2.16",
    ("720p", "hdr"): "2.16",
    ("1080p", "hdr"): "4.32",
    ("720p", "exr"): "3.24",
    ("1080p", "exr"): "6.48",
}


def upstream_list_price(settings: EditSettings, duration: str) -> Price:
    """The upstream vendor's list price (fal's table for this model), times the variations."""
    kind = "exr" if settings.exr_export else "hdr" if settings.hdr else "sdr"
    text = _UPSTREAM_USD_PER_5S.get((settings.resolution, kind))
    if text is None:
        return Price(None, "no price is published for these settings")
    usd = Decimal(text) * (2 if duration == "10s" else 1) * settings.variations
    return Price(usd, "upstream list price; Oxen's own may differ")


def _one_of(name: str, value: object, allowed: tuple[str, ...] | list[str]) -> str:
    return f"{name} is {value!r}; it must be one of {', '.join(allowed)}."
