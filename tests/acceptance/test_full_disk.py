"""A disk that fills up at any step: a clear word, nothing lost, and on it goes after there is room.

The disk is a small one of memory, mounted for the test; without the right to mount there is none.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest

from numbered_media import make_numbered
from otio_newtake.cuts import write_cuts
from services import PATIENCE_SECONDS, Service

DISK_BYTES = 200 << 20
RATE, FRAMES = Fraction(25), 200


class Disk:
    """A small file system, and a file that takes its room."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def leave(self, free_bytes: int) -> None:
        """Fill it up but for so much."""
        self.make_room()
        with self._filler.open("wb") as file:
            while (left := self.free() - free_bytes) > 0:
                file.write(bytes(min(left, 1 << 20)))
                file.flush()

    def make_room(self) -> None:
        self._filler.unlink(missing_ok=True)

    def free(self) -> int:
        facts = os.statvfs(self.folder)
        return facts.f_bavail * facts.f_frsize


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0 and not os.environ.get("NEWTAKE_NEEDS_PROGRAMS"):
        pytest.skip(f"no file system can be mounted: {done.stderr}")
    assert done.returncode == 0, done.stderr
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def serve(tmp_path: Path, disk: Disk) -> Iterator[Callable[..., Service]]:
    running: list[Service] = []
    source = make_numbered(
        imageio_ffmpeg.get_ffmpeg_exe(), tmp_path / "source.mov", rate=RATE, frames=FRAMES
    )

    def start(*faults: str) -> Service:
        service = Service(tmp_path, *faults)
        service.environment["NEWTAKE_HOME"] = str(disk.folder / "home")
        service.folder = disk.folder
        service.timeline = write_cuts(source, RATE, FRAMES, disk.folder / "cut.otio", name="cut")
        running.append(service)
        return service

    yield start
    for service in running:
        service.stop()


def goes_on(service: Service) -> None:
    """With room again, the job ends as if nothing had been, and has paid once."""
    code, _, errors = service.newtake("jobs", "resume", "--all", "--yes")
    assert code == 0, errors
    assert service.submissions() == 1
    assert service.takes() == ["DEFAULT_MEDIA", "take_001"]
    assert [file for file in service.folder.rglob("*") if file.suffix == ".part"] == []


def test_no_room_for_the_takes_is_said_before_a_job_begins(
    serve: Callable[..., Service], disk: Disk
) -> None:
    service = serve()
    disk.leave(6 << 20)

    process = service.restyle()
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert "too little room for the takes" in errors
    assert service.submissions() == 0
    assert service.newtake("jobs", "resume", "--all", "--yes")[0] == 0
    assert service.submissions() == 0


def test_no_room_for_the_plate_is_said_before_anything_is_sent(
    serve: Callable[..., Service], disk: Disk, tmp_path: Path
) -> None:
    service = serve()
    # The takes have room on a disk of their own; the plate is cut on the small one.
    service.folder = tmp_path / "edit"
    service.folder.mkdir()
    service.timeline = write_cuts(
        tmp_path / "source.mov", RATE, FRAMES, service.folder / "cut.otio", name="cut"
    )
    disk.leave(6 << 20)

    process = service.restyle()
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert "too little room for the plate" in errors
    assert service.submissions() == 0
    disk.make_room()
    goes_on(service)


@pytest.mark.parametrize(
    ("left", "word"), [(3 << 20, "too little room for the result"), (0, "disk is full")]
)
def test_a_disk_that_filled_while_waiting_loses_no_result(
    serve: Callable[..., Service], disk: Disk, left: int, word: str
) -> None:
    service = serve("render:delay=4")
    process = service.restyle()
    service.until("wait")
    disk.leave(left)

    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert word in errors
    assert "Traceback" not in errors
    disk.make_room()
    goes_on(service)


def test_a_disk_that_fills_under_the_download_keeps_it_resumable(
    serve: Callable[..., Service], disk: Disk
) -> None:
    service = serve("result:delay=2x1")
    process = service.restyle()
    service.until("download")
    disk.leave(0)

    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert "Traceback" not in errors
    disk.make_room()
    goes_on(service)


@pytest.mark.parametrize("written", ["plate.mp4", "take_001.mov"])
def test_a_disk_that_fills_while_ffmpeg_writes(
    serve: Callable[..., Service], disk: Disk, tmp_path: Path, written: str
) -> None:
    service = serve()
    # It takes all room at the first command that writes this file, and then is ffmpeg.
    greedy = tmp_path / "greedy"
    greedy.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *{written}*)\n'
        f"  cat /dev/zero > {disk.folder}/filler 2>/dev/null ;;\n"
        "esac\n"
        f'exec {imageio_ffmpeg.get_ffmpeg_exe()} "$@"\n'
    )
    greedy.chmod(0o755)
    service.environment["NEWTAKE_FFMPEG"] = str(greedy)

    process = service.restyle()
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert "disk is full" in errors
    assert "Traceback" not in errors
    del service.environment["NEWTAKE_FFMPEG"]
    disk.make_room()
    goes_on(service)
