"""The settings of a take as a style's file, to have another made like it."""

from __future__ import annotations

import sys
from pathlib import Path

from newtake.bootstrap.styles import write_settings
from newtake.domain.clip import Clip
from newtake.domain.style import WORD_OF_SETTING
from newtake.domain.take_record import TakeRecord, settings_again
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.printable import printable


def show_settings(clip: Clip, key: str, record: TakeRecord, to: Path | None, as_json: bool) -> None:
    """Print them on stdout, or write them into a new file.

    Raises:
        SelectionError: Nothing says how the take was made.
        StyleError, StorageError: The file is there already, has no style's name, or cannot be
            written.
    """
    settings = settings_again(record, f"{key} of {clip.name}")
    if as_json and to is None:
        said = {WORD_OF_SETTING.get(name, name): value for name, value in settings.items()}
        print_document(said)
        return
    text = write_settings(settings, f"{key} of {clip.name}", record, to)
    if to is None:
        print(text, end="")
    elif as_json:
        print_document({"written": to.absolute()})
    else:
        print(printable(f"Written: {to.absolute()}"), file=sys.stderr)
