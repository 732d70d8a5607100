"""The settings of a job that failed for good, to begin another one with."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import PurePath

from newtake.domain.job import Job
from newtake.shells.panel.answers import OnceMore

_WORDS = (
    "prompt", "resolution", "duration", "edit_strength", "auto_controls", "hdr", "exr_export",
    "variations", "handles",
)  # fmt: skip
_KEPT = re.compile(r"[0-9a-f]{64}")
"""The name of a first-frame picture that the page has kept is its id."""


def once_more(job: Job) -> OnceMore:
    order = job.order
    asked = asdict(order.settings)
    settings = {name: asked[name] for name in _WORDS}
    settings |= {"style": None, "first_frame": None, "provider": order.provider}
    settings["from_render"] = order.clip.rendered is not None
    notes = ["The settings of the job that failed."]
    if order.clip.whole is not None:
        notes.append("It was made of a part of its clip; mark that part if it is meant.")
    if (image := order.settings.first_frame) is not None:
        kept = PurePath(image).stem
        if _KEPT.fullmatch(kept):
            settings["first_frame"] = kept
        else:
            notes.append(f"Its first-frame image is to be given anew: {image}")
    price = order.price.usd
    return OnceMore(settings, None if price is None else str(price), " ".join(notes))
