"""Written timelines: plain OpenTimelineIO reads and chooses their takes, in every layout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import opentimelineio as otio
import pytest

from newtake.domain.errors import (
    HostError,
    OutputError,
    SelectionError,
    TimelineError,
)
from newtake.domain.files import HostTarget, Layout, Profile
from newtake.domain.timing import FrameRange
from otio_newtake.host import OtioHost
from otio_takes import first_clip, host_of, take_of, target_of

pytestmark = pytest.mark.anyio


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


async def test_takes_are_written_as_timelines_only(tmp_path: Path) -> None:
    target = replace(target_of(tmp_path, "file_urls.otio"), output=tmp_path / "out.mov")
    with pytest.raises(OutputError, match=r"out\.mov"):
        await OtioHost(target).check_output([])


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


async def test_a_downgrade_in_the_environment_loses_no_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTIO_DEFAULT_TARGET_VERSION_FAMILY_LABEL", "OTIO_CORE:0.14.0")
    host = host_of(tmp_path, "file_urls.otio")
    await host.add_take(take_of(await first_clip(host)))
    clip = json.loads((tmp_path / "out.otio").read_text())["tracks"]["children"][0]["children"][0]
    assert clip["OTIO_SCHEMA"] == "Clip.2"
    assert sorted(clip["media_references"]) == ["DEFAULT_MEDIA", "take_001"]


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
