"""Installing into Blender: what is written, what is left alone, and how it is undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import newtake
from blender_machines import BlenderMachine, blender_machine
from newtake.bootstrap import blender_addon
from newtake.bootstrap.blender_addon import Asked, Installation
from newtake.domain.errors import OutputError, StorageError
from newtake.hosts.blender.enabling import Enabled
from newtake.hosts.blender.found import FoundBlender
from newtake.hosts.blender.packaging import (
    INIT,
    MANIFEST,
    TARGET,
    Target,
    addon_files,
    read_target,
    target_file,
)
from newtake.hosts.blender.places import Version
from newtake.hosts.blender.status import findings
from resolve_machines import NASTY, PLATFORMS

NEW, OLD = (4, 5), (3, 4)


class Switches:
    """Stands for Blenders that are asked to switch the add-on on and off."""

    def __init__(self) -> None:
        self.on: dict[Version, bool] = {}
        self.asked: list[tuple[str, Version]] = []

    def __call__(self, blender: FoundBlender, do: str) -> Enabled:
        if blender.program is None:
            return Enabled(None, None)
        self.asked.append((do, blender.version))
        was = self.on.get(blender.version, False)
        if do != "look":
            self.on[blender.version] = do == "enable"
        return Enabled(was, self.on.get(blender.version, False))


def install(
    there: BlenderMachine, switches: Switches, asked: Asked | None = None, **more: Any
) -> tuple[Installation, ...]:
    done, _ = blender_addon.install(
        there.environment,
        asked or Asked(),
        platform=there.platform,
        root=there.root,
        start=lambda _: None,
        ask=more.pop("ask", lambda _: None),
        ask_enabled=switches,
        **more,
    )
    return done


def uninstall(there: BlenderMachine, switches: Switches, **more: Any) -> tuple[Installation, ...]:
    return blender_addon.uninstall(
        there.environment,
        Asked(),
        platform=there.platform,
        root=there.root,
        ask=lambda _: None,
        ask_enabled=switches,
        **more,
    )


def states(there: BlenderMachine, switches: Switches) -> list[tuple[str, str, str]]:
    looked_at = blender_addon.facts(
        there.environment,
        platform=there.platform,
        root=there.root,
        ask=lambda _: None,
        ask_enabled=switches,
    )
    return [(each.name, each.state, each.text) for each in findings(looked_at)]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(folder)): each.read_bytes() if each.is_file() else b""
        for each in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", ["user", NASTY], ids=["plain", "nasty"])
def test_install_writes_twice_the_same_and_uninstall_undoes_it(
    tmp_path: Path, platform: str, name: str
) -> None:
    there, switches = blender_machine(tmp_path, platform, name), Switches()
    for version in (NEW, OLD):
        there.has_program(version)
    there.has_started((5, 0))
    before = tree(there.root)

    done = install(there, switches)
    assert [each.blender.version for each in done] == [(5, 0), NEW, OLD]
    assert {it.action for each in done for it in each.changes} == {"write"}
    folder = done[1].blender.addon
    assert folder.parts[-3:] == ("extensions", "user_default", "new_take")
    assert done[2].blender.addon.parts[-3:] == ("scripts", "addons", "new_take")
    assert sorted(tree(folder)) == sorted([*addon_files("1.2.3"), TARGET])
    assert MANIFEST not in tree(done[2].blender.addon)
    target, _ = read_target((folder / TARGET).read_bytes())
    assert target == blender_addon.target_here(there.environment)
    assert switches.on == {NEW: True, OLD: True}

    again = install(there, switches)
    assert {it.action for each in again for it in each.changes} == {"keep"}

    gone = uninstall(there, switches)
    assert {it.action for each in gone for it in each.changes} == {"remove"}
    assert switches.on == {NEW: False, OLD: False}
    assert tree(there.root) == before
    assert all(each.changes == () for each in uninstall(there, switches))


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    there, switches = blender_machine(tmp_path), Switches()
    there.has_program(NEW)
    before = tree(there.root)
    done = install(there, switches, dry_run=True)
    assert {each.action for each in done[0].changes} == {"write"}
    assert (tree(there.root), switches.asked) == (before, [])
    install(there, switches)
    installed = tree(there.root)
    assert uninstall(there, switches, dry_run=True)[0].changes != ()
    assert (tree(there.root), switches.on) == (installed, {NEW: True})


def test_somebody_elses_folder_stops_all_and_stays(tmp_path: Path) -> None:
    there, switches = blender_machine(tmp_path), Switches()
    for version in (NEW, (5, 0)):
        there.has_program(version)
    foreign = there.places.addon(NEW)
    foreign.mkdir(parents=True)
    (foreign / INIT).write_text('"""Another add-on."""\n')
    before = tree(there.root)
    with pytest.raises(OutputError, match="is not New Take's"):
        install(there, switches)
    assert [each.changes for each in uninstall(there, switches)] == [(), ()]
    assert (tree(there.root), switches.asked) == (before, [])


def test_files_of_others_in_our_folder_stay(tmp_path: Path) -> None:
    there, switches = blender_machine(tmp_path), Switches()
    there.has_program(NEW)
    (done,) = install(there, switches)
    folder = done.blender.addon
    (folder / "notes.txt").write_text("mine")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "menu.cpython-311.pyc").write_bytes(b"made of menu.py")
    uninstall(there, switches)
    assert sorted(tree(folder)) == ["notes.txt"]


def test_an_older_add_ons_files_go_with_the_next_install(tmp_path: Path) -> None:
    there, switches = blender_machine(tmp_path), Switches()
    there.has_program(NEW)
    (done,) = install(there, switches)
    folder = done.blender.addon
    old = {**addon_files("0.0.1"), "former.py": b"1\n"}
    (folder / "former.py").write_bytes(b"1\n")
    (folder / TARGET).write_bytes(target_file(Target(("/old/python",)), old))
    (again,) = install(there, switches)
    assert {each.path.name: each.action for each in again.changes if each.action != "keep"} == {
        TARGET: "replace",
        "former.py": "remove",
    }
    assert not (folder / "former.py").exists()


def test_one_version_can_be_named_before_its_first_start(tmp_path: Path) -> None:
    there, switches = blender_machine(tmp_path), Switches()
    there.has_program(NEW)
    (done,) = install(there, switches, Asked(version=(4, 1)))
    assert (done.blender.version, done.blender.program) == ((4, 1), None)
    assert done.blender.addon == there.places.user / "4.1" / "scripts" / "addons" / "new_take"
    assert done.enabled.on is None


def test_a_program_that_is_named_is_asked_for_its_version(tmp_path: Path) -> None:
    there, switches = blender_machine(tmp_path), Switches()
    program = there.root / "builds" / "blender"
    program.parent.mkdir()
    program.write_bytes(b"program")
    asked = Asked(program=program)
    (done,) = install(there, switches, asked, ask=lambda path: (5, 0) if path == program else None)
    assert (done.blender.version, done.blender.program) == ((5, 0), program)
    with pytest.raises(OutputError, match="does not say which Blender it is"):
        install(there, switches, asked)


def test_a_blender_that_is_carried_about_keeps_the_add_on_beside_it(tmp_path: Path) -> None:
    there, switches = blender_machine(tmp_path), Switches()
    program = there.has_program(NEW)
    (program.parent / "portable").mkdir()
    (done,) = install(there, switches)
    assert done.blender.addon == program.parent / "portable/extensions/user_default/new_take"


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("BLENDER_USER_RESOURCES", NEW, "extensions/user_default/new_take"),
        ("BLENDER_USER_RESOURCES", OLD, "scripts/addons/new_take"),
        ("BLENDER_USER_EXTENSIONS", NEW, "user_default/new_take"),
        ("BLENDER_USER_SCRIPTS", OLD, "addons/new_take"),
    ],
)
def test_folders_that_the_environment_names_win(
    tmp_path: Path, name: str, version: Version, expected: str
) -> None:
    there = blender_machine(tmp_path)
    there.has_program(version)
    there.environment[name] = str(tmp_path / "elsewhere")
    (done,) = install(there, Switches())
    assert done.blender.addon == tmp_path / "elsewhere" / expected


def test_no_blender_and_old_ones_are_told(tmp_path: Path) -> None:
    there = blender_machine(tmp_path)
    with pytest.raises(OutputError, match=r"No Blender was found\."):
        install(there, Switches())
    there.has_program((2, 93))
    with pytest.raises(OutputError, match=r"Blender 2\.93 is too old\."):
        install(there, Switches())


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    there = blender_machine(tmp_path)
    there.has_program(NEW)
    (there.places.user / "4.5").mkdir(parents=True)
    (there.places.user / "4.5" / "extensions").write_text("a file in the way")
    with pytest.raises(StorageError, match="cannot be used"):
        install(there, Switches())


def test_an_environment_that_does_not_start_is_not_installed(tmp_path: Path) -> None:
    there = blender_machine(tmp_path)
    there.has_program(NEW)
    before = tree(there.root)

    def broken(target: Target) -> None:
        raise OutputError(f"{target.command[0]} does not start")

    with pytest.raises(OutputError, match="does not start"):
        blender_addon.install(
            there.environment,
            Asked(),
            platform=there.platform,
            root=there.root,
            start=broken,
            ask=lambda _: None,
            ask_enabled=Switches(),
        )
    assert tree(there.root) == before


def test_status_says_how_it_stands(tmp_path: Path) -> None:
    there, switches = blender_machine(tmp_path), Switches()
    ((name, state, text),) = states(there, switches)
    assert (name, state, text.split(";")[0]) == ("Blender", "missing", "not found")

    there.has_program(NEW)
    assert states(there, switches)[0][1:] == (
        "missing",
        f"at {there.root}/opt/blender-4.5/blender; New Take is not installed in it",
    )
    (done,) = install(there, switches)
    folder = done.blender.addon
    assert states(there, switches)[0][:2] == ("Blender 4.5", "ok")

    switches.on[NEW] = False
    assert states(there, switches)[0][1:] == ("missing", f"{folder} is not switched on")
    (folder / "menu.py").write_bytes(b"changed\n")
    assert "is not as this New Take writes it" in states(there, switches)[0][2]
    (folder / TARGET).write_bytes(target_file(Target(("/gone/python", "-m")), {}))
    assert states(there, switches)[0][1:] == (
        "missing",
        f"{folder} starts what is not there any more: /gone/python",
    )
    (folder / TARGET).write_bytes(target_file(Target(("/bin/sh",)), {}))
    assert "starts another environment: /bin/sh" in states(there, switches)[0][2]
    (folder / TARGET).unlink()
    assert "was installed from a zip" in states(there, switches)[0][2]


def test_a_flatpak_is_told(tmp_path: Path) -> None:
    there = blender_machine(tmp_path)
    there.places.sandboxed[0].mkdir(parents=True)
    ((_, state, text),) = states(there, Switches())
    assert (state, "Flatpak" in text) == ("missing", True)


def test_paths_of_any_letters_come_back_from_the_target_file() -> None:
    for text in (NASTY, "C:\\Prögram Files\\new take\\python.exe", "/a b/\u2028/\udcff"):
        target = Target((text, "-I", "-m", "newtake"), home=text)
        data = target_file(target, {INIT: b""})
        data.decode("ascii")
        assert read_target(data) == (target, (INIT,))


def test_the_packages_have_new_takes_version() -> None:
    files = addon_files(newtake.__version__)
    assert f'version = "{newtake.__version__}"\n'.encode() in files[MANIFEST]
    assert b'"version": (9, 8, 7),' in addon_files("9.8.7")[INIT]
