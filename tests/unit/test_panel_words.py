"""What the page asks for as a wish, what it is told of a plan, and how long steps usually take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake.adapters.file_manager import commands_for
from newtake.bootstrap.panel_edit import clip_id
from newtake.bootstrap.panel_takes import clip_of, told_changes
from newtake.bootstrap.settling import likely_submissions
from newtake.domain.choices import Partial
from newtake.domain.clip import TakeSummary
from newtake.domain.errors import SelectionError, StyleError, UnavailableError
from newtake.domain.events import Step
from newtake.domain.files import HostDocument, TakeChange
from newtake.domain.job import Job, Status
from newtake.domain.marking import meant_in
from newtake.domain.timing import FrameRange, Handles
from newtake.pipeline.run import run_job
from newtake.shells.panel.offers import Offers, shown_plan
from newtake.shells.panel.promising import plan_sentence, strips_of
from newtake.shells.panel.requests import PlanRequest
from newtake.shells.panel.style_list import recent_names, styles_of
from newtake.shells.panel.typical import Typical
from newtake.shells.panel.wishing import NOT_SAID, asking_of, has_words, wish_of
from worlds import World, media_info


def test_of_a_style_only_the_words_are_used() -> None:
    wish = wish_of(PlanRequest(style="cel-animation", fields={"era": "1991"}, prompt="Rain."))

    assert "1991" in wish.edit["prompt"]
    assert "Rain." in wish.edit["prompt"]
    assert wish.edit["style"].name == "cel-animation"
    assert "edit_strength" not in wish.edit


def test_a_style_that_says_enough_needs_no_words() -> None:
    assert has_words(PlanRequest(style="film-noir"), None)
    assert not has_words(PlanRequest(style="change-one"), None)
    assert not has_words(PlanRequest(prompt=" \n"), None)
    assert NOT_SAID in wish_of(PlanRequest(style="change-one")).edit["prompt"]


def test_what_does_not_go_with_a_style_is_refused() -> None:
    with pytest.raises(StyleError, match="no field"):
        wish_of(PlanRequest(style="film-noir", fields={"era": "1991"}, prompt="x"))
    with pytest.raises(StyleError):
        wish_of(PlanRequest(style="nobodys", prompt="x"))


def test_clips_are_meant_by_the_keys_that_they_had(tmp_path: Path) -> None:
    one = replace(World(tmp_path).clip, index=4, key="new", known_by=("new", "old"))

    assert asking_of(PlanRequest(clips=("old", "new")), [one]).selection.clips == ("4",)
    assert clip_of([one], "old") is one
    with pytest.raises(SelectionError, match="has changed"):
        asking_of(PlanRequest(clips=("gone",)), [one])


def test_marked_ranges_are_meant_by_their_frames(tmp_path: Path) -> None:
    one = World(tmp_path).clip
    start = one.record.start
    asking = asking_of(PlanRequest(ranges=((start, start + 5),)), [one])

    assert asking.selection.ranges == (f"{one.record.label(start)}-{one.record.label(start + 5)}",)
    with pytest.raises(SelectionError, match="empty"):
        asking_of(PlanRequest(ranges=((start, start),)), [one])


@pytest.mark.anyio
async def test_the_sentence_says_what_is_sent_where_to_and_for_how_much(tmp_path: Path) -> None:
    world, offers = World(tmp_path), Offers()
    request = PlanRequest(prompt="noir", variations=2)
    offer = await offers.make(request, [world.clip], world.host, world.order.host, world.ports())
    shown = shown_plan(offer, world.ports())
    (strip,) = shown.strips
    plate = offer.plan.orders[0].plate

    assert shown.sentence.startswith("Restyles 1 clip for $")
    assert world.ports().uploader.audience in shown.sentence
    assert plate.held > 0
    held = f"{plate.length} frames ({plate.held} of them held to fill the length), no sound"
    assert held in shown.sentence
    assert "2 takes are added" in shown.sentence
    assert strip.first == plate.media_range.start - world.clip.source.start
    assert strip.head + strip.clip_frames + strip.tail == strip.frames
    assert shown.prompt == "noir"


@pytest.mark.anyio
async def test_the_sentence_says_what_happens_in_resolve(tmp_path: Path) -> None:
    world, offers = World(tmp_path), Offers()
    request = PlanRequest(prompt="noir")
    offer = await offers.make(request, [world.clip], world.host, world.order.host, world.ports())
    document = HostDocument("p", "Feature", "t", "Reel 1")
    target = replace(
        offer.target, kind="resolve", timeline=Path("resolve/Feature/Reel 1"), document=document
    )
    (entry,), (order,) = offer.plan.entries, offer.plan.orders

    def sentence(*, exr: bool, rendered: bool) -> str:
        clip = replace(
            order.clip, rendered=media_info(tmp_path / "r.mov", 48) if rendered else None
        )
        settings = replace(order.settings, exr_export=exr, hdr=exr)
        wanted = replace(entry, order=replace(order, clip=clip, settings=settings))
        plan = replace(offer.plan, target=target, entries=(wanted,))
        return plan_sentence(plan, "there").rpartition("there. ")[2]

    stays = "the original stays as it is."
    selector = "1 take is added to the clip in the timeline Reel 1, in Resolve's take selector"
    above = "1 take is put on a video track above the clip in the timeline Reel 1"
    assert sentence(exr=False, rendered=False) == f"{selector}; {stays}"
    assert sentence(exr=True, rendered=False) == (
        f"{selector}; the EXR frames come as a second take; {stays}"
    )
    assert sentence(exr=False, rendered=True) == f"{above}; {stays}"
    assert sentence(exr=True, rendered=True) == (
        f"{above}; the EXR frames go into the media pool; {stays}"
    )


@pytest.mark.anyio
async def test_the_sentence_says_that_a_range_splits_its_clip(tmp_path: Path) -> None:
    world = World(tmp_path)
    whole, take = world.clip.record, TakeSummary(1, "take_001", "Take 1", "", selected=True)

    async def sentence(partial: Partial, first: int, count: int, takes: int = 0) -> str:
        made = tuple(replace(take, number=each + 1) for each in range(takes))
        clip = replace(world.clip, name="Long A", takes=made)
        meant = meant_in(clip, FrameRange(whole.start + first, count, whole.rate, whole.drop))
        assert meant is not None
        if partial == "cut-in" or meant.span is None:
            clip = meant.cut_in
        else:
            clip = replace(clip, record=meant.record, piece_of=whole)
        request = PlanRequest(prompt="noir", partial=partial)
        ports, target = world.ports(), world.order.host
        offer = await Offers().make(request, [clip], world.host, target, ports)
        return plan_sentence(offer.plan, "there").rpartition("when you save.")[2].strip()

    first, second = (whole.label(whole.start + each) for each in (10, 30))
    assert await sentence("split", 10, 20, takes=1) == (
        f"Long A is split at {first} and {second}; all parts keep Take 1."
    )
    assert await sentence("split", 0, 10, takes=3) == (
        f"Long A is split at {first}; both parts keep its 3 takes."
    )
    assert await sentence("split", 10, 20) == f"Long A is split at {first} and {second}."
    assert await sentence("split", 0, whole.duration) == ""
    length = world.clip.source.duration
    assert await sentence("cut-in", 10, 20, takes=1) == (
        f"Long A stays whole: of its take's {length} frames 20 are restyled, the others are the "
        "original's."
    )


@pytest.mark.anyio
async def test_the_strip_of_a_render_shows_the_frames_of_its_source(tmp_path: Path) -> None:
    world, offers = World(tmp_path), Offers()
    drawn = replace(world.clip, key="plain", dissolves=Handles(3, 0))
    offer = await offers.make(
        PlanRequest(prompt="noir"),
        [world.clip],
        world.host,
        world.order.host,
        world.ports(),
        drawn={world.clip.key: drawn},
    )
    (entry,), (order,) = offer.plan.entries, offer.plan.orders
    clip = replace(order.clip, rendered=media_info(tmp_path / "r.mov", 48))
    wanted = replace(entry, order=replace(order, clip=clip))
    (strip,) = strips_of(replace(offer.plan, entries=(wanted,)), {clip.key: drawn})

    assert strip.clip == clip_id("plain")
    # A render begins with the clip's first record frame: three frames after the dissolve's first.
    assert strip.first == order.plate.media_range.start + 3


@pytest.mark.anyio
async def test_the_sentence_names_a_picture_that_the_page_shows_by_no_path(tmp_path: Path) -> None:
    world, offers = World(tmp_path), Offers()
    request = PlanRequest(prompt="noir")
    offer = await offers.make(request, [world.clip], world.host, world.order.host, world.ports())
    (entry,), (order,) = offer.plan.entries, offer.plan.orders
    kept, of_a_style = tmp_path / f"{'0a' * 32}.png", tmp_path / "rain.jpg"
    for picture, words in ((kept, "image shown here"), (of_a_style, "image rain.jpg")):
        settings = replace(order.settings, first_frame=str(picture))
        wanted = replace(entry, order=replace(order, settings=settings))
        sentence = plan_sentence(replace(offer.plan, entries=(wanted,)), "there")
        assert f"1 plate and the first-frame {words} there" in sentence
        assert str(tmp_path) not in sentence


@pytest.mark.anyio
async def test_other_words_of_a_style_move_no_frame_and_are_the_ones_sent(tmp_path: Path) -> None:
    world, offers = World(tmp_path), Offers()
    first = PlanRequest(style="film-noir", prompt="Rain.")
    await offers.make(first, [world.clip], world.host, world.order.host, world.ports())
    # Whoever looked into the files again would not find them.
    world.media.media.clear()
    second = first.model_copy(update={"prompt": "Snow."})
    offer = await offers.make(second, [world.clip], world.host, world.order.host, world.ports())

    (order,) = offer.plan.orders
    assert "Snow." in order.settings.prompt
    assert "film noir" in order.settings.prompt
    assert order.settings.style is not None


def test_changes_of_takes_are_told_and_others_refused(tmp_path: Path) -> None:
    take = TakeSummary(2, "take_002", "Take 2", "t.mov", False)
    one = replace(World(tmp_path).clip, name="sh010", key="k", takes=(take,))

    assert told_changes([TakeChange("k", "use", "original")], [one]) == "sh010 shows the original."
    assert told_changes([TakeChange("k", "star", "take_002")], [one]).startswith("Take 2 of sh010")
    with pytest.raises(SelectionError, match="no take"):
        told_changes([TakeChange("k", "use", "take_009")], [one])


def job(world: World, number: int, seconds: float | None, resolution: str = "540p") -> Job:
    order = replace(world.order, settings=replace(world.order.settings, resolution=resolution))
    ended = {} if seconds is None else {Step.EXPORT: 100.0 + seconds}
    return Job(f"job{number}", order, float(number), started={Step.EXPORT: 100.0}, ended=ended)


def test_a_typical_time_is_the_median_of_three_alike_or_none(tmp_path: Path) -> None:
    world = World(tmp_path)
    known = [job(world, 1, 4.0), job(world, 2, 9.0), job(world, 3, 5.0)]
    waiting, other = job(world, 4, None), job(world, 5, None, "1080p")

    assert Typical.of([*known, waiting]).seconds(waiting) == 5.0
    assert Typical.of(known[:2]).seconds(waiting) is None
    assert Typical.of(known).seconds(other) is None
    assert Typical.of(known).seconds(replace(waiting, status=Status.DONE)) is None


def test_styles_of_the_newest_jobs_come_first(tmp_path: Path) -> None:
    world = World(tmp_path)
    style = next(each for each in styles_of(None, ()) if each.name == "watercolor")
    stamp = wish_of(PlanRequest(style="watercolor", prompt="x")).edit["style"]
    settings = replace(world.order.settings, style=stamp)
    jobs = [Job("a", replace(world.order, settings=settings), 1.0), Job("b", world.order, 2.0)]

    assert not style.recent
    assert recent_names(jobs) == ["watercolor"]
    listed = styles_of(None, jobs)
    assert (listed[0].name, listed[0].recent) == ("watercolor", True)
    assert not any(each.recent for each in listed[1:])


@pytest.mark.anyio
async def test_what_may_be_a_lost_submission_is_named_and_what_is_another_is_not(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.provider.hidden = {"gen-1"}
    world.create()
    unsure = await run_job("job1", world.process())
    assert unsure.status is Status.UNSURE
    world.provider.submitted.append({"id": "x", "url": "https://x/y", "prompt": "ink"})

    found = await likely_submissions(unsure, world.ports())

    assert [each.id for each in found] == ["gen-1"]


def test_a_file_manager_never_opens_the_file_itself() -> None:
    file = Path("/takes/it's a take.mov")

    assert commands_for(file, "darwin", {}) == [("open", "-R", str(file))]
    assert commands_for(file, "linux", {}) == []
    select, folder = commands_for(file, "linux", {"DISPLAY": ":0"})
    assert "['file:///takes/it%27s%20a%20take.mov']" in select
    assert folder == ("xdg-open", "/takes")
