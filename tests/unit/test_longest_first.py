"""Tests begin in an order that leaves no long one for the end."""

from __future__ import annotations

from longest_first import Known, dealt

SOME = (
    Known(0, "unit"),
    Known(0, "acceptance"),
    Known(600, "integration"),
    Known(0, "unit"),
    Known(0, "elsewhere"),
    Known(1800, "acceptance"),
    Known(0, "acceptance"),
)


def test_each_process_begins_with_long_tests_and_ends_with_short_ones() -> None:
    assert dealt(SOME, 2) == [5, 1, 0, 2, 6, 3, 4]


def test_no_test_is_lost_however_many_processes_there_are() -> None:
    for processes in range(1, 10):
        assert sorted(dealt(SOME, processes)) == list(range(len(SOME)))


def test_one_process_has_them_all_by_length() -> None:
    assert dealt(SOME, 1) == [5, 2, 1, 6, 0, 3, 4]
