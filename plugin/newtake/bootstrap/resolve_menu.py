"""Installing into DaVinci Resolve and looking at it, for this environment and this machine."""

from __future__ import annotations

import json
import locale
import site
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from newtake.domain.choices import MenuLanguage
from newtake.domain.errors import NewTakeError, OutputError, StorageError
from newtake.domain.finding import Finding
from newtake.durable import write_durably
from newtake.hosts import resolve as resolve_package
from newtake.hosts.resolve import install as installing
from newtake.hosts.resolve.found import FoundResolve, find_resolves
from newtake.hosts.resolve.install import Change, Choice
from newtake.hosts.resolve.launchers import Target, lua_entry, python_entry
from newtake.hosts.resolve.places import Places, places_of
from newtake.hosts.resolve.status import Facts, Reached, findings, gather
from newtake.settings import home_of

START_SECONDS = 120.0
"""How long this environment may take to say its version; a first start compiles it."""
PROBE_SECONDS = 10.0
"""How long `status` waits for Resolve: a dialog that is open there answers nothing."""
_FOLDERS = "resolve_folders.json"
"""In New Take's home: the folders that `install` made, which `uninstall` takes away when empty."""
_BY_HAND = (
    "From 21.1 on the free edition lets its scripts start no program. There run "
    "`newtake resolve open --by-hand` in a terminal, then choose the menu entry."
)


@dataclass(frozen=True, slots=True)
class Installation:
    """What an install or an uninstall does, or has done."""

    scripts: Path
    changes: tuple[Change, ...]
    choice: Choice | None
    resolve: FoundResolve | None
    notes: tuple[str, ...] = ()


def target_here(environment: Mapping[str, str]) -> Target:
    """What a menu entry of this environment starts.

    Raises:
        OutputError: This Python does not know where it is.
    """
    if not sys.executable:
        raise OutputError(
            "The menu entry cannot name this environment.",
            why="This Python does not know its own path.",
            fix="Run `newtake` from an environment made with venv or pipx.",
        )
    folder = Path(resolve_package.__path__[0]).absolute()
    home = home_of(environment).absolute()
    # Settings that Resolve makes for its own Python, and its current folder, do not reach this one.
    # A package that was installed for the user alone is found with less isolation only.
    apart = "-E" if folder.is_relative_to(site.getusersitepackages()) else "-I"
    return Target(
        command=(str(Path(sys.executable).absolute()), apart, "-m", "newtake", "resolve", "open"),
        bridge=str(folder / "bridge_doors.py"),
        spool_parent=str(home / "resolve"),
        home=str(home) if environment.get("NEWTAKE_HOME") else "",
    )


def install(
    environment: Mapping[str, str],
    *,
    for_everyone: bool = False,
    folder: Path | None = None,
    language: MenuLanguage | None = None,
    dry_run: bool = False,
    platform: str = sys.platform,
    root: Path = Path("/"),
    start: Callable[[Target], None] | None = None,
) -> Installation:
    """Put the menu entries in, or say what that would do.

    Args:
        environment: Of the user that Resolve runs as.
        for_everyone: Into the system's folder; needs an administrator's rights.
        folder: A folder of scripts that Resolve reads, instead of the usual one.
        language: The one language to write; None chooses by the Resolve that is found.
        dry_run: Plan only.
        platform: `sys.platform`'s word.
        root: What absolute places begin with.
        start: Proves that the target starts, before anything is written; None is `start_once`.

    Raises:
        OutputError: Somebody else's file is in the way, or Resolve cannot start New Take at all.
        StorageError: A file cannot be written.
    """
    places = None if folder is not None else places_of(platform, environment, root=root)
    founds = find_resolves(places) if places else ()
    if places is not None:
        installing.refuse_store_build(founds, places)
    resolve = next((each for each in founds if not each.from_app_store), None)
    choice = installing.choose(resolve)
    if language is not None:
        choice = Choice((language,), "You chose the language.")
    target = target_here(environment)
    files, notes = installing.entries(target, choice, path_encoding=lua_path_encoding(platform))
    scripts = folder.absolute() if folder else _scripts(places, for_everyone=for_everyone)
    changes = installing.plan_install(scripts, files)
    if not dry_run:
        (start or start_once)(target)
        note = _note_of(environment, root)
        _write_note(note, (*_noted(note), *installing.missing_folders(changes)))
        installing.carry_out(changes)
    if "lua" in choice.languages:
        notes += (_BY_HAND,)
    notes += _left_behind(environment, choice)
    if places is not None:
        notes += _twice(places, for_everyone=for_everyone)
    return Installation(scripts, changes, choice, resolve, notes)


def uninstall(
    environment: Mapping[str, str],
    *,
    for_everyone: bool = False,
    folder: Path | None = None,
    dry_run: bool = False,
    platform: str = sys.platform,
    root: Path = Path("/"),
) -> Installation:
    """Take the menu entries away, or say what that would do. Raises: as `install`."""
    places = None if folder is not None else places_of(platform, environment, root=root)
    scripts = folder.absolute() if folder else _scripts(places, for_everyone=for_everyone)
    changes = installing.plan_uninstall(scripts)
    if not dry_run:
        installing.carry_out(changes)
        note = _note_of(environment, root)
        _write_note(note, installing.remove_empty(_noted(note)))
    notes = _elsewhere(places, for_everyone=for_everyone) if places is not None else ()
    return Installation(scripts, changes, None, None, notes)


def _note_of(environment: Mapping[str, str], root: Path) -> Path:
    return root.joinpath(*home_of(environment).absolute().parts[1:]) / _FOLDERS


def _noted(note: Path) -> tuple[Path, ...]:
    """The folders of scripts that installing has made, and that are not Resolve's therefore."""
    try:
        said = json.loads(note.read_text("utf-8"))
        return tuple(Path(each) for each in said)
    except (OSError, ValueError, TypeError):
        return ()


def _write_note(note: Path, folders: Iterable[Path]) -> None:
    """Raises: StorageError."""
    paths = sorted({str(each) for each in folders})
    try:
        if paths:
            note.parent.mkdir(parents=True, exist_ok=True)
            write_durably(note, json.dumps(paths).encode())
        else:
            note.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{note} cannot be written.", why=str(error)) from error


def facts(
    environment: Mapping[str, str], *, platform: str = sys.platform, root: Path = Path("/")
) -> Facts:
    """What the disk says of Resolve. Raises: OutputError, StorageError."""
    target = target_here(environment)
    encoding = lua_path_encoding(platform)

    def written_now(name: str) -> bytes:
        try:
            return lua_entry(target, encoding) if name.endswith(".lua") else python_entry(target)
        except OutputError:
            return b""

    return gather(places_of(platform, environment, root=root), target, written_now)


async def status(
    environment: Mapping[str, str], *, platform: str = sys.platform, root: Path = Path("/")
) -> tuple[Facts, Reached | NewTakeError, tuple[Finding, ...]]:
    """The disk's facts, what came of asking Resolve from outside, and what both mean.

    Raises:
        OutputError: The environment names no home folder.
        StorageError: An entry cannot be read.
    """
    looked_at = facts(environment, platform=platform, root=root)
    answer = await probe(environment)
    return looked_at, answer, findings(looked_at, answer)


async def probe(environment: Mapping[str, str]) -> Reached | NewTakeError:
    """Ask Resolve from outside what is open in it; nothing is changed there."""
    from newtake.hosts.resolve.connection import ResolveConnection
    from newtake.hosts.resolve.messages import Call
    from newtake.hosts.resolve.transports import ChildBridge

    connection = ResolveConnection(
        lambda: ChildBridge.start(environment), answer_seconds=PROBE_SECONDS
    )
    try:
        hello = await connection.ready()
        names = []
        for what in ("project", "timeline"):
            try:
                (name,) = await connection.run(Call("GetName", on=what))
            except NewTakeError:
                name = ""  # None is open.
            names.append(str(name))
        return Reached(hello, *names)
    except NewTakeError as error:
        return error
    finally:
        await connection.aclose()


def doctors_findings(environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """What `doctor` says of Resolve: nothing where there is none, and nothing as missing, as a
    timeline's file is restyled without it. Starts nothing."""
    try:
        looked_at = facts(environment)
    except NewTakeError:
        return ()
    if not looked_at.resolves and not looked_at.entries:
        return ()
    return tuple(
        Finding(each.name, "note" if each.state == "missing" else each.state, each.text, each.fix)
        for each in findings(looked_at, None)
    )


def lua_path_encoding(platform: str) -> str:
    """What Lua's C library takes names of files in."""
    if platform != "win32":
        return "utf-8"
    return "mbcs" if sys.platform == "win32" else locale.getpreferredencoding(False)


def start_once(target: Target) -> None:
    """Prove that the environment starts as Resolve will start it. Raises: OutputError."""
    program = target.command[: target.command.index("newtake") + 1]
    try:
        said = subprocess.run(
            [*program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=Path(program[0]).anchor,
            timeout=START_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        told = getattr(error, "stderr", None) or b""
        raise OutputError(
            "This environment cannot be started from Resolve.",
            why=told.decode("utf-8", "replace").strip()[-500:] or str(error),
            fix="Install New Take into an environment of its own: `pipx install .` in its folder.",
        ) from error
    if not said.stdout.startswith(b"newtake "):
        raise OutputError(
            "This environment cannot be started from Resolve.",
            why=f"{program[0]} answers with something else than its version.",
            fix="Install New Take into an environment of its own: `pipx install .` in its folder.",
        )


def _scripts(places: Places | None, *, for_everyone: bool) -> Path:
    assert places is not None, "where no folder is named, the system's places are known"
    return installing.system_scripts(places) if for_everyone else places.user_scripts


def _left_behind(environment: Mapping[str, str], choice: Choice) -> tuple[str, ...]:
    """What this terminal sets and Resolve will not: it gets the system's environment."""
    ways = {
        "OXEN_API_KEY": "`newtake login` keeps the key where it is found from there, too",
        "OXEN_BASE_URL": "settings.toml keeps the address",
        "NEWTAKE_FFMPEG": "settings.toml keeps the path",
    }
    if "lua" in choice.languages:
        ways["NEWTAKE_HOME"] = "an entry in Lua starts New Take with the usual home"
    return tuple(
        f"{name} is set here, and Resolve may start New Take without it: {way}."
        for name, way in ways.items()
        if environment.get(name)
    )


def _twice(places: Places, *, for_everyone: bool) -> tuple[str, ...]:
    """What is to be said where the other folder has entries as well."""
    return tuple(f"{each} as well: Resolve lists both." for each in _others(places, for_everyone))


def _elsewhere(places: Places, *, for_everyone: bool) -> tuple[str, ...]:
    how = "without" if for_everyone else "with"
    return tuple(
        f"Still there: {each}; `newtake resolve uninstall` {how} --for-everyone takes it away."
        for each in _others(places, for_everyone)
    )


def _others(places: Places, for_everyone: bool) -> list[Path]:
    folders = [places.user_scripts] if for_everyone else [*places.system_scripts]
    return [path for folder in folders for path in installing.installed(folder)]
