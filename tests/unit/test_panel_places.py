"""Which page a file has: one at a time, the same address after a crash, another file by saving."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from newtake.bootstrap.draft_places import place_of
from newtake.domain.errors import OutputError
from newtake.shells.panel.claim import Address, FilePlace, claim, published
from newtake.shells.panel.entering import listening

DIES = (
    "import os, sys; from pathlib import Path\n"
    "from newtake.shells.panel.claim import Address, claim\n"
    "held = claim(Path(sys.argv[1])); held.publish(Address(int(sys.argv[2]), 'known'))\n"
    "os._exit(9)"
)


@pytest.fixture
def port() -> int:
    """One that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def crashed(folder: Path, port: int) -> None:
    subprocess.run([sys.executable, "-c", DIES, str(folder), str(port)], check=False)


@pytest.mark.anyio
async def test_after_a_crash_the_page_is_where_its_tabs_look_for_it(
    tmp_path: Path, port: int
) -> None:
    crashed(tmp_path, port)
    held = claim(tmp_path)
    assert held is not None

    server, address = listening(held)

    assert address == Address(port, "known")
    assert server.port == port
    server.stop()
    held.release()


@pytest.mark.anyio
async def test_whoever_took_the_port_does_not_get_a_token_that_opens_the_page(
    tmp_path: Path, port: int
) -> None:
    crashed(tmp_path, port)
    held = claim(tmp_path)
    assert held is not None
    async with await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=port):
        server, address = listening(held)

    assert server.port != port
    assert address.token != "known"
    server.stop()
    held.release()


@pytest.mark.anyio
async def test_after_an_orderly_end_the_address_is_a_new_one(tmp_path: Path, port: int) -> None:
    first = claim(tmp_path)
    assert first is not None
    first.publish(Address(port, "known"))
    first.release()
    held = claim(tmp_path)
    assert held is not None
    assert held.former is None
    held.release()


def of_file(home: Path, name: str) -> FilePlace:
    held = claim(place_of(home / name, home))
    assert held is not None
    address = Address(8123, name)
    held.publish(address)
    return FilePlace(home, held, address)


def test_a_file_saved_as_another_is_found_under_that_name(tmp_path: Path) -> None:
    place = of_file(tmp_path, "a.otio")
    with place.moving_to(tmp_path / "b.otio"):
        pass

    assert published(place_of(tmp_path / "b.otio", tmp_path)) == Address(8123, "a.otio")
    assert claim(place_of(tmp_path / "b.otio", tmp_path)) is None
    again = claim(place_of(tmp_path / "a.otio", tmp_path))
    assert again is not None
    again.release()
    place.held.release()


def test_a_file_that_is_open_in_another_page_is_not_saved_over(tmp_path: Path) -> None:
    place, other = of_file(tmp_path, "a.otio"), of_file(tmp_path, "b.otio")

    with (
        pytest.raises(OutputError, match=r"b\.otio is open in another panel"),
        place.moving_to(tmp_path / "b.otio"),
    ):
        raise AssertionError("it must not be written")
    assert published(place.held.folder) == Address(8123, "a.otio")
    place.held.release()
    other.held.release()


def test_a_save_that_fails_leaves_the_page_where_it_was(tmp_path: Path) -> None:
    place = of_file(tmp_path, "a.otio")
    with (
        pytest.raises(OutputError, match="full"),
        place.moving_to(tmp_path / "b.otio"),
    ):
        raise OutputError("The disk is full.")

    free = claim(place_of(tmp_path / "b.otio", tmp_path))
    assert free is not None
    assert claim(place_of(tmp_path / "a.otio", tmp_path)) is None
    free.release()
    place.held.release()


def test_however_a_file_is_named_it_has_one_page(tmp_path: Path) -> None:
    (tmp_path / "a.otio").write_text("{}")
    (tmp_path / "link.otio").symlink_to(tmp_path / "a.otio")

    assert place_of(tmp_path / "link.otio", tmp_path) == place_of(tmp_path / "a.otio", tmp_path)
