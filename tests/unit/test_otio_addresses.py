"""Every spelling of a media address that editors write, and what it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.domain.clip import RefusalReason
from otio_newtake.addresses import bare_path, file_url, is_relative, locate

FOLDER = Path("/jobs/cut")


def on_disk(*paths: str) -> frozenset[Path]:
    return frozenset(map(Path, paths))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/media/a b.mov", "/media/a b.mov"),
        ("/media/a#1.mov", "/media/a#1.mov"),
        ("/media/a?x.mov", "/media/a?x.mov"),
        ("/media/b%20c.mov", "/media/b%20c.mov"),
        ("/media/plate.%04d.exr", "/media/plate.%04d.exr"),
        ("file:///media/a%20b.mov", "/media/a b.mov"),
        ("file:///media/a%23b%3Fc%25.mov", "/media/a#b?c%.mov"),
        ("file:///media/100%.mov", "/media/100%.mov"),
        ("file:///media/M%C3%A9dia.mov", "/media/Média.mov"),
        ("file:/media/a.mov", "/media/a.mov"),
        ("FILE:///media/a.mov", "/media/a.mov"),
        ("file://localhost/media/a.mov", "/media/a.mov"),
        ("a.mov", "/jobs/cut/a.mov"),
        ("media/a.mov", "/jobs/cut/media/a.mov"),
        ("./a b.mov", "/jobs/cut/a b.mov"),
        ("../a.mov", "/jobs/cut/../a.mov"),
        ("file:media/a.mov", "/jobs/cut/media/a.mov"),
    ],
)
def test_an_address_of_a_local_file_gives_its_path(url: str, path: str) -> None:
    assert Path(path) == locate(url, FOLDER, lambda _: False, windows=False).path


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", RefusalReason.NO_MEDIA),
        ("  ", RefusalReason.NO_MEDIA),
        ("http://h/x.mov", RefusalReason.NOT_A_FILE),
        ("https://h/x.mov", RefusalReason.NOT_A_FILE),
        ("bal:///asset1", RefusalReason.NOT_A_FILE),
        ("concat:a.mov|b.mov", RefusalReason.NOT_A_FILE),
        ("pipe:0", RefusalReason.NOT_A_FILE),
        ("\\\\nas\\jobs\\a.mov", RefusalReason.NOT_A_FILE),
        ("//nas/jobs/a.mov", RefusalReason.NOT_A_FILE),
        ("file://nas/jobs/a.mov", RefusalReason.NOT_A_FILE),
        ("file:////nas/jobs/a.mov", RefusalReason.NOT_A_FILE),
        ("/media/a\0b.mov", RefusalReason.NOT_A_FILE),
        ("file:///media/a%00b.mov", RefusalReason.NOT_A_FILE),
        ("C:\\a\\b.mov", RefusalReason.OFFLINE),
        ("C:/a/b.mov", RefusalReason.OFFLINE),
        ("file:///C:/a/b.mov", RefusalReason.OFFLINE),
        ("file://C:/a/b.mov", RefusalReason.OFFLINE),
        ("file://localhost/D%3a/a/b.mov", RefusalReason.OFFLINE),
    ],
)
def test_what_is_no_file_here_says_why(url: str, reason: RefusalReason) -> None:
    found = locate(url, FOLDER, lambda _: False, windows=False)
    assert (None, reason) == (found.path, found.problem)
    assert found.text


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///C:/a%20b/c.mov", "C:/a b/c.mov"),
        ("file://C:/a/b.mov", "C:/a/b.mov"),
        ("file://localhost/D%3a/a.mov", "D:/a.mov"),
        ("file://nas/jobs/a.mov", "//nas/jobs/a.mov"),
    ],
)
def test_on_windows_drives_and_shares_are_paths(url: str, path: str) -> None:
    assert Path(path) == locate(url, FOLDER, lambda _: False, windows=True).path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("take:1.mov", "/jobs/cut/take:1.mov"),
        ("http:a.mov", "/jobs/cut/http:a.mov"),
        ("C:\\a.mov", "/jobs/cut/C:\\a.mov"),
        ("a%20b.mov", "/jobs/cut/a b.mov"),
        ("media\\a.mov", "/jobs/cut/media/a.mov"),
        ("file:///media/b%20c.mov", "/media/b%20c.mov"),
    ],
)
def test_a_file_that_exists_decides_between_two_readings(url: str, path: str) -> None:
    exists = on_disk(path).__contains__
    assert Path(path) == locate(url, FOLDER, exists, windows=False).path


def test_a_literal_percent_name_wins_over_the_decoded_one_for_plain_paths() -> None:
    exists = on_disk("/media/b%20c.mov", "/media/b c.mov").__contains__
    assert Path("/media/b%20c.mov") == locate("/media/b%20c.mov", FOLDER, exists).path


@pytest.mark.parametrize("name", ["a b.mov", "a#1?.mov", "100%.mov", "Média.mov", "b%20c.mov"])
def test_written_addresses_lead_back_to_the_path(name: str) -> None:
    path = Path("/media") / name
    for url in (file_url(path), bare_path(path)):
        assert path == locate(url, FOLDER, lambda _: False, windows=False).path
    assert " " not in file_url(path)


def test_relative_addresses_are_told_from_absolute_ones() -> None:
    relative = ["a.mov", "../a.mov", "media/a b.mov"]
    absolute = ["/a.mov", "file:///a.mov", "C:\\a.mov", "\\\\nas\\a.mov", "bal:///a", ""]
    assert [is_relative(url) for url in relative + absolute] == [True] * 3 + [False] * 6
