"""Which methods each Resolve documents, with how many arguments.

The facts are the ones that the bridge goes by, read as data: a method that the version's documents
do not list is absent here, also where the newest Resolve may still answer it.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib.resources import files

Version = tuple[int, int, int]

_SUBFRAME = ("GetDuration", "GetEnd", "GetStart", "GetLeftOffset", "GetRightOffset")
_LATER_ARGUMENTS = {
    # The document of 18 has these without an argument; 19.1 added the one for subframes.
    **{("TimelineItem", name): ((19, 1, 0), 0) for name in _SUBFRAME},
}


@dataclass(frozen=True)
class Method:
    """One documented method: the least and the most arguments it takes."""

    least: int
    most: int
    returns: str


def version_of(text: str) -> Version:
    """(21, 0, 4) of "21.0.4"; what is not given is 0."""
    numbers = [int(part) for part in text.split(".")][:3]
    major, minor, patch = [*numbers, 0, 0][:3]
    return major, minor, patch


def methods_at(version: Version) -> dict[str, dict[str, Method]]:
    """Class -> method -> arguments, of one version."""
    return {
        class_name: {
            name: Method(
                int(fact["least"]),
                _most(class_name, name, int(fact["most"]), version),
                str(fact["returns"]),
            )
            for name, fact in methods.items()
            if version_of(fact["since"]) <= version and _still_listed(fact.get("last"), version)
        }
        for class_name, methods in _facts().items()
    }


def _still_listed(last: str | None, version: Version) -> bool:
    return last is None or version <= version_of(last) or last == f"{version[0]}.{version[1]}"


def _most(class_name: str, name: str, most: int, version: Version) -> int:
    later, before = _LATER_ARGUMENTS.get((class_name, name), ((0, 0, 0), most))
    return most if version >= later else before


@functools.cache
def _facts() -> dict[str, dict[str, dict[str, str]]]:
    text = files("newtake").joinpath("hosts/resolve/api.json").read_text(encoding="utf-8")
    classes: dict[str, dict[str, dict[str, str]]] = json.loads(text)["classes"]
    return classes
