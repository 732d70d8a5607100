"""The styles that a page offers, those of the newest jobs first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from newtake.bootstrap.styles import style_folders
from newtake.domain.job import Job
from newtake.shells.panel.desk import ShownStyle

RECENT = 5
_OF_FILES = "first_frame"
"""A setting that names a file: the page names pictures by ids, and a style's own one is used
where the page says none."""


def styles_of(beside: Path | None, jobs: Iterable[Job]) -> list[ShownStyle]:
    """Each style that can be named; one that is not right, or is hidden by another, is left out.

    Args:
        beside: The folder of the timeline; None where that is no file.
        jobs: Of the journal.
    """
    recent = recent_names(jobs)
    shown = [
        ShownStyle(
            name=style.name,
            title=style.title,
            revision=style.revision,
            place=found.place,
            prompt=style.prompt,
            fields=dict(style.fields),
            settings={name: value for name, value in style.settings.items() if name != _OF_FILES},
            needs_prompt=style.needs_prompt,
            about=style.about,
            recent=style.name in recent,
        )
        for found in style_folders(beside).all()
        if (style := found.style) is not None and not found.hidden
    ]
    order = {name: place for place, name in enumerate(recent)}
    return sorted(shown, key=lambda each: order.get(each.name, len(order)))


def recent_names(jobs: Iterable[Job]) -> list[str]:
    """The styles of the newest jobs, the newest first, each once."""
    names: dict[str, None] = {}
    for job in sorted(jobs, key=lambda each: -each.created_at):
        if (style := job.order.settings.style) is not None:
            names.setdefault(style.name)
        if len(names) == RECENT:
            break
    return list(names)
