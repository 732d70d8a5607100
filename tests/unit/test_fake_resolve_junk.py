"""Whatever a script hands over, the fake Resolve answers with a value and raises nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from newtake.testing.resolve import FakeResolve

JUNK: tuple[Any, ...] = (None, "x", -3, 1.5, [], {}, True, [None], {"FilePath": 3}, [{}], ["/no"])


def objects(fake: FakeResolve) -> Iterator[Any]:
    """One object of every class, and items of unlike kinds."""
    fake.add_timeline()
    media = fake.add_made_media("a")
    fake.add_item(media, duration=10)
    for kind in ("title", "transition", "still"):
        fake.add_item(media if kind == "still" else None, kind=kind, duration=5)
    fake.add_item(media, kind="audio", duration=5)
    resolve = fake.resolve
    project = resolve.GetProjectManager().GetCurrentProject()
    timeline, pool = project.GetCurrentTimeline(), project.GetMediaPool()
    items = timeline.GetItemListInTrack("video", 1) + timeline.GetItemListInTrack("audio", 1)
    yield from (resolve, resolve.GetProjectManager(), resolve.GetMediaStorage(), project)
    yield from (timeline, pool, pool.GetRootFolder(), *pool.GetRootFolder().GetClipList())
    yield from items


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_junk_raises_nothing_and_the_next_call_works(junk: Any) -> None:
    fake = FakeResolve("20.3.2")
    asked = 0

    for one in list(objects(fake)):
        class_name = repr(one).split(" ")[0]
        for name, fact in fake.world.methods[class_name].items():
            if name in ("Quit", "CreateProject") or not fact.most:
                continue
            getattr(one, name)(*[junk] * min(fact.most, 6))
            asked += 1

    assert asked > 200
    assert fake.resolve.GetProductName() == "DaVinci Resolve Studio"
    assert fake.violations == []
