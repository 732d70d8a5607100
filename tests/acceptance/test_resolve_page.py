"""`newtake resolve open` as an editor has it: Resolve, the page in a browser, and the service.

Every one of them is a process of its own; the page is served by the installed command.
"""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from newtake.shells.panel.claim import published
from page_asker import Asker, address_in
from page_browser import PATIENCE_MS, browser_page
from resolve_scenes import Cut, ResolveScene, resolve_scene
from services import PATIENCE_SECONDS

CUTS = (Cut(0, 20), Cut(31, 24), Cut(60, 30))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[ResolveScene]:
    with resolve_scene(tmp_path, CUTS) as running:
        yield running
        assert running.fake.violations == []


@contextmanager
def opened(scene: ResolveScene) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The page's address and its server."""
    server = scene.start("resolve", "open", "--no-browser")
    try:
        assert server.stderr is not None
        yield address_in(server.stderr.readline()), server
    finally:
        server.send_signal(signal.SIGINT)
        out, _ = server.communicate(timeout=PATIENCE_SECONDS)
        assert out == "", "standard output belongs to the bridge"


def test_the_selected_clip_is_restyled_for_the_price_on_the_button(
    scene: ResolveScene, require_program: Callable[[str], str]
) -> None:
    with opened(scene) as (url, _), browser_page(require_program("chromium")) as page:
        scene.fake.select([scene.items[1]])
        page.goto(url)
        expect(page.locator("#editor")).to_contain_text("Feature / Reel 1")
        clips = page.get_by_role("gridcell")
        expect(clips).to_have_count(3)
        chosen = page.locator("[role=gridcell][aria-selected=true]")
        expect(chosen).to_have_count(1)
        expect(chosen).to_have_accessible_name(re.compile("01:00:00:20 – 01:00:01:19"))
        page.locator("#restyle-clips").click()
        # Before anything is said the plan shows what would be sent.
        frames = page.locator("#restyle-plan td.col-frames")
        expect(frames).to_have_text("24 of 120")
        begin = page.locator("#restyle-begin")
        expect(begin).to_be_disabled()

        page.get_by_role("radio", name="720p").check()
        page.get_by_label("Prompt", exact=True).fill("a charcoal <b>sketch</b>")
        expect(begin).to_have_text("Restyle 1 clip, $1.08")
        expect(begin).to_be_enabled()
        page.get_by_role("radio", name="540p").check()
        expect(begin).to_have_text("Restyle 1 clip, $0.72")
        expect(begin).to_be_enabled()
        expect(page.locator("#restyle-sentence")).to_contain_text(
            "1 take is added to the clip in the timeline Reel 1, in Resolve's take selector; "
            "the original stays as it is."
        )

        assert scene.submissions() == 0
        begin.click()
        expect(page.locator("#side li[data-job]")).to_have_count(1)
        page.reload()
        done = page.locator("#side li.done")
        expect(done).to_have_count(1, timeout=PATIENCE_MS)

        expect(done).to_contain_text("a charcoal <b>sketch</b>")
        expect(done).to_contain_text("take_001, selected")
        expect(chosen).to_have_accessible_name(re.compile("take 1 selected"))
        # What was said is there for the next one.
        page.locator("#restyle-clips").click()
        expect(page.get_by_label("Prompt", exact=True)).to_have_value("a charcoal <b>sketch</b>")
        # It follows the selection; the plan is of what is selected now.
        scene.fake.select([scene.items[2]])
        expect(frames).to_have_text("30 of 120")
        page.keyboard.press("Escape")

        # The take is looked at, and switched, where it is drawn.
        scene.fake.select([scene.items[1]])
        expect(chosen).to_have_accessible_name(re.compile("take 1 selected"))
        assert scene.shown(scene.items[1]) == scene.meant(1)
        chosen.click(button="right")
        page.get_by_role("menuitem", name="Compare…").click()
        expect(page.locator("dialog#compare canvas").first).to_be_visible()
        page.keyboard.press("Escape")
        chosen.click(button="right")
        page.get_by_role("menuitemradio", name="Original").click()
        expect(page.locator("#said")).to_contain_text("shows the original")
        expect(chosen).to_have_accessible_name(re.compile("original"))

    assert scene.submissions() == 1
    assert scene.fake.item(scene.items[1])["selected_take"] == 1


def test_the_timeline_is_drawn_as_it_is_cut_and_follows_the_cutting(
    scene: ResolveScene, require_program: Callable[[str], str]
) -> None:
    with opened(scene) as (url, _):
        asked = Asker(url)
        asked.until(lambda state: bool(state["edit"]["revision"]))
        edit = asked.get("edit")
        (track,) = [each for each in edit["tracks"] if each["name"] == "V1"]
        spans = [(item["end"] - item["start"]) for item in track["items"]]
        assert spans == [20, 24, 30]
        assert edit["start_label"] == "01:00:00:00"
        stills = [
            httpx.get(f"{url}media/still/{item['id']}/original/0.jpg?h=72", timeout=60)
            for item in track["items"]
        ]
        assert [each.status_code for each in stills] == [200, 200, 200]
        assert len({each.content for each in stills}) == 3

        scene.fake.trim_item(scene.items[2], tail=5)
        asked.until(lambda state: bool(state["edit"]["revision"] > edit["revision"]))
        after = asked.get("edit")
        (track,) = [each for each in after["tracks"] if each["name"] == "V1"]
        last = track["items"][-1]
        assert last["end"] - last["start"] == 25
        # A page that has the clip selected goes on having it.
        before = edit["tracks"][[each["name"] for each in edit["tracks"]].index("V1")]["items"][-1]
        assert before["key"] in last["was"]
        plan = asked("plan", clips=[before["key"]], prompt="film noir")
        assert plan[0] == 200, plan
        assert plan[1]["rows"][0]["frames"] == "25 of 120"


def test_a_second_start_brings_the_first_ones_page_up(scene: ResolveScene) -> None:
    with opened(scene) as (url, first):
        second = scene.newtake("resolve", "open", "--no-browser")

        assert second.returncode == 0
        assert address_in(second.stderr) == url
        assert second.stdout == ""
        assert first.poll() is None
    assert published(scene.folder / "home") is None


def test_a_plan_is_begun_once_and_its_take_comes_back_unpaid_where_it_was_lost(
    scene: ResolveScene,
) -> None:
    scene.fake.select([scene.items[0]])
    scene.fake.save_project()
    with opened(scene) as (url, _):
        asked = Asker(url)
        asked.until(lambda state: state["chosen"]["revision"] > 0)
        plan = asked("plan", prompt="film noir")[1]

        cheaper = asked("restyle", plan=plan["id"], price="0.01")
        begun = asked("restyle", plan=plan["id"], price=plan["price"])
        again = asked("restyle", plan=plan["id"], price=plan["price"])
        alike = asked("plan", prompt="film noir")[1]
        same = asked("restyle", plan=alike["id"], price=alike["price"], budget="0.5")
        done = asked.until(lambda state: [job["status"] for job in state["jobs"]] == ["done"])
        assert not only_job(done)["can_resume"]

        # The project is opened again as it was before.
        scene.fake.revert_project()
        scene.fake.select([scene.items[0]])
        lost = only_job(asked.until(lambda state: bool(only_job(state)["can_resume"])))
        assert "the project was not saved with it" in lost["notes"][-1]
        asked.until(lambda state: [each["takes"] for each in state["chosen"]["clips"]] == [0])
        repeat = asked("plan", prompt="film noir")[1]
        assert "Bring back in the queue brings it in, unpaid" in repeat["repeats"][0]
        assert asked("restyle", plan=repeat["id"], price=repeat["price"])[1]["error"] == "Repeat"
        assert asked("resume", job=lost["id"])[0] == 200
        asked.until(lambda state: not (only_job(state)["running"] or only_job(state)["can_resume"]))
        assert scene.fake.item(scene.items[0])["selected_take"] == 2
        assert scene.shown(scene.items[0]) == scene.meant(0)

    assert (cheaper[0], begun[0], again[0], same[0]) == (409, 200, 409, 409)
    assert cheaper[1]["money"] in ("", "Nothing was submitted, so nothing was charged.")
    assert same[1]["error"] in ("Repeat", "Budget")
    assert scene.submissions() == 1


def begun(asked: Asker, **wish: Any) -> str:
    """The job of the clip that is selected."""
    asked.until(lambda state: bool(state["chosen"]["clips"]))
    plan = asked("plan", prompt="film noir", **wish)[1]
    status, answer = asked("restyle", plan=plan["id"], price=plan["price"])
    assert status == 200, answer
    return str(answer["jobs"][0])


def only_job(state: dict[str, Any]) -> dict[str, Any]:
    (job,) = state["jobs"]
    return dict(job)


def test_a_job_is_cancelled_where_it_stands(scene: ResolveScene) -> None:
    scene.fake.select([scene.items[0]])
    with opened(scene) as (url, _):
        asked = Asker(url)
        job = begun(asked)
        asked.until(lambda state: bool(only_job(state)["step"] == "wait"))
        status, said = asked("cancel", job=job)
        ended = only_job(asked.until(lambda state: not only_job(state)["running"]))
        twice = asked("cancel", job=job)

    assert (status, twice[0]) == (200, 409)
    assert "cancelled" in said["text"]
    assert (ended["status"], ended["can_cancel"]) == ("cancelled", False)
    assert scene.fake.item(scene.items[0])["takes"] == []


def test_what_a_killed_server_began_is_resumed_without_paying_again(scene: ResolveScene) -> None:
    scene.fake.select([scene.items[0]])
    with opened(scene) as (url, server):
        begun(Asker(url))
        Asker(url).until(lambda state: bool(only_job(state)["step"] == "wait"))
        server.kill()
        server.wait(timeout=PATIENCE_SECONDS)

    with opened(scene) as (other, _):
        # Tabs that are open find it again.
        assert other == url
        asked = Asker(other)
        # A lease of the dead one's ends by itself; until then its job is left alone.
        left = only_job(asked.until(lambda state: any(job["can_resume"] for job in state["jobs"])))
        assert left["resume_price"] is None
        for _ in range(100):
            assert asked("resume", job=left["id"])[0] == 200
            stopped = asked.until(lambda state: not only_job(state)["running"])
            if only_job(stopped)["status"] == "done":
                break
            time.sleep(2)

    assert only_job(stopped)["status"] == "done"
    assert scene.submissions() == 1
    assert scene.shown(scene.items[0]) == scene.meant(0)


def test_resolve_renders_what_is_sent_where_that_is_asked_for(scene: ResolveScene) -> None:
    scene.fake.select([scene.items[1]])
    with opened(scene) as (url, _):
        asked = Asker(url)
        begun(asked, from_render=True)
        done = only_job(asked.until(lambda state: not only_job(state)["running"]))

    assert done["status"] == "done", done["failure"]
    (take,) = done["takes"]
    assert "on a track above" in take
    assert scene.fake.item(scene.items[1])["takes"] == []
    assert [item["duration"] for item in scene.fake.items() if item["track"] == 2] == [24]
