"""What the page tells of a take: frames, colours and money as its sidecar has them."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timezone
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.cube import Lut
from newtake.domain.files import ResultFile
from newtake.domain.job import Job, Rendition
from newtake.domain.take_report import take_report
from newtake.pipeline.provenance import provenance_of, sidecar_facts
from orders import order


def a_sidecar() -> dict[str, Any]:
    """As one is written for an order with a table, in real time."""
    told = replace(order(), lut=Lut(Path("/luts/log.cube"), "0", "3d", 33))
    result = ResultFile(Path("r.mp4"), "ab", 1)
    job = Job("j1", told, 0.0, renditions=(Rendition("gen-1", "ready", result=result),))
    (rendition,) = job.renditions
    provenance = replace(provenance_of(job, rendition, [job]), cost_usd="2.16")
    facts = {**asdict(provenance), **sidecar_facts(job, rendition, [job])}
    read: dict[str, Any] = json.loads(json.dumps({"newtake": 1, **facts}, default=str))
    return read


def told(sidecar: dict[str, Any] | None, mark: dict[str, Any] | None = None) -> dict[str, str]:
    report = take_report(mark or {}, sidecar, movie="/takes/a.mov", zone=timezone.utc)
    return dict(report.lines)


def test_it_tells_what_was_sent_left_out_seen_and_paid() -> None:
    lines = told(a_sidecar())

    assert lines["File"] == "/takes/a.mov"
    assert lines["Made"].startswith("1970-01-01 00:00 by luma-ray")
    assert lines["Settings"] == "720p, sent as 5s, the model's own strength, HDR"
    assert lines["Sent"] == (
        "media frames 107892 to 107981 (90) at 29.97, 0 handles before and 0 after, "
        "then the last frame held 75 times, in real time"
    )
    assert lines["Left out"].startswith("45: media frames 107893, 107895, ")
    assert lines["Left out"].endswith(", …")
    assert lines["Doubled"] == "none"
    assert "through the table log.cube (3D, 33 points)" in lines["Colour"]
    assert lines["LUT"] == "/luts/log.cube"
    assert lines["Seed"].startswith("the model has none")
    assert lines["Price"] == "$2.16 by the service's history"
    assert lines["Job"] == "j1, submission gen-1"


def test_sandbox_money_is_none_and_an_unknown_price_is_said() -> None:
    sidecar = a_sidecar()
    free = told({**sidecar, "provider": "sandbox"})
    assert free["Price"] == "$2.16 of sandbox money, nothing charged"
    assert told({**sidecar, "cost_usd": None})["Price"].startswith("not in the service's history")


def test_a_joined_take_tells_each_of_its_plates() -> None:
    plate = a_sidecar()["plate"]
    lines = told({**a_sidecar(), "parts": [{"plate": plate}, {"plate": {**plate, "dropped": []}}]})
    assert "Sent" not in lines
    assert lines["Sent, part 2"].startswith("media frames 107892 to 107981")
    assert lines["Left out"].startswith("45: ")


def test_the_timeline_alone_tells_less_and_says_so() -> None:
    mark = {"prompt": "ink", "settings": {"resolution": "540p"}}
    report = take_report(mark, None, movie="", zone=None)

    assert ("Prompt", "ink") in report.lines
    assert not {"Sent", "Left out", "Colour", "File"} & {term for term, _ in report.lines}
    assert "no sidecar" in report.notes[0]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["plate", "media_range", "start", "duration", "held", "picture", "lut"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(name=st.sampled_from(sorted(a_sidecar())), junk=JUNK)
def test_a_sidecar_that_was_through_anything_is_told_as_far_as_it_goes(
    name: str, junk: object
) -> None:
    lines = told({**a_sidecar(), name: junk})
    assert all(isinstance(text, str) and text for text in lines.values())
