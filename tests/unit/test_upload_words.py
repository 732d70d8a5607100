"""What uploaders decide without touching anything: words, names, addresses, command lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.adapters.http import open_client, with_retries
from newtake.adapters.oxen_wire import OxenWire, segments
from newtake.adapters.uploaders.choice import choose_uploader
from newtake.adapters.uploaders.command import command_line
from newtake.adapters.uploaders.fetchable import is_local_only, with_query
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.adapters.uploaders.streams import stored_name
from newtake.domain.errors import ConsentError, NewTakeError, SettingsError, UnavailableError
from newtake.pipeline.consent import check_consent, remember_consent
from newtake.ports import Uploader
from newtake.testing import FakeUploader, ManualClock, MemoryJournal


def chosen(word: str, fetch_url: str | None = None) -> Uploader:
    journal = MemoryJournal()
    client = open_client("https://hub.example", "key")
    return choose_uploader(
        word,
        wire=OxenWire(client, "https://hub.example", ManualClock()),
        memory=UploadMemory(journal.remembered, journal.remember),
        fetch_url=fetch_url,
    )


@pytest.mark.parametrize(
    ("word", "name", "public"),
    [
        ("workbench", "workbench", False),
        ("repository:ox/plates", "repository:ox/plates", True),
        ("put:https://s3.example/a?sig=1", "put", True),
        ("command:rclone-put {file}", "command", True),
    ],
)
def test_a_word_names_an_uploader_and_says_whether_it_publishes(
    word: str, name: str, public: bool
) -> None:
    uploader = chosen(word)
    assert (name, public) == (uploader.name, uploader.public)


def test_a_signed_address_to_read_from_is_not_public() -> None:
    assert not chosen("put:https://s3.example/a?sig=1", "https://s3.example/a?sig=2").public


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("repository:ox/plates", "repository:ox/other"),
        ("repository:ox/plates", "command:up {file}"),
        ("put:https://s3.example/mine/{name}?sig=1", "put:https://s3.example/yours/{name}?sig=1"),
        ("put:https://s3.example/mine/a.mp4?sig=1", "put:https://gcs.example/mine/a.mp4?sig=1"),
        ("command:up {file} a", "command:up {file} b"),
        ("workbench", "repository:ox/playground"),
    ],
)
def test_consent_for_one_target_is_none_for_another(one: str, other: str) -> None:
    assert chosen(one).consent_key == chosen(one).consent_key
    assert chosen(one).consent_key != chosen(other).consent_key


def test_consent_is_remembered_for_its_target_alone() -> None:
    journal = MemoryJournal()
    remember_consent(journal, "repository:hub.example/ox/plates")
    check_consent(
        journal, FakeUploader(public=True, consent_key="repository:hub.example/ox/plates")
    )
    with pytest.raises(ConsentError) as caught:
        check_consent(
            journal, FakeUploader(public=True, audience="to ox/b", consent_key="repository:ox/b")
        )
    assert "to ox/b" in caught.value.why


def test_consent_for_a_folder_covers_each_plate_and_signature_in_it() -> None:
    plates = ("put:https://s3.example/mine/a.mp4?sig=1", "put:https://s3.example/mine/b.mp4?sig=2")
    assert len({chosen(each).consent_key for each in plates}) == 1


@pytest.mark.parametrize(
    ("word", "where", "whose"),
    [
        ("workbench", "private playground", "holds its link"),
        ("repository:ox/plates", "ox/plates at hub.example", "anybody can read it"),
        ("put:https://s3.example/p/a?sig=secret", "to s3.example", "anybody who knows its address"),
        ("command:/opt/up --token secret {file}", "the command up", "knows the address"),
        ("put", "given again", ""),
    ],
)
def test_an_uploader_says_where_plates_go_and_who_reads_them_without_secrets(
    word: str, where: str, whose: str
) -> None:
    uploader = chosen(word)
    assert where in uploader.audience
    assert whose in uploader.audience
    assert "secret" not in uploader.audience + uploader.consent_key


@pytest.mark.parametrize(
    "word",
    [
        "",
        "fax",
        "workbench:x",
        "repository:",
        "repository:name",
        "repository:a/b/c",
        "put:",
        "put:file:///x",
        "command:",
        "command:'unmatched",
    ],
)
def test_a_word_that_names_none_is_refused(word: str) -> None:
    with pytest.raises(SettingsError):
        chosen(word)


def test_two_addresses_of_which_one_is_for_every_plate_are_refused() -> None:
    with pytest.raises(SettingsError, match="both"):
        chosen("put:https://s3.example/{name}?sig=1", "https://s3.example/fixed")


def test_no_uploader_shows_a_key_or_a_signature() -> None:
    for word in ("workbench", "repository:ox/x", "put:https://s3.example/a?sig=secret"):
        assert "secret" not in repr(chosen(word))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["up"], ["up", "/a b/p.mp4"]),
        (["up", "{file}", "--as", "x/{name}"], ["up", "/a b/p.mp4", "--as", "x/h.mp4"]),
        (["up", "--file={file}"], ["up", "--file=/a b/p.mp4"]),
    ],
)
def test_a_command_gets_the_file_as_one_word(words: list[str], expected: list[str]) -> None:
    assert expected == command_line(words, Path("/a b/p.mp4"), "h.mp4")


def test_a_link_is_the_jobs_own_unless_it_is_signed() -> None:
    assert with_query("https://x/a.mp4", "j1") == "https://x/a.mp4?newtake=j1"
    assert with_query("https://x/a.mp4?sig=1", "j1") == "https://x/a.mp4?sig=1"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8000/a", True),
        ("http://127.0.0.1/a", True),
        ("http://[::1]/a", True),
        ("http://192.168.1.5/a", True),
        ("http://nas.local/a", True),
        ("https://s3.example/a", False),
        ("https://8.8.8.8/a", False),
    ],
)
def test_a_link_into_this_network_is_told_from_one_that_opens_everywhere(
    url: str, expected: bool
) -> None:
    assert is_local_only(url) is expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("Secret Project.MP4", "0123456789abcdef.mp4"),
        ("plate", "0123456789abcdef"),
        ('x.m"p', "0123456789abcdef"),
        ("x.größe", "0123456789abcdef"),
    ],
)
def test_a_stored_name_tells_nothing_of_the_clip(file: str, expected: str) -> None:
    assert expected == stored_name(Path(file), "0123456789abcdef" * 4)


def test_a_path_is_quoted_segment_by_segment() -> None:
    assert segments("a b/#/ü?.mp4") == "a%20b/%23/%C3%BC%3F.mp4"


@pytest.mark.anyio
async def test_pauses_between_tries_grow_and_follow_retry_after() -> None:
    clock = ManualClock()
    tries = 0

    async def away() -> None:
        nonlocal tries
        tries += 1
        raise UnavailableError("away", retry_after_seconds=9.0 if tries == 3 else None)

    with pytest.raises(NewTakeError):
        await with_retries(clock, away)
    assert tries == 4
    first, second, third = clock.slept
    assert 0.3 < first < 0.7
    assert 0.6 < second < 1.4
    assert third == 9.0
