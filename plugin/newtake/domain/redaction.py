"""Texts without secrets: keys, tokens, signatures, and what addresses carry besides a place.

Rule 1: rather too much is taken out than too little.
Rule 2: this file sees texts and returns texts; it reads nothing.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import quote

REMOVED = "[removed]"
SECRET_MIN_CHARACTERS = 8
"""Shorter ones are no secrets, and common words would be found everywhere."""

_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]*://)([^\s\"'<>\\]*)", re.I)
_HEADER = re.compile(
    r"((?:\b(?:proxy-)?authorization|\b(?:set-)?cookie)[\"']?\s*[:=]\s*[\"']?)[^\"'\r\n,}]+", re.I
)
_SCHEME = re.compile(r"\b(bearer\s+|basic\s+(?=\S*[\d=]))[\w.~+/=-]{6,}", re.I)
_WORD = r"(?:secret|token|passw|passphrase|signature|credential|api[_-]?key|access[_-]?key)"
_ASSIGNED = re.compile(
    rf"((?:[\w.-]*{_WORD}[\w-]*|\b[\w-]+_key|\bprivate[_-]?key|\bkey(?==)|\bsig(?==)|\bpwd)"
    r"[\"']?\s*[=:]\s*)(?:\"[^\"]*\"?|'[^']*'?|[^\s,;&}\"']+)",
    re.I,
)
_OPTION = re.compile(rf"(--[\w-]*(?:{_WORD}|key\b|pwd\b)[\w-]*[\s=]+)[^\s,;]+", re.I)
_SHAPES = re.compile(
    r"\b(?:[spr]k[-_][\w-]{12,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|xox[abeprs]-[\w-]{10,}|A[KS]IA[A-Z0-9]{12,}|AIza[\w-]{30,}|hf_\w{20,}"
    r"|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.S,
)


def without_secrets(text: str, secrets: Collection[str] = ()) -> str:
    """The text without the given secrets, in any spelling, and without what looks like one.

    Addresses lose their query, their fragment and a user's name and password.
    """
    text = without(text, secrets)
    text = _ADDRESS.sub(lambda found: bare_address(found[0]), text)
    text = _HEADER.sub(rf"\1{REMOVED}", text)
    text = _SCHEME.sub(rf"\1{REMOVED}", text)
    text = _OPTION.sub(rf"\1{REMOVED}", text)
    text = _ASSIGNED.sub(rf"\1{REMOVED}", text)
    return _SHAPES.sub(REMOVED, text)


def without(text: str, secrets: Collection[str]) -> str:
    """The text without these secrets: as they are, quoted, in base64, in either case."""
    known = frozenset(each for each in secrets if len(each) >= SECRET_MIN_CHARACTERS)
    return _spelled(known).sub(REMOVED, text) if known else text


def bare_address(address: str) -> str:
    """The address without user, password, query and fragment; a file's stays as it is."""
    scheme, _, rest = address.partition("://")
    if scheme.lower() == "file":
        return address
    place = re.split(r"[?#]", rest, maxsplit=1)[0]
    authority, slash, path = place.partition("/")
    host = authority.rpartition("@")[2]
    return f"{scheme}://{host}{slash}{path}{f'?{REMOVED}' if len(place) < len(rest) else ''}"


def spellings(secret: str) -> frozenset[str]:
    """How a secret may stand in a text, upper and lower case apart."""
    raw = secret.encode("utf-8", "surrogateescape")
    found = {secret, quote(raw, safe=""), quote(raw), json.dumps(secret)[1:-1]}
    for before in range(3):
        # Inside a longer text its base64 begins at one of three places; the characters at both
        # ends mix with its neighbours'.
        coded = b64encode(bytes(before) + raw).decode().rstrip("=")
        core = coded[(0, 2, 3)[before] : len(coded) - ((before + len(raw)) % 3 != 0)]
        found |= {core, core.replace("+", "-").replace("/", "_")}
    return frozenset(found)


@lru_cache(maxsize=16)
def _spelled(secrets: frozenset[str]) -> re.Pattern[str]:
    every = {spelling for secret in secrets for spelling in spellings(secret)}
    return re.compile("|".join(map(re.escape, sorted(every, key=len, reverse=True))), re.I)
