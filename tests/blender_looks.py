"""Everything that makes the look of a clip in Blender, each as the steps that set it."""

from __future__ import annotations

from typing import Any

from blender_strips import END, START

Steps = tuple[tuple[str, dict[str, Any]], ...]


def assigned(**values: Any) -> Steps:
    named = {key.replace("__", "."): value for key, value in values.items()}
    return (("assign", {"name": "clip", "values": named}),)


def keyed(path: str, *keys: tuple[int, float], **more: Any) -> Steps:
    return (("key", {"name": "clip", "path": path, "keys": keys, **more}),)


LOOKS: dict[str, Steps] = {
    "transform": assigned(
        transform__offset_x=33.0,
        transform__offset_y=-12.0,
        transform__scale_x=0.7,
        transform__scale_y=1.3,
        transform__rotation=0.3,
        transform__origin=[0.2, 0.9],
        transform__filter="BILINEAR",
    ),
    "crop": assigned(crop__min_x=40, crop__max_x=7, crop__min_y=11, crop__max_y=60),
    "blend": assigned(blend_type="MULTIPLY", blend_alpha=0.6),
    "subtract": assigned(blend_type="SUBTRACT"),
    "colour": assigned(color_saturation=0.2, color_multiply=0.8, use_float=True),
    "flip": assigned(use_flip_x=True, use_flip_y=True),
    "deinterlace": assigned(use_deinterlace=True),
    "alpha keys": keyed("blend_alpha", (START, 0.1), (START + 5, 0.9), (END, 0.3)),
    "offset keys": keyed("transform.offset_x", (START - 40, -200.0), (END + 9, 200.0)),
    "scale keys": keyed("transform.scale_y", (START, 0.5), (END, 2.0)),
    "crop keys": keyed("crop.min_x", (START, 0), (END, 300)),
    "noise": keyed("transform.offset_y", (START, 0.0), (END, 40.0), modify="NOISE"),
    "driver": (
        (
            "driver",
            {"name": "clip", "path": "color_saturation", "expression": "max(frame, 5) / 40"},
        ),
    ),
}
MODIFIERS: dict[str, Steps] = {
    "BRIGHT_CONTRAST": (("modifier", {"values": {"bright": 9.0, "contrast": 20.0}}),),
    "COLOR_BALANCE": (
        (
            "modifier",
            {
                "values": {
                    "color_balance.lift": [0.8, 1.2, 1.0],
                    "color_balance.gain": [1.4, 0.9, 0.7],
                    "color_balance.invert_gain": True,
                    "color_multiply": 1.2,
                }
            },
        ),
        (
            "modifier",
            {
                "values": {
                    "color_balance.correction_method": "OFFSET_POWER_SLOPE",
                    "color_balance.power": [1.4, 0.9, 0.7],
                    "color_balance.offset": [1.05, 0.95, 1.0],
                }
            },
        ),
    ),
    "CURVES": (("curve", {"at": 3, "points": [[0.3, 0.6], [0.7, 0.2]]}),),
    "HUE_CORRECT": (("curve", {"at": 1, "points": [[0.31, 0.9], [0.72, 0.1]]}),),
    "MASK": (("modifier", {"values": {}}),),
    "TONEMAP": (("modifier", {"values": {"tonemap_type": "RH_SIMPLE", "key": 0.3}}),),
    "WHITE_BALANCE": (("modifier", {"values": {"white_value": [0.4, 0.9, 0.7]}}),),
    "COMPOSITOR": (("inverting_nodes", {}),),
}
MASKED: Steps = (
    (
        "effect",
        {"kind": "COLOR", "name": "mask", "channel": 9, "start": START, "end": END},
    ),
    ("assign", {"name": "mask", "values": {"transform.scale_x": 0.5, "mute": True}}),
    ("mask", {"name": "clip", "by": "mask"}),
)
for _type, _steps in MODIFIERS.items():
    _made = tuple(
        (call, {**body, "name": "clip", **({} if call == "inverting_nodes" else {"kind": _type})})
        for call, body in _steps
    )
    LOOKS[f"modifier {_type}"] = _made
    if _type != "MASK":
        LOOKS[f"modifier {_type} muted"] = (*_made, ("mute_modifier", {"name": "clip"}))
LOOKS["modifier MASK"] += MASKED
LOOKS["masked"] = (*LOOKS["modifier BRIGHT_CONTRAST"], *MASKED)
