"""The settings of a take in the words of the page."""

from __future__ import annotations

from pathlib import Path

import anyio.to_thread

from newtake.bootstrap.panel_edit import words_again
from newtake.bootstrap.panel_media import PanelPictures
from newtake.domain.errors import NewTakeError
from newtake.domain.take_record import TakeRecord
from newtake.shells.panel.desk import SettingsAgain

_MODELS_OWN = {"edit_strength": None, "auto_controls": False, "hdr": False, "exr_export": False}
"""What a take that does not say it was made without."""


async def settings_for_page(record: TakeRecord, pictures: PanelPictures | None) -> SettingsAgain:
    """One more take of it: the model has no seed, so that it becomes another one.

    Args:
        record: The take's, with its prompt.
        pictures: Keeps its first-frame image for the page; None keeps none.
    """
    notes = []
    if record.style is not None:
        notes.append(
            f"Its prompt has the words of the style {record.style.name}, revision "
            f"{record.style.revision}."
        )
    if record.of_a_part:
        notes.append("It was made of a part of its clip; mark that part if it is meant.")
    settings = {**_MODELS_OWN, "style": None, **words_again(record)}
    settings["lut"] = None if record.lut is None else str(record.lut)
    image = record.settings.get("first_frame")
    if image is not None:
        kept = await _kept(str(image), pictures)
        settings["first_frame"] = kept
        if kept is None:
            notes.append(f"Its first-frame image is not at hand any more: {image}")
    return SettingsAgain(settings, " ".join(notes))


async def _kept(image: str, pictures: PanelPictures | None) -> str | None:
    if pictures is None or image.startswith("https://"):
        return None
    try:
        kept = await anyio.to_thread.run_sync(
            lambda: pictures.keep_first_frame(Path(image).read_bytes())
        )
    except (OSError, NewTakeError):
        return None
    return kept.id
