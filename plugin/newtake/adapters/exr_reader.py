"""Asks the process that checks EXR frames, and believes it only as far as its answers go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from newtake.children import beginning, child
from newtake.domain.errors import MediaError, MediaToolError
from newtake.domain.exr import ExrFacts

_START = (
    "import sys; sys.path[:] = [each for each in sys.path if each]; "
    "from newtake.adapters.exr_child import main; main()"
)
"""Without the current folder: what lies beside a user's footage is no module of ours."""
_PATIENCE_SECONDS = 900.0


@contextmanager
def running_reader(program: str) -> Iterator[subprocess.Popen[bytes]]:
    """A child that runs a Python program with pipes of its own, ended with the context.

    Raises:
        MediaToolError: It does not start.
    """
    # One thread for numpy's libraries: each would reserve memory of its own.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with ExitStack() as running:
        try:
            with beginning():
                process = subprocess.Popen(
                    [sys.executable, "-c", program],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=environment,
                    start_new_session=True,
                )
                running.enter_context(child(process.pid))
        except OSError as error:
            raise MediaToolError(
                "The reader of EXR files does not start.", why=str(error)
            ) from error
        running.enter_context(process)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def read_exr_facts(files: Sequence[Path]) -> list[ExrFacts]:
    """What the headers of these files say, after every pixel of each was decoded.

    Raises:
        MediaError: One of them is no picture that a take can have, or is damaged; says which.
        MediaToolError: The reader does not start.
    """
    order = json.dumps({"files": [str(each.absolute()) for each in files]})
    with running_reader(_START) as process:
        try:
            said, words = process.communicate(order.encode(), timeout=_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            said, words = b"", b""
    answers: list[dict[str, Any]] = [json.loads(line) for line in said.splitlines()]
    last = " ".join(words.decode(errors="replace").split())[-300:]
    for file, answer in zip(files, answers, strict=False):
        if "fault" in answer:
            raise MediaError(f"{file.name}: {answer['fault']}.", why=last)
    if len(answers) < len(files):
        if "No module named 'OpenEXR'" in last:
            raise MediaToolError(
                "The OpenEXR library is missing, so EXR frames cannot be checked.",
                fix="`pip install OpenEXR` into the environment of New Take.",
            )
        raise MediaError(f"{files[len(answers)].name} cannot be read: the reader ended.", why=last)
    return [_facts(each["facts"]) for each in answers]


def _facts(said: dict[str, Any]) -> ExrFacts:
    stated = said["chromaticities"]
    return ExrFacts(
        width=said["width"],
        height=said["height"],
        channels=tuple(said["channels"]),
        compression=said["compression"],
        chromaticities=None if stated is None else tuple(stated),
        header=said["header"],
    )
