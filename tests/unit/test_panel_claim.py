"""One page for one home: the second start finds the first, and what a dead one left is nobody's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from newtake.domain.errors import StorageError
from newtake.shells.panel.claim import ADDRESS, Address, claim, published
from newtake.shells.panel.doorway import doorway_of
from newtake.shells.panel.lifetime import PAGE_SECONDS, START_SECONDS, Moment, reason_to_end
from newtake.shells.panel.opening_blender import forget_dead


def test_the_second_one_finds_the_first_ones_page(tmp_path: Path) -> None:
    first = claim(tmp_path)
    assert first is not None
    first.publish(Address(8123, "token"))

    assert claim(tmp_path) is None
    found = published(tmp_path)
    assert found is not None
    assert found.url == "http://127.0.0.1:8123/token/"

    first.release()
    again = claim(tmp_path)
    assert again is not None
    assert published(tmp_path) is None
    again.release()


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps a profile's files to its user")
def test_only_this_user_may_read_where_it_is(tmp_path: Path) -> None:
    held = claim(tmp_path)
    assert held is not None
    held.publish(Address(1, "token"))

    door = doorway_of(tmp_path)
    assert (tmp_path / ADDRESS).stat().st_mode & 0o077 == 0
    assert door.stat().st_mode & 0o077 == 0
    assert "http://127.0.0.1:1/token/" in door.read_text()
    held.release()
    assert not door.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="snaps are Linux's")
def test_a_browser_from_a_snap_finds_no_dot_in_the_path(tmp_path: Path) -> None:
    home = tmp_path / ".local" / "newtake"
    assert doorway_of(home, tmp_path) == home / "panel.html"
    (tmp_path / "snap").mkdir()
    first, second = doorway_of(home, tmp_path), doorway_of(home / "other", tmp_path)
    assert first.parent == second.parent == tmp_path
    assert first != second


def test_what_a_process_that_died_left_is_not_believed(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from newtake.shells.panel.claim import Address, claim\n"
        "held = claim(Path(sys.argv[1])); held.publish(Address(8123, 'token'))\n"
        "os._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert ended.returncode == 9
    assert published(tmp_path) is not None

    held = claim(tmp_path)

    assert held is not None
    assert published(tmp_path) is None
    held.release()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"port": 1}', '{"port": "x", "token": "y"}'])
def test_an_address_that_is_half_written_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / ADDRESS).write_text(text)

    assert published(tmp_path) is None


def test_a_home_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(json.dumps({}))

    with pytest.raises(StorageError):
        claim(tmp_path / "file" / "home")


def moment(**changed: float | bool | None) -> Moment:
    usual: dict[str, object] = {
        "now": 1000.0, "started_at": 0.0, "page_at": 0.0, "resolve_there": False, "jobs_running": 0,
    }  # fmt: skip
    return Moment(**{**usual, **changed})  # type: ignore[arg-type]


def test_it_ends_when_resolve_and_the_page_are_gone_and_nothing_runs() -> None:
    assert reason_to_end(moment()) is not None


@pytest.mark.parametrize(
    "still",
    [
        moment(resolve_there=True),
        moment(jobs_running=1),
        moment(page_at=1000.0 - PAGE_SECONDS + 1),
        moment(page_at=None, started_at=1000.0 - START_SECONDS + 1),
    ],
)
def test_it_stays_as_long_as_one_of_them_is_there(still: Moment) -> None:
    assert reason_to_end(still) is None


def test_a_page_that_never_came_is_not_waited_for_without_end() -> None:
    assert reason_to_end(moment(page_at=None)) is not None


def test_what_killed_processes_of_blender_left_is_removed(tmp_path: Path) -> None:
    for name in ("11", "12", "13", "mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ADDRESS).write_text('{"token": "secret"}')
        if name != "13":
            os.utime(tmp_path / name, (1, 1))
    held = claim(tmp_path / "12")
    os.utime(tmp_path / "12", (1, 1))

    forget_dead(tmp_path)
    forget_dead(tmp_path / "none")

    # One lives, one may be about to, one is nobody's page.
    assert sorted(each.name for each in tmp_path.iterdir()) == ["12", "13", "mine"]
    assert held is not None
    held.release()
