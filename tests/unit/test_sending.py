"""What leaves this machine is said in the same words to a person and to a program."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.errors import SettingsError
from newtake.domain.parts import Part
from newtake.domain.timing import FrameRange
from newtake.pipeline.planning import Plan, PlannedClip
from newtake.pipeline.sending import check_sending, sending_of
from newtake.shells.cli.documents import plan_document
from newtake.shells.cli.plan_drawing import draw_plan
from newtake.testing import FakeUploader
from orders import order

PUBLIC = "to the public repository ox/b; anybody can read it"


def plan_of(first_frame: str | None, *, parts: int = 1, provider: str = "oxen") -> Plan:
    made = order()
    settings = replace(made.settings, first_frame=first_frame)
    whole = FrameRange(0, 10, Fraction(24))
    orders = [
        replace(made, settings=settings, part=Part(each, parts, whole, 0, carries=each > 1))
        for each in range(1, parts + 1)
    ]
    entry = PlannedClip(made.clip, orders[0], None, later_parts=tuple(orders[1:]))
    return Plan(settings, (entry,), provider, "repository:ox/b", True, made.host)


def test_a_first_frame_image_is_named_with_the_plates() -> None:
    text = sending_of(plan_of("/a/ff.png"), PUBLIC).text
    assert text == f"1 plate and the first-frame image /a/ff.png {PUBLIC}"
    assert sending_of(plan_of(None), PUBLIC).text == f"1 plate {PUBLIC}"


def test_an_image_that_the_model_fetches_itself_is_not_sent() -> None:
    sending = sending_of(plan_of("https://example.com/ff.png"), PUBLIC)
    assert sending.first_frame is None
    assert sending.text.endswith("the model fetches https://example.com/ff.png itself")


def test_pictures_that_parts_hand_on_are_counted() -> None:
    text = sending_of(plan_of("/a/ff.png", parts=3), PUBLIC).text
    assert "3 plates, the first-frame image /a/ff.png and 2 last pictures handed on" in text


def test_person_and_program_read_the_same_audience(capsys: pytest.CaptureFixture[str]) -> None:
    plan = plan_of("/a/ff.png", provider="sandbox")
    document = plan_document(plan, "to the private playground of the account")
    draw_plan(plan, "to the private playground of the account")
    assert document["audience"] == "to the sandbox on this machine; nothing leaves it"
    assert document["sends"]["first_frame"] == str(Path("/a/ff.png"))
    assert document["audience"] in capsys.readouterr().err


def test_an_address_that_holds_one_file_is_refused_more_before_anything_is_paid() -> None:
    uploader = FakeUploader(holds_one=True)
    check_sending(sending_of(plan_of(None), PUBLIC), uploader)

    for several in (plan_of(None, parts=2), plan_of("/a/ff.png")):
        with pytest.raises(SettingsError, match="holds one"):
            check_sending(sending_of(several, PUBLIC), uploader)
        check_sending(sending_of(several, PUBLIC), FakeUploader())
