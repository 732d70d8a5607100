"""`--again-from`: the settings of a take that is there, laid under what is said beside it."""

from __future__ import annotations

from dataclasses import replace

from newtake.bootstrap.restyling import Wish
from newtake.bootstrap.takes import record_named
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError, SettingsError
from newtake.domain.files import HostTarget
from newtake.domain.style import laid_over
from newtake.domain.take_record import settings_again


async def wish_again(
    wish: Wish, target: HostTarget, entry: str, *, chosen: bool
) -> tuple[Wish, Clip]:
    """The wish with the settings of a take under it, and the take's clip.

    Args:
        wish: What is said beside it. A prompt in it is another prompt, and not the style's.
        target: The timeline; its output may have the take.
        entry: CLIP=TAKE, counted where the takes are: see `record_named`.
        chosen: Whether clips are named; else the take's is meant.

    Raises:
        SettingsError: A style is named as well.
        SelectionError: There is no such take, nothing says how it was made, or it was made of a
            part of its clip and nobody says which is meant now.
        TimelineError: The timeline cannot be read.
    """
    if wish.style is not None:
        raise SettingsError(
            "--style and --again-from both say how it should look.", fix="Leave one of them away."
        )
    clip, record = await record_named(target, entry)
    if record.of_a_part and not chosen:
        raise SelectionError(
            f"The take {entry} was made of a part of its clip.",
            fix="Say --range with the part that is meant now, or --clip for all of it.",
        )
    settings = settings_again(record, entry)
    lut = wish.lut if wish.lut is not None else record.lut
    return replace(wish, edit=laid_over(wish.edit, settings), lut=lut), clip
