"""Which scene of which file a job belongs to, and whether it is the one that is open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newtake.domain.errors import HostAwayError
from newtake.domain.files import HostDocument, HostTarget
from newtake.hosts.blender.connection import COLLECT, BlenderCallError, BlenderCalls, read_sequencer
from newtake.hosts.blender.facts import Hello, Sequencer


def document_in(hello: Hello) -> HostDocument:
    """The open scene; its id is the edit's, whatever file and scene are called by then."""
    return HostDocument(hello.document, hello.file_name, hello.document, hello.scene)


def is_open(hello: Hello, document: HostDocument, file: Path) -> bool:
    """Whether a job's scene is the one that answers.

    A file that was closed without being saved has lost its id: then its path and the scene's name
    tell, as long as nothing else was remembered in it.

    Args:
        hello: Of the open scene.
        document: The job's.
        file: Path of the job's .blend; of a file that was never saved no such path exists.
    """
    if hello.document == document.project:
        return True
    is_named = bool(hello.file) and Path(hello.file) == file
    return is_named and not hello.document_kept and hello.scene == document.timeline_name


async def document_of(
    calls: BlenderCalls, target: HostTarget, *known: Mapping[str, Any]
) -> Sequencer:
    """The scene of a target as it stands, shown or not.

    Args:
        calls: To Blender.
        target: Whose `document` says which.
        known: As for `read_sequencer`.

    Raises:
        HostAwayError: Another file is open, or Blender is not there.
    """
    document = target.document
    assert document is not None, "a target of Blender names a document"
    try:
        return await read_sequencer(calls, document.project, *known)
    except BlenderCallError as error:
        if error.kind != "not_found":
            raise
    sequencer = await read_sequencer(calls, None, *known)
    if is_open(sequencer.hello, document, target.timeline):
        # It keeps the id that the job knows, or the job's next take would not find it any more.
        now = sequencer.hello.document
        await calls.ask("adopt", document=now, **{"as": document.project})
        return await read_sequencer(calls, document.project, *known)
    raise HostAwayError(
        f"In Blender {sequencer.hello.file_name} is open; the take belongs to the scene "
        f"{document.timeline_name!r} of {document.project_name}.",
        why="New Take opens no file under an editor's hands.",
        fix=COLLECT,
    )
