"""Takes in the draft of a timeline file, and what a test reads of them and of the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from edited_timelines import clip, read, take_for, write
from newtake.bootstrap.drafts import Draft, open_draft
from newtake.domain.clip import Clip
from otio_newtake.addresses import locate
from otio_newtake.host import OtioHost
from otio_newtake.marks import url_of


def written_edit(folder: Path) -> Path:
    """A timeline of the clips a, b and c, the one that is worked on."""
    path = folder / "edit.otio"
    write(path, clip("a", 10, 48), clip("b", 20, 24), clip("c", 0, 72))
    return path


async def opened(edit: Path) -> Draft:
    return await open_draft(edit, edit.parent.parent / "home")


async def named(host: OtioHost, name: str) -> Clip:
    return next(each for each in await host.clips() if each.name == name)


async def with_take(draft: Draft, name: str = "a", label: str = "job/1") -> OtioHost:
    host = OtioHost(draft.target)
    folder = draft.target.output.with_name(f"{draft.target.output.stem}_takes")
    await host.add_take(take_for(await named(host, name), folder, label))
    return host


def told(timeline: Any) -> list[Any]:
    """Everything that a run decides of a timeline's clips, without the ids that it makes up."""
    rows: list[Any] = []
    for each in timeline.find_clips():
        references = {
            key: (url_of(one), one.available_range, one.name, json.dumps(mark(one), default=str))
            for key, one in each.media_references().items()
        }
        own = {name: value for name, value in mark(each).items() if name != "clip_id"}
        rows.append(
            (each.name, each.source_range, each.active_media_reference_key, own, references)
        )
    return rows


def mark(thing: Any) -> dict[str, Any]:
    return dict(thing.metadata.get("newtake", {}))


def paths(timeline: Path) -> list[Path]:
    """Of every media reference, as they lie on this machine."""
    return [
        path
        for each in read(timeline).find_clips()
        for one in each.media_references().values()
        if (path := locate(url_of(one), timeline.parent, Path.exists).path) is not None
    ]


def takes_in(timeline: Path) -> dict[str, list[str]]:
    """Clip -> the labels of its takes, as plain OpenTimelineIO reads them."""
    return {
        each.name: [mark(one)["label"] for one in each.media_references().values() if mark(one)]
        for each in read(timeline).find_clips()
    }
