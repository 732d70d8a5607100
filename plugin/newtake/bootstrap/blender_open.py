"""Which scenes are open in the Blenders of this user: each one's newtake says it in its folder.

The lock of that folder is the truth: without its holder nobody believes what is said there.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from newtake.bootstrap.blender import KIND, Scene, page_folder
from newtake.domain.job import Job

_SAID = "scene.json"
_LOCK = "panel.lock"


def tell_open(home: Path, file: str, document: str) -> None:
    """Say which scene of which .blend the Blender of this process has open; empty: none any more.

    Without the folder of a page nothing is said. Where it cannot be written nothing is said either.
    """
    with suppress(OSError):
        said = json.dumps({"file": file, "document": document})
        (page_folder(home) / _SAID).write_text(said, encoding="utf-8")


def is_open_elsewhere(home: Path, document: str, file: str = "") -> bool:
    """Whether another Blender of this user has the scene of that id open; with `file`, of that."""
    own = page_folder(home)
    for said in (home / KIND).glob(f"*/{_SAID}"):
        if said.parent == own or not _is_held(said.parent):
            continue
        with suppress(OSError, ValueError, TypeError, KeyError):
            told = json.loads(said.read_text(encoding="utf-8"))
            if told["document"] == document and file in ("", told["file"]):
                return True
    return False


def is_of_another(home: Path, scene: Scene, job: Job) -> bool:
    """Whether a job of a scene's id belongs to another .blend, which another Blender has open.

    A copy has the ids of the first one. The job's takes go to where it was begun.
    """
    host = job.order.host
    if host.document is None or host.timeline == scene.target.timeline:
        return False
    return is_open_elsewhere(home, host.document.project, str(host.timeline))


def _is_held(folder: Path) -> bool:
    try:
        with FileLock(folder / _LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False
