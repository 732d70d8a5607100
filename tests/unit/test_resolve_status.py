"""What is said of Resolve on this machine, and that each thing missing comes with what to do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from newtake.bootstrap import resolve_menu
from newtake.domain.errors import HostAwayError, NewTakeError
from newtake.domain.finding import Finding
from newtake.hosts.resolve.messages import Hello
from newtake.hosts.resolve.status import Reached, findings
from resolve_machines import PLATFORMS, Machine, machine

AWAY = HostAwayError("DaVinci Resolve cannot be reached.", why="It gives nothing.")
HELLO = Hello((21, 1, 0), "DaVinci Resolve Studio", True, "outside", "edit", "3.11.7")


def said(there: Machine, answer: Reached | NewTakeError | None = None) -> tuple[Finding, ...]:
    facts = resolve_menu.facts(there.environment, platform=there.platform, root=there.root)
    found = findings(facts, answer)
    assert all(each.fix for each in found if each.state != "ok"), "each says what to do"
    return found


def install(there: Machine, *, for_everyone: bool = False) -> None:
    resolve_menu.install(
        there.environment,
        for_everyone=for_everyone,
        platform=there.platform,
        root=there.root,
        start=lambda _: None,
    )


def studio(folder: Path, platform: str = "linux") -> Machine:
    there = machine(folder, platform)
    there.has_resolve()
    there.ran("Studio v21.1.0.0014")
    return there


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_empty_machine_misses_both(tmp_path: Path, platform: str) -> None:
    resolve, menu = said(machine(tmp_path, platform))

    assert (resolve.name, resolve.state) == ("Resolve", "missing")
    assert (menu.name, menu.state) == ("Menu", "missing")
    assert "newtake resolve install" in menu.fix


@pytest.mark.parametrize("platform", PLATFORMS)
def test_all_is_well_after_installing(tmp_path: Path, platform: str) -> None:
    there = studio(tmp_path, platform)
    install(there)

    found = said(there, Reached(HELLO, "Film", "Reel 1"))

    assert {each.state for each in found} == {"ok"}
    assert [each.name for each in found] == ["Resolve", "Menu", "Menu", "From outside"]
    assert "DaVinci Resolve Studio 21.1.0.14" in found[0].text
    assert found[-1].text == (
        "DaVinci Resolve Studio 21.1.0 answers, on the edit page, with project 'Film', "
        "timeline 'Reel 1'"
    )


def test_a_self_test_that_was_cut_off_is_named(tmp_path: Path) -> None:
    there = studio(tmp_path)
    *_, found = said(there, Reached(HELLO, "New Take self-test 1a2b3c4d", ""))

    assert (found.name, found.state) == ("Self-test", "note")
    assert "the open project, New Take self-test 1a2b3c4d, is a self-test's" in found.text
    assert "delete New Take self-test 1a2b3c4d there" in found.fix


def test_a_resolve_that_answers_is_not_missed_wherever_it_lies(tmp_path: Path) -> None:
    resolve, menu, outside = said(machine(tmp_path), Reached(HELLO, "Film", "Reel 1"))

    assert (resolve.state, menu.state, outside.state) == ("note", "missing", "ok")
    assert "it answers" in resolve.text
    assert "Install DaVinci" not in resolve.fix


def test_an_entry_that_is_not_there_is_not_said_to_work(tmp_path: Path) -> None:
    there = studio(tmp_path)
    assert "once it is installed" in said(there, AWAY)[-1].fix
    install(there)
    assert "The menu entry works without it." in said(there, AWAY)[-1].fix


def test_a_resolve_with_nothing_open_is_said_so(tmp_path: Path) -> None:
    assert said(studio(tmp_path), Reached(HELLO, "", ""))[-1].text.endswith("with no project")


def test_an_edition_that_no_file_tells_is_left_open(tmp_path: Path) -> None:
    there = machine(tmp_path)
    there.has_resolve()

    resolve = said(there)[0]

    assert resolve.state == "note"
    assert "do not say which edition" in resolve.text


@pytest.mark.parametrize(
    ("start", "state", "word"),
    [
        ("Studio v18.5.0.0041", "missing", "too old"),
        ("Studio v18.6.6.0007", "ok", "18.6.6"),
        ("Studio v21.2.0.0001", "note", "newer than any"),
    ],
)
def test_versions_outside_the_known_ones_are_said(
    tmp_path: Path, start: str, state: str, word: str
) -> None:
    there = machine(tmp_path)
    there.has_resolve()
    there.ran(start)

    resolve = said(there)[0]

    assert resolve.state == state
    assert word in resolve.text


def test_an_entry_of_an_environment_that_is_gone_says_how_to_mend_it(tmp_path: Path) -> None:
    there = studio(tmp_path)
    install(there)
    entry = there.places.user_scripts / "Edit" / "New Take.py"
    here = resolve_menu.target_here(there.environment).command[0].encode()
    entry.write_bytes(entry.read_bytes().replace(here, b"/moved/python"))

    _, menu, other = said(there)

    assert (menu.state, other.state) == ("missing", "ok")
    assert "/moved/python" in menu.text


def test_an_entry_of_another_environment_is_a_note(tmp_path: Path) -> None:
    there = studio(tmp_path)
    install(there)
    entry = there.places.user_scripts / "Edit" / "New Take.py"
    here = resolve_menu.target_here(there.environment).command[0].encode()
    other = tmp_path / "python"
    other.touch()
    entry.write_bytes(entry.read_bytes().replace(here, str(other).encode()))

    menu = said(there)[1]

    assert menu.state == "note"
    assert f"another environment: {other}" in menu.text


def test_an_entry_that_was_changed_by_hand_is_a_note(tmp_path: Path) -> None:
    there = studio(tmp_path)
    install(there)
    entry = there.places.user_scripts / "Edit" / "New Take.py"
    entry.write_bytes(entry.read_bytes() + b"# mine\n")

    assert said(there)[1].state == "note"


def test_an_entry_in_a_language_that_is_not_listed_is_missing(tmp_path: Path) -> None:
    there = machine(tmp_path)
    there.has_resolve()
    there.ran("v21.0.4.0005")
    install(there)
    there.ran("v21.1.0.0017")

    unlisted = said(there)[-1]

    assert unlisted.state == "missing"
    assert "lists no scripts in Python from 21.1 on" in unlisted.text


def test_entries_for_one_and_for_all_are_said_to_show_twice(tmp_path: Path) -> None:
    there = studio(tmp_path)
    install(there)
    install(there, for_everyone=True)

    assert "lists both" in said(there)[-1].text


def test_only_a_build_of_the_store_is_missing_with_the_reason(tmp_path: Path) -> None:
    there = machine(tmp_path, "darwin")
    there.bundle(there.places.apps[1], "com.blackmagic-design.DaVinciResolveLite")

    resolve = said(there)[0]

    assert resolve.state == "missing"
    assert "sandbox" in resolve.text


@pytest.mark.parametrize(
    ("start", "module", "word"),
    [
        ("v21.0.4.0005", True, "free edition lets no scripts in"),
        ("Studio v21.1.0.0014", True, "External scripting using"),
        ("Studio v21.1.0.0014", False, "scripting module is not at its place"),
    ],
)
def test_why_it_cannot_be_reached_from_outside_comes_with_what_to_do(
    tmp_path: Path, start: str, module: bool, word: str
) -> None:
    there = machine(tmp_path)
    there.has_resolve()
    there.ran(start)
    if module:
        there.places.scripting_module.parent.mkdir(parents=True)
        there.places.scripting_module.touch()

    outside = said(there, AWAY)[-1]

    assert (outside.name, outside.state) == ("From outside", "note")
    assert "It gives nothing." in outside.text
    assert word in outside.fix


def test_an_entry_with_another_journal_is_a_note(tmp_path: Path) -> None:
    there = studio(tmp_path)
    install(there)
    there.environment["NEWTAKE_HOME"] = "/other"

    menu = said(there)[1]

    assert menu.state == "note"
    assert "keeps its jobs in the usual home, and not in /other" in menu.text


@pytest.mark.skipif(sys.platform != "linux", reason="the folders are those of Linux")
def test_the_doctor_speaks_of_resolve_where_there_is_one_or_an_entry(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "NEWTAKE_HOME": str(tmp_path / "newtake")}
    nothing = resolve_menu.doctors_findings(environment)
    scripts = tmp_path / ".local" / "share" / "DaVinciResolve" / "Fusion" / "Scripts"
    resolve_menu.install(environment, folder=scripts, start=lambda _: None)

    found = resolve_menu.doctors_findings(environment)

    if not Path("/opt/resolve").exists():
        assert nothing == ()
    assert "Menu" in {each.name for each in found}
    assert "missing" not in {each.state for each in found}, "a file is restyled without Resolve"
