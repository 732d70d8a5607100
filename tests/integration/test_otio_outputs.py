"""The output of a timeline: never over somebody else's file, and no take that is in it is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake.bootstrap.outputs import planned_on
from newtake.domain.errors import (
    HostError,
    OutputError,
    SelectionError,
)
from newtake.domain.files import Layout
from otio_newtake.host import OtioHost
from otio_takes import FIXTURES, first_clip, host_of, take_of, target_of

pytestmark = pytest.mark.anyio


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
