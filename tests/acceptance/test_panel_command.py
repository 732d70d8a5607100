"""`newtake panel TIMELINE` as an editor's machine runs it: the server, a crash, a second start."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg
import opentimelineio as otio
import pytest

from page_asker import Asker, address_in
from services import PATIENCE_SECONDS, Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(tmp_path)
    yield running
    running.stop()


@contextmanager
def opened(service: Service, *more: str) -> Iterator[tuple[Asker, subprocess.Popen[str]]]:
    server = service.start("panel", service.timeline, "--no-browser", *more)
    try:
        assert server.stderr is not None
        yield Asker(address_in(server.stderr.readline())), server
    finally:
        server.send_signal(signal.SIGINT)
        _, told = server.communicate(timeout=PATIENCE_SECONDS)
        killed = server.returncode == -signal.SIGKILL
        assert killed or "The panel has ended; drafts and jobs are kept." in told


def clips_of(asked: Asker) -> list[dict[str, Any]]:
    edit = httpx.get(f"{asked.url}api/edit", timeout=PATIENCE_SECONDS).json()
    (track,) = [each for each in edit["tracks"] if each["name"] == "V1"]
    return [each for each in track["items"] if each["kind"] == "clip"]


def begun(asked: Asker, **more: str) -> str:
    """Restyle the second clip; the job's id."""
    clip = clips_of(asked)[1]
    status, plan = asked("plan", clips=[clip["key"]], prompt="noir", resolution="540p", **more)
    assert status == 200, plan
    assert (plan["clips"], plan["price"]) == (1, "0.720")
    assert plan["strips"][0]["clip_frames"] == clip["end"] - clip["start"]
    assert "$0.72" in plan["sentence"]
    status, answer = asked("restyle", plan=plan["id"], price=plan["price"])
    assert status == 200, answer
    return str(answer["jobs"][0])


def the_job(state: dict[str, Any]) -> dict[str, Any]:
    (job,) = state["jobs"]
    return dict(job)


def takes_in(timeline: Path) -> list[str]:
    written = otio.adapters.read_from_file(str(timeline))
    return sorted(list(written.find_clips())[1].media_references())


def test_a_killed_panel_goes_on_where_its_tabs_are_and_pays_once(service: Service) -> None:
    before = service.timeline.read_bytes()
    with opened(service) as (asked, server):
        begun(asked)
        asked.until(lambda state: bool(the_job(state)["step"] == "wait"))
        server.kill()
        server.wait(timeout=PATIENCE_SECONDS)

    with opened(service) as (again, _):
        assert again.url == asked.url
        again.until(lambda state: bool(the_job(state)["status"] == "done"))
        state = again.until(lambda state: bool(state["edit"]["unsaved"] == 1))
        assert service.submissions() == 1
        assert service.timeline.read_bytes() == before

        second = service.start("panel", service.timeline, "--no-browser")
        _, told = second.communicate(timeout=PATIENCE_SECONDS)
        assert second.returncode == 0
        assert address_in(told) == again.url

        (take,) = [each for each in clips_of(again)[1]["takes"] if each["number"]]
        assert take["selected"]
        assert take["prompt"] == "noir"
        assert the_job(state)["clip_key"] == clips_of(again)[1]["key"]
        status, saved = again("save", **{"as": None})
        assert (status, saved["path"]) == (200, str(service.timeline))
        assert Path(saved["kept"]).read_bytes() == before

        # Deleted from outside, with nothing unsaved: what was last seen is written again.
        was = service.timeline.read_bytes()
        service.timeline.unlink()
        gone = again.until(lambda state: bool(state["edit"]["gone"]))
        assert (gone["edit"]["unsaved"], gone["edit"]["held"]) == (0, True)
        status, saved = again("save", **{"as": None, "even_if_changed": True})
        assert (status, saved["kept"]) == (200, "")
        assert service.timeline.read_bytes() == was
    assert takes_in(service.timeline) == ["DEFAULT_MEDIA", take["key"]]


def test_what_is_not_submitted_yet_waits_for_a_person_with_its_price(service: Service) -> None:
    # Its plate is never done, so that it is certainly not submitted when the server dies.
    slow = service.timeline.with_name("slow ffmpeg")
    slow.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        "  *plate.mp4*) while kill -0 $PPID; do sleep 0.2; done ;;\n"
        f'  *) exec "{imageio_ffmpeg.get_ffmpeg_exe()}" "$@" ;;\n'
        "esac\n"
    )
    slow.chmod(0o755)
    table = service.timeline.with_name("look.cube")
    table.write_text("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n")
    service.environment["NEWTAKE_FFMPEG"] = str(slow)
    with opened(service) as (asked, server):
        # What is said of it once holds to the end, in whichever process.
        begun(asked, lut="look.cube", codec="h264", layout="track")
        asked.until(lambda state: bool(the_job(state)["step"] == "export"))
        server.kill()
        server.wait(timeout=PATIENCE_SECONDS)
    del service.environment["NEWTAKE_FFMPEG"]
    assert service.submissions() == 0

    with opened(service) as (again, _):
        # Not before it is known that nobody runs it any more.
        left = the_job(again.until(lambda state: bool(the_job(state)["can_resume"])))
        assert (left["running"], left["resume_price"]) == (False, "0.720")
        assert again("resume", job=left["id"], price="0.5")[0] == 409
        for _ in range(100):
            assert again("resume", job=left["id"], price="0.720")[0] == 200
            ended = again.until(lambda state: not the_job(state)["running"])
            if the_job(ended)["status"] == "done":
                break
        assert the_job(ended)["status"] == "done"
        again.until(lambda state: bool(state["edit"]["unsaved"] == 1))
        clip = clips_of(again)[1]
        (take,) = [each for each in clip["takes"] if each["number"]]
        status, report = again("about", clip=clip["key"], take=take["key"])
        assert status == 200, report
        lines = dict(report["lines"])
        assert (lines["LUT"], lines["Written"]) == (str(table), "coded anew as H.264")
        assert lines["Price"] == "$0.72 by the service's history"
        assert again("about", clip=clip["key"], take="take_099")[0] == 409
        settings = again("again", clip=clip["key"], take=take["key"])[1]["settings"]
        assert settings["lut"] == str(table)
        assert again("save", **{"as": None})[0] == 200
    tracks = otio.adapters.read_from_file(str(service.timeline)).tracks
    assert [track.kind for track in tracks] == ["Video", "Video"]
    assert takes_in(service.timeline) == ["DEFAULT_MEDIA"]
    assert service.submissions() == 1


def test_an_edl_is_opened_at_the_rate_that_is_told(service: Service) -> None:
    cut = otio.adapters.read_from_file(str(service.timeline))
    service.timeline = service.timeline.with_suffix(".edl")
    otio.adapters.write_to_file(cut, str(service.timeline), rate=25)

    with opened(service, "--edl-rate", "30") as (asked, _):
        edit = httpx.get(f"{asked.url}api/edit", timeout=PATIENCE_SECONDS).json()

    assert edit["rate"] == "30"


def test_a_wrong_path_is_told_and_leaves_nothing(service: Service, tmp_path: Path) -> None:
    code, _, told = service.newtake("panel", tmp_path / "none.otio", "--no-browser")

    assert code == 2
    assert "none.otio" in told
