"""The queue in a real browser: what is shown of each job, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from page_browser import Held, browser_page
from panel_pieces import NOW, Json, a_job, a_plan
from panel_stage import Stage, opened

FAILURE = {
    "error": "Unavailable", "what": "The service did not answer.", "why": "It gave status 503.",
    "next": "Retry later.", "money": "nothing was charged",
}  # fmt: skip
SUBMISSIONS = [
    {"submission": "pred-1", "created_at": NOW - 70, "text": "A001_C001, 720p, queued"},
    {"submission": "pred-2", "created_at": None, "text": "720p, done"},
]
# Counts what a page asks of the browser; there is nobody to answer, or to hear it.
_COUNT = """
window.counted = {asked: 0, notices: [], tones: 0};
window.Notification = class {
  static permission = 'default';
  static async requestPermission() {
    window.counted.asked += 1;
    return (window.Notification.permission = 'granted');
  }
  constructor(title, {body}) { window.counted.notices.push(body); }
  close() {}
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (when) {
  window.counted.tones += 1;
  start.call(this, when);
};
"""


@pytest.fixture
def stage() -> Iterator[Stage]:
    with opened(Stage()) as stage:
        yield stage


@pytest.fixture
def page(stage: Stage, require_program: Callable[[str], str]) -> Iterator[Page]:
    with browser_page(require_program("chromium")) as page:
        page.add_init_script(_COUNT)
        page.goto(stage.address)
        expect(page.locator("#queue-empty")).to_contain_text("No jobs yet")
        yield page


def show(stage: Stage, *jobs: Json) -> None:
    stage.push(jobs=list(jobs))


def test_a_job_shows_its_step_its_times_and_only_a_real_percentage(
    page: Page, stage: Stage
) -> None:
    waiting = a_job("j1", typical_seconds=90.0)
    show(stage, waiting)
    job = page.locator('li[data-job="j1"]')
    expect(job.get_by_role("img", name="A001_C001: step 5 of 8, wait")).to_be_visible()
    expect(job.locator(".steps .past")).to_have_count(4)
    expect(job.locator(".job-step .hint")).to_contain_text("of typically 1:30")
    expect(job.locator(".job-elapsed")).to_contain_text("1:0")
    expect(job.locator("progress")).to_have_count(0)
    expect(job).not_to_contain_text("%")

    show(stage, waiting | {"done": 3_000_000, "total": None, "unit": "MB"})
    expect(job.locator(".job-progress")).to_have_text("3.0 MB")
    expect(job.locator("progress")).to_have_count(0)
    show(stage, waiting | {"done": 3_000_000, "total": 12_000_000, "unit": "MB"})
    expect(job.locator(".job-progress")).to_have_text("3.0 of 12.0 MB · 25 %")
    expect(job.locator("progress")).to_have_attribute("value", "3000000")

    show(stage, waiting | {"step_started_at": NOW - 400})
    expect(job.locator(".job-step .hint.warning")).to_contain_text("6:4")


def test_a_job_of_another_new_take_runs_there(page: Page, stage: Stage) -> None:
    show(stage, a_job("j1", elsewhere=True))
    job = page.locator('li[data-job="j1"]')
    expect(job.locator(".job-word")).to_have_text(
        "running in another New Take: the service is at work"
    )
    expect(job.locator(".steps .now")).to_have_count(1)
    # Its time goes on.
    expect(job.locator(".job-elapsed")).to_contain_text("1:0")
    expect(job.locator(".job-elapsed")).to_have_text("1:08")


def test_a_take_that_waits_is_no_failure_and_one_that_was_lost_comes_back(
    page: Page, stage: Stage
) -> None:
    rests = {"running": False, "can_cancel": False, "can_resume": True}
    waits = rests | {"status": "failed", "step": "relink", "failed_at": "relink", "waits": True}
    show(
        stage,
        a_job("j1", **waits, ended_at=NOW - 3 * 24 * 3600),
        a_job("j2", **rests, status="done", step="", clip="Lost"),
    )
    job = page.locator('#jobs li[data-job="j1"]')
    expect(job.locator(".job-word")).to_have_text("waits to be brought in")
    job.get_by_role("button", name="Bring in: A001_C001").click()
    page.locator("#ended-jobs-title").click()
    page.get_by_role("button", name="Bring back: Lost").click()
    expect(page.locator("#said")).to_contain_text("Lost goes on.")
    assert [asked["job"] for asked in stage.of("resume")] == ["j1", "j2"]


def test_what_failed_for_good_can_be_restyled_again(page: Page, stage: Stage) -> None:
    stage.answers["plan"] = lambda asked: a_plan()
    again = {"settings": {"prompt": "a watercolor", "resolution": "720p"}, "price": "1.08",
             "note": ""}  # fmt: skip
    ended = {"status": "failed", "step": "", "failed_at": "wait", "running": False,
             "failure": FAILURE, "can_cancel": False, "once_more": again}  # fmt: skip
    show(stage, a_job("j1", **ended), a_job("j2", **ended | {"clip": "Gone", "clip_key": "gone"}))
    expect(page.get_by_role("button", name="Restyle again… $1.08: Gone")).to_be_disabled()
    page.get_by_role("button", name="Restyle again… $1.08: A001_C001").click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a watercolor")
    expect(page.locator("#restyle-begin")).to_contain_text("$1.08")
    asked = stage.of("plan")[-1]
    assert (asked["clips"], asked["prompt"], asked["resolution"]) == (
        ["k1"], "a watercolor", "720p"
    )  # fmt: skip
    assert stage.of("restyle") == []


def test_progress_does_not_take_a_button_away_from_under_the_pointer(
    page: Page, stage: Stage
) -> None:
    show(stage, a_job("j1", step="upload", done=1, total=9, unit="MB"))
    cancel = page.get_by_role("button", name="Cancel: A001_C001")
    box = cancel.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    show(stage, a_job("j1", step="upload", done=3, total=9, unit="MB"))
    expect(page.locator("#jobs progress")).to_have_js_property("value", 3)
    page.mouse.up()
    # Nothing was submitted: it ends at once.
    assert stage.of("cancel", 1) == [{"job": "j1"}]


def test_cancelling_what_was_submitted_asks_and_says_what_money(page: Page, stage: Stage) -> None:
    stage.answers["cancel"] = lambda asked: {"text": "It is cancelled; its history says $0."}
    show(stage, a_job("j1"))
    cancel = page.get_by_role("button", name="Cancel: A001_C001")
    cancel.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_contain_text("may be charged all the same")
    expect(page.locator("#ask")).to_contain_text("estimate $1.08")
    page.keyboard.press("Escape")
    assert stage.of("cancel") == []
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("It is cancelled; its history says $0.")
    assert stage.of("cancel") == [{"job": "j1"}]


def test_a_failure_says_why_and_is_tried_again_for_its_price(page: Page, stage: Stage) -> None:
    show(stage, a_job(
        "j1", status="failed", running=False, step="submit", failed_at="submit", failure=FAILURE,
        can_cancel=False, can_resume=True, resume_price="1.0800", ended_at=NOW - 60,
    ))  # fmt: skip
    job = page.locator('#jobs li[data-job="j1"]')
    for text in (*list(FAILURE.values())[1:], "failed at submit"):
        expect(job).to_contain_text(text)
    expect(job.locator(".steps .stopped")).to_have_count(1)
    job.get_by_role("button", name="Retry for $1.08").click()
    assert stage.of("resume") == []
    expect(page.locator("#ask")).to_contain_text("Submit A001_C001 for $1.08?")
    page.locator("#ask-yes").click()
    expect(page.locator("#ask")).to_be_hidden()
    assert stage.of("resume") == [{"job": "j1", "price": "1.0800", "agree_public": False}]


def test_what_costs_nothing_goes_on_at_once(page: Page, stage: Stage) -> None:
    show(stage, a_job("j1", running=False, step="download", can_resume=True, can_cancel=False))
    expect(page.locator('li[data-job="j1"]')).to_contain_text("stopped before download")
    page.get_by_role("button", name="Resume: A001_C001").click()
    expect(page.locator("#said")).to_have_text("A001_C001 goes on.")
    assert stage.of("resume") == [{"job": "j1", "price": None, "agree_public": False}]


def an_unsure_job() -> Json:
    return a_job(
        "j1", status="unsure", running=False, step="submit", can_cancel=False, can_settle=True,
        needs_settling=True, candidates=SUBMISSIONS, resume_price="1.08",
        failure=FAILURE | {"what": "Whether this job was submitted is not known."},
    )  # fmt: skip


def test_settling_guesses_nothing_and_says_what_money(page: Page, stage: Stage) -> None:
    stage.answers["settle"] = lambda asked: {"text": "Settled: it goes on at wait."}
    show(stage, an_unsure_job())
    page.get_by_role("button", name="Settle…: A001_C001").click()
    dialog, settle = page.locator("#settle"), page.get_by_role("button", name="Settle", exact=True)
    expect(dialog.get_by_role("radio")).to_have_count(4)
    expect(dialog.locator("input:checked")).to_have_count(0)
    expect(settle).to_be_disabled()
    expect(dialog).to_contain_text("Nothing more is paid")
    expect(dialog).to_contain_text("Resuming submits it for $1.08")
    expect(dialog).to_contain_text("both are charged")
    dialog.get_by_role("radio", name="It is pred-2").check()
    settle.click()
    expect(page.locator("#said")).to_have_text("Settled: it goes on at wait.")
    assert stage.of("settle") == [{"job": "j1", "submission": "pred-2", "not_sent": False}]


LOOKS = [
    pytest.param(None, "Looking at the service's lists", id="not-asked"),
    pytest.param({"state": "looking", "trouble": None}, "Looking at the service's lists", id="now"),
    pytest.param({"state": "failed", "trouble": FAILURE}, "could not be asked", id="failed"),
    pytest.param({"state": "done", "trouble": None}, "show nothing that may be it", id="nothing"),
]


@pytest.mark.parametrize(("look", "words"), LOOKS)
def test_that_nothing_is_listed_is_only_said_where_the_lists_were_read(
    page: Page, stage: Stage, look: Json | None, words: str
) -> None:
    show(stage, an_unsure_job() | {"candidates": [], "look_up": look})
    page.get_by_role("button", name="Settle…: A001_C001").click()
    expect(page.locator("#settle legend")).to_contain_text(words)
    for other in {each.values[1] for each in LOOKS} - {words}:
        expect(page.locator("#settle legend")).not_to_contain_text(str(other))


def test_what_the_service_lists_later_comes_into_the_open_dialog(page: Page, stage: Stage) -> None:
    failed = {"state": "failed", "trouble": FAILURE | {"why": "Its lists gave status 500."}}
    show(stage, an_unsure_job() | {"candidates": [], "look_up": failed})
    page.get_by_role("button", name="Settle…: A001_C001").click()
    dialog = page.locator("#settle")
    expect(dialog).to_contain_text("Its lists gave status 500.")
    dialog.get_by_label("The submission's id").fill("pred-9")
    dialog.get_by_role("button", name="Try again").click()
    show(stage, an_unsure_job() | {"look_up": {"state": "done", "trouble": None}})
    expect(dialog.get_by_role("radio")).to_have_count(4)
    expect(dialog.get_by_label("The submission's id")).to_have_value("pred-9")
    expect(dialog.get_by_role("radio", name="It is another submission")).to_be_checked()
    expect(dialog).not_to_contain_text("Its lists gave status 500.")
    assert stage.of("look_up", 2) == [{"job": "j1"}, {"job": "j1"}]


def test_settling_by_another_id_or_as_not_sent(page: Page, stage: Stage) -> None:
    show(stage, an_unsure_job())
    dialog, settle = page.locator("#settle"), page.get_by_role("button", name="Settle", exact=True)
    page.get_by_role("button", name="Settle…: A001_C001").click()
    dialog.get_by_role("radio", name="It is another submission").check()
    expect(settle).to_be_disabled()
    dialog.get_by_label("The submission's id").fill(" pred-9 ")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Settle…: A001_C001").click()
    expect(dialog.locator("input:checked")).to_have_count(0)
    dialog.get_by_role("radio", name="It was not sent").check()
    settle.click()
    expect(dialog).to_be_hidden()
    assert stage.of("settle") == [
        {"job": "j1", "submission": "pred-9", "not_sent": False},
        {"job": "j1", "submission": None, "not_sent": True},
    ]


def test_ended_jobs_are_folded_and_what_was_open_stays_so(page: Page, stage: Stage) -> None:
    done = a_job("old", status="done", running=False, step="", ended_at=NOW - 9, can_cancel=False)
    long_ago = done | {"id": "older", "status": "failed", "failure": FAILURE,
                       "ended_at": NOW - 3 * 86400}  # fmt: skip
    elsewhere = a_job("far", clip="B002", clip_key="x", timeline="Reel 2", timeline_here=False)
    show(stage, elsewhere | {"place": "b.blend in /b"})
    expect(page.locator("#jobs")).to_contain_text("other timeline: b.blend in /b")
    show(stage, elsewhere, done, long_ago)
    expect(page.locator("#jobs > li")).to_have_count(1)
    expect(page.locator("#jobs")).to_contain_text("other timeline: Reel 2")
    expect(page.locator("#jobs .name")).to_be_disabled()
    expect(page.locator("#ended-jobs-title")).to_have_text("Ended: 1 done, 1 failed")
    expect(page.locator("#jobs-ended")).to_be_hidden()
    page.locator("#ended-jobs-title").click()
    expect(page.locator('li[data-job="old"] .steps .past')).to_have_count(8)
    page.reload()
    expect(page.locator('li[data-job="old"]')).to_be_visible()
    expect(page.locator("#jobs > li")).to_have_count(1)


def test_a_name_leads_to_its_clip(page: Page, stage: Stage) -> None:
    show(stage, a_job("j1", clip="A001_C002", clip_key="k2"))
    page.locator("#jobs .name").click()
    selected = page.evaluate(
        "import(new URL('main.js', location.href).href).then(({store}) => [...store.selection])"
    )
    assert selected == ["k2"]


def test_the_browser_is_asked_on_a_click_only_and_told_once(page: Page, stage: Stage) -> None:
    job = a_job("j1")
    done = job | {"status": "done", "running": False, "step": "", "ended_at": NOW}
    # It ends before it was seen on its way.
    long_ago = done | {"id": "j0", "ended_at": NOW - 60}
    show(stage, done, long_ago)
    expect(page.locator("#said")).to_have_text("A001_C001: the new take is there.")
    assert page.evaluate("window.counted") == {"asked": 0, "notices": [], "tones": 0}

    page.get_by_role("button", name="Notify").click()
    page.get_by_role("button", name="Sound").click()
    expect(page.get_by_role("button", name="Notify")).to_have_attribute("aria-pressed", "true")
    tried = page.evaluate("window.counted")
    assert tried == {"asked": 1, "notices": [], "tones": 2}
    second = job | {"id": "j2"}
    show(stage, done, second)
    expect(page.locator("#jobs > li")).to_have_count(1)
    show(stage, done, second | {"status": "failed", "running": False, "failure": FAILURE})
    expect(page.locator("#said")).to_contain_text("The service did not answer.")
    assert page.evaluate("window.counted.notices") == ["A001_C001: The service did not answer."]
    # The tone waits for the pages to agree on who makes it.
    page.wait_for_function("window.counted.tones === 4")
    show(stage, done, second | {"status": "failed", "running": False, "notes": ["x"]})
    expect(page.locator("#jobs")).to_contain_text("x")
    assert page.evaluate("window.counted.notices.length") == 1


def test_what_is_being_made_and_what_waits_is_shown(page: Page, stage: Stage) -> None:
    stage.answers["collect"] = lambda asked: {"text": "2 takes were brought in."}
    stage.push(
        making=[{"what": "Comparison of A001_C001", "done": 3, "total": None}],
        waiting=[{"timeline": "Reel 1", "takes": 2, "here": True}],
    )
    expect(page.locator("#making")).to_contain_text("Comparison of A001_C001")
    page.get_by_role("button", name="Bring them in").click()
    expect(page.locator("#said")).to_have_text("2 takes were brought in.")


def test_what_could_not_be_done_is_said(page: Page, stage: Stage) -> None:
    show(stage, a_job("j1", step="upload"))
    held = Held(page, "**/api/cancel")
    page.get_by_role("button", name="Cancel: A001_C001").click()
    held.first().abort()
    expect(page.locator("#said")).to_contain_text("New Take does not answer.")
