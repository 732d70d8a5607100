"""Where plates go with this machine's settings, told before any plan is made."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from newtake.domain.errors import NewTakeError
from newtake.pipeline.sending import stays_here
from newtake.settings import Settings
from newtake.shells.panel.wirings import Wirings

_LOG = logging.getLogger("newtake")


@dataclass(frozen=True, slots=True)
class Audience:
    text: str = ""
    """Where to, and who could read it there; empty where that is not known."""
    public: bool = False


async def audience_of(settings: Settings, wirings: Wirings) -> Audience:
    """Of this machine's settings; a plan of other ones says its own."""
    if stays_here(settings.provider, settings.uploader):
        return Audience(stays_here(settings.provider, settings.uploader))
    try:
        async with wirings.opened(settings.provider) as wiring:
            uploader = wiring.ports.uploader
            return Audience(uploader.audience, uploader.public)
    except NewTakeError as error:
        _LOG.info("who could read plates is not known: %s", error)
        return Audience()
