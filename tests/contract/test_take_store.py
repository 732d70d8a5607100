"""Every store of takes keeps this contract of places: nothing gets a name that another has."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.adapters.takes import TakeFolder
from newtake.domain.errors import StorageError
from newtake.ports import TakeStore
from newtake.testing import MemoryTakes


@pytest.fixture(params=["memory", "folder"])
def takes(request: pytest.FixtureRequest) -> TakeStore:
    return MemoryTakes() if request.param == "memory" else TakeFolder()


def test_a_file_gets_a_name_that_is_free(takes: TakeStore, tmp_path: Path) -> None:
    to = tmp_path / "shot.mp4"
    with takes.workplace(to) as folder:
        (folder / "new").write_bytes(b"new")
        takes.place(folder / "new", to)

    assert to.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [to]


def test_a_name_that_is_taken_stays_what_it_is(takes: TakeStore, tmp_path: Path) -> None:
    to = tmp_path / "shot.mp4"
    to.write_bytes(b"old")
    with takes.workplace(to) as folder:
        (folder / "new").write_bytes(b"new")
        with pytest.raises(StorageError, match="there already"):
            takes.place(folder / "new", to)

    assert to.read_bytes() == b"old"


def test_two_workplaces_beside_one_file_are_two_and_go_with_what_is_in_them(
    takes: TakeStore, tmp_path: Path
) -> None:
    to = tmp_path / "shot.mp4"
    with takes.workplace(to) as first, takes.workplace(to) as second:
        assert first != second
        (first / "part").write_bytes(b"half")

    assert list(tmp_path.iterdir()) == []
