"""The folder of takes: numbers, and what is never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.adapters.takes import TakeFolder, plain_name


def test_a_label_finds_its_slot_again_and_another_gets_the_next_number(tmp_path: Path) -> None:
    takes = TakeFolder()

    first = takes.reserve(tmp_path, "shot", "job1/a")

    assert takes.reserve(tmp_path, "shot", "job1/a") == first
    assert takes.reserve(tmp_path, "shot", "job2/b").number == 2
    assert takes.reserve(tmp_path, "other", "job3/c").number == 1


@pytest.mark.parametrize(
    "name",
    [
        "shot_take_001.mov",
        "shot_take_001.result.mp4",
        "shot_take_001.json",
        "shot_take_001.result.zip",
    ],
)
def test_takes_that_lost_their_slot_files_are_nobodys_to_use(tmp_path: Path, name: str) -> None:
    old = tmp_path / name
    old.write_bytes(b"an earlier take")

    slot = TakeFolder().reserve(tmp_path, "shot", "job9/z")

    assert slot.number == 2
    assert old.read_bytes() == b"an earlier take"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("A 1.mov", "A_1"),
        ("größe #1%.mp4", "gro_e_1"),
        ("...", "clip"),
        ("日本", "clip"),
        ("-x", "x"),
    ],
)
def test_file_names_are_plain(name: str, stem: str) -> None:
    assert plain_name(name).startswith(stem[:3])
    assert plain_name(name).isascii()
    assert " " not in plain_name(name)
