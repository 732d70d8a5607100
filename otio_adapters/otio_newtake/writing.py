"""Write a timeline completely or not at all, and prove it by reading it again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.errors import HostError, StorageError
from newtake.durable import hidden_name, write_durably, write_new

_INDENTED_CLIPS = 5_000
"""Larger timelines are written without indentation: a third of the size and of the time."""


def write_timeline(timeline: Any, output: Path, check: Callable[[Any], None]) -> bytes:
    """Write beside `output`, read it back, check it, and only then put it in its place.

    The text comes from the library's serialiser with no target versions: adapters and the variable
    OTIO_DEFAULT_TARGET_VERSION_FAMILY_LABEL could otherwise write clips of schema 1, which hold one
    media reference and lose every other take without a word.

    Args:
        timeline: What is written.
        output: Replaced when it is there.
        check: Called with the timeline as read back; raises HostError when something is missing.

    Returns:
        What was written.
    Raises:
        HostError: If it cannot be written or does not read back as it was meant.
    """
    many = len(timeline.find_clips()) > _INDENTED_CLIPS

    def proved(written: Path) -> None:
        check(otio.core.deserialize_json_from_file(str(written)))

    try:
        text = otio.core.serialize_json_to_string(timeline, indent=-1 if many else 4)
        data: bytes = text.encode()
        write_durably(output, data, check=proved)
        return data
    except OSError as error:
        raise HostError(
            f"{output} cannot be written.",
            why=f"{error.strerror}.",
            fix="Make room or choose another place with --out, then `newtake jobs resume`.",
        ) from error
    except HostError:
        raise
    except Exception as error:  # opentimelineio raises several unrelated kinds
        raise HostError(
            f"{output} was not written: the timeline does not survive writing.", why=f"{error}."
        ) from error


def check_writable(output: Path) -> None:
    """See by trying that the folder of the output takes files; leaves nothing there.

    Raises:
        StorageError: It is not there or cannot be written.
    """
    trial = hidden_name(output)
    try:
        write_new(trial, b"")
    except OSError as error:
        raise StorageError(
            f"Nothing can be written into {output.parent}.",
            why=f"{error.strerror}.",
            fix="Make the folder or its permissions right, or choose another place with --out.",
        ) from error
    finally:
        with suppress(OSError):
            trial.unlink(missing_ok=True)
