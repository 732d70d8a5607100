"""Written timelines: whole or not at all, never over somebody else's, readable by plain OTIO."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import anyio
import opentimelineio as otio
import pytest

from newtake.bootstrap.outputs import planned_on
from newtake.domain.clip import Clip
from newtake.domain.errors import (
    HostError,
    OutputError,
    SelectionError,
    TimelineError,
)
from newtake.domain.files import HostTarget, Layout, NewTake, Profile, Provenance, TakeFile
from newtake.domain.timing import FrameRange
from otio_newtake.host import OtioHost
from otio_newtake.locking import exclusive
from otio_newtake.writing import marked_clips, write_timeline

pytestmark = pytest.mark.anyio

FIXTURES = Path(__file__).parents[2] / "fixtures" / "timelines"


def host_of(folder: Path, name: str, **fields: object) -> OtioHost:
    return OtioHost(target_of(folder, name), **fields)  # type: ignore[arg-type]  # passed through


def target_of(folder: Path, name: str, layout: Layout = Layout.TAKES) -> HostTarget:
    timeline = folder / name
    if not timeline.exists():
        timeline.write_bytes((FIXTURES / name).read_bytes())
    return HostTarget("otio", timeline, folder / "out.otio", layout)


def take_of(clip: Clip, label: str = "job/1", handles: int = 0) -> NewTake:
    source = clip.source
    wide = FrameRange(source.start - handles, source.duration + 2 * handles, source.rate)
    return NewTake(
        clip_key=clip.key,
        label=label,
        name="Take 1: oil painting",
        file=TakeFile(
            path=Path("/takes/a_take_001.mov"),
            number=1,
            available=wide,
            start_timecode="01:00:00:00",
            frames_in_file=wide.duration,
            method="rewrap",
            sidecar=Path("/takes/a_take_001.json"),
        ),
        provenance=Provenance(
            "job", "1", "sandbox", "m", "oil painting", {}, "2026-01-01T00:00:00+00:00", "", "00"
        ),
    )


async def first_clip(host: OtioHost) -> Clip:
    clips: Sequence[Clip] = await host.clips()
    return clips[0]


@pytest.mark.parametrize("name", ["fractional_in_points.otio", "file_urls.otio", "bare_clip.json"])
async def test_plain_opentimelineio_reads_original_and_take_back(name: str, tmp_path: Path) -> None:
    host = host_of(tmp_path, name)
    before = (tmp_path / name).read_bytes()
    original = otio.adapters.read_from_file(str(tmp_path / name), adapter_name="otio_json")
    was = next(iter(original.find_clips())) if hasattr(original, "find_clips") else original
    await host.add_take(take_of(await first_clip(host), handles=10))
    written = otio.adapters.read_from_file(str(tmp_path / "out.otio"))
    clip = written.find_clips()[0]
    assert sorted(clip.media_references()) == ["DEFAULT_MEDIA", "take_001"]
    assert clip.active_media_reference_key == "take_001"
    assert clip.source_range == was.source_range
    for reference in clip.media_references().values():
        assert reference.available_range.contains(clip.source_range, 0.0)
    assert clip.media_references()["DEFAULT_MEDIA"].target_url == was.media_reference.target_url
    assert (tmp_path / name).read_bytes() == before


async def test_nothing_but_the_output_is_left_in_the_folder(tmp_path: Path) -> None:
    host = host_of(tmp_path, "file_urls.otio")
    await host.add_take(take_of(await first_clip(host)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file_urls.otio", "out.otio"]


def test_a_timeline_that_fails_its_check_replaces_nothing(tmp_path: Path) -> None:
    output = tmp_path / "out.otio"
    output.write_text("what was there")

    def refuse(reloaded: object) -> None:
        raise HostError(f"no good: {type(reloaded).__name__}")

    with pytest.raises(HostError, match="no good: Timeline"):
        write_timeline(otio.schema.Timeline(), output, refuse)
    assert [path.name for path in tmp_path.iterdir()] == ["out.otio"]
    assert output.read_text() == "what was there"


async def test_the_input_is_written_only_when_it_is_the_output(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    target = replace(target, output=target.timeline)
    host = OtioHost(target)
    placed = await host.add_take(take_of(await first_clip(host)))
    assert placed.timeline == target.timeline
    assert (await first_clip(OtioHost(target))).takes[-1].key == "take_001"


async def test_an_output_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    host = host_of(tmp_path, "file_urls.otio")
    clip = await first_clip(host)
    for foreign in (b"not a timeline", (FIXTURES / "dissolve.otio").read_bytes()):
        (tmp_path / "out.otio").write_bytes(foreign)
        with pytest.raises(HostError, match=r"out\.otio exists"):
            await host.check_output([])
        with pytest.raises(HostError, match=r"out\.otio exists") as caught:
            await host.add_take(take_of(clip))
        assert "The take is kept: /takes/a_take_001.mov" in caught.value.why
        assert (tmp_path / "out.otio").read_bytes() == foreign


async def test_an_output_of_an_earlier_cut_is_left_alone(tmp_path: Path) -> None:
    host = host_of(tmp_path, "file_urls.otio")
    await host.add_take(take_of(await first_clip(host)))
    written = (tmp_path / "out.otio").read_bytes()
    timeline = tmp_path / "file_urls.otio"
    timeline.write_text(timeline.read_text().replace("30.0", "31.0"))
    with pytest.raises(HostError, match="has changed since"):
        await host.check_output([])
    assert (tmp_path / "out.otio").read_bytes() == written
    listed = await first_clip(host)
    assert (listed.source.start, listed.takes) == (31, ())


async def test_takes_go_on_into_the_cut_that_they_were_planned_on(tmp_path: Path) -> None:
    target = await planned_on(target_of(tmp_path, "file_urls.otio"))
    host = OtioHost(target)
    clip = await first_clip(host)
    assert (await host.add_take(take_of(clip, "job/1"))).notes == ()

    target.timeline.write_text(target.timeline.read_text().replace("30.0", "31.0"))
    second, third = [await host.add_take(take_of(clip, f"job/{n}")) for n in (2, 3)]
    assert [each.key for each in (second, third)] == ["take_002", "take_003"]
    assert "was saved since this was planned" in second.notes[0]
    assert third.notes == ()
    with pytest.raises(HostError, match="has changed since"):
        await OtioHost(replace(target, planned_on="")).check_output([])

    # Of the newer state another run may have begun the file: that is no place for them.
    newer = await planned_on(target)
    with pytest.raises(HostError, match="another state") as caught:
        await OtioHost(newer).add_take(take_of(clip, "job/4"))
    assert "`newtake jobs resume job --out FILE`" in caught.value.fix


async def test_a_cut_that_was_saved_before_the_first_take_is_begun_from(tmp_path: Path) -> None:
    target = await planned_on(target_of(tmp_path, "file_urls.otio"))
    clip = await first_clip(OtioHost(target))
    target.timeline.write_text(target.timeline.read_text().replace("30.0", "31.0"))
    first, second = [await OtioHost(target).add_take(take_of(clip, f"job/{n}")) for n in (1, 2)]
    assert "was begun from the newer one" in first.notes[0]
    assert (second.key, second.notes) == ("take_002", ())
    await OtioHost(replace(target, planned_on="")).check_output([])


async def test_an_output_that_cannot_be_written_is_refused_before_anything(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    before = sorted(tmp_path.iterdir())
    await OtioHost(target).check_output([(await first_clip(OtioHost(target))).key])
    assert sorted(tmp_path.iterdir()) == before

    nowhere = replace(target, output=tmp_path / "not there" / "out.otio")
    with pytest.raises(OutputError, match="not there") as caught:
        await OtioHost(nowhere).check_output([])
    assert caught.value.exit_code == 2
    assert sorted(tmp_path.iterdir()) == before


async def test_a_clip_that_is_gone_is_refused_before_anything(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="no clip"):
        await host_of(tmp_path, "file_urls.otio").check_output(["V9/99"])


async def test_a_replaced_clip_is_refused_before_another_take_is_paid_for(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio", Layout.REPLACE)
    clip = await first_clip(OtioHost(target))
    await OtioHost(target).add_take(take_of(clip))
    written = target.output.read_bytes()

    for layout in Layout:
        again = OtioHost(replace(target, layout=layout))
        with pytest.raises(HostError, match="replaced"):
            await again.check_output([clip.key])
    assert not (await OtioHost(target).add_take(take_of(clip))).added
    assert target.output.read_bytes() == written


async def test_replacing_never_loses_takes_that_lie_nowhere_else(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    clip = await first_clip(OtioHost(target))
    await OtioHost(target).add_take(take_of(clip))
    written = target.output.read_bytes()
    (clip,) = [each for each in await OtioHost(target).clips() if each.takes]

    in_place = replace(target, timeline=target.output, layout=Layout.REPLACE)
    for refused in (in_place, replace(target, layout=Layout.REPLACE)):
        with pytest.raises(OutputError, match="has takes"):
            await OtioHost(refused).check_output([clip.key])
        with pytest.raises(HostError, match="has takes"):
            await OtioHost(refused).add_take(take_of(clip, "job/2"))
    assert target.output.read_bytes() == written

    copy = OtioHost(replace(in_place, output=tmp_path / "copy.otio"))
    await copy.check_output([clip.key])
    await copy.add_take(take_of(clip, "job/2"))
    assert len([each for each in await OtioHost(in_place).clips() if each.takes]) == 1


async def test_a_replaced_clip_says_that_its_original_is_elsewhere(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio", Layout.REPLACE)
    clip = await first_clip(OtioHost(target))
    await OtioHost(target).add_take(take_of(clip))

    with pytest.raises(SelectionError, match="no original") as caught:
        await OtioHost(target).select_take(1, "original")
    assert clip.media is not None
    assert clip.media.url in caught.value.why


async def test_several_takes_are_chosen_in_one_write_or_none_at_all(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    clip = await first_clip(OtioHost(target))
    await OtioHost(target).add_take(take_of(clip))
    written = target.output.read_bytes()
    host = OtioHost(target)

    with pytest.raises(SelectionError, match="take_077"):
        await host.select_takes([(clip.key, "original"), (clip.key, "take_077")])
    assert target.output.read_bytes() == written

    await host.select_takes([(clip.key, "original")])
    assert [take.selected for take in (await first_clip(host)).takes] == [True, False]
    assert await OtioHost(replace(target, timeline=target.output)).is_ours()
    assert not await host.is_ours()


async def test_takes_are_written_as_timelines_only(tmp_path: Path) -> None:
    target = replace(target_of(tmp_path, "file_urls.otio"), output=tmp_path / "out.mov")
    with pytest.raises(OutputError, match=r"out\.mov"):
        await OtioHost(target).check_output([])


async def test_a_large_timeline_is_proved_by_its_marked_clips_alone(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    timeline = otio.adapters.read_from_file(str(target.timeline))
    track = timeline.tracks[0]
    for _ in range(5000):
        track.append(track[0].clone())
    otio.adapters.write_to_file(timeline, str(target.timeline))
    host = OtioHost(target)
    (clip,) = [each for each in await host.clips() if each.index == 4000]
    await host.add_take(take_of(clip))
    await host.add_take(take_of(clip, "job/2"))
    text = target.output.read_text()
    assert not text.startswith("{\n")
    (marked,) = marked_clips(text).find_clips()
    assert list(marked.media_references()) == ["DEFAULT_MEDIA", "take_001", "take_002"]
    assert marked.is_equivalent_to(
        otio.adapters.read_from_file(str(target.output)).find_clips()[3999]
    )
    assert not list(marked_clips(target.timeline.read_text()).find_clips())


async def test_what_a_process_remembers_is_never_out_of_date(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    host = OtioHost(target)
    before = await host.clips()
    first = before[0].source.start
    text = target.timeline.read_text()
    # Same length, and at once: the file system's times may not tell.
    target.timeline.write_text(text.replace("30.0", "31.0"))
    assert (await host.clips())[0].source.start == first + 1
    await host.add_take(take_of((await host.clips())[0]))
    assert [take.key for take in (await host.clips())[0].takes] == ["DEFAULT_MEDIA", "take_001"]
    # Who listed before the take came sees what was there then.
    assert [clip.takes for clip in before] == [() for _ in before]
    assert before[0].source.start == first


async def test_a_broken_timeline_is_a_timeline_error_when_listed(tmp_path: Path) -> None:
    (tmp_path / "x.otio").write_text("{")
    target = HostTarget("otio", tmp_path / "x.otio", tmp_path / "out.otio")
    with pytest.raises(TimelineError):
        await OtioHost(target).clips()
    with pytest.raises(TimelineError):
        await OtioHost(target).check_output([])
    assert not (tmp_path / "out.otio").exists()


async def test_a_folder_that_cannot_be_made_is_a_host_error(tmp_path: Path) -> None:
    host = host_of(tmp_path, "file_urls.otio")
    take = take_of(await first_clip(host))
    (tmp_path / "file").write_bytes(b"")
    target = replace(target_of(tmp_path, "file_urls.otio"), output=tmp_path / "file" / "out.otio")
    with pytest.raises(HostError, match="cannot be written") as caught:
        await OtioHost(target).add_take(take)
    assert "The take is kept" in caught.value.why


async def test_takes_of_jobs_that_end_together_are_all_kept(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    clips = await OtioHost(target).clips()
    async with anyio.create_task_group() as group:
        for number in range(6):
            take = take_of(clips[number % 3], f"job/{number}")
            group.start_soon(OtioHost(target).add_take, take)
    made = [[take.number for take in clip.takes] for clip in await OtioHost(target).clips()]
    assert made[:3] == [[0, 1, 2], [0, 1, 2], [0, 1, 2]]


_ADDER = """
import sys, anyio
from pathlib import Path
from otio_newtake.host import OtioHost
sys.path.insert(0, sys.argv[1])
from test_otio_writing import take_of, target_of

async def main():
    host = OtioHost(target_of(Path(sys.argv[2]), "file_urls.otio"))
    clips = await host.clips()
    await host.add_take(take_of(clips[1], sys.argv[3]))

anyio.run(main)
"""


async def test_takes_of_processes_that_end_together_are_all_kept(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    here = str(Path(__file__).parent)
    running = [
        subprocess.Popen([sys.executable, "-c", _ADDER, here, str(tmp_path), f"process/{number}"])
        for number in range(4)
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0, 0]
    clip = (await OtioHost(target).clips())[1]
    assert [take.number for take in clip.takes] == [0, 1, 2, 3, 4]


async def test_a_writer_that_does_not_end_is_waited_for_only_so_long(tmp_path: Path) -> None:
    host = host_of(tmp_path, "file_urls.otio", lock_seconds=0.2)
    take = take_of(await first_clip(host))
    async with exclusive(tmp_path / "out.otio", wait_seconds=1):
        with pytest.raises(HostError, match="Another New Take"):
            await host.add_take(take)
    assert (await host.add_take(take)).added


async def test_a_downgrade_in_the_environment_loses_no_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTIO_DEFAULT_TARGET_VERSION_FAMILY_LABEL", "OTIO_CORE:0.14.0")
    host = host_of(tmp_path, "file_urls.otio")
    await host.add_take(take_of(await first_clip(host)))
    clip = json.loads((tmp_path / "out.otio").read_text())["tracks"]["children"][0]["children"][0]
    assert clip["OTIO_SCHEMA"] == "Clip.2"
    assert sorted(clip["media_references"]) == ["DEFAULT_MEDIA", "take_001"]


async def test_relative_media_is_still_found_from_another_folder(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.mov").write_bytes(b"x")
    target = target_of(tmp_path, "dissolve.otio")
    target = replace(target, output=tmp_path / "out" / "deep" / "cut.otio")
    clip = (await OtioHost(target).clips())[2]
    assert clip.refusal is None
    await OtioHost(target).add_take(take_of(clip))
    moved = await OtioHost(HostTarget("otio", target.output, target.output)).clips()
    assert [each.refusal for each in moved][2] is None
    assert moved[2].media is not None
    assert moved[2].media.url == "../../media/a.mov"


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("layout", list(Layout))
async def test_every_layout_and_profile_reads_back_and_adds_once(
    layout: Layout, profile: Profile, tmp_path: Path
) -> None:
    target = replace(target_of(tmp_path, "media_at_another_rate.otio", layout), profile=profile)
    clip = await first_clip(OtioHost(target))
    first = await OtioHost(target).add_take(take_of(clip, handles=5))
    second = await OtioHost(target).add_take(take_of(clip, handles=5))
    assert (first.added, second) == (True, replace(first, added=False))
    clips = await OtioHost(HostTarget("otio", target.output, target.output)).clips()
    assert len(clips) == 3
    assert [take.number for take in clips[0].takes if take.selected] == [1]
    assert clips[0].record == clip.record
    written = otio.adapters.read_from_file(str(target.output))
    takes = [
        (each, reference)
        for each in written.find_clips()
        for reference in each.media_references().values()
        if reference.name == "Take 1: oil painting"
    ]
    assert len(takes) == 1
    each, reference = takes[0]
    assert reference.available_range.contains(each.source_range, 1e-6)
    assert reference.target_url.startswith("file:") is (profile is Profile.GENERIC)


async def test_takes_are_chosen_and_starred_by_number_or_key(tmp_path: Path) -> None:
    target = target_of(tmp_path, "file_urls.otio")
    host = OtioHost(target)
    clip = (await host.clips())[1]
    for label in ("a", "b"):
        await host.add_take(take_of(clip, label))
    await host.select_take(2, "take_001")
    await host.star_take(clip.key, "take_002")
    takes = (await host.clips())[1].takes
    assert [(take.number, take.selected, take.starred) for take in takes] == [
        (0, False, False),
        (1, True, False),
        (2, False, True),
    ]
    await host.select_take(2, "original")
    assert (await host.clips())[1].takes[0].selected
    with pytest.raises(SelectionError, match="take_009"):
        await host.select_take(2, "take_009")
    with pytest.raises(SelectionError, match="no clip 99"):
        await host.select_take(99, "take_001")


async def test_a_clip_cut_to_quite_other_frames_does_not_get_the_take(tmp_path: Path) -> None:
    host = host_of(tmp_path, "bare_clip.json")
    clip = await first_clip(host)
    elsewhere = replace(take_of(clip).file, available=FrameRange(150, 24, clip.source.rate))
    with pytest.raises(HostError, match="other frames"):
        await host.add_take(replace(take_of(clip), file=elsewhere))


async def test_a_written_file_has_ordinary_permissions(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("permissions are another thing on Windows")
    host = host_of(tmp_path, "file_urls.otio")
    await host.add_take(take_of(await first_clip(host)))
    plain = tmp_path / "plain"
    plain.touch()
    assert (tmp_path / "out.otio").stat().st_mode == plain.stat().st_mode


_LINKED = """
import json, sys
import opentimelineio as otio
timeline = otio.adapters.read_from_file(
    sys.argv[1],
    media_linker_name="newtake_take_linker",
    media_linker_argument_map=json.loads(sys.argv[2]),
)
print(json.dumps([clip.active_media_reference_key for clip in timeline.find_clips()]))
assert "newtake" not in sys.modules, "the linker needs none of the product"
"""


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        ({"take": "original"}, ["DEFAULT_MEDIA", "DEFAULT_MEDIA"]),
        ({"take": "latest"}, ["take_002", "DEFAULT_MEDIA"]),
        ({"take": "take_001"}, ["take_001", "DEFAULT_MEDIA"]),
        ({"take": "starred"}, ["take_001", "DEFAULT_MEDIA"]),
    ],
)
async def test_any_program_with_opentimelineio_can_choose_takes_on_reading(
    arguments: dict[str, str], keys: list[str], tmp_path: Path
) -> None:
    host = host_of(tmp_path, "file_urls.otio")
    clip = await first_clip(host)
    for label in ("a", "b"):
        await host.add_take(take_of(clip, label))
    await host.star_take(1, "take_001")
    done = subprocess.run(
        [sys.executable, "-c", _LINKED, str(tmp_path / "out.otio"), json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)[:2] == keys


def test_the_plugin_changes_nothing_for_other_programs() -> None:
    manifest = otio.plugins.ActiveManifest()
    assert "newtake_take_linker" in [linker.name for linker in manifest.media_linkers]
    package = Path(__file__).parents[2] / "otio_adapters" / "otio_newtake"
    own = json.loads((package / "plugin_manifest.json").read_text())
    assert (own["hooks"], own["hook_scripts"], own["adapters"]) == ({}, [], [])


async def timed(
    folder: Path, layout: Layout, profile: Profile, url: str = "media/a.mov"
) -> HostTarget:
    """A timeline that counts a file with a timecode from zero, and names it relatively."""
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / "a.mov").write_bytes(b"x")
    cut = otio.opentime.range_from_start_end_time(time(50), time(74))
    media = otio.schema.ExternalReference(url, otio.opentime.TimeRange(time(0), time(250)))
    clip = otio.schema.Clip("A", media, cut, markers=[otio.schema.Marker(marked_range=cut)])
    made = otio.schema.Timeline("cut", global_start_time=time(0))
    made.tracks.append(otio.schema.Track("V", [clip], kind="Video"))
    otio.adapters.write_to_file(made, str(folder / "cut.otio"))
    return HostTarget("otio", folder / "cut.otio", folder / "out.otio", layout, profile)


def time(value: float) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(value, 25)


def ten_o_clock(clip: Clip, label: str, folder: Path) -> NewTake:
    """A take as it is planned while the clip counts from zero; its own timecode is the media's."""
    take = take_of(clip, label, handles=10)
    file = replace(
        take.file,
        path=folder / "out_takes" / "A_take_001.mov",
        start_timecode="10:00:01:15",
        available=FrameRange(40, 44, Fraction(25)),
    )
    return replace(take, file=file)


@pytest.mark.parametrize("layout", Layout)
async def test_for_resolve_everything_of_a_clip_counts_from_the_medias_timecode(
    layout: Layout, tmp_path: Path
) -> None:
    target = await timed(tmp_path, layout, Profile.RESOLVE)
    (clip,) = await OtioHost(target).clips()
    host = OtioHost(target)
    await host.add_take(ten_o_clock(clip, "job/1", tmp_path))
    if layout is not Layout.REPLACE:
        await host.add_take(ten_o_clock(clip, "job/2", tmp_path))

    zero = 10 * 3600 * 25
    written = otio.adapters.read_from_file(str(target.output))
    for each in written.find_clips():
        assert each.source_range.start_time == time(zero + 50)
        assert each.source_range.duration == time(24)
        for reference in each.media_references().values():
            assert reference.available_range.contains(each.source_range)
            assert Path(reference.target_url).is_absolute()
            first = 0 if reference.target_url.endswith("media/a.mov") else 40
            assert reference.available_range.start_time == time(zero + first)
    assert next(iter(written.find_clips())).markers[0].marked_range.start_time == time(zero + 50)
    (listed,) = await OtioHost(replace(target, timeline=target.output)).clips()
    assert (listed.source.start, listed.source.duration) == (zero + 50, 24)


async def test_a_take_is_addressed_relatively_where_the_clips_media_is(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    target = await timed(folder, Layout.TAKES, Profile.AUTO)
    (clip,) = await OtioHost(target).clips()
    await OtioHost(target).add_take(ten_o_clock(clip, "job/1", folder))

    moved = folder.rename(tmp_path / "moved")
    written = otio.adapters.read_from_file(str(moved / "out.otio"))
    urls = {
        key: each.target_url for key, each in written.find_clips()[0].media_references().items()
    }
    assert urls == {"DEFAULT_MEDIA": "media/a.mov", "take_001": "out_takes/A_take_001.mov"}
    (moved / "out_takes").mkdir()
    (moved / "out_takes" / "A_take_001.mov").write_bytes(b"x")
    host = OtioHost(HostTarget("otio", moved / "out.otio", moved / "out.otio"))
    (listed,) = await host.clips()
    shown = await host.shown_media(listed, "take_001")
    assert shown.path == moved / "out_takes" / "A_take_001.mov"


async def test_a_nested_composition_has_no_media_to_show(tmp_path: Path) -> None:
    nested = tmp_path / "nested.otio"
    edit = otio.adapters.read_from_file(str(FIXTURES / "nested_stack.otio"))
    compound = otio.schema.Stack("compound")
    inside = otio.schema.Track("inside", kind="Video")
    inside.extend(copy.deepcopy(each) for each in edit.find_clips())
    compound.append(inside)
    edit.tracks[0].append(compound)
    otio.adapters.write_to_file(edit, str(nested))
    host = OtioHost(HostTarget("otio", nested, nested))
    listed = next(each for each in await host.clips() if each.name == "compound")

    with pytest.raises(HostError, match="nested composition"):
        await host.shown_media(listed, "original")


async def test_relative_media_stays_right_in_a_timeline_written_elsewhere(tmp_path: Path) -> None:
    target = await timed(tmp_path, Layout.TAKES, Profile.AUTO)
    other = tmp_path / "other" / "place"
    other.mkdir(parents=True)
    target = replace(target, output=other / "out.otio")
    (clip,) = await OtioHost(target).clips()
    await OtioHost(target).add_take(ten_o_clock(clip, "job/1", other))
    written = otio.adapters.read_from_file(str(target.output))
    urls = {
        key: each.target_url for key, each in written.find_clips()[0].media_references().items()
    }
    assert urls == {
        "DEFAULT_MEDIA": "../../media/a.mov",
        "take_001": "out_takes/A_take_001.mov",
    }
