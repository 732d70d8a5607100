"""A plan in Blender's dialog: few lines, the price in sight, what is paid for already first."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from addon_file import addon_file

SENTENCE = (
    "Restyles 17 clips for $12.24 (the service's live price for 540p): 2,040 frames, no sound, go "
    "as 17 plates to the private playground of your Oxen account."
)


@pytest.fixture(scope="module")
def lines() -> ModuleType:
    return addon_file("plan_lines")


def plan(count: int, **more: Any) -> dict[str, Any]:
    rows = [
        {
            "clip": f"S{at}",
            "sent": f"media frames {at} - 60",
            "frames": "40 of 60",
            "price": "$0.72",
        }
        for at in range(count)
    ]
    found = {"sentence": SENTENCE, "rows": rows, "refused": [], "notes": [], "missing": ""}
    return {**found, "repeats": [], "made": [], "publishes": "", **more}


def texts(found: list[tuple[str, str]]) -> list[str]:
    return [text for text, _ in found]


def test_a_small_plan_is_said_whole(lines: ModuleType) -> None:
    notes = ["it is muted in Blender"]
    found = lines.lines_of(plan(2, refused=[["T", "it is text"]], notes=notes), 20)
    assert texts(found)[2:] == [
        "S0: media frames 0 - 60, 40 of 60, $0.72",
        "S1: media frames 1 - 60, 40 of 60, $0.72",
        "T is left out: it is text",
        "it is muted in Blender",
    ]
    assert " ".join(texts(found)[:2]) == SENTENCE


def test_a_long_plan_keeps_to_its_room_and_says_what_it_left_out(lines: ModuleType) -> None:
    note = "it runs at 23.976 frames per second in a scene of 25, " * 4
    refused = [[f"T{at}", "it is text"] for at in range(9)]
    refused += [[f"X{at}", f"it is of kind {at}"] for at in range(9)]
    notes = [f"S{at}: {note}".strip() for at in range(17)] + [f"S1: note {at}" for at in range(9)]
    for room in (8, 12, 20):
        found = texts(lines.lines_of(plan(17, refused=refused, notes=notes), room))
        assert len(found) <= room
        assert " ".join(found[:2]) == SENTENCE
        told = [each for each in found if each.startswith("and ")]
        assert [each.split()[2:] for each in told] == [
            ["more"],
            ["more", "reasons", "to", "leave", "strips", "out"],
            ["more", "notes"],
        ]
        (rows,) = [int(each.split()[1]) for each in told if each.endswith("more")]
        assert rows + sum(": media frames" in each for each in found) == 17
    assert "T0, T1, T2 and 6 more are left out: it is text" in found
    assert any(each.startswith("S0, S1, S2 and 14 more: it runs at 23.976") for each in found)


def test_what_is_paid_for_already_comes_first_with_its_box(lines: ModuleType) -> None:
    made = [f"made with these settings already: clip {at}" for at in range(3)]
    many = plan(3, made=made, notes=["a note", *made], publishes="Whoever has the link sees it.")
    (again, red), (agree, _) = lines.to_agree(many)
    assert (again, agree) == ("again", "agree_public")
    assert texts(red) == [made[0], "and 2 more that would be paid for again"]
    folder = "/Volumes/projects/a client/2026/spring spot/edits/monday"
    there = (
        "interview wide: job 5d9b6338 has the same clip and settings and is not finished (failed "
        f"at relink), and may be paid for already; going on with it, in edit.blend in {folder}, "
        "places the take there, not here"
    )
    ((_, red),) = lines.to_agree(plan(1, repeats=[there]))
    assert " ".join(texts(red)) == there
    # Once is enough.
    assert not [each for each in texts(lines.lines_of(many, 20)) if each.startswith("made")]
    assert lines.to_agree(plan(3)) == []
