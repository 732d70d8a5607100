"""Which look-up tables a page offers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from newtake.domain.cube import Lut
from newtake.domain.events import JobCreated, Stamped
from newtake.domain.job import Job
from newtake.domain.replay import advance
from newtake.shells.panel.table_list import RECENT, tables_of
from orders import order


def a_job(at: float, table: Path | None) -> Job:
    lut = None if table is None else Lut(table, "0", "3d", 33)
    return advance(None, Stamped(at, JobCreated(f"job{at}", replace(order(), lut=lut))))


def test_the_newest_that_are_there_and_those_beside_the_timeline_each_once(tmp_path: Path) -> None:
    luts, project = tmp_path / "luts", tmp_path / "project"
    for folder in (luts, project):
        folder.mkdir()
    tables = [luts / f"{number}.cube" for number in range(8)]
    beside = [project / "a.CUBE", project / "b.cube"]
    for table in (*tables, *beside, project / "cut.otio"):
        table.touch()
    jobs = [a_job(at, table) for at, table in enumerate([*tables, None, beside[1], tables[7]])]
    tables[5].unlink()

    newest = [tables[7], beside[1], tables[6], tables[4], tables[3]]
    assert len(newest) == RECENT
    assert tables_of(project, jobs) == [*map(str, newest), str(beside[0])]
    assert tables_of(None, ()) == tables_of(tmp_path / "gone", ()) == []
