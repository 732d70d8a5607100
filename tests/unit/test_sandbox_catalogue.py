"""The model's card, its rules and its prices, as the sandbox has them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from newtake.sandbox.catalogue import MODEL, SCHEMA, cost, first_problem, model_card

_GOOD = {"prompt": "oil", "input_video": "http://127.0.0.1/a.mp4"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"resolution": "1080p", "duration": "10s", "edit_strength": "flex_2"},
        {"auto_controls": True},
        {"edit_strength": "adhere_1", "auto_controls": False},
        {"resolution": "720p", "hdr": True, "exr_export": True},
        {"edit_strength": None, "unknown": 1},
    ],
)
def test_good_parameters_have_no_problem(more: dict[str, Any]) -> None:
    assert first_problem({**_GOOD, **more}) is None


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"prompt": " "}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": "x" * 6001}, "6000"),
        ({"input_video": 7}, "input_video"),
        ({"resolution": "4k"}, "540p, 720p, 1080p"),
        ({"duration": 5}, "duration"),
        ({"edit_strength": "flex_4"}, "edit_strength"),
        ({"edit_strength": "flex_1", "auto_controls": True}, "auto_controls"),
        ({"hdr": True}, "720p or 1080p"),
        ({"exr_export": True}, "hdr=true"),
        ({"hdr": "yes", "resolution": "720p"}, "boolean"),
    ],
)
def test_each_broken_rule_is_named(more: dict[str, Any], word: str) -> None:
    problem = first_problem({**_GOOD, **more})

    assert problem is not None
    assert problem.startswith("Value error, ")
    assert word in problem


def test_hdr_needs_the_account_to_have_it() -> None:
    problem = first_problem({**_GOOD, "hdr": True, "resolution": "720p"}, hdr_access=False)

    assert problem == "Value error, hdr requires HDR access on the account"


@pytest.mark.parametrize(
    ("more", "usd"),
    [
        ({}, "0.72"),
        ({"resolution": "720p"}, "1.08"),
        ({"resolution": "1080p", "duration": "10s"}, "4.32"),
        ({"resolution": "720p", "hdr": True}, "2.16"),
        ({"resolution": "1080p", "hdr": True, "exr_export": True, "duration": "10s"}, "12.96"),
    ],
)
def test_costs_follow_the_published_table(more: dict[str, Any], usd: str) -> None:
    assert Decimal(usd) == cost({**_GOOD, **more})


def test_the_card_shows_its_schema_under_both_names() -> None:
    card = model_card()

    assert card["id"] == MODEL
    assert SCHEMA == card["request_schema"] == card["json_request_schema"]
    assert set(SCHEMA["x-order"]) == set(SCHEMA["properties"])
