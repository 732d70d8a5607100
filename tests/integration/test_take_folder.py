"""The folder of takes: numbers, and what is never overwritten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from newtake.adapters.takes import TakeFolder, plain_name


def test_a_label_finds_its_slot_again_and_another_gets_the_next_number(tmp_path: Path) -> None:
    takes = TakeFolder()

    first = takes.reserve(tmp_path, "shot", "job1/a")

    assert takes.reserve(tmp_path, "shot", "job1/a") == first
    assert takes.reserve(tmp_path, "shot", "job2/b").number == 2
    assert takes.reserve(tmp_path, "other", "job3/c").number == 1
    assert takes.reserve(tmp_path, "shot", "job4/d", 4).number == 4
    assert takes.reserve(tmp_path, "shot", "job5/e", 4).number == 5
    assert takes.reserve(tmp_path, "shot", "job1/a", 4) == first


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


def test_what_keeps_the_numbers_is_out_of_sight(tmp_path: Path) -> None:
    folder = tmp_path / "cut_takes"
    takes = TakeFolder()

    for label in ("job1/a", "job2/b"):
        slot = takes.reserve(folder, "shot", label)
        slot.video.write_bytes(b"film")

    seen = sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
    assert seen == ["shot_take_001.mov", "shot_take_002.mov"]
    assert len(list(folder.iterdir())) == len(seen) + 1
    assert takes.reserve(folder, "shot", "job1/a").number == 1


_NUMBERS_SOME = """
import sys
from pathlib import Path
from newtake.adapters.takes import TakeFolder

folder, name = Path(sys.argv[1]), sys.argv[2]
sys.stdin.readline()
for count in range(25):
    slot = TakeFolder().reserve(folder, "shot", f"{name}/{count}")
    slot.video.write_text(name)
    print(slot.number)
"""


def test_processes_that_number_at_once_never_get_the_same(tmp_path: Path) -> None:
    names = [f"job{number}" for number in range(4)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _NUMBERS_SOME, str(tmp_path / "takes"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    taken = [[int(word) for word in process.communicate()[0].split()] for process in running]

    assert sorted(number for each in taken for number in each) == list(range(1, 101))
    for name, numbers in zip(names, taken, strict=True):
        for number in numbers:
            assert (tmp_path / "takes" / f"shot_take_{number:03}.mov").read_text() == name
