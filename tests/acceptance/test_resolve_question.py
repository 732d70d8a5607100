"""What an editor does to a clip while the command waits for an answer is seen before it is paid."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from resolve_scenes import Cut, ResolveScene, resolve_scene
from services import NEWTAKE, PATIENCE_SECONDS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal is a pty here")

if sys.platform != "win32":
    import pty


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda scene: scene.fake.delete_item(scene.items[1]), "is gone from the timeline"),
        (
            lambda scene: scene.fake.trim_item(scene.items[1], head=3),
            "was trimmed or slipped after it was chosen",
        ),
        (
            lambda scene: scene.fake.delete_item(scene.items[1], ripple=True),
            "is gone from the timeline",
        ),
    ],
    ids=["deleted", "trimmed", "deleted with ripple"],
)
def test_a_clip_that_changed_at_the_question_is_not_submitted(
    tmp_path: Path, change: Callable[[ResolveScene], None], words: str
) -> None:
    with resolve_scene(tmp_path, [Cut(3, 40), Cut(60, 30), Cut(95, 20)]) as scene:
        scene.fake.select([scene.items[1]])
        ours, theirs = pty.openpty()
        command = subprocess.Popen(
            [*NEWTAKE, "resolve", "restyle", "--prompt", "a charcoal sketch"],
            env=scene.environment,
            cwd=tmp_path,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        try:
            until_said(ours, "[y/N]")
            change(scene)
            os.write(ours, b"y\n")
            told = " ".join(until_said(ours, None).split())
            assert command.wait(PATIENCE_SECONDS) != 0
        finally:
            command.kill()
            command.wait()
            os.close(ours)
        assert words in told
        assert "Nothing was submitted" in told
        assert scene.submissions() == 0


def until_said(terminal: int, words: str | None) -> str:
    """What a terminal shows until some words, or to its end."""
    shown, ends = b"", time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends and (words is None or words.encode() not in shown):
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            more = os.read(terminal, 65536)
        except OSError:
            break
        if not more:
            break
        shown += more
    text = shown.decode(errors="replace")
    assert words is None or words in text, text
    return text


def test_an_interrupt_at_the_question_says_that_nothing_was_submitted(tmp_path: Path) -> None:
    with resolve_scene(tmp_path, [Cut(3, 40)]) as scene:
        ours, theirs = pty.openpty()
        command = subprocess.Popen(
            [*NEWTAKE, "resolve", "restyle", "--all", "--prompt", "a charcoal sketch"],
            env=scene.environment,
            cwd=tmp_path,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        try:
            until_said(ours, "[y/N]")
            command.send_signal(signal.SIGINT)
            told = " ".join(until_said(ours, None).split())
            assert command.wait(PATIENCE_SECONDS) == 130
        finally:
            command.kill()
            command.wait()
            os.close(ours)
        assert "Interrupted. Nothing was submitted." in told
        assert "jobs resume" not in told
        assert scene.submissions() == 0
