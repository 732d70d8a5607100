"""Stills, whole frames and comparisons of the page show the right frame of the right take."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import anyio
import av
import httpx
import opentimelineio as otio
import pytest

import numbered_media
from cropped import numbers_at
from newtake.bootstrap.panel_media import Making, PanelPictures
from newtake.settings import Settings
from newtake.shells.panel.media import Media
from newtake.shells.panel.server import application
from panel_desk import FakeDesk
from panel_media import (
    BEGIN,
    EXR,
    FIRST,
    FRAMES,
    LENGTH,
    ORIGIN,
    TAKE,
    TOKEN,
    Kind,
    Stage,
    a_timeline,
    stage,
)

pytestmark = pytest.mark.anyio

KINDS = {
    "23976_h264": Kind(Fraction(24000, 1001), start=86_400),
    "25_prores": Kind(Fraction(25), numbered_media.PRORES, start=90_000),
    "2997_drop": Kind(Fraction(30000, 1001), start=107_892),
    "50_h264": Kind(Fraction(50), suffix="mp4", start=180_000),
    "24_images": Kind(Fraction(24), suffix="exr", start=86_400),
    "25_fast": Kind(Fraction(25), speed=Fraction(2), start=90_000),
    "24_backwards": Kind(Fraction(24), speed=Fraction(-1), start=86_400),
}

LINEAR = "shown from scene-linear light, as BT.709, highlights rolled off"
LOOKS = {
    "24_images": [f"to look at, the original and take 1 (EXR) are {LINEAR}"],
    "24_backwards": [f"to look at, take 1 (EXR) is {LINEAR}"],
}
"""Comparisons say which of their sides are no plain copies."""


async def number(stand: Stage, path: str, to: Path) -> int:
    answer = await stand.get(path)
    assert answer.status_code == 200, answer.text
    file = to / f"answer{Path(path.partition('?')[0]).suffix}"
    file.write_bytes(answer.content)
    (found,) = numbered_media.numbers_in(file)
    return found


@pytest.mark.parametrize("name", KINDS)
async def test_offset_and_frame_k_of_every_side_are_frame_k(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    # EXR beside the movie where neither's own rate or coding is what is looked at.
    timeline = a_timeline(tmp_path, kind, tail=name in ("24_images", "24_backwards"))
    consumed = round(LENGTH * abs(kind.speed))
    firsts = {"original": FIRST, "take_001": TAKE + FIRST - BEGIN}
    if name in ("24_images", "24_backwards"):
        firsts["take_001_exr"] = EXR + FIRST - BEGIN
    async with stage(timeline, tmp_path / "home") as stand:
        for key, first in firsts.items():
            for offset in (0, 7, -4, consumed + 1):
                path = f"media/still/{stand.id}/{key}/{offset}.jpg?h=72&strip=-4,1,60"
                assert await number(stand, path, tmp_path) == first + offset, path
        path = f"media/picture/{stand.id}/original/{consumed - 1}.png"
        assert await number(stand, path, tmp_path) == FIRST + consumed - 1
        for place in (0, 5, LENGTH - 1):
            step = place * abs(kind.speed) if kind.speed > 0 else consumed - 1 - place
            at = kind.start + place
            path = f"media/still/{stand.id}/take_001/r{at}.jpg?h=144"
            assert await number(stand, path, tmp_path) == firsts["take_001"] + step

        answer = await stand.post(
            "api/compare", json={"clip": stand.clip.key, "sides": list(firsts)}
        )
        assert answer.status_code == 200, answer.text
        made = answer.json()
        movie = tmp_path / "movie.mp4"
        movie.write_bytes((await stand.get(made["url"])).content)
    assert (made["frames"], Fraction(made["rate"])) == (consumed, kind.rate)
    assert [each["key"] for each in made["sides"]] == list(firsts)
    assert [each for each in made["notes"] if each.startswith("to look at")] == LOOKS.get(name, [])
    size = made["width"], made["height"]
    for side, first in enumerate(firsts.values()):
        shown = numbers_at(movie, size, (0, side * size[1]), tmp_path)
        assert shown == list(range(first, first + consumed)), made["sides"][side]
    with av.open(str(movie)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (size[0], len(firsts) * size[1])
        assert stream.average_rate == kind.rate
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        packets = [each for each in container.demux(stream) if each.size]
    assert all(each.is_keyframe for each in packets)
    if kind.speed == 1:
        assert (made["counts_record"], made["record_start"]) == (True, kind.start)
        assert made["drop"] is (name == "2997_drop")
    else:
        assert (made["counts_record"], made["record_start"]) == (False, FIRST)
        assert any("frame for frame" in each for each in made["notes"])


async def test_of_a_slipped_clip_the_frames_that_its_take_has_are_compared(tmp_path: Path) -> None:
    timeline = a_timeline(tmp_path, Kind(Fraction(25), start=90_000), tail=False)
    cut = otio.adapters.read_from_file(str(timeline))
    (clip,) = cut.find_clips()
    begin = BEGIN + 60 - LENGTH + 4
    clip.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(begin, 25), otio.opentime.RationalTime(LENGTH, 25)
    )
    otio.adapters.write_to_file(cut, str(timeline))
    async with stage(timeline, tmp_path / "home") as stand:
        assert stand.clip.notes == (
            "take 1 lacks the clip's last 4 frames; "
            "restyle the clip again for a take that has them",
        )
        asked = {"clip": stand.clip.key, "sides": ["original", "take_001"]}
        answer = await stand.post("api/compare", json=asked)
        assert answer.status_code == 200, answer.text
        made = answer.json()
        movie = tmp_path / "movie.mp4"
        movie.write_bytes((await stand.get(made["url"])).content)
        last = await stand.get(f"media/still/{stand.id}/take_001/{LENGTH - 1}.jpg")
    assert (made["frames"], made["record_start"]) == (LENGTH - 4, 90_000)
    assert made["notes"][0] == (
        "take 1 lacks the clip's last 4 frames. Compared: the 20 frames that all sides have"
    )
    size = made["width"], made["height"]
    for side, first in enumerate((begin, TAKE + begin - BEGIN)):
        shown = numbers_at(movie, size, (0, side * size[1]), tmp_path)
        assert shown == list(range(first, first + LENGTH - 4))
    assert (last.status_code, last.json()["what"]) == (
        404,
        "A take_001 lacks the clip's last 4 frames.",
    )


async def test_takes_are_compared_with_the_original_s_sound_and_found_again(
    tmp_path: Path,
) -> None:
    kind = Kind(Fraction(24000, 1001), start=86_400)
    timeline = a_timeline(tmp_path, kind, sound=True)
    async with stage(timeline, tmp_path / "home") as stand:
        told: list[tuple[Making, ...]] = []
        stand.pictures.changed = lambda: told.append(stand.pictures.making)
        asked = {"clip": stand.clip.key, "sides": ["take_001_exr", "take_001"]}
        first = (await stand.post("api/compare", json=asked)).json()
        seen = len(told)
        again = (await stand.post("api/compare", json=asked)).json()
        other = (
            await stand.post("api/compare", json={**asked, "sides": ["take_001", "take_001_exr"]})
        ).json()
        movie = tmp_path / "movie.mp4"
        movie.write_bytes((await stand.get(first["url"])).content)
    assert first["sound"], first["notes"]
    with av.open(str(movie)) as container:
        sound = container.streams.audio[0]
        assert sound.duration is not None
        assert float(sound.duration * sound.time_base) == pytest.approx(
            LENGTH / kind.rate, abs=0.05
        )
    assert told[0][0].what == "Comparing A"
    assert told[0][0].total == 3 * LENGTH
    assert told[-1] == ()
    assert again == first
    assert other["id"] != first["id"]
    assert len(told) >= seen


async def test_takes_can_be_looked_at_when_the_original_is_offline(tmp_path: Path) -> None:
    timeline = a_timeline(tmp_path, Kind(Fraction(25)))
    (tmp_path / "s.mov").unlink()
    async with stage(timeline, tmp_path / "home") as stand:
        still = f"media/still/{stand.id}/take_001/0.jpg"
        assert await number(stand, still, tmp_path) == TAKE + FIRST - BEGIN
        gone = await stand.get(f"media/still/{stand.id}/original/0.jpg")
        assert (gone.status_code, gone.json()["error"]) == (404, "Media")
        asked = {"clip": stand.clip.key, "sides": ["take_001", "take_001_exr"]}
        assert (await stand.post("api/compare", json=asked)).status_code == 200
        asked["sides"] = ["original", "take_001"]
        assert (await stand.post("api/compare", json=asked)).status_code == 409


async def test_what_is_named_wrongly_is_not_there(tmp_path: Path) -> None:
    timeline = a_timeline(tmp_path, Kind(Fraction(25)), tail=False)
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    async with stage(timeline, tmp_path / "home") as stand:
        own = stand.id
        beyond = FRAMES - FIRST
        paths = [
            f"media/still/{'0' * 16}/original/0.jpg",
            f"media/still/{own[:-1]}/original/0.jpg",
            f"media/still/{own}/take_009/0.jpg",
            f"media/still/{own}/original/{beyond}.jpg",
            f"media/still/{own}/original/{-FIRST - 1}.jpg",
            f"media/still/{own}/take_001/{60 - FIRST + BEGIN}.jpg",
            f"media/still/{own}/original/r5000.jpg",
            f"media/still/{own}/original/0.png",
            f"media/still/{own}/original/0.jpg?h=1081",
            f"media/still/{own}/original/1e3.jpg",
            f"media/still/{own}/original/%2e%2e%2fsecret.jpg",
            f"media/still/{own}/..%2f..%2fs.mov/0.jpg",
            f"media/still/{own}/original/../../../secret.jpg",
            f"media/picture/{own}/original/{beyond}.png",
            "media/compare/" + "0" * 40 + ".mp4",
            "media/compare/..%2f..%2fsecret.mp4",
            "media/compare/cut.otio.mp4",
            "media/first_frame/" + "0" * 64,
            "media/first_frame/..%2f..%2f..%2fsecret.jpg",
            "media/",
        ]
        for path in paths:
            answer = await stand.get(path)
            assert answer.status_code == 404, path
            assert b"secret" not in answer.content.replace(b"secret.jpg", b"")
        assert (await stand.get(f"media/still/{own}/original/{beyond - 1}.jpg")).status_code == 200
        for sides, status in (
            (["original"], 422),
            (["original", "original"], 409),
            (["original", "../secret"], 409),
            (["a", "b", "c", "d", "e"], 422),
        ):
            answer = await stand.post("api/compare", json={"clip": stand.clip.key, "sides": sides})
            assert answer.status_code == status, sides


async def test_a_proxy_of_other_footage_in_the_cache_is_not_served(tmp_path: Path) -> None:
    timeline = a_timeline(tmp_path, Kind(Fraction(25)), tail=False)
    async with stage(timeline, tmp_path / "home") as stand:
        other = stand.pictures.settings.proxy_folder / f"{'a' * 40}.mp4"
        other.parent.mkdir(parents=True)
        other.write_bytes(b"somebody else's")
        assert (await stand.get(f"media/compare/{'a' * 40}.mp4")).status_code == 404


async def test_a_media_that_vanishes_meanwhile_is_told_and_a_new_one_shown(
    tmp_path: Path,
) -> None:
    timeline = a_timeline(tmp_path, Kind(Fraction(25)), tail=False)
    async with stage(timeline, tmp_path / "home") as stand:
        path = f"media/still/{stand.id}/original/2.jpg"
        assert await number(stand, path, tmp_path) == FIRST + 2
        asked = {"clip": stand.clip.key, "sides": ["original", "take_001"]}
        made = (await stand.post("api/compare", json=asked)).json()
        (tmp_path / "s.mov").rename(tmp_path / "away.mov")
        for where in (path, path.replace("still", "picture").replace("jpg", "png")):
            answer = await stand.get(where)
            assert (answer.status_code, answer.json()["error"]) == (404, "Media")
        stand.pictures.movie(made["id"]).unlink()
        assert (await stand.get(made["url"])).status_code == 404
        (tmp_path / "s.mov").write_bytes(b"no video at all")
        assert (await stand.get(path)).status_code == 404
        (tmp_path / "s.mov").unlink()
        (tmp_path / "away.mov").rename(tmp_path / "s.mov")
        assert await number(stand, path, tmp_path) == FIRST + 2


async def test_what_was_shown_is_kept_by_the_browser_as_its_address_says(tmp_path: Path) -> None:
    timeline = a_timeline(tmp_path, Kind(Fraction(25)), tail=False)
    async with stage(timeline, tmp_path / "home") as stand:
        path = f"media/still/{stand.id}/original/2.jpg"
        plain, stated = await stand.get(path), await stand.get(f"{path}?v=1a2b")
        same = await stand.get(path, If_None_Match=plain.headers["etag"])
        head = await stand.client.head(f"/{plain.url.path.split('/')[1]}/{path}")
    assert plain.headers.get_list("cache-control") == ["private, no-cache"]
    assert stated.headers.get_list("cache-control") == ["private, max-age=604800"]
    assert (same.status_code, same.content) == (304, b"")
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(plain.content)))
    assert plain.headers["content-type"] == "image/jpeg"


async def test_an_error_of_no_kind_of_ours_comes_as_it_is_and_in_no_group(tmp_path: Path) -> None:
    async def find(_: str) -> None:
        raise PermissionError("the drive is locked")

    async with anyio.create_task_group() as tasks:
        pictures = PanelPictures(Settings(home=tmp_path), tasks, find)
        app = application(FakeDesk(), TOKEN, 8123, media=Media(pictures).routes())
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(base_url=ORIGIN, transport=transport) as client:
            with pytest.raises(PermissionError, match="locked"):
                await client.get(f"/{TOKEN}/media/still/0123456789abcdef/original/2.jpg")


async def test_a_still_for_a_browser_that_went_away_is_not_waited_for(tmp_path: Path) -> None:
    timeline = a_timeline(tmp_path, Kind(Fraction(25)), tail=False)
    async with stage(timeline, tmp_path / "home") as stand:
        with anyio.move_on_after(0.05):
            await stand.get(f"media/picture/{stand.id}/original/3.png")
        assert await number(stand, f"media/still/{stand.id}/original/4.jpg", tmp_path) == FIRST + 4
