"""The hand-over between parts, with a service that makes each part brighter than the one before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import pytest

from matrix.walk import CopyingProvider, wired
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.edit import EditSettings
from newtake.domain.files import HostTarget, Profile
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.part_planning import PartChoices
from newtake.pipeline.planning import plan_edits
from newtake.pipeline.run import create_jobs
from newtake.pipeline.session import Run
from newtake.ports import Progress, Submission
from newtake.testing import RecordingWatcher
from numbered_media import H264, luma_of, run
from otio_newtake.cuts import write_cuts
from otio_newtake.host import OtioHost

pytestmark = pytest.mark.anyio

RATE, FRAMES, SHIFT, OVERLAP = Fraction(25), 300, 12, 12


@dataclass
class BrighteningProvider(CopyingProvider):
    """Each submission comes back brighter by `SHIFT` of 255 than the one before."""

    async def download(self, submission: Submission, to: Path, progress: Progress) -> None:
        await super().download(submission, to, progress)
        copied = to.rename(to.with_name(f"copied_{to.name}"))
        number = [row["id"] for row in self.submitted].index(submission.id)
        brighter = f"lutyuv=y=val+{round(SHIFT * number * 219 / 255)}"
        command = [self.ffmpeg, "-v", "error", "-y", "-i", str(copied), "-vf", brighter]
        run([*command, *H264, "-crf", "8", "-threads", "2", str(to)])
        copied.unlink()


async def test_no_step_is_larger_than_the_dissolve_allows(tmp_path: Path) -> None:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    source = tmp_path / "grey.mov"
    grey = f"color=0x606060:s=320x180:r={RATE}"
    run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", grey, "-frames:v", str(FRAMES), str(source)])
    timeline = write_cuts(source, RATE, FRAMES, tmp_path / "cut.otio", name="cut", cuts=1)
    target = HostTarget("otio", timeline, tmp_path / "out.otio", profile=Profile.GENERIC)
    ports = wired(find_toolchain(), target)
    assert isinstance(ports.provider, CopyingProvider)
    provider = BrighteningProvider(ffmpeg=ffmpeg, uploads=ports.provider.uploads)
    ports = replace(ports, provider=provider)
    plan = await plan_edits(
        await OtioHost(target).clips(),
        EditSettings("copy", duration="5s"),
        target,
        media=ports.media,
        provider=provider,
        uploader=ports.uploader,
        parts=ports.parts,
        choices=PartChoices(),
    )

    made = [job.id for job in create_jobs(ports, plan.orders)]
    first, *_ = await run_jobs(
        made, Run(ports, RecordingWatcher(), tmp_path / "work"), listen=False
    )

    assert len(made) == 3
    take = first.renditions[0].take
    assert take is not None
    levels = luma_of(take.path)
    steps = [after - before for before, after in pairwise(levels)]
    assert len(levels) == take.available.duration
    assert levels[-1] - levels[0] == pytest.approx(2 * SHIFT, abs=2)
    assert max(steps) <= SHIFT / (OVERLAP + 1) + 1.2
    assert min(steps) >= -1.2
