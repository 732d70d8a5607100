"""The dialog that restyles, alone on the panel's page over canned answers, for tests of it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

from page_browser import browser_page
from panel_pieces import HOUR, Json, a_clip, a_plan, a_style, a_track, an_edit, clip_id
from panel_stage import Stage, opened

PRICES = {"540p": 0.72, "720p": 1.08, "1080p": 2.16}
NOIR = a_style(
    "film-noir", title="Film noir", about="Hard light and deep shadows", recent=True,
    prompt="Film noir on {stock}: {prompt} Every shadow is deep.", fields={"stock": "silver film"},
    settings={"resolution": "1080p", "edit_strength": "flex_3", "variations": 2, "hdr": None},
    needs_prompt=False,
)  # fmt: skip
PAPER = a_style(
    "watercolor", title="Watercolor", about="Paper and pigment", place="user",
    settings={"auto_controls": True}, needs_prompt=True,
)  # fmt: skip
MORE = "LUT, codec, layout, handles, service"
PICTURE_ID = "ab" * 32
MAIN = """
import { startRestyle } from "./restyle.js";
import { get, listen } from "./server.js";
import { createStore } from "./store.js";
const store = createStore();
window.store = store;
store.set("edit", await get("edit"));
listen((state) => { store.set("state", state); document.body.dataset.ready = "yes"; }, () => {});
startRestyle(store);
"""
"""The page's start with nothing but the dialog, which tests open as the other parts do."""


@dataclass
class Dialog:
    page: Page
    stage: Stage
    next_plan: dict[str, Any] = field(default_factory=dict)
    """What the plans say otherwise."""

    def open(self, **detail: Any) -> None:
        self.page.evaluate("(detail) => { store.act('restyle', detail); }", detail)
        expect(self.prompt).to_be_focused()

    @property
    def prompt(self) -> Locator:
        return self.page.get_by_label("Prompt", exact=True)

    @property
    def button(self) -> Locator:
        return self.page.locator("#restyle-begin")

    @property
    def why(self) -> Locator:
        return self.page.locator("#restyle-why")

    @property
    def asked(self) -> Json:
        """What was planned for last."""
        plan: Json = self.stage.of("plan")[-1]
        return plan

    def planned(self) -> None:
        """Wait until what is shown is for what is wanted."""
        expect(self.page.locator("#restyle-plan.stale")).to_have_count(0)
        expect(self.page.get_by_text("planning…")).to_have_count(0)

    def plan(self, what: Json) -> Json:
        price = f"{PRICES[what['resolution']] * what['variations']:.2f}"
        count = max(1, len(what["clips"]) + len(what["ranges"]))
        rows = [
            {"clip": f"A001_C00{at + 1}", "sent": "media frames 0 - 111 as 5s",
             "frames": "96 of 120", "handles": "8 + 8", "held": 8, "price": f"${price}"}
            for at in range(count)
        ]  # fmt: skip
        strips = [
            {"clip": clip_id(f"k{at + 1}"), "take": "original", "first": -8, "frames": 112,
             "held": 8, "head": 8, "tail": 8, "clip_frames": 96, "rate": "24"}
            for at in range(count)
        ]  # fmt: skip
        said = what["prompt"].strip() or what["style"]
        return a_plan(
            id=f"plan{len(self.stage.of('plan'))}", rows=rows, strips=strips, clips=count,
            price=price, prompt=what["prompt"], sentence=f"Sends {count} plates for ${price}.",
            missing="" if said else "Say how it should look", provider="oxen",
        ) | self.next_plan  # fmt: skip


@contextmanager
def dialog_page(require_program: Callable[[str], str]) -> Iterator[Page]:
    """One browser for all: every test's page has an address, and so a memory, of its own."""
    with browser_page(require_program("chromium")) as page:
        page.set_default_timeout(15_000)
        page.route(
            "**/main.js", lambda route: route.fulfill(body=MAIN, content_type="text/javascript")
        )
        yield page


@contextmanager
def a_dialog(page: Page) -> Iterator[Dialog]:
    """The dialog over a timeline of three clips, with two styles to choose from."""
    clips = [
        a_clip(f"k{number}", HOUR + number * 96 - 96, HOUR + number * 96, name=f"A001_C00{number}")
        for number in (1, 2, 3)
    ]
    stage = Stage(edit=an_edit(a_track("V1", *clips)))
    stage.styles = [NOIR, PAPER]
    with opened(stage):
        shown = Dialog(page, stage)
        stage.answers |= {
            "plan": shown.plan,
            "restyle": lambda what: {"jobs": ["1a2b3c4d"]},
            "first_frame": lambda body: {
                "id": PICTURE_ID, "width": width_of(body), "height": 72, "name": "",
            },
        }  # fmt: skip
        page.goto(stage.address)
        page.wait_for_selector("body[data-ready]")
        yield shown
        page.goto("about:blank")


def width_of(png: bytes) -> int:
    return int(struct.unpack(">I", png[16:20])[0])
