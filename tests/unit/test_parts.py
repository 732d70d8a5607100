"""Part files: removed at the end, and after processes that had no end."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.adapters.parts import part_of


def test_what_dead_processes_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    to = tmp_path / "take [1].mov"
    left = [tmp_path / f".{to.name}.{name}.part" for name in ("1.5", "99999999", "99999999.fine")]
    others = [tmp_path / ".take [2].mov.99999999.part", tmp_path / "take [1].mov", tmp_path / "a"]
    for file in (*left, *others):
        file.write_bytes(b"x")

    with part_of(to) as part, part_of(to, "fine") as fine:
        part.write_bytes(b"new")
        fine.write_bytes(b"new")
        assert part.exists()

    assert sorted(tmp_path.iterdir()) == sorted(others)


def test_a_part_is_removed_when_the_work_fails(tmp_path: Path) -> None:
    def fails() -> None:
        with part_of(tmp_path / "take.mov") as part:
            part.write_bytes(b"half")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()

    assert list(tmp_path.iterdir()) == []
