"""The whole Resolve flow, frame for frame: select, plan, export, restyle, conform, relink.

Real are the installed command, the bridge as its child, and ffmpeg; the fake Resolve is a process
of its own, and the service is the sandbox over HTTP, which copies pictures, so that the numbers
drawn into them come back. What is covered by what (`resolve_walks`):

- Every version meets every case: one clip, three, a marked part, HDR with EXR, `--from render`.
- Every version and every case meet each of 24, 25 and 29.97 drop-frame, and both start timecodes,
  01:00:00:00 and 10:00:00:00; every rate begins at both.
- Clips are chosen by GetSelectedClips where it is, and by marks, clip colour, markers and playhead.
- Items begin within media whose timecode is not zero; two of three at frames where
  GetSourceStartFrame is one too small.
- Of each project everything is compared before and after: grade, versions, names, linked sound,
  markers, other items, bins, the current bin, page, timeline, playhead and marks.
- Every call that was made in all this is looked for in the vendor's documents and in PyPI's stubs.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from newtake.testing.resolve import RecordedCall
from newtake.testing.resolve.process import FakeResolveProcess
from resolve_signatures import NEWER_THAN_THE_STUBS, Documents
from resolve_walks import (
    CASES,
    CLOCKS,
    CUTS,
    HEADINGS,
    VERSIONS,
    Outcome,
    build,
    sandbox_inside,
    take,
    walks_of,
)


# Five walks of several seconds of work each, and test machines are seldom idle.
@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_frame_of_every_take_is_in_its_slot(
    version: str, tmp_path: Path, show_table: Callable[[str], None]
) -> None:
    outcomes: list[Outcome] = []
    with (
        sandbox_inside(tmp_path / "service") as sandbox,
        FakeResolveProcess.start(tmp_path / "resolve", version=version) as fake,
    ):
        for walk in walks_of(version):
            scene = build(walk, tmp_path / walk.case, fake, sandbox.base_url)
            outcomes.append(take(walk, scene, sandbox))
        assert (fake.violations, fake.bad_arguments, fake.unmodelled_calls) == ([], [], [])
    show_table("\n".join((HEADINGS, *(one.row for one in outcomes))))

    assert [one.errors for one in outcomes] == [0] * len(CASES)
    calls = [call for one in outcomes for call in one.calls]
    assert Documents.read().complaints(calls) == []
    assert {one.method for one in calls} > {"AddTake", "SelectTakeByIndex", "AppendToTimeline"}
    if version != "18.6":
        slipped = {call.value for call in calls if call.method == "GetSourceStartFrame"}
        assert {cut.source_start - cut.source_start % 2 for cut in CUTS} <= slipped


def test_the_walks_cover_what_they_say() -> None:
    walks = [walk for version in VERSIONS for walk in walks_of(version)]

    assert {(w.version, w.case) for w in walks} == set(product(VERSIONS, CASES))
    assert {(w.rate, w.start) for w in walks} == set(CLOCKS)
    rates, starts = ({clock[place] for clock in CLOCKS} for place in (0, 1))
    assert {(w.case, w.rate) for w in walks} == set(product(CASES, rates))
    assert {(w.version, w.rate) for w in walks} == set(product(VERSIONS, rates))
    assert {(w.case, w.start) for w in walks} == set(product(CASES, starts))
    assert {(w.version, w.start) for w in walks} == set(product(VERSIONS, starts))
    assert {w.way for w in walks} == {"selection", "marks", "markers", "colour", "playhead"}


@pytest.mark.parametrize(
    ("class_name", "method", "arguments", "version", "word"),
    [
        ("TimelineItem", "RazorAt", 1, "21.1", "is in no document"),
        ("Timeline", "GetSelectedClips", 0, "21.0", "is not in the document of 21.0"),
        ("Timeline", "GetSetting", 1, "21.1", "is not in the document of 21.1"),
        ("TimelineItem", "SelectTakeByIndex", 2, "20", "takes 1 to 1 arguments, not 2"),
        ("TimelineItem", "SetFades", 1, "21.1", "is not in the stubs"),
    ],
)
def test_a_call_that_is_documented_nowhere_is_found(
    class_name: str, method: str, arguments: int, version: str, word: str
) -> None:
    call = RecordedCall(class_name, method, (0,) * arguments, version)

    (complaint,) = Documents.read().complaints([call])

    assert word in complaint


def test_what_is_newer_than_the_stubs_is_not_in_them() -> None:
    stubs = Documents.read().stubs

    names = {f"{name}.{method}" for name, methods in stubs.items() for method in methods}
    assert names.isdisjoint(NEWER_THAN_THE_STUBS)
