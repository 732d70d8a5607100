"""What processes that died left beside a file: it goes with the next making, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from newtake.adapters.parts import part_of


def test_what_the_dead_left_goes_and_what_others_make_stays(tmp_path: Path) -> None:
    take = tmp_path / "shot [1].mov"
    dead = [f".{take.name}.0.part", f"..{take.name}.0.part.0.part.hashes.part"]
    others = [
        f".a {take.name}.0.part",
        f".{take.name}x.0.part",
        f"..{take.name}.{os.getpid()}.part.{os.getpid()}.hashes.part",
        take.name,
    ]
    for name in dead + others:
        (tmp_path / name).write_text("x")

    with part_of(take) as part:
        part.write_text("new")
        part.replace(take)

    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(others)
    assert take.read_text() == "new"
