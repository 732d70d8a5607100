"""`newtake resolve clips|plan|restyle|takes|collect` against a Resolve in a process of its own.

The command is the installed one, the bridge its real child, the service the sandbox that copies.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from resolve_scenes import Cut, ResolveScene, resolve_scene
from services import PATIENCE_SECONDS

CUTS = (Cut(0, 20), Cut(31, 24), Cut(60, 30))
LOOK = ("--prompt", "a charcoal sketch")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[ResolveScene]:
    with resolve_scene(tmp_path, CUTS) as running:
        yield running
        assert running.fake.violations == []


def test_the_selected_clip_is_listed_planned_restyled_and_switched_back(
    scene: ResolveScene,
) -> None:
    item, others = scene.items[1], [scene.items[0], scene.items[2]]
    scene.fake.select([item])
    before = scene.fake.item(item)
    untouched = [scene.fake.item(each) for each in others]

    listed = scene.document("resolve", "clips")
    assert [each["index"] for each in listed] == [1, 2, 3]
    assert [each["source_range"]["start"] for each in listed] == [0, 31, 60]

    asked_before = scene.fake.count("AddTake"), scene.fake.count("ImportMedia")
    plan = scene.document("resolve", "plan", *LOOK)
    assert [each["index"] for each in plan["clips"]] == [2]
    assert plan["chosen"] == "1 clip selected in the timeline"
    assert scene.submissions() == 0
    assert (scene.fake.count("AddTake"), scene.fake.count("ImportMedia")) == asked_before

    done = scene.document("resolve", "restyle", *LOOK, "--yes")
    (job,) = done["jobs"]
    (rendition,) = job["renditions"]
    assert job["status"] == "done"
    assert rendition["take_key"] == "take_001"
    assert Path(rendition["take"]).is_relative_to(scene.folder / "home" / "takes" / "Feature")
    assert scene.submissions() == 1

    after = scene.fake.item(item)
    assert after["selected_take"] == 2
    assert scene.shown(item) == scene.meant(1)
    # Its name is that of the media it shows, where the editor gave it none.
    for fact in ("start", "duration", "color", "markers", "properties", "graded"):
        assert after[fact] == before[fact], fact
    assert [scene.fake.item(each) for each in others] == untouched

    takes = scene.document("resolve", "takes")
    assert [(each["index"], [t["key"] for t in each["takes"]]) for each in takes] == [
        (2, ["original", "take_001"])
    ]
    scene.fake.change_item(item, is_graded=True)
    scene.fake.change_quirks(look_stays=False)
    switched = scene.newtake("resolve", "takes", "--use", "2=original", "--json")
    assert switched.returncode == 0
    assert "the nodes of the grade did not stay when the take was selected" in switched.stderr
    assert [each["index"] for each in json.loads(switched.stdout)] == [2]
    assert scene.fake.item(item)["selected_take"] == 1
    assert scene.fake.item(item)["name"] == before["name"]
    assert scene.shown(item) == scene.meant(1)
    refused = scene.document("resolve", "takes", "--use", "2=7", code=2)
    assert refused["error"] == "Selection"


def test_three_clips_get_a_take_each_and_two_of_one_plate_pay_once(scene: ResolveScene) -> None:
    done = scene.document("resolve", "restyle", *LOOK, "--all", "--yes", "--folder", "takes")

    assert [job["status"] for job in done["jobs"]] == ["done"] * 2
    assert scene.submissions() == 2
    for at, item in enumerate(scene.items):
        assert scene.fake.item(item)["selected_take"] == 2
        assert scene.shown(item) == scene.meant(at)
    assert done["output"] == str(scene.folder / "takes" / "Reel_1")
    assert len(list((scene.folder / "takes" / "Reel_1_takes").glob("*.mov"))) == 2


def test_a_take_that_resolve_does_not_answer_for_waits_and_is_collected(
    scene: ResolveScene,
) -> None:
    item = scene.items[1]
    scene.fake.select([item])
    scene.fake.on_call("ImportMedia", "dialog")
    stopped = scene.document("resolve", "restyle", *LOOK, "--yes", code=1)
    (job,) = stopped["jobs"]
    assert (job["status"], job["step"]) == ("failed", "relink")
    assert job["failure"]["code"] == "HostAway"
    assert job["renditions"][0]["take"], "what comes before is done"
    assert scene.fake.item(item)["takes"] == []

    away = scene.document("resolve", "collect", code=1)
    assert away["error"] == "HostAway"

    scene.fake.close_dialog()
    reel_1 = scene.fake.timeline()["id"]
    scene.fake.add_timeline("Reel 2", rate="25")
    elsewhere = scene.document("resolve", "collect")
    assert elsewhere["jobs"] == []
    (waiting,) = elsewhere["waiting"]
    assert (waiting["job"], waiting["timeline"], waiting["takes"]) == (job["id"], "Reel 1", 1)

    scene.fake.switch_timeline(reel_1)
    collected = scene.document("resolve", "collect")
    assert [each["status"] for each in collected["jobs"]] == ["done"]
    assert collected["waiting"] == []
    assert scene.fake.item(item)["selected_take"] == 2
    assert scene.shown(item) == scene.meant(1)
    assert scene.fake.item(item)["markers"] == []
    assert scene.submissions() == 1
    assert scene.document("resolve", "collect")["jobs"] == []


def test_jobs_resume_in_a_terminal_reaches_resolve_as_well(scene: ResolveScene) -> None:
    item = scene.items[0]
    # What came cannot be kept where takes go.
    blocked = scene.folder / "takes" / "Reel_1_takes"
    blocked.parent.mkdir()
    blocked.touch()
    options = (*LOOK, "--clip", "1", "--folder", "takes", "--yes")
    (job,) = scene.document("resolve", "restyle", *options, code=1)["jobs"]
    assert (job["status"], job["waits"], job["step"]) == ("failed", False, "download")
    assert job["failure"]["money"] == "It is paid for, and going on costs nothing more."
    told = scene.newtake("resolve", "collect").stdout
    assert f"1 job is paid for and not finished here: shot.mov (job {job['id']}, " in told
    assert f"`newtake jobs resume {job['id']}` goes on, and nothing is paid again." in told

    blocked.unlink()
    scene.fake.on_call("ImportMedia", "dialog")
    stopped = scene.newtake("jobs", "resume", job["id"])
    assert stopped.returncode == 1
    assert f"job {job['id']} waits" in stopped.stderr
    assert "Its take is ready and waits: " in stopped.stderr
    assert "Money: It is paid for, and going on costs nothing more." in stopped.stderr
    assert f"{job['id']}  waits" in scene.newtake("jobs").stdout
    scene.fake.close_dialog()

    resumed = scene.document("jobs", "resume", job["id"])
    assert [each["status"] for each in resumed] == ["done"]
    assert scene.shown(item) == scene.meant(0)
    assert scene.submissions() == 1


def test_ctrl_c_while_resolve_is_at_it_leaves_one_take_and_one_payment(
    scene: ResolveScene,
) -> None:
    item = scene.items[2]
    hook = scene.fake.on_call("AddTake")
    process = scene.start("resolve", "restyle", *LOOK, "--clip", "3", "--yes")
    assert scene.fake.wait_for(hook, PATIENCE_SECONDS)
    process.send_signal(signal.SIGINT)
    scene.fake.go_on(hook)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130, errors

    collected = scene.document("resolve", "collect")
    assert [each["status"] for each in collected["jobs"]] == ["done"]
    facts = scene.fake.item(item)
    assert (len(facts["takes"]), facts["selected_take"]) == (2, 2)
    assert scene.shown(item) == scene.meant(2)
    assert (facts["markers"], facts["color"]) == ([], "")
    assert scene.submissions() == 1


def test_what_cannot_be_chosen_says_what_to_do(scene: ResolveScene) -> None:
    both = scene.document("resolve", "plan", *LOOK, "--select", "marks", "--clip", "1", code=2)
    assert "--select" in both["what"]
    unknown = scene.document("resolve", "plan", *LOOK, "--select", "somehow", code=2)
    assert "playhead" in unknown["next"]
    missing = scene.document("resolve", "plan", *LOOK, "--clip", "9", code=2)
    assert missing["next"] == "`newtake resolve clips` lists the clips with their numbers."
    nobody = scene.document("resolve", "restyle", *LOOK, "--clip", "2", code=2)
    assert nobody["error"] == "Consent"
    assert nobody["money"].startswith("Nothing was submitted")
    assert scene.submissions() == 0


def test_a_resolve_that_is_not_there_is_said(scene: ResolveScene) -> None:
    scene.fake.quit()
    for command in ("clips", "takes", "collect"):
        away = scene.document("resolve", command, code=1)
        assert away["error"] == "HostAway"
        assert away["next"]
