"""Every bridge hands Resolve's own words over as Resolve has them, and says which it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge_ways import WAYS, Conversation, call
from newtake.hosts.resolve.messages import constant
from newtake.testing.resolve import FakeResolve


@pytest.mark.parametrize("way", WAYS)
def test_a_word_is_an_argument_like_others(way: str, tmp_path: Path) -> None:
    fake = FakeResolve("21.1")
    fake.add_timeline("Reel")
    file = tmp_path / "reel.otio"
    words = dict(constant("EXPORT_OTIO")), dict(constant("EXPORT_NONE"))
    with WAYS[way](fake, tmp_path / "resolve") as exchange:
        bridge = Conversation(exchange, way)
        done = bridge.run(call("Export", "timeline", str(file), *words, want="true"))
        lacking = bridge.error(
            call("Export", "timeline", str(file), dict(constant("EXPORT_EVERYTHING")), words[1])
        )
    assert done == {"ok": [True]}
    assert json.loads(file.read_text("utf-8"))["OTIO_SCHEMA"] == "Timeline.1"
    assert (lacking["kind"], "EXPORT_EVERYTHING" in lacking["text"]) == ("not_found", True)
