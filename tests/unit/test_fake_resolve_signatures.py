"""The fake Resolve has what Resolve documents: its methods, the table and PyPI's stubs agree."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

import newtake
from newtake.testing.resolve import FakeResolve
from newtake.testing.resolve.table import methods_at, version_of
from resolve_stubs import stub_classes

VERSIONS = ("18.6", "19.1", "20.3.2", "21.0", "21.0.4", "21.1")

# The stubs, written by hand, leave out the method's arguments.
OTHERWISE_IN_THE_STUBS = {"Project.GenerateSpeech"}


def fake_methods() -> list[tuple[str, str, inspect.Signature]]:
    world = FakeResolve().world
    return [
        (name, method, inspect.signature(getattr(class_, method)))
        for name, class_ in world.classes.items()
        for method in vars_of(class_)
        if method[0].isupper()
    ]


def vars_of(class_: type[Any]) -> set[str]:
    return {name for one in class_.__mro__ for name in vars(one) if not name.startswith("_")}


def table() -> dict[str, dict[str, dict[str, Any]]]:
    path = Path(newtake.__file__).parent / "hosts/resolve/api.json"
    classes: dict[str, dict[str, dict[str, Any]]] = json.loads(path.read_text("utf-8"))["classes"]
    return classes


def test_every_method_of_the_fake_is_documented_and_takes_as_many_arguments() -> None:
    facts = table()

    for class_name, method, signature in fake_methods():
        fact = facts[class_name].get(method)
        assert fact is not None, f"{class_name}.{method} is in no document"
        given = [p for name, p in signature.parameters.items() if name != "self"]
        least = sum(p.default is inspect.Parameter.empty for p in given)
        assert least <= fact["least"], f"{class_name}.{method} wants more than documented"
        assert fact["most"] <= len(given), f"{class_name}.{method} takes fewer than documented"


def test_every_method_of_the_stubs_is_in_the_table_of_its_version() -> None:
    known = methods_at(version_of("21.0"))

    for class_name, methods in stub_classes().items():
        if class_name in known:
            assert set(methods) <= set(known[class_name]), class_name


def test_the_stubs_take_the_number_of_arguments_of_the_table() -> None:
    known = methods_at(version_of("21.0"))
    other: set[str] = set()

    for class_name, methods in stub_classes().items():
        for name, forms in methods.items() if class_name in known else ():
            fact = known[class_name][name]
            if not any(least <= fact.most and fact.least <= most for least, most in forms):
                other.add(f"{class_name}.{name}")

    assert other == OTHERWISE_IN_THE_STUBS


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_has_what_its_documents_list_and_nothing_later(version: str) -> None:
    resolve = FakeResolve(version).resolve

    for name, fact in table()["Resolve"].items():
        is_documented = version_of(fact["since"]) <= version_of(version)
        assert callable(getattr(resolve, name)) == is_documented, name
        assert (name in dir(resolve)) == is_documented, name


def test_an_argument_that_came_later_is_a_violation_before() -> None:
    for version, wrong in (("18.6", 1), ("19.1", 0)):
        fake = FakeResolve(version)
        fake.add_timeline()
        fake.add_item(fake.add_made_media("a"), duration=10)
        project = fake.resolve.GetProjectManager().GetCurrentProject()
        item = project.GetCurrentTimeline().GetItemListInTrack("video", 1)[0]

        item.GetStart(True)

        assert len(fake.violations) == wrong
