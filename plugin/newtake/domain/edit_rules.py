"""The rules between the settings of an edit, as data: what refuses an edit is shown by forms, too.

From the model's own page (parameters table), but for the one of handles, which is the plan's. Each
says that while one setting has one of some values, another cannot be asked for; so a form can show
a rule where it bites by the same words that refuse the edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from newtake.domain.choices import (
    DURATIONS,
    RESOLUTIONS,
    STRENGTHS,
    Cadence,
    Continuity,
    Partial,
)
from newtake.domain.first_frame import IMAGE_KINDS, IMAGE_MAX_BYTES, IMAGE_MAX_SIDE_PX

PROMPT_MAX_CHARACTERS = 6000
VARIATIONS_MAX = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """While the setting `when` has one of the values `has`, `refuses` cannot be asked for."""

    name: str
    when: str
    has: tuple[object, ...] | None
    """None: anything that asks for it, see `asked_for`."""
    refuses: str
    text: str
    option: str = ""
    """What the command line has for what is missing."""

    def bites(self, values: Mapping[str, object]) -> bool:
        """Whether it holds for these settings; one that is not among them is not asked for."""
        value = values.get(self.when)
        return asked_for(value) if self.has is None else value in self.has

    @property
    def told(self) -> str:
        """The text, with what the command line has for it."""
        return f"{self.text[:-1]} ({self.option})." if self.option else self.text

    def is_broken(self, values: Mapping[str, object]) -> bool:
        return self.bites(values) and asked_for(values.get(self.refuses))


RULES = (
    Rule(
        "strength or auto controls",
        "auto_controls",
        None,
        "edit_strength",
        "A strength and auto controls exclude each other; choose one.",
    ),
    Rule(
        "HDR needs pixels",
        "resolution",
        ("540p",),
        "hdr",
        "HDR needs a resolution of 720p or 1080p.",
    ),
    Rule("EXR needs HDR", "hdr", (False,), "exr_export", "EXR export needs HDR as well.", "--hdr"),
    Rule(
        "handles or a first frame",
        "first_frame",
        None,
        "handles",
        "Handles and a first-frame image exclude each other: the image is of the clip's first "
        "frame, and a handle would come before it.",
    ),
)


def asked_for(value: object) -> bool:
    """Whether a setting's value asks for something: not None, False, 0 or empty."""
    return bool(value)


def broken_rules(values: Mapping[str, object]) -> list[Rule]:
    """The rules that an edit's settings break, by the names that edits have for them."""
    return [rule for rule in RULES if rule.is_broken(values)]


def rules_document(upload_max_bytes: int = IMAGE_MAX_BYTES) -> dict[str, Any]:
    """What a form has to know of the settings, in plain values.

    Args:
        upload_max_bytes: What the form's own way takes for a picture, if that is less than what the
            model does.
    """
    return {
        "prompt_max": PROMPT_MAX_CHARACTERS,
        "resolutions": list(RESOLUTIONS),
        "durations": ["auto", *DURATIONS],
        "strengths": list(STRENGTHS),
        "cadences": list(get_args(Cadence)),
        "continuities": list(get_args(Continuity)),
        "partials": list(get_args(Partial)),
        "variations": {"min": 1, "max": VARIATIONS_MAX},
        "first_frame": {
            "types": [f"image/{kind.lower()}" for kind in IMAGE_KINDS],
            "bytes_max": min(upload_max_bytes, IMAGE_MAX_BYTES),
            "side_max": IMAGE_MAX_SIDE_PX,
        },
        "rules": [
            {
                "name": rule.name,
                "when": {"field": rule.when, "is": None if rule.has is None else list(rule.has)},
                "refuses": rule.refuses,
                "text": rule.text,
            }
            for rule in RULES
        ],
    }
