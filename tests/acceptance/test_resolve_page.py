"""`newtake resolve open` as an editor has it: Resolve, the page in a browser, and the service.

Every one of them is a process of its own; the page is served by the installed command.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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
        expect(page.locator("#clips")).to_contain_text("01:00:00:20 - 01:00:01:19")
        # Before anything is said the plan shows what would be sent.
        expect(page.locator("#plan td.frames")).to_have_text("24 of 120")
        expect(page.locator("#restyle")).to_be_disabled()

        page.get_by_label("Prompt").fill("a charcoal <b>sketch</b>")
        button = page.get_by_role("button", name="Restyle 1 clip for $1.08")
        expect(button).to_be_enabled()
        page.get_by_label("Resolution").select_option("540p")
        button = page.get_by_role("button", name="Restyle 1 clip for $0.72")
        expect(button).to_be_enabled()

        button.click()
        assert scene.submissions() == 0
        page.get_by_role("button", name="Restyle for $0.72").click()
        expect(page.locator("#jobs > li")).to_have_count(1)
        page.reload()
        expect(page.locator("#jobs > li.done")).to_be_visible(timeout=PATIENCE_MS)

        expect(page.locator("#jobs")).to_contain_text("“a charcoal <b>sketch</b>”")
        expect(page.locator("#jobs")).to_contain_text("take_001, selected")
        expect(page.get_by_label("Prompt")).to_have_value("a charcoal <b>sketch</b>")
        # It follows the selection; the plan is of what is selected now.
        scene.fake.select([scene.items[2]])
        expect(page.locator("#plan td.frames")).to_have_text("30 of 120")

    assert scene.submissions() == 1
    assert scene.fake.item(scene.items[1])["selected_take"] == 2
    assert scene.shown(scene.items[1]) == scene.meant(1)


def test_a_second_start_brings_the_first_ones_page_up(scene: ResolveScene) -> None:
    with opened(scene) as (url, first):
        second = scene.newtake("resolve", "open", "--no-browser")

        assert second.returncode == 0
        assert address_in(second.stderr) == url
        assert second.stdout == ""
        assert first.poll() is None
    assert published(scene.folder / "home") is None


def test_a_plan_is_begun_once_and_only_for_what_it_costs(scene: ResolveScene) -> None:
    scene.fake.select([scene.items[0]])
    with opened(scene) as (url, _):
        asked = Asker(url)
        asked.until(lambda state: state["chosen"]["revision"] > 0)
        plan = asked("plan", prompt="film noir")[1]

        cheaper = asked("restyle", plan=plan["id"], price="0.01")
        begun = asked("restyle", plan=plan["id"], price=plan["price"])
        again = asked("restyle", plan=plan["id"], price=plan["price"])
        alike = asked("plan", prompt="film noir")[1]
        same = asked("restyle", plan=alike["id"], price=alike["price"], budget="0.5")
        asked.until(lambda state: [job["status"] for job in state["jobs"]] == ["done"])

    assert (cheaper[0], begun[0], again[0], same[0]) == (409, 200, 409, 409)
    assert cheaper[1]["money"] in ("", "Nothing was submitted, so nothing was charged.")
    assert same[1]["error"] in ("Repeat", "Budget")
    assert scene.submissions() == 1
