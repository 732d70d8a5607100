"""Installing into Resolve's menu: what is written, what is left alone, and how it is undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.bootstrap import resolve_menu
from newtake.bootstrap.installing import start_once
from newtake.bootstrap.resolve_menu import Installation
from newtake.domain.choices import MenuLanguage
from newtake.domain.errors import OutputError, StorageError
from newtake.hosts.installing.changes import Change
from newtake.hosts.resolve.install import carry_out, plan_install, plan_uninstall
from newtake.hosts.resolve.launchers import Target, is_ours, target_of
from resolve_machines import NASTY, PLATFORMS, Machine, machine

BOTH = ["Edit/New Take (Lua).lua", "Edit/New Take.py"]
BOTH += ["Utility/New Take (Lua).lua", "Utility/New Take.py"]
PYTHON = ["Edit/New Take.py", "Utility/New Take.py"]
LUA = ["Edit/New Take.lua", "Utility/New Take.lua"]


def install(
    there: Machine,
    *,
    for_everyone: bool = False,
    folder: Path | None = None,
    language: MenuLanguage | None = None,
    dry_run: bool = False,
) -> Installation:
    return resolve_menu.install(
        there.environment,
        for_everyone=for_everyone,
        folder=folder,
        language=language,
        dry_run=dry_run,
        platform=there.platform,
        root=there.root,
        start=lambda _: None,
    )


def uninstall(there: Machine, *, for_everyone: bool = False) -> Installation:
    return resolve_menu.uninstall(
        there.environment, for_everyone=for_everyone, platform=there.platform, root=there.root
    )


def files(scripts: Path) -> list[str]:
    return sorted(str(each.relative_to(scripts)) for each in scripts.rglob("*") if each.is_file())


def actions(done: Installation) -> set[str]:
    return {each.action for each in done.changes}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", ["user", NASTY])
def test_install_writes_twice_the_same_and_uninstall_undoes_it(
    tmp_path: Path, platform: str, name: str
) -> None:
    there = machine(tmp_path, platform, name)
    scripts = there.places.user_scripts

    first = install(there)
    assert (files(scripts), actions(first)) == (BOTH, {"write"})
    assert actions(install(there)) == {"keep"}
    target = resolve_menu.target_here(there.environment)
    assert {target_of((scripts / each).read_bytes()) for each in BOTH} == {target}

    assert actions(uninstall(there)) == {"remove"}
    assert files(scripts) == []
    assert uninstall(there).changes == ()


@pytest.mark.parametrize(
    ("start", "ships_python", "names"),
    [
        ("Studio v21.1.0.0014", True, PYTHON),
        ("Studio v18.6.6.0007", False, PYTHON),
        ("v21.0.4.0005", False, PYTHON),
        ("v21.1.0.0017", True, LUA),
        ("v21.0.4.0005", True, LUA),
        (None, True, BOTH),
        (None, False, BOTH),
    ],
)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_one_entry_where_it_is_known_which_works(
    tmp_path: Path, platform: str, start: str | None, ships_python: bool, names: list[str]
) -> None:
    there = machine(tmp_path, platform)
    there.has_resolve()
    if ships_python:
        there.ships_python()
    if start:
        there.ran(start)

    done = install(there, dry_run=True)

    paths = [str(each.path.relative_to(there.places.user_scripts)) for each in done.changes]
    assert sorted(paths) == names
    assert done.choice is not None
    assert done.choice.why


def test_an_update_of_resolve_takes_the_entry_away_that_no_longer_works(tmp_path: Path) -> None:
    there = machine(tmp_path)
    there.has_resolve()
    there.ran("v21.0.4.0005")
    install(there)
    there.ran("v21.1.0.0017")

    assert actions(install(there)) == {"write", "remove"}
    assert files(there.places.user_scripts) == LUA


def test_the_language_can_be_chosen(tmp_path: Path) -> None:
    there = machine(tmp_path)

    install(there, language="lua")

    assert files(there.places.user_scripts) == LUA


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    there = machine(tmp_path)

    assert actions(install(there, dry_run=True)) == {"write"}
    assert not there.places.user_scripts.exists()


def test_a_file_of_somebody_else_is_left_and_nothing_is_written(tmp_path: Path) -> None:
    there = machine(tmp_path)
    theirs = there.places.user_scripts / "Utility" / "New Take.py"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("print('mine')\n")

    with pytest.raises(OutputError, match="not New Take's"):
        install(there)

    assert files(there.places.user_scripts) == ["Utility/New Take.py"]
    assert theirs.read_text() == "print('mine')\n"
    assert uninstall(there).changes == ()
    assert theirs.exists()


@pytest.mark.parametrize("kind", ["folder", "dangling link"])
def test_what_is_no_file_of_ours_is_somebody_elses(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "Edit" / "New Take.py"
    path.parent.mkdir()
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")

    with pytest.raises(OutputError, match="not New Take's"):
        plan_install(tmp_path, {"New Take.py": b"x"})
    assert plan_uninstall(tmp_path) == ()


def test_other_scripts_of_the_folder_stay(tmp_path: Path) -> None:
    there = machine(tmp_path)
    other = there.places.user_scripts / "Edit" / "Other.py"
    other.parent.mkdir(parents=True)
    other.write_text("other")

    install(there)
    uninstall(there)

    assert files(there.places.user_scripts) == ["Edit/Other.py"]


def test_an_entry_of_a_moved_environment_is_pointed_here(tmp_path: Path) -> None:
    there = machine(tmp_path)
    install(there)
    entry = there.places.user_scripts / "Edit" / "New Take.py"
    entry.write_bytes(entry.read_bytes().replace(b"python", b"gone"))

    assert is_ours(entry.read_bytes())
    assert actions(install(there)) == {"keep", "replace"}
    assert target_of(entry.read_bytes()) == resolve_menu.target_here(there.environment)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_for_everyone_goes_into_the_systems_folder_and_says_where_else_it_is(
    tmp_path: Path, platform: str
) -> None:
    there = machine(tmp_path, platform)
    there.has_resolve()
    there.ran("Studio v21.1.0.0014")

    install(there)
    done = install(there, for_everyone=True)

    assert done.scripts == there.places.system_scripts[0]
    assert files(done.scripts) == PYTHON
    assert len(done.notes) == 2
    assert all("lists both" in note for note in done.notes)
    left = uninstall(there)
    assert ["with --for-everyone" in note for note in left.notes] == [True, True]
    assert files(done.scripts) == PYTHON
    assert uninstall(there, for_everyone=True).notes == ()


def test_on_linux_everybodys_folder_is_that_of_the_resolve_that_is_there(tmp_path: Path) -> None:
    there = machine(tmp_path)
    (there.root / "home" / "resolve").mkdir(parents=True)

    done = install(there, for_everyone=True, dry_run=True)

    assert done.scripts == there.root / "home" / "resolve" / "Fusion" / "Scripts"


def test_a_folder_can_be_named_where_the_system_tells_of_none(tmp_path: Path) -> None:
    nowhere = Machine("linux", {"NEWTAKE_HOME": str(tmp_path / "home")}, tmp_path)

    install(nowhere, folder=tmp_path / NASTY)

    assert files(tmp_path / NASTY) == BOTH


@pytest.mark.parametrize("trace", ["program", "container"])
def test_the_build_of_apples_store_is_refused_with_the_reason(tmp_path: Path, trace: str) -> None:
    there = machine(tmp_path, "darwin")
    if trace == "program":
        there.bundle(there.places.apps[1], "com.blackmagic-design.DaVinciResolveLite")
    else:
        there.places.store_containers[0].mkdir(parents=True)

    with pytest.raises(OutputError, match="Mac App Store") as refused:
        install(there)

    assert "sandbox" in refused.value.why
    assert "blackmagicdesign.com" in refused.value.fix
    assert not there.places.user_scripts.exists()


def test_beside_a_build_of_the_store_the_other_one_is_served(tmp_path: Path) -> None:
    there = machine(tmp_path, "darwin")
    there.bundle(there.places.apps[1], "com.blackmagic-design.DaVinciResolveLite")
    app = there.has_resolve()
    there.ran("Studio v21.1.0.0014")

    done = install(there)

    assert done.resolve is not None
    assert done.resolve.app == app
    assert files(done.scripts) == PYTHON


def test_a_folder_that_cannot_be_written_is_said_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "Edit").write_text("a file where the folder should be")

    with pytest.raises(StorageError, match="cannot be used") as refused:
        carry_out([Change(tmp_path / "Edit" / "New Take.py", "write", b"x")])

    assert "--folder" in refused.value.fix


def test_an_environment_that_does_not_start_is_not_put_into_the_menu(tmp_path: Path) -> None:
    there = machine(tmp_path)
    broken = Target((str(tmp_path / "gone"), "-I", "-m", "newtake"), "/bridge.py", "/spool")

    with pytest.raises(OutputError, match="cannot be started"):
        resolve_menu.install(
            there.environment,
            platform=there.platform,
            root=there.root,
            start=lambda _: start_once(broken.command, "Resolve"),
        )

    assert not there.places.user_scripts.exists()


def test_this_environment_starts_alone_as_resolve_will_start_it() -> None:
    start_once(resolve_menu.target_here({"NEWTAKE_HOME": "/tmp"}).command, "Resolve")


def test_what_only_this_terminal_sets_is_said(tmp_path: Path) -> None:
    there = machine(tmp_path)
    there.environment.update(OXEN_API_KEY="k", NEWTAKE_HOME=str(tmp_path / "home"))

    both = install(there)
    python = install(there, language="python")

    by_hand, *sets = both.notes
    assert "newtake resolve open --by-hand" in by_hand
    assert [note.split()[0] for note in sets] == ["OXEN_API_KEY", "NEWTAKE_HOME"]
    assert [note.split()[0] for note in python.notes] == ["OXEN_API_KEY"]
    target = target_of((python.scripts / "Edit" / "New Take.py").read_bytes())
    assert target is not None
    assert target.home == str(tmp_path / "home")


def test_uninstall_takes_the_folders_away_that_install_made_and_no_others(tmp_path: Path) -> None:
    there = machine(tmp_path)
    there.has_resolve()
    scripts = there.places.user_scripts
    (scripts / "Edit").mkdir(parents=True)
    install(there)
    assert (scripts / "Utility").is_dir()
    uninstall(there)
    assert [each.name for each in scripts.iterdir()] == ["Edit"]
    install(there)
    install(there)
    (scripts / "Utility" / "mine.py").touch()
    uninstall(there)
    assert (scripts / "Utility" / "mine.py").exists()
    (scripts / "Utility" / "mine.py").unlink()
    uninstall(there)
    assert [each.name for each in scripts.iterdir()] == ["Edit"]


def test_uninstall_leaves_nothing_where_nothing_was(tmp_path: Path) -> None:
    there = machine(tmp_path)
    there.has_resolve()
    user = Path(there.environment["HOME"])
    install(there)
    assert list(user.rglob("*"))
    uninstall(there)
    assert list(user.rglob("*")) == []
    assert list(tmp_path.rglob("resolve_folders.json")) == []
