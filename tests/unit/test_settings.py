"""What the environment, the settings file and an edit's options may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.domain.choices import STRENGTHS
from newtake.domain.edit import EditSettings, schema_problems, upstream_list_price, wire_parameters
from newtake.domain.errors import SettingsError
from newtake.settings import DEFAULT_BASE_URL, edit_settings, read_settings


def test_without_anything_the_service_is_the_real_one(tmp_path: Path) -> None:
    settings = read_settings({"NEWTAKE_HOME": str(tmp_path)})

    assert settings.base_url == DEFAULT_BASE_URL
    assert settings.provider == "oxen"
    assert settings.journal_path == tmp_path / "journal.sqlite"


def test_the_environment_overrules_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('base_url = "http://a"\nwait = "poll"\n')

    settings = read_settings({"NEWTAKE_HOME": str(tmp_path), "OXEN_BASE_URL": "http://b/"})

    assert settings.base_url == "http://b"
    assert settings.wait == "poll"


@pytest.mark.parametrize(
    "text",
    [
        "nonsense = 1",
        'wait = "shout"',
        "not toml",
        "deadline_minutes = 0",
        'resolve_clip_colour = "Mint"',
        'resolve_select_colour = "Mint"',
        'resolve_select_colour = "Purple"',
    ],
)
def test_a_settings_file_that_is_not_right_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text)

    with pytest.raises(SettingsError, match=r"settings\.toml"):
        read_settings({"NEWTAKE_HOME": str(tmp_path)})


@pytest.mark.parametrize("strength", STRENGTHS)
def test_the_nine_strengths_are_accepted(strength: str) -> None:
    assert edit_settings({"prompt": "x", "edit_strength": strength}).edit_strength == strength


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"prompt": "  "}, "empty"),
        ({"prompt": "x" * 6001}, "6000"),
        ({"prompt": "rain\x00\x1b[31m"}, "U+0000, U+001B"),
        ({"prompt": "x", "resolution": "4k"}, "resolution"),
        ({"prompt": "x", "duration": "7s"}, "duration"),
        ({"prompt": "x", "edit_strength": "adhere_4"}, "edit_strength"),
        ({"prompt": "x", "edit_strength": "flex_1", "auto_controls": True}, "exclude"),
        ({"prompt": "x", "hdr": True}, "720p or 1080p"),
        ({"prompt": "x", "resolution": "720p", "exr_export": True}, "needs HDR"),
        ({"prompt": "x", "variations": 5}, "variations"),
        ({"prompt": "x", "seed": 1}, "seed"),
    ],
)
def test_each_rule_of_the_service_is_kept_before_anything_is_sent(
    values: dict[str, object], word: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        edit_settings(values)

    assert word in caught.value.why
    assert caught.value.exit_code == 2


def test_a_prompt_may_have_lines_and_tabs() -> None:
    assert edit_settings({"prompt": "rain,\n\tat night\r\n"}).prompt


def test_what_is_sent_has_the_services_names_and_nothing_unset() -> None:
    settings = EditSettings("x", "720p", "auto", None, True, hdr=True, exr_export=True)

    assert wire_parameters(settings, "10s") == {
        "model": "luma-ray-v3-2-video-to-video",
        "prompt": "x",
        "resolution": "720p",
        "duration": "10s",
        "auto_controls": True,
        "hdr": True,
        "exr_export": True,
    }


def test_the_live_schema_can_refuse_what_the_built_in_rules_allow() -> None:
    schema = {
        "properties": {
            "prompt": {"type": "string"},
            "resolution": {"enum": ["540p"]},
            "duration": {"enum": ["5s", "10s"]},
        }
    }

    problems = schema_problems(wire_parameters(EditSettings("x", "720p", hdr=True), "5s"), schema)

    assert len(problems) == 2
    assert "720p" in problems[0]
    assert "hdr" in problems[1]
    assert schema_problems({"prompt": "x"}, {}) == []


def test_the_upstream_price_follows_length_kind_and_variations() -> None:
    plain = upstream_list_price(EditSettings("x"), "5s")
    rich = upstream_list_price(
        EditSettings("x", "1080p", hdr=True, exr_export=True, variations=2), "10s"
    )

    assert str(plain.usd) == "0.72"
    assert str(rich.usd) == "25.92"
    assert "upstream" in plain.basis
