"""The options that say how clips should look, as they were typed, to a wish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newtake.bootstrap.restyling import Wish


def wish_of(words: Mapping[str, Any]) -> Wish:
    """What a command's own parameters say; `--wait` only where it has that."""
    return Wish(
        edit={
            "prompt": words["prompt"],
            "resolution": words["resolution"],
            "duration": words["duration"],
            "edit_strength": words["strength"],
            "auto_controls": words["auto_controls"] or None,
            "hdr": words["hdr"],
            "exr_export": words["exr"],
            "first_frame": words["first_frame"],
            "variations": words["variations"],
        },
        codec=words["codec"],
        lut=words["lut"],
        cadence=words["cadence"],
        continuity=words["continuity"],
        provider=words["provider"],
        uploader=words["uploader"],
        fetch_url=words["fetch_url"],
        wait=words.get("wait"),
    )
