"""Styles on a disk: what is read, what is refused and where, and which of two is meant."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from newtake.adapters.style_file import read_style, style_text, write_style
from newtake.adapters.style_folders import SHIPPED, StyleFolders
from newtake.domain.edit_rules import PROMPT_MAX_CHARACTERS
from newtake.domain.errors import StyleError
from newtake.domain.style import escaped, rendered
from newtake.settings import edit_options

RIGHT = """version = 1
revision = 4
title = "Ink"
prompt = "Ink on {paper}. {prompt}"
negative = ["text"]
strength = "flex_2"
exr = false
handles = 6

[fields]
paper = "rice paper"
"""


def written(path: Path, text: str = RIGHT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def folders(tmp_path: Path) -> StyleFolders:
    return StyleFolders(tmp_path / "home", tmp_path / "job", tmp_path / "shipped")


def test_a_style_says_only_what_its_file_says(tmp_path: Path) -> None:
    path = written(tmp_path / "ink.style.toml")

    style = read_style(path, "file")

    assert (style.name, style.revision, style.title) == ("ink", 4, "Ink")
    assert style.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert style.settings == {"edit_strength": "flex_2", "exr_export": False, "handles": 6}
    assert rendered(style, "Dark") == "Ink on rice paper. Dark. Every frame is free of text."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("strength =", "stregth ="), "line 6: there is no setting stregth"),
        (('"flex_2"', '"flex_9"'), "line 6: strength: "),
        (("handles = 6", 'handles = "6"'), "line 8: handles: "),
        (("handles = 6", "handles = -1"), "line 8: handles: "),
        (('paper = "rice paper"', "paper = 3"), "line 11: fields.paper: "),
        (("title =", "# title ="), "title is missing"),
        (("[fields]", "[feilds]"), "line 10: there is no setting feilds"),
        (("{paper}", "{papre}"), "[fields] has no papre"),
        (("revision = 4", "revision = "), "line 2"),
        (("handles = 6", "hdr = true"), "HDR needs a resolution"),
        (("exr = false", "auto_controls = true"), "exclude each other"),
        (("handles = 6", 'first_frame = "none.png"'), "line 8: first_frame: there is no none.png"),
        (("handles = 6", 'first_frame = "../a.png"'), "does not lie beside"),
        (("handles = 6", 'first_frame = "/etc/hostname"'), "does not lie beside"),
    ],
)
def test_what_is_not_right_is_told_with_its_line(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    path = written(tmp_path / "ink.style.toml", RIGHT.replace(*change))

    with pytest.raises(StyleError) as caught:
        read_style(path, "file")

    assert str(path) in caught.value.what
    assert said in caught.value.why


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\xff\xfe", "not UTF-8"), (b"x" * 70_000, "larger than 64 KiB"), (b"a = [" * 9_000, "TOML")],
)
def test_what_is_no_text_of_a_style_s_size_is_refused(
    tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "ink.style.toml"
    path.write_bytes(data)

    with pytest.raises(StyleError, match="is not right") as caught:
        read_style(path, "file")

    assert said in caught.value.why


def test_a_newer_format_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "ink.toml", RIGHT.replace("version = 1", "version = 2\nnew = 1"))

    with pytest.raises(StyleError, match="has version 2"):
        read_style(path, "file")


def test_a_picture_beside_a_style_is_found_from_anywhere(tmp_path: Path) -> None:
    text = RIGHT.replace("handles = 6", 'first_frame = "pictures/a.png"')
    path = written(tmp_path / "ink.style.toml", text)
    picture = written(tmp_path / "pictures" / "a.png", "not looked into here")

    assert read_style(path, "file").settings["first_frame"] == str(picture)


def test_a_link_out_of_the_style_s_folder_is_no_picture_beside_it(tmp_path: Path) -> None:
    secret = written(tmp_path / "secret.png", "x")
    text = RIGHT.replace("handles = 6", 'first_frame = "a.png"')
    path = written(tmp_path / "styles" / "ink.toml", text)
    (tmp_path / "styles" / "a.png").symlink_to(secret)

    with pytest.raises(StyleError) as caught:
        read_style(path, "file")

    assert "does not lie beside" in caught.value.why


def test_the_nearer_of_two_of_the_same_name_is_meant(tmp_path: Path) -> None:
    where = folders(tmp_path)
    places = [
        ("shipped", tmp_path / "shipped" / "ink.toml"),
        ("user", tmp_path / "home" / "styles" / "ink.toml"),
        ("timeline", tmp_path / "job" / "styles" / "ink.style.toml"),
        ("timeline", tmp_path / "job" / "ink.style.toml"),
    ]
    for place, path in places:
        written(path)
        found = where.find("ink")
        assert (found.place, found.path) == (place, str(path))
    assert [each.hidden for each in where.all()] == [False, True, True, True]
    written(tmp_path / "job" / "settings.toml")
    assert {each.name for each in where.all()} == {"ink"}


def test_a_style_that_is_not_right_hides_the_one_behind_it(tmp_path: Path) -> None:
    where = folders(tmp_path)
    written(tmp_path / "shipped" / "ink.toml")
    written(tmp_path / "job" / "ink.style.toml", "version = 1\n")

    with pytest.raises(StyleError, match="is not right"):
        where.find("ink")

    first, second = where.all()
    assert first.style is None
    assert second.hidden


def test_a_name_that_is_not_there_brings_those_like_it(tmp_path: Path) -> None:
    written(tmp_path / "shipped" / "charcoal.toml")

    with pytest.raises(StyleError, match="no style 'charcaol'") as caught:
        folders(tmp_path).find("charcaol")

    assert "charcoal" in caught.value.fix


def test_a_copy_begins_a_style_and_replaces_none(tmp_path: Path) -> None:
    where = folders(tmp_path)
    text = RIGHT.replace("handles = 6", 'first_frame = "a.png"')
    original = written(tmp_path / "shipped" / "ink.toml", text)
    written(tmp_path / "shipped" / "a.png", "picture")

    copies = where.copy("ink", tmp_path / "home" / "styles")

    assert [each.name for each in copies] == ["ink.style.toml", "a.png"]
    assert copies[0].read_bytes() == original.read_bytes()
    assert where.find("ink").place == "user"
    with pytest.raises(StyleError, match="left as it is"):
        where.copy("ink", tmp_path / "home" / "styles")
    assert sorted(path.name for path in (tmp_path / "home" / "styles").iterdir()) == [
        "a.png",
        "ink.style.toml",
    ]


@pytest.mark.parametrize("prompt", ["plain", 'a "b" \\ {c} é\u2028\n\t', "{}{{"])
def test_what_is_written_is_read_back_as_it_was(tmp_path: Path, prompt: str) -> None:
    path = tmp_path / "scout.style.toml"
    settings = {"resolution": "720p", "hdr": True, "edit_strength": "flex_1", "prompt": "x"}
    text = style_text(
        revision=1, title="t", prompt=escaped(prompt), settings=settings, comments=("a\nb",)
    )

    write_style(path, text)

    style = read_style(path, "file")
    assert rendered(style) == " ".join(prompt.split())
    assert style.settings == {"resolution": "720p", "hdr": True, "edit_strength": "flex_1"}
    with pytest.raises(StyleError, match="left as it is"):
        write_style(path, text)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_each_shipped_style_is_one_that_can_be_sent(path: Path) -> None:
    style = read_style(path, "shipped")

    prompt = rendered(style, "Make the door red")
    options = edit_options({**style.settings, "prompt": prompt})

    assert "Make the door red." in prompt
    assert len(prompt) < PROMPT_MAX_CHARACTERS / 4
    assert options.edit_strength
    assert "exactly as in the footage" in prompt
    assert style.about


def test_a_dozen_are_shipped() -> None:
    assert len(list(SHIPPED.glob("*.toml"))) >= 12


def test_control_characters_in_a_prompt_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.style.toml"
    write_style(path, style_text(revision=1, title="t", prompt="rain\x7f\x01", settings={}))

    with pytest.raises(StyleError, match=r"control characters: U\+0001, U\+007F"):
        read_style(path, "file")
