"""What installing into any editor needs of this environment and this machine."""

from __future__ import annotations

import json
import site
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import newtake
from newtake.domain.errors import OutputError, StorageError
from newtake.durable import make_private, write_durably
from newtake.settings import home_of

START_SECONDS = 120.0
"""How long this environment may take to say its version; a first start compiles it."""
_WAYS = {
    "OXEN_API_KEY": "`newtake login` keeps the key where it is found from there, too",
    "OXEN_BASE_URL": "settings.toml keeps the address",
    "NEWTAKE_FFMPEG": "settings.toml keeps the path",
}


def command_here(*words: str) -> tuple[str, ...]:
    """The command of this environment by absolute paths, as an editor starts it.

    Raises:
        OutputError: This Python does not know where it is.
    """
    if not sys.executable:
        raise OutputError(
            "The menu entry cannot name this environment.",
            why="This Python does not know its own path.",
            fix="Run `newtake` from an environment made with venv or pipx.",
        )
    folder = Path(newtake.__path__[0]).absolute()
    # Settings that an editor makes for its own Python, and its current folder, do not reach this
    # one. A package that was installed for the user alone is found with less isolation only.
    apart = "-E" if folder.is_relative_to(site.getusersitepackages()) else "-I"
    return (str(Path(sys.executable).absolute()), apart, "-m", "newtake", *words)


def named_home(environment: Mapping[str, str]) -> str:
    """NEWTAKE_HOME as an absolute path; empty where the usual home is meant."""
    return str(home_of(environment).absolute()) if environment.get("NEWTAKE_HOME") else ""


def start_once(command: Sequence[str], editor: str) -> None:
    """Prove that the environment starts as an editor will start it. Raises: OutputError."""
    program = command[: command.index("newtake") + 1]
    fix = "Install New Take into an environment of its own: `pipx install .` in its folder."
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
            f"This environment cannot be started from {editor}.",
            why=told.decode("utf-8", "replace").strip()[-500:] or str(error),
            fix=fix,
        ) from error
    if not said.stdout.startswith(b"newtake "):
        raise OutputError(
            f"This environment cannot be started from {editor}.",
            why=f"{program[0]} answers with something else than its version.",
            fix=fix,
        )


def left_behind(
    environment: Mapping[str, str], editor: str, more: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """What this terminal sets and an editor will not: it gets the system's environment.

    Args:
        environment: The terminal's.
        editor: Its name.
        more: Names beside the usual ones, each with what to do instead.
    """
    return tuple(
        f"{name} is set here, and {editor} may start New Take without it: {way}."
        for name, way in {**_WAYS, **(more or {})}.items()
        if environment.get(name)
    )


class FolderNote:
    """Keeps in mind which folders installing has made, and that are not the editor's therefore."""

    def __init__(self, environment: Mapping[str, str], name: str, root: Path = Path("/")) -> None:
        """Args:
        environment: Says where New Take's home is.
        name: Of a file there.
        root: What absolute places begin with.
        """
        self._path = root.joinpath(*home_of(environment).absolute().parts[1:]) / name

    def read(self) -> tuple[Path, ...]:
        try:
            said = json.loads(self._path.read_text("utf-8"))
            return tuple(Path(each) for each in said)
        except (OSError, ValueError, TypeError):
            return ()

    def write(self, folders: Iterable[Path]) -> None:
        """Raises: StorageError."""
        paths = sorted({str(each) for each in folders})
        try:
            if paths:
                make_private(self._path.parent)
                write_durably(self._path, json.dumps(paths).encode(), mode=0o600)
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"{self._path} cannot be written.", why=str(error)) from error
