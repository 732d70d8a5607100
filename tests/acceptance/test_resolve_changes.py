"""What an editor does in Resolve while takes are made, and what becomes of the takes."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from newtake.testing.resolve.process import FakeResolveProcess
from numbered_media import numbers_in
from resolve_scenes import Cut, ResolveScene, resolve_scene
from services import PATIENCE_SECONDS

LOOK = ("--prompt", "a charcoal sketch")
RENDERS = ("--look", "copy", "--fault", "render:delay=3")
LENGTH, FIRST = 24, 100
MOVED, RAISED, TRIMMED, LENGTHENED, DELETED, RETIMED = range(6)


@contextmanager
def rendering(scene: ResolveScene, *chosen: object) -> Iterator[list[Any]]:
    """The time in which the service renders; afterwards the list holds the command's document."""
    document: list[Any] = []
    process = scene.start("resolve", "restyle", *LOOK, *chosen, "--yes", "--json")
    until = time.monotonic() + PATIENCE_SECONDS
    while not scene.submissions():
        assert time.monotonic() < until, "nothing was submitted"
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    assert scene.fake.count("ImportMedia") == 0
    yield document
    document.append(document_of(process))


def document_of(process: subprocess.Popen[str]) -> Any:
    out, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode in (0, 1), errors
    return json.loads(out)


def outcome(job: dict[str, Any]) -> tuple[str, str]:
    """Where the take of a job is, and what was said of it."""
    assert job["status"] == "done", job
    (rendition,) = job["renditions"]
    return rendition["place"], "; ".join(rendition["place_notes"])


def test_clips_that_are_edited_meanwhile_are_followed_or_their_takes_kept(tmp_path: Path) -> None:
    cuts = [Cut(FIRST + track, LENGTH, track) for track in range(1, 7)]
    with resolve_scene(tmp_path, cuts, frames=300) as scene:
        fake, items = scene.fake, scene.items
        start = fake.item(items[0])["start"]
        # All takes are ready before the first comes in.
        fake.on_call("GetCurrentFolder", "dialog")
        left = scene.document("resolve", "restyle", *LOOK, "--all", "--yes", code=1)
        assert {job["step"] for job in left["jobs"]} == {"relink"}
        fake.close_dialog()
        fake.save_project()

        fake.move_item(items[MOVED], start + 50)
        fake.move_item(items[RAISED], start + 200, track=1)
        fake.trim_item(items[TRIMMED], head=-3, tail=5)
        fake.trim_item(items[LENGTHENED], tail=-110)
        fake.delete_item(items[DELETED])
        fake.change_item(items[RETIMED], speed="2")
        edited = {each["id"]: each for each in fake.items()}
        document = scene.document("resolve", "collect")

        jobs = sorted(document["jobs"], key=lambda job: int(job["clip_index"]))
        told = [outcome(job) for job in jobs]
        assert [place for place, _ in told] == ["take"] * 3 + ["bin"] * 3
        assert "50 frames later" in told[MOVED][1]
        assert "moved from V2 to V1" in told[RAISED][1]
        assert "handles cover it" in told[TRIMMED][1]
        assert "trimmed beyond the take" in told[LENGTHENED][1]
        assert "gone from the timeline" in told[DELETED][1]
        assert "retimed" in told[RETIMED][1]

        now = {each["id"]: each for each in fake.items()}
        assert list(now) == list(edited)
        for at in (MOVED, RAISED, TRIMMED):
            item = now[items[at]]
            assert (item["selected_take"], len(item["takes"])) == (2, 2)
            assert same_place(item, edited[items[at]])
            first, *_, last = scene.meant(at)
            head, tail = (-3, 5) if at == TRIMMED else (0, 0)
            assert scene.shown(items[at]) == list(range(first + head, last + 1 - tail))
        for at in (LENGTHENED, RETIMED):
            assert now[items[at]] == {**edited[items[at]], "color": "", "markers": []}
        assert all((each["color"], each["markers"]) == ("", []) for each in now.values())
        kept = fake.bins()["New Take/Reel 1"]
        assert len(kept) == scene.submissions() == 6
        assert all(exact(fake, media) for media in kept)

        fake.revert_project()
        check_brought_back(scene, [job["id"] for job in jobs])
        check_given_to_a_duplicate(scene, jobs[MOVED]["id"])
        assert scene.submissions() == 6
        assert fake.violations == []


def check_brought_back(scene: ResolveScene, jobs: list[str]) -> None:
    """A project that was not saved with its takes gets them back: those that never were in a clip
    as all that waits, the others when asked for, since somebody may have removed them."""
    plan = scene.document("resolve", "plan", *LOOK, "--clip", "1")
    (note,) = [each for each in plan["notes"] if "made with these settings already" in each]
    assert f"which the clip has not; `newtake resolve collect {jobs[MOVED]}` brings it in" in note
    stopped = scene.document("resolve", "restyle", *LOOK, "--clip", "1", "--yes", code=2)
    assert (stopped["error"], f"collect {jobs[MOVED]}`" in stopped["next"]) == ("Repeat", True)
    refused = scene.document("jobs", "resume", jobs[MOVED], code=2)
    assert f"`newtake resolve collect {jobs[MOVED]}`" in refused["next"]

    first = scene.document("resolve", "collect")
    assert [each["id"] for each in first["jobs"]] == jobs[LENGTHENED:]
    assert [each["job"] for each in first["lacking"]] == jobs[:LENGTHENED]
    one = scene.document("resolve", "collect", jobs[RAISED])
    assert [each["id"] for each in one["jobs"]] == [jobs[RAISED]]
    told = scene.newtake("resolve", "collect").stdout
    # Which number a take gets is decided by which of the jobs comes first.
    assert f" of job {jobs[MOVED]} is made and not in this timeline" in told
    assert f"`newtake resolve collect {jobs[MOVED]}` brings it in, unpaid" in told
    assert "`newtake resolve collect --all` brings in all 2" in told
    rest = scene.document("resolve", "collect", "--all")
    assert ([each["id"] for each in rest["jobs"]], rest["lacking"]) == (
        [jobs[MOVED], jobs[TRIMMED]],
        [],
    )
    again = scene.document("resolve", "collect", jobs[RAISED], code=2)
    assert "The timeline has it already" in again["why"]

    for at, item in enumerate(scene.items):
        now = scene.fake.item(item)
        assert (now["selected_take"], len(now["takes"]), now["color"]) == (2, 2, "")
        assert scene.shown(item) == scene.meant(at)
    assert len(scene.fake.bins()["New Take/Reel 1"]) == 6


def check_given_to_a_duplicate(scene: ResolveScene, job: str) -> None:
    """A timeline that was duplicated while a take was made is told of it, and gets it unpaid."""
    first = scene.fake.timeline()["id"]
    scene.fake.add_timeline("Reel 1 v2", rate="25")
    cut = scene.cuts[MOVED]
    item = scene.fake.add_item(
        scene.media, source_start=cut.source_start, duration=cut.duration, track=cut.track
    )
    plan = scene.document("resolve", "plan", *LOOK, "--clip", "1")
    (note,) = [each for each in plan["notes"] if "made with these settings already" in each]
    assert "in the timeline Reel 1 of Feature" in note
    assert f"`newtake resolve collect {job}` brings it in, unpaid" in note
    named = scene.document("resolve", "collect")
    assert (named["jobs"], [each["job"] for each in named["lacking"]]) == ([], [job])
    given = scene.document("resolve", "collect", job)
    assert [each["status"] for each in given["jobs"]] == ["done"]
    assert scene.shown(item) == scene.meant(MOVED)
    scene.fake.switch_timeline(first)
    assert scene.shown(scene.items[MOVED]) == scene.meant(MOVED)
    assert scene.document("resolve", "collect")["lacking"] == []


def same_place(one: dict[str, Any], other: dict[str, Any]) -> bool:
    facts = ("track", "start", "duration", "properties", "graded", "enabled")
    return all(one[fact] == other[fact] for fact in facts)


def exact(fake: FakeResolveProcess, media: str) -> bool:
    """Whether a take's pictures are consecutive ones of the source."""
    numbers = numbers_in(Path(fake.media(media)["path"]))
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) and FIRST in numbers


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[ResolveScene]:
    cuts = (Cut(0, 20), Cut(31, 24))
    with resolve_scene(tmp_path, cuts, sandbox=RENDERS) as running:
        yield running
        assert running.fake.violations == []


def came_in(scene: ResolveScene) -> bool:
    """Whether the second clip has its take, once, and nothing else is left on it."""
    clip = scene.fake.item(scene.items[1])
    assert (len(clip["takes"]), clip["selected_take"]) == (2, 2)
    assert (clip["color"], clip["markers"]) == ("", [])
    assert scene.submissions() == 1
    return scene.shown(scene.items[1]) == scene.meant(1)


def test_a_resolve_that_quit_is_brought_its_take_when_it_is_there_again(
    scene: ResolveScene,
) -> None:
    with rendering(scene, "--clip", 2) as documents:
        scene.fake.quit()
    (job,) = documents[0]["jobs"]
    assert (job["status"], job["step"], job["waits"]) == ("failed", "relink", True)
    assert job["failure"]["code"] == "HostAway"
    assert Path(job["renditions"][0]["take"]).exists()
    assert scene.document("resolve", "collect", code=1)["error"] == "HostAway"

    scene.fake.start_again()
    collected = scene.document("resolve", "collect")
    assert [each["status"] for each in collected["jobs"]] == ["done"]
    assert came_in(scene)


def test_a_resolve_that_is_there_again_in_time_gets_its_take_at_once(scene: ResolveScene) -> None:
    with rendering(scene, "--clip", 2) as documents:
        scene.fake.quit()
        scene.fake.start_again()
    assert [job["status"] for job in documents[0]["jobs"]] == ["done"]
    assert came_in(scene)


@pytest.mark.parametrize("opened", ["timeline", "project", "nothing"])
def test_what_is_opened_meanwhile_gets_nothing_and_the_take_waits(
    opened: str, scene: ResolveScene
) -> None:
    fake = scene.fake
    ours = fake.timeline()["id"]
    with rendering(scene, "--clip", 2) as documents:
        if opened == "timeline":
            other = fake.add_timeline("Reel 2", rate="25")
            fake.switch_timeline(other)
        elif opened == "project":
            fake.add_project("Other", rate="25")
            fake.add_timeline("Reel 1", rate="25")
            theirs = fake.snapshot()
        else:
            fake.close_project()
    (job,) = documents[0]["jobs"]
    assert (job["status"], job["step"], job["failure"]["code"]) == ("failed", "relink", "HostAway")
    assert "'Reel 1' of the project 'Feature'" in job["failure"]["what"]

    if opened == "nothing":
        assert scene.document("resolve", "collect", code=2)["error"] == "Timeline"
    else:
        elsewhere = scene.document("resolve", "collect")
        (waiting,) = elsewhere["waiting"]
        assert (elsewhere["jobs"], waiting["job"]) == ([], job["id"])
        assert (waiting["project"], waiting["timeline"]) == ("Feature", "Reel 1")
    if opened == "project":
        assert fake.snapshot() == theirs
    fake.switch_project("Feature")
    fake.switch_timeline(ours)
    assert fake.count("ImportMedia") == 0

    collected = scene.document("resolve", "collect")
    assert [each["status"] for each in collected["jobs"]] == ["done"]
    assert came_in(scene)
