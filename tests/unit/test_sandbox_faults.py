"""Fault flags: what reads as one, what does not, and how often each happens."""

from __future__ import annotations

import uuid

import pytest

from newtake.sandbox.faults import Fault, FaultError, Faults, plate_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("submit:503", Fault("submit", "503")),
        ("poll:500x3", Fault("poll", "500", None, 3)),
        ("submit:429=2", Fault("submit", "429", "2")),
        ("submit:drop-after", Fault("submit", "drop-after")),
        ("submit:delay=0.5", Fault("submit", "delay", "0.5")),
        ("events:dropx1", Fault("events", "drop", None, 1)),
        ("render:fail=no such look", Fault("render", "fail", "no such look")),
        ("render:fail=HDR access: nonex2", Fault("render", "fail", "HDR access: none", 2)),
        ("render:frames=-3", Fault("render", "frames", "-3")),
        ("render:frames=+1x2", Fault("render", "frames", "+1", 2)),
        ("render:fps=25", Fault("render", "fps", "25")),
        ("credits:none", Fault("credits", "none")),
        ("moderation", Fault("render", "moderated")),
        ("stuckx1", Fault("render", "stuck", None, 1)),
        ("poll:502%10", Fault("poll", "502", None, None, 10)),
        ("result:dropx3%50", Fault("result", "drop", None, 3, 50)),
    ],
)
def test_a_fault_is_read(text: str, expected: Fault) -> None:
    assert expected == Fault.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "submit",
        "nowhere:503",
        "submit:200",
        "submit:503=soon",
        "submit:explode",
        "submit:delay",
        "submit:delay=long",
        "events:drop=1",
        "render:503",
        "render:fail",
        "poll:500x0",
        "poll:500%0",
        "poll:500%101",
        "credits",
        "Submit:503",
    ],
)
def test_anything_else_is_refused_with_a_word(text: str) -> None:
    with pytest.raises(FaultError) as refusal:
        Fault.parse(text)

    assert len(str(refusal.value)) > 20


def test_a_limited_fault_happens_that_often_and_no_more() -> None:
    faults = Faults([Fault.parse("poll:500x2")])

    taken = [faults.take("poll", "status") for _ in range(4)]

    assert [fault is not None for fault in taken] == [True, True, False, False]
    assert faults.happened == {Fault.parse("poll:500x2"): 2}


def test_faults_that_were_ended_happen_no_more() -> None:
    faults = Faults([Fault.parse("poll:500"), Fault.parse("poll:503x9")])

    faults.end()

    assert faults.take("poll") is None
    assert not faults.happened


def test_an_unlimited_fault_happens_every_time_and_only_at_its_place() -> None:
    faults = Faults([Fault.parse("upload:500")])

    assert faults.take("poll") is None
    assert all(faults.take("upload") is not None for _ in range(5))


def test_only_the_asked_kinds_are_taken() -> None:
    faults = Faults([Fault.parse("submit:delay=1x1"), Fault.parse("submit:503x1")])

    first = faults.take("submit", "status", "drop")
    second = faults.take("submit", "delay")

    assert (first and first.status, second and second.number) == (503, 1.0)


def test_chance_is_about_as_often_as_said_and_the_same_for_the_same_seed() -> None:
    def happened(seed: int) -> list[bool]:
        faults = Faults([Fault.parse("poll:502%20")], seed)
        return [faults.take("poll") is not None for _ in range(1000)]

    assert 150 < sum(happened(1)) < 250
    assert happened(1) == happened(1)
    assert happened(1) != happened(2)


def test_the_luck_of_one_thing_does_not_hang_on_what_else_goes_on() -> None:
    def luck_of_a(others: int) -> list[bool]:
        faults = Faults([Fault.parse("poll:502%20")], seed=5)
        drawn = []
        for number in range(200):
            for other in range(others):
                faults.take("poll", about=f"/api/ai/queue/{other}-{number}")
            drawn.append(faults.take("poll", about="/api/ai/queue/a") is not None)
        return drawn

    assert luck_of_a(0) == luck_of_a(3)
    assert 20 < sum(luck_of_a(0)) < 60


def test_a_generation_has_the_luck_of_its_plate_whatever_its_id() -> None:
    def luck(generation_id: str, plate: str) -> list[bool]:
        faults = Faults([Fault.parse("poll:502%50")], seed=5)
        faults.call(generation_id, plate)
        path = f"/api/ai/queue/{generation_id}"
        return [faults.take("poll", about=path) is not None for _ in range(50)]

    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    assert luck(one, "/a.mp4") == luck(other, "/a.mp4")
    assert luck(one, "/a.mp4") != luck(other, "/b.mp4")


@pytest.mark.parametrize("given", [{}, {"input_video": 7}, {"input_video": "http://["}])
def test_a_submission_that_names_no_video_is_about_nothing(given: dict[str, object]) -> None:
    assert plate_of(given) == ""
    assert plate_of({"input_video": "https://x.example/a/b.mp4?signature=s"}) == "/a/b.mp4"
