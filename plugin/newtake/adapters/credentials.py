"""The service's key: an argument, the environment, the system's keychain, or a private file.

They are looked at in that order.

Each stored key belongs to one host, so that the key of one service is never sent to another.
A key is in no `repr` here, and in no error.
"""

from __future__ import annotations

import json
import logging
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from newtake.domain.errors import NotAuthorisedError, SettingsError, StorageError
from newtake.durable import make_private, write_durably

VARIABLE = "OXEN_API_KEY"
FILE_NAME = "keys.json"
_SERVICE = "newtake"
_LOG = logging.getLogger("newtake")
_KEY_MAX_CHARACTERS = 4096

Place = Literal["argument", "environment", "keychain", "file"]


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key and where it was found."""

    key: str = field(repr=False)
    source: Place


class Credentials:
    """The keys of this user."""

    def __init__(self, home: Path, environment: Mapping[str, str], argument: str = "") -> None:
        """`home` is NEWTAKE_HOME, for the file that is used where no keychain works."""
        self._argument = argument.strip()
        self._file = home / FILE_NAME
        self._environment = environment

    def find(self, base_url: str) -> StoredKey | None:
        """The key for the service at `base_url`; None when there is none.

        Raises:
            NotAuthorisedError: What is set or stored cannot be a key.
        """
        if self._argument:
            return StoredKey(checked_key(self._argument), "argument")
        if value := self._environment.get(VARIABLE, "").strip():
            return StoredKey(checked_key(value), "environment")
        host = _host(base_url)
        if kept := _from_keychain(host):
            return StoredKey(checked_key(kept), "keychain")
        if kept := self._kept().get(host):
            return StoredKey(checked_key(kept), "file")
        return None

    def every_key(self, base_url: str) -> set[str]:
        """Every key that this user has here, of other services as well, to be taken out of texts.

        Raises:
            SettingsError: The file of keys cannot be read.
        """
        given = (self._argument, self._environment.get(VARIABLE, "").strip())
        found = {*given, *self._kept().values()}
        return {key for key in (*found, _from_keychain(_host(base_url)) or "") if key}

    def store(self, base_url: str, key: str) -> Place:
        """Keep the key in the keychain, or in a file that only this user can read.

        Returns:
            Where it went, so that the user can be told.

        Raises:
            NotAuthorisedError: It cannot be a key.
            StorageError: The file cannot be written.
        """
        import keyring
        from keyring.errors import KeyringError

        key, host = checked_key(key), _host(base_url)
        with suppress(KeyringError):
            keyring.set_password(_SERVICE, host, key)
        # A keychain may accept and keep nothing (the "null" one does), so it is asked.
        if _from_keychain(host) == key:
            self._keep({name: value for name, value in self._kept().items() if name != host})
            return "keychain"
        self._keep({**self._kept(), host: key})
        return "file"

    def delete(self, base_url: str) -> list[Place]:
        """Forget the stored key; the places it was in. The environment is not ours to change."""
        import keyring
        from keyring.errors import KeyringError

        host, places = _host(base_url), list[Place]()
        if _from_keychain(host):
            with suppress(KeyringError):
                keyring.delete_password(_SERVICE, host)
                places.append("keychain")
        kept = self._kept()
        if kept.pop(host, None) is not None:
            self._keep(kept)
            places.append("file")
        return places

    def _kept(self) -> dict[str, str]:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            self._close_to_others()
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"The file of keys {self._file} cannot be read.",
                fix="Remove it, then `newtake login` again.",
            ) from error
        pairs = kept.items() if isinstance(kept, dict) else ()
        return {str(host): key for host, key in pairs if isinstance(key, str)}

    def _close_to_others(self) -> None:
        """Make the file the user's alone, and say so: whoever read it before has the key."""
        mode = stat.S_IMODE(self._file.stat().st_mode)
        if os.name != "posix" or not mode & 0o077:
            return
        now = "it is closed to them now"
        try:
            self._file.chmod(0o600)
        except OSError as error:
            now = f"it could not be closed to them: {error.strerror}"
        _LOG.warning(
            "The file of keys %s could be used by others on this machine (mode %o); %s. If that "
            "matters here, make a new key at the service, and `newtake login` again.",
            self._file,
            mode,
            now,
        )

    def _keep(self, keys: Mapping[str, str]) -> None:
        try:
            if not keys:
                self._file.unlink(missing_ok=True)
                return
            make_private(self._file.parent)
            # Created private: there is no moment at which others could read it.
            write_durably(self._file, json.dumps(keys).encode(), mode=0o600)
        except OSError as error:
            raise StorageError(
                f"The key cannot be kept in {self._file}.",
                why=error.strerror or type(error).__name__,
                fix=f"Set {VARIABLE} instead.",
            ) from error


def checked_key(key: str) -> str:
    """The key without space around it. Raises: NotAuthorisedError when it can be none."""
    key = key.strip()
    printable = all("!" <= character <= "~" for character in key)
    if not key or not printable or len(key) > _KEY_MAX_CHARACTERS:
        raise NotAuthorisedError(
            "What is given as the key cannot be one.",
            why="A key is one word of plain characters.",
        )
    return key


def _host(base_url: str) -> str:
    try:
        return urlsplit(base_url).netloc.rpartition("@")[2].lower()
    except ValueError as error:
        raise SettingsError(
            f"The service's address {base_url!r} is no web address.",
            fix="Correct OXEN_BASE_URL, or `base_url` in settings.toml.",
        ) from error


def _from_keychain(host: str) -> str | None:
    """None also where no keychain works."""
    # Imported where a keychain is asked: most commands ask none, and it takes its time to load.
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_SERVICE, host)
    except KeyringError:
        return None
