"""What was rendered before is handed out again, and only where it is the very same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from newtake.sandbox.looks import look_for
from newtake.sandbox.probe import probe_source
from newtake.sandbox.render import RenderPlan, render
from newtake.sandbox.renders import Renders
from newtake.sandbox.stamp import stamp_png
from numbered_media import make_numbered


@pytest.fixture
def ffmpeg(require_program: Callable[[str], str]) -> str:
    return require_program("ffmpeg")


def planned(folder: Path, source: Path) -> RenderPlan:
    """A small plan in a folder of its own, its source and stamp in it."""
    folder.mkdir()
    shutil.copyfile(source, folder / "input_video")
    (folder / "stamp.png").write_bytes(stamp_png(36))
    return RenderPlan(
        source=folder / "input_video",
        facts=probe_source(folder / "input_video"),
        target=folder / "video.mp4",
        stamp=folder / "stamp.png",
        short_side=36,
        frames=6,
        look=look_for({"prompt": "noir"}),
    )


def test_the_same_plan_elsewhere_gets_the_same_bytes_as_rendering_would(
    ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(ffmpeg, tmp_path / "a.mp4", rate=Fraction(24), frames=6)
    renders = Renders(tmp_path / "renders", ffmpeg)
    first = planned(tmp_path / "first", source)
    assert not renders.find(first, [first.target])
    anyio.run(render, first, ffmpeg)
    renders.keep(first, [first.target])
    again = planned(tmp_path / "again", source)

    assert renders.find(again, [again.target])

    found = again.target.read_bytes()
    again.target.unlink()
    anyio.run(render, again, ffmpeg)
    assert found == first.target.read_bytes() == again.target.read_bytes()


def test_another_source_look_length_or_program_is_rendered(ffmpeg: str, tmp_path: Path) -> None:
    source = make_numbered(ffmpeg, tmp_path / "a.mp4", rate=Fraction(24), frames=6)
    other = make_numbered(ffmpeg, tmp_path / "b.mp4", rate=Fraction(24), frames=6, first=9)
    renders = Renders(tmp_path / "renders", ffmpeg)
    plan = planned(tmp_path / "first", source)
    plan.target.write_bytes(b"rendered")
    renders.keep(plan, [plan.target])
    plan.target.unlink()
    assert renders.find(plan, [plan.target])
    plan.target.unlink()

    for different in (
        planned(tmp_path / "other", other),
        replace(plan, look=look_for({"prompt": "sepia"})),
        replace(plan, look=None),
        replace(plan, frames=5),
        replace(plan, label_rate=25),
        replace(plan, short_side=38),
        replace(plan, hdr=True),
    ):
        assert not renders.find(different, [different.target])
    program = shutil.copyfile(ffmpeg, tmp_path / "ffmpeg")
    assert not Renders(tmp_path / "renders", str(program)).find(plan, [plan.target])
    assert not plan.target.exists()


def test_a_result_of_two_files_is_found_with_both_or_not_at_all(
    ffmpeg: str, tmp_path: Path
) -> None:
    source = make_numbered(ffmpeg, tmp_path / "a.mp4", rate=Fraction(24), frames=6)
    plan = planned(tmp_path / "first", source)
    package = plan.target.with_name("exr.zip")
    renders = Renders(tmp_path / "renders", ffmpeg)
    plan.target.write_bytes(b"video")
    renders.keep(plan, [plan.target])
    plan.target.unlink()
    assert not renders.find(plan, [package, plan.target])
    assert not plan.target.exists()

    package.write_bytes(b"frames")
    renders.keep(plan, [package])
    package.unlink()
    assert renders.find(plan, [package, plan.target])
    assert (package.read_bytes(), plan.target.read_bytes()) == (b"frames", b"video")
