"""What is written about how a take was made: every value as what it is."""

from __future__ import annotations

from dataclasses import replace

from newtake.domain.job import Job, Rendition
from newtake.pipeline.provenance import provenance_of
from orders import order


def test_settings_are_kept_as_the_service_gets_them() -> None:
    settings = replace(order().settings, auto_controls=True)
    job = Job("j", replace(order(), settings=settings), 0.0, renditions=(Rendition("s"),))
    assert provenance_of(job, job.renditions[0], [job]).settings == {
        "resolution": "720p",
        "duration": "5s",
        "auto_controls": True,
        "hdr": True,
    }
