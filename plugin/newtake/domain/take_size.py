"""How many bytes a take will have that is coded anew: known for DNxHR, a guess for the others.

Measured in bytes per pixel and frame with the takes' own encoders (`adapters.ffmpeg_conform`), at
540, 720 and 1080 lines, with ffmpeg 5.1.9 and 9.0.2, which agree to a thousandth.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_DNXHR = 0.4426
"""HQ and HQX alike, and whatever the picture: each frame is as large as the profile says."""
_USUAL: Mapping[str, float] = MappingProxyType({"prores": 0.22, "h264": 0.08, "dnxhr": _DNXHR})
"""ProRes: 0.15 to 0.23 for three of live action. Its makers name 176 Mbit/s for 422 HQ at
1920x1080 and 24 frames (Apple ProRes White Paper, table of target rates), which is 0.44; this
encoder goes by its quantizers and spends less where there is little to see, and more on fine
detail. H.264, every frame by itself: 0.04 to 0.12."""
_MOST: Mapping[str, float] = MappingProxyType({"prores": 1.1, "h264": 0.4, "dnxhr": _DNXHR})
"""Heavy grain in every frame: ProRes 1.05, H.264 0.37; sharp animation 0.64 and 0.12. Noise alone,
which no model returns, takes 2.2 and 0.71."""


def usual_bytes(codec: str, width: int, height: int, frames: int) -> int:
    """About what a take of ordinary pictures weighs.

    Args:
        codec: h264, prores or dnxhr.
        width: Of the coded picture.
        height: Of the coded picture.
        frames: Of the take.
    """
    return round(_USUAL[codec] * width * height * frames)


def most_bytes(codec: str, width: int, height: int, frames: int) -> int:
    """What a take of very grainy pictures weighs. Arguments as `usual_bytes`."""
    return round(_MOST[codec] * width * height * frames)


def certain_bytes(codec: str, width: int, height: int, frames: int) -> int:
    """What a take has at least, whatever it shows; 0 of the codecs whose frames differ in size.

    Arguments as `usual_bytes`.
    """
    return usual_bytes(codec, width, height, frames) if codec == "dnxhr" else 0
