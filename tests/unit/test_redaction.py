"""What is taken out of a text before anybody else may read it, and what is left in."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from newtake.domain.redaction import without_secrets

KEY = "oxen+Key/0123456789=abc"

SECRET: list[tuple[str, str]] = [
    ("https://u:hunter2@cdn.example/a.mp4?X-Amz-Signature=abc123#f", "https://cdn.example/a.mp4?"),
    ("Authorization: Bearer abc.def-123", "Authorization: "),
    ('{"authorization": "Basic dXNlcjpwYXNz"}', '{"authorization": "'),
    ("sent Bearer abcdef123456 once", " once"),
    ("STORE_TOKEN=hunter2 upload", "STORE_TOKEN="),
    ("secret_key: 'hunter2 with space' then", " then"),
    ("upload --api-key hunter2 file", "upload --api-key "),
    ("upload --password=hunter2 file", " file"),
    ("found sk-abcdefghijklmnop here", " here"),
    ("AKIAIOSFODNN7EXAMPLE1", ""),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", ""),
    ("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\nend", "\nend"),
]
GONE = ("hunter2", "abc123", "abc.def", "dXNl", "abcdef", "AKIA", "eyJ", "MIIB")


@pytest.mark.parametrize(("text", "left"), SECRET)
def test_what_looks_like_a_secret_goes_and_its_surroundings_stay(text: str, left: str) -> None:
    clean = without_secrets(text)

    assert "[removed]" in clean
    assert left in clean
    assert [each for each in GONE if each in clean] == []


@pytest.mark.parametrize(
    "text",
    [
        "a basic pencil design: watercolor, key light from the left",
        "GET https://hub.oxen.ai/api/ai/queue/9647d9b1-d767-4be5-abc6-664bf30ce9f6: 200",
        "file:///Users/ann/a%20b.mov?x",
        '{"key": "take_001", "sha256": "04b85082557ae787"}',
        "found in the keychain; OXEN_API_KEY is not set",
    ],
)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    "spelled",
    [
        KEY,
        KEY.swapcase(),
        quote(KEY, safe=""),
        b64encode(KEY.encode()).decode(),
        b64encode(f"user:{KEY}:x".encode()).decode(),
        b64encode(f"us:{KEY}".encode()).decode(),
        urlsafe_b64encode(f"u{KEY}yz".encode()).decode(),
    ],
)
def test_a_known_secret_goes_in_every_spelling(spelled: str) -> None:
    clean = without_secrets(f"before {spelled} after", [KEY])

    assert "[removed]" in clean
    assert clean.startswith("before ")
    assert clean.endswith(" after")
    assert spelled[4:-4] not in clean


def test_a_key_that_is_a_common_word_is_not_searched_for() -> None:
    assert without_secrets("any clip of any track", ["any", ""]) == "any clip of any track"
