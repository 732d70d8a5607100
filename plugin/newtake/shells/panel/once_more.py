"""The settings of a job that failed for good, to begin another one with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from newtake.domain.events import Order
from newtake.domain.job import Job
from newtake.shells.panel.answers import OnceMore

_WORDS = (
    "prompt", "resolution", "duration", "edit_strength", "auto_controls", "hdr", "exr_export",
    "variations", "handles",
)  # fmt: skip
_KEPT = re.compile(r"[0-9a-f]{64}")
"""The name of a first-frame picture that the page has kept is its id."""

_UNSAID = {
    "put": "Its plate went to an address that is not kept; say it again if it is meant.",
    "command": "Its plate was uploaded by a command; now it goes as the settings say.",
}
"""By the word of an uploader: what follows it may be a secret, and is not journalled."""


def once_more(job: Job, family: Sequence[Job] = ()) -> OnceMore:
    """What the job was asked for, in the words of a plan's request.

    Args:
        job: One that failed for good.
        family: The jobs of all parts of its clip, where it has parts.
    """
    order = job.order
    asked = asdict(order.settings)
    settings = {name: asked[name] for name in _WORDS}
    settings |= {"style": None, "first_frame": None, "provider": order.provider}
    settings |= _ways([each.order for each in family] or [order])
    notes = ["The settings of the job that failed."]
    if order.clip.whole is not None:
        notes.append("It was made of a part of its clip; mark that part if it is meant.")
    if (image := order.settings.first_frame) is not None:
        kept = PurePath(image).stem
        if _KEPT.fullmatch(kept):
            settings["first_frame"] = kept
        else:
            notes.append(f"Its first-frame image is to be given anew: {image}")
    if order.uploader in _UNSAID:
        notes.append(_UNSAID[order.uploader])
    price = order.price.usd
    return OnceMore(settings, None if price is None else str(price), " ".join(notes))


def _ways(orders: Sequence[Order]) -> dict[str, Any]:
    """How its frames were sent and its takes written."""
    order = orders[0]
    inside = [each.part for each in orders if each.part is not None and each.part.lead]
    ways: dict[str, Any] = {
        "from_render": order.clip.rendered is not None,
        "cadence": order.plate.cadence,
        # Only parts of one shot can carry on.
        "continuity": "parallel" if inside and not any(p.carries for p in inside) else "carry",
        "partial": "cut-in" if order.take_range is not None else "split",
        "lut": None if order.lut is None else str(order.lut.path),
        "codec": order.codec,
        "uploader": None if order.uploader in _UNSAID else order.uploader,
    }
    if order.host.kind == "otio":
        ways |= {"layout": order.host.layout.value, "profile": order.host.profile.value}
    return ways
