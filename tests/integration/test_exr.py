"""EXR frames of a result: renumbered like the media's, and no ZIP writes where it should not."""

from __future__ import annotations

import os
import zipfile
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from newtake.adapters.exr import unpack_exr_frames
from newtake.adapters.exr_package import MOST_MEMBERS
from newtake.domain.errors import ResultError, StorageError
from newtake.domain.exr_header import MAGIC
from newtake.domain.files import ExrFrames
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange

RATE = Fraction(25)
PLATE = PlatePlan("5s", 10, FrameRange(90_005, 8, RATE), 5, 2, 4)
"""Eight media frames and two held ones; the clip ends with plate frame 5."""


def exr(number: int) -> bytes:
    return MAGIC + b"\x02\x00\x00\x00" + number.to_bytes(4, "little") * 100


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def frames(count: int, first: int = 0, name: str = "out/frame.{:04}.exr") -> dict[str, bytes]:
    return {name.format(first + i): exr(i) for i in range(count)}


def unpack(package: Path, folder: Path) -> ExrFrames | None:
    return unpack_exr_frames(package, PLATE, folder=folder, prefix="shot_take_001.")


@pytest.mark.parametrize("count", [10, 11])
@pytest.mark.parametrize("first", [0, 1, 1001])
def test_frames_are_numbered_like_the_media_and_held_ones_left_out(
    count: int, first: int, tmp_path: Path
) -> None:
    package = zipped(tmp_path / "r.zip", frames(count, first))
    folder = tmp_path / "exr"
    written = unpack(package, folder)
    assert written == ExrFrames(folder, "shot_take_001.", 6, 90_005, 8, RATE)
    assert sorted(each.name for each in folder.iterdir()) == [
        f"shot_take_001.{90_005 + i:06}.exr" for i in range(8)
    ]
    for i in range(8):
        assert (folder / f"shot_take_001.{90_005 + i:06}.exr").read_bytes() == exr(i)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["exr", "r.zip"]


@pytest.mark.parametrize("start", [-3, 0, 99_996])
def test_opentimelineio_finds_every_frame_under_the_name_it_was_written(
    start: int, tmp_path: Path
) -> None:
    plate = PlatePlan("5s", 10, FrameRange(start, 8, RATE), 5, 2, 4)
    written = unpack_exr_frames(
        zipped(tmp_path / "r.zip", frames(10)), plate, folder=tmp_path / "exr", prefix="shot."
    )
    assert written is not None
    reference = otio.schema.ImageSequenceReference(
        target_url_base=f"{tmp_path / 'exr'}/",
        name_prefix=written.prefix,
        name_suffix=".exr",
        start_frame=written.start,
        frame_step=1,
        rate=25,
        frame_zero_padding=written.padding,
        available_range=otio.opentime.TimeRange(
            otio.opentime.RationalTime(written.start, 25),
            otio.opentime.RationalTime(written.count, 25),
        ),
    )

    found = [Path(reference.target_url_for_image_number(i)) for i in range(8)]

    assert [path.read_bytes() for path in found] == [exr(i) for i in range(8)]


def test_order_is_by_number_not_by_name(tmp_path: Path) -> None:
    package = zipped(tmp_path / "r.zip", frames(10, 5, "f{}.exr"))
    unpack(package, tmp_path / "exr")
    assert (tmp_path / "exr" / "shot_take_001.090010.exr").read_bytes() == exr(5)


def test_other_members_are_passed_over(tmp_path: Path) -> None:
    extra = {"README.txt": b"hello", "preview/": b"", "__MACOSX/._f.exr": b"junk"}
    written = unpack(zipped(tmp_path / "r.zip", frames(10) | extra), tmp_path / "exr")
    assert written is not None
    assert written.count == 8


def test_a_single_file_is_the_first_frame(tmp_path: Path) -> None:
    package = tmp_path / "r.exr"
    package.write_bytes(exr(7))
    assert unpack(package, tmp_path / "exr") == ExrFrames(
        tmp_path / "exr", "shot_take_001.", 6, 90_005, 1, RATE
    )
    assert (tmp_path / "exr" / "shot_take_001.090005.exr").read_bytes() == exr(7)


def test_a_zip_without_exr_is_no_exr(tmp_path: Path) -> None:
    assert unpack(zipped(tmp_path / "r.zip", {"a.txt": b"x"}), tmp_path / "exr") is None
    assert not (tmp_path / "exr").exists()


def test_a_second_call_finds_what_the_first_wrote(tmp_path: Path) -> None:
    package = zipped(tmp_path / "r.zip", frames(10))
    first = unpack(package, tmp_path / "exr")
    stamps = [each.stat().st_mtime_ns for each in sorted((tmp_path / "exr").iterdir())]
    assert unpack(package, tmp_path / "exr") == first
    assert [each.stat().st_mtime_ns for each in sorted((tmp_path / "exr").iterdir())] == stamps


def test_a_folder_of_somebody_else_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "exr"
    folder.mkdir()
    (folder / "mine.exr").write_bytes(b"mine")
    with pytest.raises(StorageError):
        unpack(zipped(tmp_path / "r.zip", frames(10)), folder)
    assert (folder / "mine.exr").read_bytes() == b"mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_what_a_dead_process_of_the_same_number_left_is_replaced(tmp_path: Path) -> None:
    """In a container every run may have one number."""
    left = tmp_path / f".exr.{os.getpid()}.part"
    left.mkdir()
    (left / "half.exr").write_bytes(b"half")
    assert unpack(zipped(tmp_path / "r.zip", frames(10)), tmp_path / "exr") is not None
    assert sorted(each.name for each in tmp_path.iterdir()) == ["exr", "r.zip"]


def gap() -> dict[str, bytes]:
    members = frames(10)
    del members["out/frame.0004.exr"]
    return members


@pytest.mark.parametrize(
    ("members", "word"),
    [
        (frames(9) | {"../../frame.0009.exr": exr(9)}, "out of the folder"),
        (frames(9) | {"/tmp/frame.0009.exr": exr(9)}, "out of the folder"),
        (frames(9) | {"..\\frame.0009.exr": exr(9)}, "out of the folder"),
        (frames(9) | {"C:\\frame.0009.exr": exr(9)}, "out of the folder"),
        ({f"n{i}.txt": b"" for i in range(MOST_MEMBERS + 1)}, "members"),
        (frames(9) | {"out/frame.0009.exr": bytes(300_000_000)}, "300000000 bytes"),
        (gap(), "followed by 5"),
        (frames(4), "holds 4"),
        (frames(13), "holds 13"),
        ({f"{i}.exr": b"MZ not a picture" for i in range(10)}, "not an EXR"),
        ({f"{i}.exr": b"" for i in range(10)}, "empty"),
    ],
    ids=["parent", "absolute", "backslash", "drive", "members", "bomb", "gap", "few", "many",
         "magic", "empty"],
)  # fmt: skip
def test_unsafe_and_unfitting_packages_are_refused_and_leave_nothing(
    members: dict[str, bytes], word: str, tmp_path: Path
) -> None:
    package = zipped(tmp_path / "r.zip", members)
    with pytest.raises(ResultError) as caught:
        unpack(package, tmp_path / "exr")
    assert word in f"{caught.value.what} {caught.value.why}"
    assert [each.name for each in tmp_path.iterdir()] == ["r.zip"]


def test_a_size_that_a_zip_lies_about_is_found_out(tmp_path: Path) -> None:
    package = zipped(tmp_path / "r.zip", frames(10))
    data = package.read_bytes()
    real = len(exr(0)).to_bytes(4, "little")
    package.write_bytes(data.replace(real, (100).to_bytes(4, "little")))
    with pytest.raises(ResultError):
        unpack(package, tmp_path / "exr")
    assert [each.name for each in tmp_path.iterdir()] == ["r.zip"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", b"<html>404</html>"])
def test_what_is_neither_exr_nor_zip_is_refused(data: bytes, tmp_path: Path) -> None:
    package = tmp_path / "r.zip"
    package.write_bytes(data)
    with pytest.raises(ResultError, match="neither"):
        unpack(package, tmp_path / "exr")
