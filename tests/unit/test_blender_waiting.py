"""What Blender is told when takes are to be brought in: what goes on, and what has a price."""

from __future__ import annotations

import pytest

from newtake.bootstrap.blender_waiting import told_collection


@pytest.mark.parametrize(
    ("going_on", "unpaid", "text"),
    [
        (0, 0, "No take waits for this scene."),
        (1, 0, "1 job goes on and brings in what was asked for; nothing is paid again."),
        (0, 2, "2 jobs stopped unpaid: Resume, in New Take's list, says the price."),
    ],
)
def test_what_stopped_is_no_scene_without_takes(going_on: int, unpaid: int, text: str) -> None:
    assert told_collection([], {}, going_on, unpaid) == text
