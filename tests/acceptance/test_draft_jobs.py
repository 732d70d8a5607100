"""A job of a draft that dies, resumed by the command line, adds its take to the draft, once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import opentimelineio as otio
import pytest

from keys import key_of
from newtake.adapters.mortal_journal import VARIABLE
from newtake.bootstrap.drafts import open_draft
from numbered_media import make_numbered
from otio_newtake.cuts import write_cuts
from services import NEWTAKE, PATIENCE_SECONDS, sandbox_at

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]

RATE, FRAMES = Fraction(25), 200
_RESTYLE_IN_DRAFT = """
import sys
from pathlib import Path
import anyio
from newtake import bootstrap
from newtake.bootstrap.drafts import open_draft
from newtake.bootstrap.restyling import Wish
from newtake.shells.cli.agreeing import Consent
from newtake.shells.cli.timelines import Asked, restyle_once

class InDraft(Asked):
    @property
    def target(self):
        return draft.target

settings = bootstrap.settings_now()
draft = anyio.run(open_draft, Path(sys.argv[1]), settings.home)
asked = InDraft(draft.timeline, Wish({"prompt": "copy"}), clips=("2",))
anyio.run(restyle_once, settings, asked, Consent(None, True, True, False))
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    with sandbox_at(tmp_path / "service", "--look", "copy") as url:
        yield url


def ran(place: Path, service: str, *words: object, die_at: str = "") -> int:
    environment = {
        **os.environ,
        "NEWTAKE_HOME": str(place / "home"),
        "OXEN_BASE_URL": service,
        "OXEN_API_KEY": key_of("draft-jobs"),
        **({VARIABLE: die_at} if die_at else {}),
    }
    return subprocess.run(
        [*map(str, words)],
        env=environment,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE_SECONDS,
        check=False,
    ).returncode


def told(timeline: Path) -> list[Any]:
    """Of every clip what plain OpenTimelineIO reads, without what differs from job to job."""
    read = otio.adapters.read_from_file(str(timeline), adapter_name="otio_json")
    return [
        (
            each.name,
            each.source_range,
            each.active_media_reference_key,
            {
                key: (one.target_url, one.available_range, one.name, _stable(one))
                for key, one in each.media_references().items()
            },
        )
        for each in read.find_clips()
    ]


def _stable(reference: Any) -> dict[str, Any]:
    own = dict(reference.metadata.get("newtake", {}))
    ids = ("label", "job_id", "submission_id", "created_at", "result_sha256", "source_url")
    return {name: str(value) for name, value in own.items() if name not in ids}


async def test_a_resumed_job_adds_its_take_to_the_draft_as_a_run_writes_it(
    service: str, tmp_path: Path
) -> None:
    source = make_numbered(
        imageio_ffmpeg.get_ffmpeg_exe(), tmp_path / "source.mov", rate=RATE, frames=FRAMES
    )
    saved: dict[str, list[Any]] = {}
    for point in ("", "before:conformed", "before:relinked", "after:relinked"):
        place = tmp_path / (point.replace(":", "_") or "undisturbed")
        timeline = place / "cut.otio"
        place.mkdir()
        write_cuts(source, RATE, FRAMES, timeline, name="cut")
        before = timeline.read_bytes()
        code = ran(place, service, sys.executable, "-c", _RESTYLE_IN_DRAFT, timeline, die_at=point)
        assert (code == 0) is not bool(point)
        assert ran(place, service, *NEWTAKE, "jobs", "resume", "--all", "--yes") == 0
        draft = await open_draft(timeline, place / "home")
        assert (await draft.standing()).unsaved == 1
        assert timeline.read_bytes() == before
        assert not draft.target.output.exists()
        await draft.save()
        saved[point] = told(timeline)

    plain = tmp_path / "plain"
    plain.mkdir()
    write_cuts(source, RATE, FRAMES, plain / "cut.otio", name="cut")
    words = ("--clip", "2", "--prompt", "copy", "--yes")
    assert ran(plain, service, *NEWTAKE, "restyle", plain / "cut.otio", *words) == 0
    written = told(plain / "cut_newtake.otio")
    for point, one in saved.items():
        mine = str(one).replace(str(tmp_path / (point.replace(":", "_") or "undisturbed")), "")
        assert mine == str(written).replace(str(plain), ""), point
