"""Writing for good: what is synchronised in which order, and what a failure leaves behind."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from newtake.durable import make_private, put_in_place, write_durably

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="no folders to synchronise there")


def recorded(monkeypatch: pytest.MonkeyPatch, folder_answer: int = 0) -> list[str]:
    """What the operating system is asked to do, in order."""
    asked: list[str] = []
    fsync, replace = os.fsync, os.replace

    def synchronise(handle: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        asked.append("folder" if is_folder else "file")
        if is_folder and folder_answer:
            raise OSError(folder_answer, os.strerror(folder_answer))
        fsync(handle)

    def rename(source: Path, target: Path) -> None:
        asked.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synchronise)
    monkeypatch.setattr(os, "replace", rename)
    return asked


@posix_only
def test_the_file_goes_to_the_disk_then_gets_its_name_then_the_name_goes_to_the_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = recorded(monkeypatch)

    write_durably(tmp_path / "a.json", b"one")

    assert asked == ["file", "rename", "folder"]
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


@posix_only
def test_what_another_hand_wrote_is_put_in_place_the_same_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "part").write_bytes(b"film")
    (tmp_path / "parts").mkdir()
    asked = recorded(monkeypatch)

    put_in_place(tmp_path / "part", tmp_path / "take.mov")
    put_in_place(tmp_path / "parts", tmp_path / "frames")

    assert asked == ["file", "rename", "folder", "folder", "rename", "folder"]
    assert (tmp_path / "take.mov").read_bytes() == b"film"
    assert (tmp_path / "frames").is_dir()


@posix_only
def test_a_share_that_cannot_synchronise_folders_is_no_failure_and_a_broken_disk_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as share:
        recorded(share, errno.EINVAL)
        write_durably(tmp_path / "a.json", b"one")
    assert (tmp_path / "a.json").read_bytes() == b"one"

    recorded(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        write_durably(tmp_path / "a.json", b"two")


def test_what_fails_its_check_leaves_everything_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "cut.otio"
    target.write_bytes(b"the old one")
    seen: list[bytes] = []

    def refuse(part: Path) -> None:
        seen.append(part.read_bytes())
        raise ValueError("it does not read back")

    with pytest.raises(ValueError, match="read back"):
        write_durably(target, b"the new one", check=refuse)

    assert seen == [b"the new one"]
    assert target.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [target]


@posix_only
def test_a_private_file_is_private_from_its_first_moment(tmp_path: Path) -> None:
    modes: list[int] = []

    write_durably(
        tmp_path / "key",
        b"secret",
        mode=0o600,
        check=lambda part: modes.append(stat.S_IMODE(part.stat().st_mode)),
    )

    assert modes == [0o600]
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@posix_only
def test_a_private_folder_is_private_with_what_is_made_above_it(tmp_path: Path) -> None:
    others = tmp_path / "others"
    others.mkdir(mode=0o755)
    others.chmod(0o755)

    make_private(others / "home" / "cache")
    make_private(others / "home" / "cache")
    make_private(others)

    modes = [stat.S_IMODE(each.stat().st_mode) for each in (others, *sorted(others.rglob("*")))]
    assert modes == [0o755, 0o700, 0o700]
    (others / "file").touch()
    with pytest.raises(FileExistsError):
        make_private(others / "file")
