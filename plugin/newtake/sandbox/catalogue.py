"""The one model of the sandbox: its card, its request schema, its rules and its prices.

Parameters, defaults and descriptions follow the vendor's public page of
luma-ray-v3-2-video-to-video. Prices are the upstream list price published by fal for the same
model; in the sandbox they are play money.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

MODEL = "luma-ray-v3-2-video-to-video"
SHORT_SIDE = {"540p": 540, "720p": 720, "1080p": 1080}
FRAMES = {"5s": 120, "10s": 240}
STRENGTHS = tuple(
    f"{kind}_{number}" for kind in ("adhere", "flex", "reimagine") for number in (1, 2, 3)
)
PROMPT_MAX_CHARACTERS = 6000

_USD_PER_SECOND = {
    "540p": Decimal("0.144"),
    "720p": Decimal("0.216"),
    "1080p": Decimal("0.432"),
}
_DEFAULT_PROMPT = (
    "Restyle the footage as a hand-painted watercolor animation with soft pastel colors."
)

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["prompt", "input_video"],
    "basic": ["prompt", "input_video", "input_image", "resolution", "duration"],
    "x-order": [
        "prompt",
        "input_video",
        "input_image",
        "resolution",
        "duration",
        "edit_strength",
        "auto_controls",
        "hdr",
        "exr_export",
    ],
    "properties": {
        "prompt": {
            "type": "string",
            "default": _DEFAULT_PROMPT,
            "description": "Text prompt describing how to edit the source video.",
            "x-order": 0,
        },
        "input_video": {
            "type": "string",
            "format": "uri",
            "description": "URL of the source video to edit.",
            "x-order": 1,
        },
        "input_image": {
            "type": "string",
            "format": "uri",
            "description": "Optional URL of an image to use as the edited video's first frame.",
            "x-order": 2,
        },
        "resolution": {
            "type": "string",
            "enum": list(SHORT_SIDE),
            "default": "540p",
            "description": "Resolution of the edited video. Higher resolutions cost more.",
            "x-order": 3,
        },
        "duration": {
            "type": "string",
            "enum": list(FRAMES),
            "default": "5s",
            "description": "Duration of the edited video.",
            "x-order": 4,
        },
        "edit_strength": {
            "type": "string",
            "enum": list(STRENGTHS),
            "description": "How closely the edit preserves the source video. "
            "Cannot be combined with auto_controls.",
            "x-order": 5,
        },
        "auto_controls": {
            "type": "boolean",
            "description": "Let the model derive the edit conditioning schedule from the source "
            "video. Cannot be combined with edit_strength.",
            "x-order": 6,
        },
        "hdr": {
            "type": "boolean",
            "description": "Generate an HDR-encoded MP4. Requires HDR access on the account and "
            "a resolution of 720p or 1080p.",
            "x-order": 7,
        },
        "exr_export": {
            "type": "boolean",
            "description": "Also export an EXR file alongside the MP4. Requires hdr=true.",
            "x-order": 8,
        },
    },
}


def model_card() -> dict[str, Any]:
    """The model as `GET /api/ai/models/{id}` shows it, its schema under both names in use."""
    return {
        "id": MODEL,
        "object": "model",
        "created": 1_782_000_000,
        "owned_by": "luma",
        "display_name": "Luma Ray 3.2 - Video to Video",
        "summary": "Prompt-guided video editing, up to 1080p",
        "description": "New Take's sandbox in place of the model: it restyles with ffmpeg.",
        "model_type": "base",
        "endpoint": "/videos/generate",
        "capabilities": {"input": ["text", "image", "video"], "output": ["video"]},
        "pricing": {
            "method": "per_video_output_second",
            "currency": "USD",
            "cost_per_second": str(_USD_PER_SECOND["540p"]),
            "cost_per_second_by_resolution": {
                name: float(usd) for name, usd in _USD_PER_SECOND.items()
            },
            "hdr_multiplier": 2,
            "hdr_exr_multiplier": 3,
            "note": "Sandbox money: nothing is charged. Figures are the upstream list price.",
        },
        "fine_tuning": None,
        "deployments": [],
        "developer": {"name": "Luma", "logo": None},
        "source_model": None,
        "image_url": None,
        "released_at": "2026-06-01T00:00:00Z",
        "showcase": [],
        "request_schema": SCHEMA,
        "json_request_schema": SCHEMA,
    }


def with_defaults(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The model's own parameters out of a request, defaults of the optional ones filled in."""
    known = {name: parameters[name] for name in SCHEMA["properties"] if name in parameters}
    known = {name: value for name, value in known.items() if value is not None}
    return {"resolution": "540p", "duration": "5s", **known}


def first_problem(parameters: Mapping[str, Any], hdr_access: bool = True) -> str | None:
    """The first rule the parameters break, in the provider's words; None when they are good."""
    given = with_defaults(parameters)
    for name in SCHEMA["required"]:
        if not isinstance(given.get(name), str) or not given[name].strip():
            return f"Value error, {name} is required and must be a non-empty string"
    for name, value in given.items():
        rule = SCHEMA["properties"][name]
        if not isinstance(value, str if rule["type"] == "string" else bool):
            return f"Value error, {name} must be a {rule['type']}"
        if "enum" in rule and value not in rule["enum"]:
            return f"Value error, {name} must be one of {', '.join(rule['enum'])}"
    if len(given["prompt"]) > PROMPT_MAX_CHARACTERS:
        return f"Value error, prompt must have at most {PROMPT_MAX_CHARACTERS} characters"
    if "edit_strength" in given and given.get("auto_controls"):
        return "Value error, edit_strength cannot be combined with auto_controls"
    if given.get("hdr") and given["resolution"] == "540p":
        return "Value error, hdr requires a resolution of 720p or 1080p"
    if given.get("exr_export") and not given.get("hdr"):
        return "Value error, exr_export requires hdr=true"
    if given.get("hdr") and not hdr_access:
        return "Value error, hdr requires HDR access on the account"
    return None


def cost(parameters: Mapping[str, Any]) -> Decimal:
    """Play money for one result with these (good) parameters, in US dollars."""
    given = with_defaults(parameters)
    seconds = FRAMES[given["duration"]] // 24
    factor = 3 if given.get("exr_export") else 2 if given.get("hdr") else 1
    return (_USD_PER_SECOND[given["resolution"]] * seconds * factor).quantize(Decimal("0.01"))
