"""The self-test of a real Resolve with what it needs of this machine: test media and folders."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newtake import __version__, bootstrap
from newtake.domain.errors import OutputError
from newtake.hosts.resolve import selftest
from newtake.hosts.resolve.selftest import numbered
from newtake.hosts.resolve.selftest.bench import NumberedMedia
from newtake.hosts.resolve.selftest.questions import ASK_PERSON, QUESTIONS
from newtake.hosts.resolve.selftest.report import Answer, Cleanup, Report, report_document
from newtake.hosts.resolve.selftest.scratch import Before, read_before
from newtake.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newtake.hosts.resolve.connection import ResolveCalls

FRAMES = 72
_SEQUENCE_FIRST = 1001
_TAKE_FIRST = 128
"""Of the numbers in the other movie, so that a picture says which of both it is from."""
_MOVIE = ("-c:v", "prores_aw", "-pix_fmt", "yuv422p10le")
"""Every edition of Resolve opens it, on every system."""
_EXR = ("-c:v", "exr", "-pix_fmt", "gbrpf32le")


def new_report(*, keep: bool) -> Report:
    """An empty report of this machine."""
    facts = {
        "made": datetime.now(timezone.utc).date().isoformat(),
        "newtake": __version__,
        "python": platform.python_version(),
        "system": {
            "name": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
        },
    }
    secrets = {str(Path.home()): "<home>", tempfile.gettempdir(): "<temporary>"}
    return Report(facts, cleanup=Cleanup(kept=keep), secrets=secrets)


async def run_selftest(
    calls: ResolveCalls,
    settings: Settings,
    before: Before,
    report: Report,
    *,
    told: Callable[[Answer], None],
    only: frozenset[str] = frozenset(),
) -> Path:
    """Measure everything and clean up; gives the folder of the files, which is there when kept.

    Args:
        calls: To Resolve.
        settings: Which ffmpeg makes the media.
        before: Where the person is.
        report: Is filled, also when this ends by an error or an interrupt.
        told: Called with each answer as it comes.
        only: Ids of questions; empty is all of them.

    Raises:
        MediaToolError: The test media cannot be made.
        HostError, HostAwayError: Nothing could be measured.
    """
    program = bootstrap.toolchain(settings).executable
    report.facts |= await selftest.facts_of(calls)

    async def make(folder: Path, rate: Fraction, other: Fraction) -> NumberedMedia:
        return await make_media(program, folder, rate, other)

    with _files(report) as place:
        await selftest.measure(calls, before, place, make, report, told=told, only=only)
    return place.media.parent


async def look_before(calls: ResolveCalls) -> Before:
    """See `read_before`."""
    return await read_before(calls)


def question_ids() -> tuple[str, ...]:
    """What `run_selftest` can be told to ask only."""
    return tuple(each.id for each in (*QUESTIONS, *ASK_PERSON))


def write_report(report: Report, path: Path) -> None:
    """Write a report as a new file. Raises: OutputError."""
    text = json.dumps(document(report), indent=2, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise OutputError(f"The report cannot be written to {path}.", why=str(error)) from error


def report_path(settings: Settings, report: Report) -> Path:
    """A file that is not there yet, for a report that nobody named one for."""
    version = report.facts["resolve"]["version"]
    stem = f"resolve_{version}_{report.facts['made']}"
    folder = settings.home / "selftest"
    number = 1
    while (path := folder / f"{stem}_{number}.json").exists():
        number += 1
    return path


async def make_media(ffmpeg: str, folder: Path, rate: Fraction, other: Fraction) -> NumberedMedia:
    """Write the numbered files. Raises: MediaToolError."""
    media = NumberedMedia(
        movie=folder / "plate_a.mov",
        take=folder / "other_b.mov",
        other_rate=folder / "rate_c.mov",
        sequence=folder / "frames_d.%04d.exr",
        sequence_first=_SEQUENCE_FIRST,
        take_first=_TAKE_FIRST,
        frames=FRAMES,
    )
    await _draw(ffmpeg, media.movie, rate, _MOVIE)
    await _draw(ffmpeg, media.take, rate, _MOVIE, first=_TAKE_FIRST)
    await _draw(ffmpeg, media.other_rate, other, _MOVIE)
    start = ("-start_number", str(_SEQUENCE_FIRST))
    await _draw(ffmpeg, media.sequence, rate, (*_EXR, *start))
    return media


async def _draw(
    ffmpeg: str, path: Path, rate: Fraction, coding: tuple[str, ...], *, first: int = 0
) -> None:
    from newtake.adapters.ffmpeg_process import run_ffmpeg

    command = [
        *(ffmpeg, "-f", "lavfi", "-i", numbered.source(first, rate), "-frames:v", str(FRAMES)),
        *coding,
        str(path),
    ]
    await run_ffmpeg(command, doing="Making the test media", frames=FRAMES)


@contextmanager
def _files(report: Report) -> Iterator[selftest.Place]:
    folder = Path(tempfile.mkdtemp(prefix="newtake-selftest-"))
    report.secrets[str(folder)] = "<files>"
    place = selftest.Place(folder / "media", folder / "output")
    try:
        for each in (place.media, place.output):
            each.mkdir()
        yield place
    finally:
        cleanup = report.cleanup
        if not cleanup.kept:
            # Windows holds on to what Resolve still has open.
            shutil.rmtree(folder, ignore_errors=True)
            cleanup.files_are_deleted = not folder.exists()
            if not cleanup.files_are_deleted:
                cleanup.left.append(f"Files are still there; delete the folder {folder}.")


def document(report: Report) -> Mapping[str, Any]:
    """The report as JSON has it, without paths and names."""
    return report_document(report)
