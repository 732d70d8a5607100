"""What is installed into Resolve, which Resolve there is, and whether it answers: findings.

The facts are values that others gather; what they mean, and what to do, is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from newtake.domain.choices import MenuLanguage
from newtake.domain.errors import NewTakeError
from newtake.domain.finding import Finding
from newtake.hosts.resolve import api
from newtake.hosts.resolve.found import BUILT_IN_PYTHON, FoundResolve, find_resolves, version_text
from newtake.hosts.resolve.install import choose, installed
from newtake.hosts.resolve.launchers import Target, is_ours, target_of
from newtake.hosts.resolve.messages import Hello
from newtake.hosts.resolve.places import Places
from newtake.hosts.resolve.selftest.scratch import PREFIX as SELFTEST

REINSTALL = "`newtake resolve install` mends it."


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry of ours that lies in a folder of scripts."""

    path: Path
    target: Target | None
    everybodys: bool
    """Whether it lies in the system's folder."""
    gone: tuple[str, ...] = ()
    """Files that it needs and that are not there."""
    as_written_now: bool = True
    """Whether this New Take would write the same."""

    @property
    def language(self) -> MenuLanguage:
        return "lua" if self.path.suffix == ".lua" else "python"


@dataclass(frozen=True, slots=True)
class Reached:
    """A Resolve that answered from outside, and what is open in it."""

    hello: Hello
    project: str
    """Empty where none is open."""
    timeline: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was looked at."""

    places: Places
    resolves: tuple[FoundResolve, ...]
    store_containers: tuple[Path, ...]
    entries: tuple[Entry, ...]
    target: Target
    """What an entry written now would start."""
    scripting_module: bool


def gather(places: Places, target: Target, written_now: Callable[[str], bytes]) -> Facts:
    """Look at the disk; nothing is started and nothing is written.

    Args:
        places: Where to look.
        target: What an entry written now would start.
        written_now: The content that an entry of this name would get now.

    Raises:
        StorageError: An entry cannot be read.
    """
    folders = [(places.user_scripts, False), *((each, True) for each in places.system_scripts)]
    return Facts(
        places=places,
        resolves=find_resolves(places),
        store_containers=tuple(each for each in places.store_containers if each.exists()),
        entries=tuple(
            _entry(path, written_now, everybodys=everybodys)
            for folder, everybodys in folders
            for path in installed(folder)
        ),
        target=target,
        scripting_module=places.scripting_module.exists(),
    )


def _entry(path: Path, written_now: Callable[[str], bytes], *, everybodys: bool) -> Entry:
    data = path.read_bytes()
    target = target_of(data) if is_ours(data) else None
    gone: tuple[str, ...] = ()
    if target is not None:
        bridge = target.lua_bridge if path.suffix == ".lua" else target.bridge
        gone = tuple(each for each in (target.command[0], bridge) if not Path(each).exists())
    return Entry(path, target, everybodys, gone, data == written_now(path.name))


def findings(facts: Facts, answer: Reached | NewTakeError | None) -> tuple[Finding, ...]:
    """What the facts mean.

    Args:
        facts: What the disk holds.
        answer: What came of asking Resolve from outside; None where it was not asked.
    """
    found = [_resolve(facts, answer), *_menu(facts)]
    if answer is not None:
        found.append(_outside(facts, answer))
    if isinstance(answer, Reached) and answer.project.startswith(SELFTEST):
        found.append(_left_selftest(answer.project))
    return tuple(found)


def _left_selftest(project: str) -> Finding:
    return Finding(
        "Self-test",
        "note",
        f"the open project, {project}, is a self-test's: where none is running, it is what one "
        "that was cut off left; the project that was open before was saved and closed",
        "Open your own project in the project manager (File > Project Manager), then delete "
        f"{project} there.",
    )


def _resolve(facts: Facts, answer: Reached | NewTakeError | None) -> Finding:
    usable = [each for each in facts.resolves if not each.from_app_store]
    if not usable and isinstance(answer, Reached):
        looked = ", ".join(str(each) for each in facts.places.apps)
        return Finding(
            "Resolve",
            "note",
            f"it answers, and lies elsewhere than at {looked}",
            "Nothing has to be done: `newtake resolve install` writes into your folder of scripts, "
            "for both editions where it does not know which one this is.",
        )
    if not usable and (facts.resolves or facts.store_containers):
        where = facts.resolves[0].app if facts.resolves else facts.store_containers[0]
        return Finding(
            "Resolve",
            "missing",
            f"only the build of the Mac App Store was found ({where}); its sandbox starts no "
            "program of another environment",
            "Install DaVinci Resolve from blackmagicdesign.com; it opens the same projects.",
        )
    if not usable:
        looked = ", ".join(str(each) for each in facts.places.apps)
        return Finding(
            "Resolve",
            "missing",
            f"not found; looked at {looked}",
            "Install DaVinci Resolve. If it lies elsewhere, it works all the same: "
            "`newtake resolve install` puts the menu entry into your folder of scripts.",
        )
    resolve = usable[0]
    text = f"{resolve.name} at {resolve.app}"
    if resolve.version_from:
        text += f" (version from {resolve.version_from})"
    if resolve.version is not None and resolve.version < api.OLDEST:
        oldest = version_text(api.OLDEST)
        return Finding(
            "Resolve", "missing", f"{text}: too old", f"Install version {oldest} or later."
        )
    if resolve.edition is None:
        return Finding(
            "Resolve",
            "note",
            f"{text}; its files do not say which edition it is",
            "Start Resolve once: its log then names edition and version.",
        )
    if resolve.version is not None and resolve.version[:2] > BUILT_IN_PYTHON:
        return Finding(
            "Resolve",
            "note",
            f"{text}: newer than any that New Take knows; it is treated as "
            f"{version_text(BUILT_IN_PYTHON)}",
            "`newtake resolve selftest` measures whether it behaves the same.",
        )
    return Finding("Resolve", "ok", text)


def _menu(facts: Facts) -> list[Finding]:
    if not facts.entries:
        return [
            Finding(
                "Menu",
                "missing",
                f"no entry in {facts.places.user_scripts}",
                "`newtake resolve install` puts it there.",
            )
        ]
    found = [_entry_finding(each, facts.target) for each in facts.entries]
    if len({each.everybodys for each in facts.entries}) > 1:
        found.append(
            Finding(
                "Menu",
                "note",
                "installed for you and for everyone: Resolve lists both",
                "`newtake resolve uninstall` takes yours away, with --for-everyone the other.",
            )
        )
    if unlisted := _unlisted(facts):
        found.append(unlisted)
    return found


def _entry_finding(entry: Entry, now: Target) -> Finding:
    if entry.target is None:
        return Finding("Menu", "missing", f"{entry.path} does not say what it starts", REINSTALL)
    if entry.gone:
        return Finding(
            "Menu",
            "missing",
            f"{entry.path} starts what is not there any more: {entry.gone[0]}",
            "The environment was moved or removed. `newtake resolve install`, in the one that is "
            "to be used, points the entry at it.",
        )
    if entry.target.command != now.command or entry.target.bridge != now.bridge:
        return Finding(
            "Menu",
            "note",
            f"{entry.path} starts another environment: {entry.target.command[0]}",
            "`newtake resolve install` points it at this one.",
        )
    if entry.target.home != now.home:
        return Finding(
            "Menu",
            "note",
            f"{entry.path} keeps its jobs in {entry.target.home or 'the usual home'}, and not in "
            f"{now.home or 'the usual home'} as this terminal does",
            "`newtake resolve install` makes it the same journal; NEWTAKE_HOME says which.",
        )
    if not entry.as_written_now:
        return Finding("Menu", "note", f"{entry.path} is not as this New Take writes it", REINSTALL)
    return Finding("Menu", "ok", f"{entry.path} starts this environment")


def _unlisted(facts: Facts) -> Finding | None:
    """Entries of which none is in a language that the Resolve at hand lists."""
    usable = [each for each in facts.resolves if not each.from_app_store]
    choice = choose(usable[0] if usable else None)
    if {each.language for each in facts.entries} & set(choice.languages):
        return None
    return Finding("Menu", "missing", f"Resolve does not list it: {choice.why}", REINSTALL)


def _outside(facts: Facts, answer: Reached | NewTakeError) -> Finding:
    if isinstance(answer, Reached):
        hello = answer.hello
        doing = f"on the {hello.page} page" if hello.page else "on no page"
        opened = f"project {answer.project!r}" if answer.project else "no project"
        timeline = f", timeline {answer.timeline!r}" if answer.timeline else ""
        return Finding(
            "From outside",
            "ok",
            f"{hello.product} {hello.version_text} answers, {doing}, with {opened}{timeline}",
        )
    why = f"{answer.what} {answer.why}".strip()
    return Finding("From outside", "note", why, _way_in(facts))


def _way_in(facts: Facts) -> str:
    resolves, module = facts.resolves, facts.scripting_module
    works = "The menu entry works without it."
    menu = works if facts.entries else "A menu entry works without it, once it is installed."
    if any(each.edition == "free" for each in resolves):
        return f"The free edition lets no scripts in from outside. {menu}"
    if resolves and not module:
        return (
            "Resolve's scripting module is not at its place; installing Resolve again brings it, "
            f"or name its folder with RESOLVE_SCRIPT_API. {menu}"
        )
    return (
        "Start Resolve Studio, and choose Local at Preferences > System > General > External "
        f"scripting using. {menu}"
    )
