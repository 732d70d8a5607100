"""Every word that can be chosen, each list said once.

The model's come from its own page's table of parameters. A file of its own that imports next to
nothing: the command line needs the words before anything else.
"""

from __future__ import annotations

from typing import Literal, get_args

MODEL = "luma-ray-v3-2-video-to-video"

Resolution = Literal["540p", "720p", "1080p"]
Tier = Literal["5s", "10s"]
"""The lengths that the model sells."""
Duration = Literal["auto", Tier]
"""As asked for; a plan makes a tier of "auto"."""
Strength = Literal[
    "adhere_1",
    "adhere_2",
    "adhere_3",
    "flex_1",
    "flex_2",
    "flex_3",
    "reimagine_1",
    "reimagine_2",
    "reimagine_3",
]
RESOLUTIONS: tuple[Resolution, ...] = get_args(Resolution)
DURATIONS: tuple[Tier, ...] = get_args(Tier)
STRENGTHS: tuple[Strength, ...] = get_args(Strength)

ProviderName = Literal["oxen", "sandbox"]
WaitMode = Literal["events", "poll", "sync"]
Codec = Literal["auto", "copy", "h264", "prores", "dnxhr"]
PlateCadence = Literal["frame", "time"]
Cadence = Literal["auto", PlateCadence]
"""As asked for; a plan makes one of the two of "auto"."""
Continuity = Literal["carry", "parallel"]
"""Whether a part of a long shot begins with the last restyled picture of the part before."""
Partial = Literal["split", "cut-in"]
"""What becomes of a clip of which only a part is meant: it is split, so that the take sits exactly
on the part; or its take has the whole length, with the part cut into the original's frames."""
PlateSource = Literal["source", "render"]
"""Of a clip in an editor: its media's file, or what the editor renders of it."""

MenuLanguage = Literal["python", "lua"]
"""Of an entry in Resolve's menu of scripts."""
MenuLanguageAsked = Literal["auto", MenuLanguage]
"""As asked for; installing makes one or both of "auto"."""
