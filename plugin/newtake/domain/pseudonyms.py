"""Texts without what is private: each prompt, path and name gets one stand-in and keeps it.

Rule 1: a field of an event is private unless it is known to be harmless; a later version's new
field is private, too.
Rule 2: what was private in one place is private in every text.
Rule 3: in a text, whatever looks like a path is one.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

_HARMLESS = re.compile(
    "kind|step|code|outcome|status|state|money|job_id|submission_ids?|provider|uploader|model"
    "|resolution|duration|edit_strength|codec|container|pixel_format|primaries|transfer|matrix"
    "|range|rate|timecode_rate|speed|pixel_aspect|(?:video|container)_start_seconds|usd|cost_usd"
    "|basis|layout|profile|method|track|timecode|start_timecode|wait"
)
_SENTENCES = ("what", "why", "fix", "reason", "notes", "text")
_TAKE_KEY = re.compile(r"(?:take_\d+(?:_exr)?|DEFAULT_MEDIA|[VA]\d+/\d+)")
_NAME_MIN_CHARACTERS = 3
"""Shorter names would be found in every word."""

_EXTENSIONS = (
    "mov|mp4|mxf|m4v|mkv|avi|webm|braw|r3d|ari|otio|otioz|otiod|edl|xml|fcpxml|aaf|kdenlive|drp"
    "|exr|zip|png|jpe?g|tiff?|dpx|json|toml|sqlite|log|wav|aiff?|csv|txt|part|py"
)
_ROOT = r"(?:[A-Za-z]:[\\/]|\\\\\w|~?/|file:/)"
_FOUND = re.compile(
    r"(?P<web>\b[a-z][a-z0-9+.-]*(?<!\bfile)://[^\s\"'<>\\]+)"
    rf"|(?P<quote>[\"'`])(?P<quoted>{_ROOT}[^\"'`\n]+)(?P=quote)"
    rf"|(?<![\w<>/])(?P<named>{_ROOT}[^\n\"'<>|]{{0,300}}?\.(?:{_EXTENSIONS})(?!\w))"
    rf"|(?<![\w<>/])(?P<bare>{_ROOT}[^\s\"'<>|;,)]+)"
    r"|(?P<mail>[\w.+-]+@[\w-]+\.[\w.-]+)",
    re.I,
)
_REPOSITORY = re.compile(r"^/api/repos/[^/]+/[^/]+")


class Pseudonyms:
    """Stand-ins for what is private; consistent for as long as the object lives."""

    def __init__(
        self, programs: Mapping[str, str], user_names: Collection[str], service_host: str
    ) -> None:
        """See `Report` for the three."""
        self._service_host = service_host
        self._programs = programs
        self._user_names = dict.fromkeys(user_names, "<user>")
        self._given: dict[str, str] = {}
        self._count: dict[str, int] = {}

    def of(self, kind: str, private: str) -> str:
        """The stand-in of something private: "<path 1>"."""
        if private not in self._given:
            self._count[kind] = self._count.get(kind, 0) + 1
            self._given[private] = f"<{kind} {self._count[kind]}>"
        return self._given[private]

    def text(self, text: str) -> str:
        """A text of any kind, line ends included."""
        paths = {each: word for each, word in self._given.items() if "/" in each or "\\" in each}
        names = {each: word for each, word in self._given.items() if each not in paths}
        text = _replaced(text, self._programs)
        text = _replaced(text, paths, not_before="/\\")
        # Before names: a name inside an unknown path would hide from this that it is one.
        text = _FOUND.sub(self._stand_in, text)
        return _replaced(text, {**names, **self._user_names})

    def value(self, value: Any, field: str = "") -> Any:
        """An event, or a part of one, by its fields' names."""
        if isinstance(value, Mapping):
            return {name: self.value(each, str(name)) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(each, field) for each in value]
        if not isinstance(value, str) or not value:
            return value
        if field in _SENTENCES:
            return self.text(value)
        if _HARMLESS.fullmatch(field) or _TAKE_KEY.fullmatch(value):
            return value
        self._learn_inner(value)
        return self.of(_kind(field, value), value)

    def _learn_inner(self, value: str) -> None:
        """What stands inside a value: a document's own values, a file's name."""
        if value.startswith("{"):
            try:
                inner = json.loads(value)
            except ValueError:
                return
            if isinstance(inner, dict):
                self.value({f"_{name}": each for name, each in inner.items()})
        elif "/" in value or "\\" in value:
            plain = unquote(urlsplit(value).path) if "://" in value else value
            name = re.split(r"[\\/]", plain.rstrip("\\/"))[-1]
            for each in {plain, name, name.rpartition(".")[0]} - {"", value}:
                self.of("path" if each == plain else "name", each)

    def _stand_in(self, found: re.Match[str]) -> str:
        if found["web"]:
            address = found["web"].rstrip(":.,;)]")
            return self._address(address) + found["web"][len(address) :]
        if found["mail"]:
            return self.of("address", found["mail"])
        if found["quoted"]:
            return f"{found['quote']}{self.of('path', found['quoted'])}{found['quote']}"
        return self.of("path", found[0])

    def _address(self, address: str) -> str:
        """The service's own with the account's names blotted out; of others not even the host."""
        try:
            parts = urlsplit(address)
            host, place = parts.hostname or "", parts.path
        except ValueError:
            return "<address>"
        ours = host == self._service_host or host in ("127.0.0.1", "localhost", "oxen.ai")
        if not ours:
            return f"{parts.scheme}://{self.of('host', host)}/..."
        if _REPOSITORY.match(place):
            verb = place.split("/")[5:6]
            place = "/".join(["/api/repos/<account>/<repository>", *verb])
        elif not place.startswith("/api/") and place:
            place = "/..."
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{place}"


_SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: unicodedata.normalize("NFC", text),
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: quote(text, errors="backslashreplace"),
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: repr(text)[1:-1],
)
_START = re.compile(r"(?<!\w)\S")


def _replaced(text: str, words: Mapping[str, str], *, not_before: str = "") -> str:
    """The text with each of the words, standing alone, as its stand-in; the longest first."""
    table: dict[str, str] = {}
    lengths: dict[str, set[int]] = {}
    for word, stand_in in words.items():
        for spelled in {spell(word) for spell in _SPELLINGS}:
            if len(spelled) >= _NAME_MIN_CHARACTERS:
                table.setdefault(spelled, stand_in)
                lengths.setdefault(spelled[:_NAME_MIN_CHARACTERS], set()).add(len(spelled))
    ordered = {begin: sorted(found, reverse=True) for begin, found in lengths.items()}
    parts, done = [], 0
    for start in _START.finditer(text):
        at = start.start()
        if at < done:
            continue
        for length in ordered.get(text[at : at + _NAME_MIN_CHARACTERS], ()):
            word, after = text[at : at + length], text[at + length : at + length + 1]
            if word in table and not (after.isalnum() or after == "_" or after in (*not_before,)):
                parts += [text[done:at], table[word]]
                done = at + length
                break
    return "".join([*parts, text[done:]])


def _kind(field: str, value: str) -> str:
    if field == "prompt":
        return "prompt"
    if "sha256" in field:
        return "hash"
    return "path" if "/" in value or "\\" in value else "name"
