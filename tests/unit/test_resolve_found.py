"""Which Resolve is on a machine: said where a file says it, and left open where none does."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.hosts.resolve.found import FoundResolve, find_resolves
from resolve_machines import PLATFORMS, Machine, machine


def the_one(there: Machine) -> FoundResolve:
    (found,) = find_resolves(there.places)
    return found


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_empty_machine_has_none(tmp_path: Path, platform: str) -> None:
    assert find_resolves(machine(tmp_path, platform).places) == ()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_one_that_never_ran_says_neither_edition_nor_version(tmp_path: Path, platform: str) -> None:
    there = machine(tmp_path, platform)
    app = there.has_resolve()

    found = the_one(there)

    assert (found.app, found.version, found.edition) == (app, None, None)
    assert not found.at_least_21_1
    assert found.name == "DaVinci Resolve, version not known"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_its_own_interpreter_says_at_least_21_1(tmp_path: Path, platform: str) -> None:
    there = machine(tmp_path, platform)
    there.has_resolve()
    there.ships_python()

    assert the_one(there).at_least_21_1
    assert the_one(there).name == "DaVinci Resolve, 21.1 or later"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_logs_last_start_says_edition_and_version(tmp_path: Path, platform: str) -> None:
    there = machine(tmp_path, platform)
    there.has_resolve()
    there.ran("v20.3.2.0009", "Studio v21.1.0.0014")

    found = the_one(there)

    assert (found.edition, found.version) == ("studio", (21, 1, 0, 14))
    assert found.version_from == "the log of its last start"
    assert found.name == "DaVinci Resolve Studio 21.1.0.14"


def test_the_free_editions_start_has_no_word_for_it(tmp_path: Path) -> None:
    there = machine(tmp_path)
    there.has_resolve()
    there.ran("Studio v18.1.4.0009", "v21.0.4.0005")

    found = the_one(there)

    assert (found.edition, found.version) == ("free", (21, 0, 4, 5))
    assert not found.at_least_21_1


def test_a_bundle_says_its_version_better_than_the_log_of_an_earlier_one(tmp_path: Path) -> None:
    there = machine(tmp_path, "darwin")
    there.bundle(there.places.apps[0], "com.blackmagic-design.DaVinciResolve", "21.1.1")
    there.ran("Studio v20.0.0.0049")

    found = the_one(there)

    assert (found.version, found.edition) == ((21, 1, 1), "studio")
    assert found.version_from == "the program's Info.plist"


def test_the_version_file_of_linux_is_read(tmp_path: Path) -> None:
    there = machine(tmp_path)
    there.has_resolve()
    file = there.places.version_file
    assert file is not None
    file.parent.mkdir(parents=True)
    file.write_text("Other=1\nResolve.Version=21.1.0\n", encoding="ascii")

    assert the_one(there).version == (21, 1, 0)
    assert the_one(there).version_from == str(file)


@pytest.mark.parametrize("name", ["DaVinciResolveLite", "DaVinciResolveAppStore"])
def test_the_stores_builds_are_known_by_their_identifier(tmp_path: Path, name: str) -> None:
    there = machine(tmp_path, "darwin")
    there.bundle(there.places.apps[1], f"com.blackmagic-design.{name}", "21.0.3")
    there.ran("Studio v21.1.0.0014")

    found = the_one(there)

    assert found.from_app_store
    assert found.edition is None, "the log outside its container is another program's"


def test_a_receipt_of_the_store_says_so_as_well(tmp_path: Path) -> None:
    there = machine(tmp_path, "darwin")
    app = there.places.apps[0]
    there.bundle(app, "com.blackmagic-design.DaVinciResolve")
    (app / "Contents" / "_MASReceipt").mkdir()

    assert the_one(there).from_app_store


@pytest.mark.parametrize("content", [b"", b"not a plist", b"<plist><dict>", b"bplist00\xff"])
def test_a_broken_bundle_says_nothing(tmp_path: Path, content: bytes) -> None:
    there = machine(tmp_path, "darwin")
    app = there.has_resolve()
    (app / "Contents" / "Info.plist").write_bytes(content)

    assert the_one(there).version is None
