"""Names, prompts and a service's words are shown as they are, on one line, and move nothing."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from newtake.domain.clip import Refusal, RefusalReason
from newtake.domain.errors import NewTakeError
from newtake.domain.events import Failure, Step
from newtake.domain.job import Job, Rendition, Status
from newtake.domain.take_places import told_place
from newtake.domain.timing import Handles
from newtake.shells.cli.documents import clip_document
from newtake.shells.cli.drawing import draw_clips, draw_jobs, draw_outcome, draw_takes
from newtake.shells.cli.errors import show_error
from newtake.shells.cli.printable import printable
from orders import order

HOSTILE = "[/bold]\x1b[2J\n:smile:\u202e\ud800 [red]"
SHOWN = r"[/bold]\x1b[2J\n:smile:\u202e\ud800 [red]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (HOSTILE, SHOWN),
        ("a\r\tb\x9b\u2028", r"a\r\tb\x9b\u2028"),
        ("größe 👩\u200d💻 — ok", "größe 👩\u200d💻 — ok"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_only_what_hides_or_moves_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_table_shows_a_hostile_clip_in_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    take = replace(order().clip.takes[0], name=HOSTILE, url=HOSTILE)
    clip = replace(order().clip, name=HOSTILE, notes=(HOSTILE,), takes=(take,))

    draw_clips([clip])
    draw_takes([clip])

    out = capsys.readouterr().out
    assert out.count(SHOWN) == 5
    assert len(out.splitlines()) == 5


def test_a_note_about_several_clips_is_listed_once(capsys: pytest.CaptureFixture[str]) -> None:
    clips = [
        replace(order().clip, index=number, notes=("of the file", *own))
        for number, own in ((1, ()), (2, ("its own",)), (3, ()), (5, ()))
    ]
    draw_clips(clips)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["  1-3, 5: of the file", "  2: its own"]


def test_speeds_are_listed_where_a_clip_has_one(capsys: pytest.CaptureFixture[str]) -> None:
    clip = order().clip
    draw_clips([clip])
    assert "speed" not in capsys.readouterr().out
    ramp = replace(clip, refusal=Refusal(RefusalReason.RETIMED, "its speed changes"))
    draw_clips([clip, replace(clip, speed=Fraction(-5, 2)), ramp])
    assert "-250 %" in capsys.readouterr().out


def test_a_range_that_the_host_does_not_tell_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    clip = order().clip
    draw_clips([clip, replace(clip, source_is_told=False)])
    _, told, untold = capsys.readouterr().out.splitlines()
    shown = f"{clip.source.start} - {clip.source.end} "
    assert shown in told
    assert shown not in untold
    assert " -  " in untold
    assert clip_document(replace(clip, source_is_told=False))["source_range"] is None


def test_documents_say_what_a_clip_consumes() -> None:
    clip = replace(order().clip, speed=Fraction(1, 2), dissolves=Handles(0, 6))
    document = clip_document(clip)
    assert (document["speed"], document["dissolve_frames"]) == ("1/2", {"head": 0, "tail": 6})


def test_a_journal_with_a_hostile_prompt_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    settings = replace(order().settings, prompt=HOSTILE)
    failure = Failure(Step.WAIT, "X", HOSTILE, HOSTILE, "", "")
    job = Job(
        "j1", replace(order(), settings=settings), 0.0, Status.FAILED, failure=failure,
        renditions=(Rendition("s1"),),
    )  # fmt: skip

    draw_jobs([job])
    draw_outcome([job], sys.stdout)

    assert capsys.readouterr().out.count(SHOWN) == 3


def test_an_error_with_hostile_words_stays_on_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(NewTakeError(HOSTILE, why=HOSTILE), as_json=False)

    assert capsys.readouterr().err == f"Error: {SHOWN}\n  Why:   {SHOWN}\n"


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("otio", ["", "on a track above the clip", "in the media pool, on no timeline"]),
        (
            "blender",
            [
                "",
                "on a channel of its own, where the strip was",
                "kept beside the file, on no channel",
            ],
        ),
    ],
)
def test_where_a_take_lies_is_said_in_its_editors_words(kind: str, where: list[str]) -> None:
    assert [told_place(kind, place) for place in ("take", "track", "bin")] == where
