"""The looks of a plan for a person: each with a letter, where there are several, and in words."""

from __future__ import annotations

from pathlib import PurePath
from string import ascii_uppercase

from newtake.domain.edit import EditSettings
from newtake.pipeline.planned import Plan, PlannedClip


class Looks:
    """Letters for the looks of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.all = plan.looks or (plan.settings,)
        self._places = {look: place for place, look in enumerate(self.all)}
        self._of_clip = {
            (entry.clip.key, entry.clip.record): entry.order.settings
            for entry in plan.entries
            if entry.order is not None
        }

    @property
    def differ(self) -> bool:
        """Whether there are several; one needs no letter."""
        return len(self.all) > 1

    def of(self, entry: PlannedClip) -> str:
        """The letter of the look of a clip that gets a take; "" for another clip."""
        made = entry.same_as or entry.clip
        look = self._of_clip.get((made.key, made.record))
        if look is None:
            return ""
        return self.letter(look)

    def letter(self, look: EditSettings) -> str:
        """A to Z, then AA to AZ and on."""
        place, text = self._places[look] + 1, ""
        while place:
            place, rest = divmod(place - 1, 26)
            text = ascii_uppercase[rest] + text
        return text


def look_text(settings: EditSettings) -> str:
    """A look in words: the whole prompt, and everything that was set."""
    strength = settings.edit_strength or ("auto controls" if settings.auto_controls else "default")
    first = settings.first_frame
    extras = "".join(
        f", {text}"
        for on, text in (
            (settings.hdr, "HDR"),
            (settings.exr_export, "EXR"),
            (settings.variations > 1, f"{settings.variations} variations"),
            (settings.duration != "auto", f"{settings.duration} bought"),
            (settings.handles, f"handles of {settings.handles}"),
            (first, f"first frame {_image(first or '')}"),
        )
        if on
    )
    style = settings.style
    worn = f"style {style.name} revision {style.revision}, " if style is not None else ""
    return f"'{settings.prompt}' ({worn}{settings.resolution}, strength {strength}{extras})"


def _image(first: str) -> str:
    # An address may hold a signature.
    return "from an address" if "://" in first else PurePath(first).name
