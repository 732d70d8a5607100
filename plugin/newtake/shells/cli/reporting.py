"""`report`, and the report that a run leaves beside its takes: JSON, and one HTML page."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from newtake import bootstrap
from newtake.bootstrap.run_reports import (
    drawn_stills,
    free_report_name,
    last_run,
    named_run,
    takes_folder,
)
from newtake.bootstrap.written_places import written_places
from newtake.domain.errors import NewTakeError, OutputError, SelectionError, StorageError
from newtake.domain.job import Job
from newtake.durable import put_new, write_new
from newtake.pipeline.report_stills import DrawnStill
from newtake.settings import Settings
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.drawing import draw_outcome
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.printable import printable
from newtake.shells.cli.report_document import report_document
from newtake.shells.cli.report_page import Pictures, report_page

_HTML, _JSON = ".html", ".json"


def report_after(settings: Settings, jobs: Sequence[Job]) -> Path | None:
    """Leave a run's report beside its takes; a run is never failed for want of one.

    Returns:
        The page; None where nothing was submitted, or it could not be written, which is said.
    """
    if not any(job.renditions for job in jobs):
        return None
    try:
        page, _ = write_reports(settings, jobs, None)
    except NewTakeError as error:
        print(printable(f"No report was written: {error.what}"), file=sys.stderr)
        return None
    print(printable(f"Report: {page}"), file=sys.stderr)
    return page


def show_report(names: Sequence[str], last: bool, out: Path | None, as_json: bool) -> None:
    """`report`: made again from the journal, on any later day."""
    if names and last:
        raise SelectionError("Say either jobs or --last.")
    if out is not None:
        if out.suffix.lower() not in (_HTML, _JSON):
            raise SelectionError(
                f"{out.name} is neither a page nor a document.", fix="Name a .html or a .json."
            )
        if out.exists():
            raise OutputError(f"{out} exists already.", fix="Name another file with --out.")
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    jobs = named_run(journal, names) if names else last_run(journal)
    written, document = write_reports(settings, jobs, out.absolute() if out else None)
    if as_json:
        print_document({**document, "report": str(written)})
        return
    draw_outcome(jobs, sys.stderr, written_places(jobs))
    print(printable(written))


def write_reports(
    settings: Settings, jobs: Sequence[Job], out: Path | None
) -> tuple[Path, dict[str, Any]]:
    """Draw, and write as new files; never over anything.

    Args:
        settings: This machine's.
        jobs: What is reported.
        out: An .html or .json; None: both, beside the first job's takes.

    Returns:
        The page, or the document where that was named; and what is in it.
    Raises:
        StorageError: It cannot be written.
    """
    now = datetime.now().astimezone()
    try:
        with tempfile.TemporaryDirectory(prefix="newtake-report-") as folder:
            drawn = _drawn(settings, jobs, Path(folder))
            made_at = now.isoformat(timespec="seconds")
            document = report_document(jobs, drawn, made_at, written_places(jobs))
            page = report_page(document, _pictures(drawn))
        text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
        if out is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            _write(out, page if out.suffix.lower() == _HTML else f"{text}\n")
            return out, document
        beside = takes_folder(jobs[0].order.host)
        beside.mkdir(parents=True, exist_ok=True)
        name = free_report_name(beside, now)
        _write(name.with_name(name.name + _JSON), f"{text}\n")
        written = name.with_name(name.name + _HTML)
        _write(written, page)
    except OSError as error:
        where = error.filename or out or "The report"
        raise StorageError(
            f"{where} cannot be written.", why=error.strerror or str(error)
        ) from error
    return written, document


def _drawn(settings: Settings, jobs: Sequence[Job], folder: Path) -> list[DrawnStill]:
    try:
        return run(drawn_stills, settings, jobs, folder)
    except NewTakeError:
        # Without an ffmpeg there are no pictures; what happened can be told all the same.
        return []


def _pictures(drawn: Sequence[DrawnStill]) -> Pictures:
    return {
        (each.still.job_id, each.still.submission_id, each.still.place): each.picture.read_bytes()
        for each in drawn
        if each.picture is not None
    }


def _write(path: Path, text: str) -> None:
    """A file name may hold what is no text; it is shown as the file system has it."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        write_new(part, text.encode("utf-8", "backslashreplace"))
        put_new(part, path)
    finally:
        part.unlink(missing_ok=True)
