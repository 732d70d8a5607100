"""What Blender's popover says of a job: how it stands, and what going on with it costs."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from addon_file import addon_file


@pytest.fixture(scope="module")
def words() -> ModuleType:
    return addon_file("job_words")


def job(**more: Any) -> dict[str, Any]:
    return {
        "status": "failed",
        "step": "relink",
        "running": False,
        "timeline": "Scene",
        "timeline_here": True,
        "place": "",
        "elsewhere": False,
        "no_place": "",
        "can_resume": True,
        "can_cancel": True,
        "resume_price": None,
        "resume_unknown": False,
        "done": None,
        "total": None,
        "unit": "frames",
        "money": "estimate $0.72",
        **more,
    }


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, ("waits to be brought in", "IMPORT")),
        ({"status": "active"}, ("waits to be brought in", "IMPORT")),
        ({"timeline_here": False}, ("waits to be brought in there", "TIME")),
        ({"no_place": "the strip is gone"}, ("kept, not placed", "PAUSE")),
        ({"status": "active", "step": "wait"}, ("stopped", "PAUSE")),
        ({"step": "upload"}, ("failed", "ERROR")),
        ({"status": "done", "step": ""}, ("done", "CHECKMARK")),
        ({"running": True, "done": 3, "total": 9}, ("adding the take, 3 of 9 frames", "SORTTIME")),
    ],
)
def test_a_job_says_how_it_stands(
    words: ModuleType, more: dict[str, Any], said: tuple[str, str]
) -> None:
    assert words.stand_of(job(**more)) == said


@pytest.mark.parametrize(
    ("more", "stopped"),
    [
        ({}, False),
        ({"status": "active", "step": "wait"}, True),
        ({"status": "active", "step": "wait", "timeline_here": False}, False),
        ({"step": "download"}, True),
        ({"step": "upload", "resume_price": "0.720"}, False),
        ({"status": "cancelled", "step": "download"}, False),
    ],
)
def test_what_stopped_in_the_middle_stays_in_the_header(
    words: ModuleType, more: dict[str, Any], stopped: bool
) -> None:
    assert words.is_stopped(job(**more)) is stopped


RUNS: dict[str, Any] = {"running": True, "step": "wait", "status": "active"}
OTHER: dict[str, Any] = {"timeline_here": False, "place": "b.blend"}
CASES: dict[str, tuple[list[dict[str, Any]], int, str]] = {
    "here": ([RUNS, {**RUNS, **OTHER}, {**RUNS, "elsewhere": True}], 3, "2 under way"),
    "of a closed file": ([{**RUNS, **OTHER}], 0, "1 under way in another file"),
    "of closed files": ([{**RUNS, **OTHER}] * 2, 0, "2 under way in other files"),
    "of a closed file, and waiting": ([{**RUNS, **OTHER}], 1, "1 waiting"),
    "of another Blender": ([{**RUNS, **OTHER, "elsewhere": True}], 0, ""),
}


@pytest.mark.parametrize(("jobs", "waiting", "said"), CASES.values(), ids=CASES)
def test_the_header_counts_what_is_of_the_open_file(
    words: ModuleType, jobs: list[dict[str, Any]], waiting: int, said: str
) -> None:
    assert words.header_of([job(**each) for each in jobs], waiting, 0) == said


def test_a_job_of_another_file_says_which_and_comes_after_those_of_the_open_one(
    words: ModuleType,
) -> None:
    jobs = [
        job(id=name, **more)
        for name, more in {
            "other": {**RUNS, **OTHER},
            "old": OTHER,
            "mine": RUNS,
            "new": {},
        }.items()
    ]
    running, resting = words.in_order(jobs)

    assert [each["id"] for each in running + resting] == ["mine", "other", "new", "old"]
    told = [words.place_of(each) for each in running + resting]
    assert told == ["", "in b.blend", "", "in b.blend"]


def test_going_on_says_its_price(words: ModuleType) -> None:
    asked: list[dict[str, Any]] = [{"resume_price": "0.720"}, {"resume_unknown": True}, {}]
    assert [words.price_of_going_on(job(**each)) for each in asked] == [
        "It is submitted for $0.72.",
        "It is submitted; its price is not known.",
        "It is paid for already: nothing more is charged.",
    ]


def test_ending_what_was_submitted_is_asked_first(words: ModuleType) -> None:
    asked = words.question_of_ending(job(running=True, step="wait"))
    assert asked[1] == "Known of its cost: estimate $0.72."
    assert words.question_of_ending(job(running=True, step="upload")) == []


def test_what_ran_in_a_newtake_that_ended_is_stopped(words: ModuleType) -> None:
    before = {"jobs": [job(running=True, step="wait"), job(status="done", step="")]}
    after = words.at_rest(before)
    assert [words.stand_of(each)[0] for each in after["jobs"]] == ["stopped", "done"]
    assert not any(each["can_resume"] or each["can_cancel"] for each in after["jobs"])


@pytest.mark.parametrize(
    ("waiting", "ready", "unsaved", "said"),
    [
        (1, 1, 0, "1 take waits for this file"),
        (2, 0, 0, "2 takes wait and found no place"),
        (1, 1, 1, "1 take was placed once, but this .blend was not saved with it"),
        (
            3,
            3,
            2,
            "3 takes wait for this file; "
            "2 takes were placed once, but this .blend was not saved with them",
        ),
    ],
    ids=["made", "without a place", "unsaved", "both"],
)
def test_what_waits_is_offered_with_its_reason(
    words: ModuleType, waiting: int, ready: int, unsaved: int, said: str
) -> None:
    assert words.offer_of(waiting, ready, unsaved).partition(":")[0] == said


def test_what_an_undo_took_away_is_offered_by_the_button_alone(words: ModuleType) -> None:
    assert words.collecting(0, 0) == ""
    assert words.collecting(0, 1) == "Bring back the take that an undo took away"
    assert words.collecting(2, 1) == "Bring in 2 takes, and 1 that an undo took away"
