"""Where the key is kept, who can read it, and that nothing shows it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import pytest
from keyring.errors import KeyringError, PasswordDeleteError

from keys import key_of
from newtake.adapters.credentials import FILE_NAME, Credentials, StoredKey, checked_key
from newtake.domain.errors import NotAuthorisedError, SettingsError, StorageError

HUB = "https://hub.example"
KEY = key_of("client")


class MemoryKeychain(keyring.backend.KeyringBackend):
    """A keychain that works; `locked` makes it refuse like one without its user."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # the library has no types here
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("none")

    def _check(self) -> None:
        if self.locked:
            raise KeyringError("locked")


@pytest.fixture
def keychain() -> Iterator[MemoryKeychain]:
    before = keyring.get_keyring()
    ours = MemoryKeychain()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(before)


def test_an_argument_comes_first_and_then_the_environment(
    tmp_path: Path, keychain: MemoryKeychain
) -> None:
    keychain.entries["newtake", "hub.example"] = "other"
    found = Credentials(tmp_path, {"OXEN_API_KEY": f" {KEY}\n"}).find(HUB)
    given = Credentials(tmp_path, {"OXEN_API_KEY": "another"}, KEY).find(HUB)
    assert found == StoredKey(KEY, "environment")
    assert given == StoredKey(KEY, "argument")


def test_a_keychain_that_works_is_used_and_no_file_is_written(
    tmp_path: Path, keychain: MemoryKeychain
) -> None:
    kept = Credentials(tmp_path, {})
    assert kept.store(HUB, KEY) == "keychain"
    assert kept.find(HUB) == StoredKey(KEY, "keychain")
    assert list(tmp_path.iterdir()) == []
    assert kept.delete(HUB) == ["keychain"]
    assert kept.find(HUB) is None


def test_without_a_keychain_a_file_of_this_users_alone_is_used(
    tmp_path: Path, keychain: MemoryKeychain
) -> None:
    keychain.locked = True
    kept = Credentials(tmp_path / "home", {})
    assert kept.store(HUB, KEY) == "file"
    assert kept.find(HUB) == StoredKey(KEY, "file")
    file = tmp_path / "home" / FILE_NAME
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept.delete(HUB) == ["file"]
    assert not file.exists()
    assert kept.delete(HUB) == []


def test_a_keychain_that_keeps_nothing_is_not_believed(tmp_path: Path) -> None:
    """The machine's tests run with the "null" keychain, which accepts everything."""
    kept = Credentials(tmp_path, {})
    assert kept.store(HUB, KEY) == "file"
    assert kept.find(HUB) == StoredKey(KEY, "file")


def test_a_key_moves_from_the_file_when_a_keychain_appears(
    tmp_path: Path, keychain: MemoryKeychain
) -> None:
    kept = Credentials(tmp_path, {})
    keychain.locked = True
    kept.store(HUB, KEY)
    keychain.locked = False
    assert kept.store(HUB, KEY) == "keychain"
    assert not (tmp_path / FILE_NAME).exists()


def test_a_key_belongs_to_one_service(tmp_path: Path) -> None:
    kept = Credentials(tmp_path, {})
    kept.store(HUB, KEY)
    kept.store("http://localhost:3000", "another")
    assert kept.find("https://evil.example") is None
    assert kept.find("https://HUB.example/") == StoredKey(KEY, "file")
    kept.delete(HUB)
    assert kept.find("http://localhost:3000") == StoredKey("another", "file")


def test_a_file_that_others_could_read_is_closed_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / FILE_NAME
    file.write_text(json.dumps({"hub.example": KEY}))
    file.chmod(0o644)
    assert Credentials(tmp_path, {}).find(HUB) == StoredKey(KEY, "file")
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert f"{file} could be used by others" in caplog.text
        assert KEY not in caplog.text
    caplog.clear()
    Credentials(tmp_path, {}).find(HUB)
    assert caplog.text == ""


def test_no_text_of_ours_holds_the_key(tmp_path: Path) -> None:
    kept = Credentials(tmp_path, {})
    kept.store(HUB, KEY)
    assert KEY not in repr(kept) + repr(kept.find(HUB)) + str(kept.find(HUB))


def test_a_file_that_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("{" + KEY)
    with pytest.raises(SettingsError) as caught:
        Credentials(tmp_path, {}).find(HUB)
    assert KEY not in str(caught.value)
    (tmp_path / "home").write_text("a file where the folder belongs")
    with pytest.raises((StorageError, SettingsError)) as refused:
        Credentials(tmp_path / "home", {}).store(HUB, KEY)
    assert KEY not in str(refused.value)


def test_a_key_for_no_address_is_not_looked_for(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no web address"):
        Credentials(tmp_path, {}).find("https://[")


@pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "ключ", "x" * 5000])
def test_what_can_be_no_key_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(NotAuthorisedError) as caught:
        checked_key(key)
    assert len(key.strip()) < 3 or key.strip() not in str(caught.value)
