"""Which Blender there is, what is installed into it, and what to do: findings.

The facts are values that others gather; what they mean, and what to do, is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from newtake.domain.finding import Finding
from newtake.hosts.blender.enabling import NOT_ASKED, Enabled
from newtake.hosts.blender.found import AskVersion, FoundBlender, find_blenders
from newtake.hosts.blender.install import is_installed, plan_install
from newtake.hosts.blender.packaging import TARGET, Target, read_target
from newtake.hosts.blender.places import OLDEST, Places, version_text

REINSTALL = "`newtake blender install` mends it."
_TICK = "In Blender: Edit > Preferences > Add-ons, tick New Take."


@dataclass(frozen=True, slots=True)
class Installed:
    """An add-on of ours in a Blender's folder."""

    target: Target | None
    """None where it was installed by Blender from a zip: then the add-on's own preferences, or the
    system's PATH, say what it starts."""
    gone: str
    """The program that it starts, where that is not there any more; empty else."""
    as_written_now: bool
    """Whether this New Take would write the same."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A Blender and what is installed in it."""

    blender: FoundBlender
    installed: Installed | None
    enabled: Enabled


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was looked at."""

    places: Places
    target: Target
    """What an add-on written now would start."""
    standings: tuple[Standing, ...]
    sandboxed: tuple[Path, ...]


def gather(
    places: Places,
    target: Target,
    files: dict[str, bytes],
    target_file: bytes,
    ask_version: AskVersion,
    ask_enabled: Callable[[FoundBlender], Enabled] | None,
) -> Facts:
    """Look at the disk; nothing is written.

    Args:
        places: Where to look.
        target: What an add-on written now would start.
        files: The add-on's as they would be written now.
        target_file: The file that says what it starts, as it would be written now.
        ask_version: The version of a program whose files do not say it.
        ask_enabled: Whether a Blender has the add-on switched on; None asks none.

    Raises:
        StorageError: An add-on's folder cannot be read.
    """
    standings = []
    for blender in find_blenders(places, ask_version):
        installed, enabled = None, NOT_ASKED
        if is_installed(blender):
            installed = _installed(blender, files, target_file)
            if ask_enabled is not None:
                enabled = ask_enabled(blender)
        standings.append(Standing(blender, installed, enabled))
    sandboxed = tuple(each for each in places.sandboxed if each.exists())
    return Facts(places, target, tuple(standings), sandboxed)


def _installed(blender: FoundBlender, files: dict[str, bytes], target_file: bytes) -> Installed:
    said = blender.addon / TARGET
    target = read_target(said.read_bytes())[0] if said.exists() else None
    gone = ""
    if target is not None and not Path(target.command[0]).exists():
        gone = target.command[0]
    plan = plan_install(blender, files, target_file)
    return Installed(target, gone, all(each.action == "keep" for each in plan))


def findings(facts: Facts) -> tuple[Finding, ...]:
    """What the facts mean."""
    usable = [each for each in facts.standings if each.blender.version >= OLDEST]
    found = [_addon(each, facts.target) for each in usable]
    oldest = version_text(OLDEST)
    for each in facts.standings:
        if each not in usable:
            text = f"{_where(each)}: too old"
            fix = f"New Take works in Blender {oldest} and later."
            found.append(Finding(each.blender.name, "note", text, fix))
    if facts.sandboxed:
        found.append(
            Finding(
                "Blender",
                "note" if usable else "missing",
                f"a Flatpak's was found ({facts.sandboxed[0]}); its sandbox starts no program of "
                "another environment",
                "Install Blender from blender.org; it opens the same files.",
            )
        )
    if not usable and not facts.sandboxed:
        looked = ", ".join(str(folder / pattern) for folder, pattern in facts.places.programs)
        found.append(
            Finding(
                "Blender",
                "missing",
                f"not found; looked at {facts.places.user} and for {looked}",
                "Install Blender, or name its program: `newtake blender install --blender PATH`.",
            )
        )
    return tuple(found)


def _addon(standing: Standing, now: Target) -> Finding:
    name, where, installed = standing.blender.name, _where(standing), standing.installed
    if installed is None:
        text = f"{where}; New Take is not installed in it"
        return Finding(name, "missing", text, "`newtake blender install` puts it there.")
    folder = standing.blender.addon
    if installed.gone:
        return Finding(
            name,
            "missing",
            f"{folder} starts what is not there any more: {installed.gone}",
            "The environment was moved or removed. `newtake blender install`, in the one that is "
            "to be used, points the add-on at it.",
        )
    if installed.target is None:
        return Finding(
            name,
            "note",
            f"{folder} was installed from a zip: its preferences in Blender, or the PATH, say "
            "which newtake it starts",
            "`newtake blender install` points it at this environment.",
        )
    if installed.target.command != now.command:
        return Finding(
            name,
            "note",
            f"{folder} starts another environment: {installed.target.command[0]}",
            "`newtake blender install` points it at this one.",
        )
    if installed.target.home != now.home:
        return Finding(
            name,
            "note",
            f"{folder} keeps its jobs in {installed.target.home or 'the usual home'}, and not in "
            f"{now.home or 'the usual home'} as this terminal does",
            "`newtake blender install` makes it the same journal; NEWTAKE_HOME says which.",
        )
    if not installed.as_written_now:
        return Finding(name, "note", f"{folder} is not as this New Take writes it", REINSTALL)
    return _switched(standing)


def _switched(standing: Standing) -> Finding:
    name, folder, enabled = standing.blender.name, standing.blender.addon, standing.enabled
    if enabled.trouble:
        return Finding(
            name,
            "note",
            f"{folder} starts this environment; Blender says: {enabled.trouble}",
            REINSTALL,
        )
    if enabled.on is False:
        return Finding(name, "missing", f"{folder} is not switched on", _TICK)
    if enabled.on is None:
        text = f"{folder} starts this environment; whether it is switched on was not asked"
        return Finding(name, "note", text, _TICK)
    return Finding(name, "ok", f"{_where(standing)}; {folder} is on and starts this environment")


def _where(standing: Standing) -> str:
    program = standing.blender.program
    return f"at {program}" if program else "only its user's folder, no program at the usual places"
