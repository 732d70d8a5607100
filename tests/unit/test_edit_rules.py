"""Rules between settings: the same words refuse an edit and are served to forms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newtake.domain.edit import EditSettings, settings_problems
from newtake.domain.edit_rules import RULES, Rule, rules_document

FINE = EditSettings("a watercolor", resolution="720p")
BROKEN = {
    "strength or auto controls": replace(FINE, edit_strength="flex_1", auto_controls=True),
    "HDR needs pixels": replace(FINE, resolution="540p", hdr=True),
    "EXR needs HDR": replace(FINE, exr_export=True),
    "handles or a first frame": replace(FINE, handles=6, first_frame="frame.png"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_refuses_what_breaks_it_alone(rule: Rule) -> None:
    assert settings_problems(BROKEN[rule.name]) == [rule.told]
    assert settings_problems(FINE) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_document_says_where_each_rule_bites(rule: Rule) -> None:
    served = {each["name"]: each for each in rules_document()["rules"]}[rule.name]
    settings = BROKEN[rule.name]
    value = getattr(settings, served["when"]["field"])
    assert bool(value) if served["when"]["is"] is None else value in served["when"]["is"]
    assert getattr(settings, served["refuses"])
    assert rule.told.startswith(served["text"].removesuffix("."))


def test_the_command_lines_words_are_not_served_to_a_form() -> None:
    texts = [each["text"] for each in rules_document()["rules"]]
    assert "EXR export needs HDR as well." in texts
    assert not [text for text in texts if "--" in text]


def test_a_form_takes_no_larger_picture_than_its_way_does() -> None:
    assert rules_document(1_000)["first_frame"]["bytes_max"] == 1_000
    assert rules_document(1 << 40)["first_frame"]["bytes_max"] == 50_000_000
