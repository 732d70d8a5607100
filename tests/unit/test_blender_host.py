"""Takes find their strips again, wherever an editor has moved them: followed, or kept and said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from blender_calls import FakeCalls
from newtake.bootstrap.blender import target_of
from newtake.domain.clip import Clip
from newtake.domain.errors import (
    HostAwayError,
    HostError,
    NoPlaceError,
    OutputError,
    SelectionError,
)
from newtake.domain.files import (
    ExrFrames,
    HostTarget,
    NewTake,
    Provenance,
    TakeChange,
    TakeFile,
)
from newtake.domain.timing import FrameRange
from newtake.hosts.blender.connection import BlenderCallError, hello
from newtake.hosts.blender.host import BlenderHost
from newtake.settings import Settings
from newtake.testing import FakeMediaTool
from newtake.testing.blender import FakeBlender
from numbered_media import make_numbered

pytestmark = pytest.mark.anyio
RATE = Fraction(25)
BEGIN, START, END = 1, 21, 61
HEAD, TAKE_FRAMES = 5, 60
"""The take begins so many frames before the strip's first media frame."""
TAKE = "A Take 1: oil"


@pytest.fixture(scope="module")
def film(require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    for name, frames in (("a", 120), ("take", TAKE_FRAMES)):
        make_numbered(
            require_program("ffmpeg"),
            folder / f"{name}.mov",
            rate=RATE,
            frames=frames,
            size=(160, 90),
        )
    return folder


class Edit:
    """A scene with one trimmed strip, and its host."""

    def __init__(self, film: Path, folder: Path, blender: FakeBlender) -> None:
        self.film, self.folder, self.blender = film, folder, blender
        blender.save(str(folder / "edit.v1.blend"))
        blender.movie(str(film / "a.mov"), "A", 1, BEGIN, START, END)
        self.calls = FakeCalls(blender)
        self.media = FakeMediaTool()

    async def target(self) -> HostTarget:
        return target_of(await hello(self.calls), Settings(home=self.folder))

    async def host(self) -> BlenderHost:
        return BlenderHost(await self.target(), self.calls, self.media)

    async def clip(self) -> Clip:
        (clip,) = await (await self.host()).clips()
        return clip

    async def take(self, label: str = "job/1", **more: Any) -> NewTake:
        file = TakeFile(
            path=self.film / "take.mov",
            number=1,
            available=FrameRange(START - BEGIN - HEAD, TAKE_FRAMES, RATE),
            start_timecode="00:00:00:15",
            frames_in_file=TAKE_FRAMES,
            method="rewrap",
            sidecar=self.folder / "take.json",
        )
        provenance = Provenance("job", "sub", "sandbox", "model", "oil", {}, "2026", "", "")
        return NewTake(
            more.pop("clip_key", None) or (await self.clip()).key,
            label,
            "Take 1: oil",
            replace(file, **more),
            provenance,
        )

    def strips(self) -> dict[str, Any]:
        return {
            name: (each.start, each.end, each.mute)
            for name, each in self.blender.scene.strips.items()
        }


@pytest.fixture
def edit(film: Path, tmp_path: Path) -> Edit:
    return Edit(film, tmp_path, FakeBlender())


async def test_takes_lie_beside_the_file(edit: Edit) -> None:
    target = await edit.target()

    assert target.kind == "blender"
    assert target.output == edit.folder / "edit_v1_newtake"
    edit.blender.reset()
    target = await edit.target()
    assert target.output.is_relative_to(edit.folder / "takes")


async def test_a_take_is_placed_once(edit: Edit) -> None:
    host, take = await edit.host(), await edit.take()
    placed = await host.add_take(take)
    again = await host.add_take(take)

    assert (placed.key, placed.added, placed.place) == ("take_001", True, "take")
    assert (again.key, again.added) == ("take_001", False)
    assert edit.strips() == {"A": (START, END, True), TAKE: (START, END, False)}
    assert edit.blender.steps == [f"New Take: {TAKE}"]


@pytest.mark.parametrize(("above", "told"), [(1, "1 strip above it"), (2, "2 strips above it")])
async def test_what_goes_up_for_a_take_is_told(edit: Edit, above: int, told: str) -> None:
    for number in range(above):
        edit.blender.movie(str(edit.film / "a.mov"), f"B{number}", 2 + number, BEGIN, START, END)
    key = next(each.key for each in await (await edit.host()).clips() if each.name == "A")
    placed = await (await edit.host()).add_take(await edit.take(clip_key=key))

    assert [each[: len(told)] for each in placed.notes if "went up" in each] == [told]


async def test_a_strip_that_was_moved_and_trimmed_is_followed(edit: Edit) -> None:
    host, take = await edit.host(), await edit.take()
    await host.remember([take.clip_key])
    edit.blender.assign("A", {"frame_start": BEGIN + 30})
    edit.blender.assign("A", {"frame_final_start": START + 30 - HEAD})
    placed = await host.add_take(take)

    assert edit.strips()[TAKE] == (START + 30 - HEAD, END + 30, False)
    assert "30 frames later" in placed.notes[0]
    assert "trimmed" in placed.notes[1]


async def test_a_strip_that_was_split_or_copied_meanwhile(edit: Edit) -> None:
    """Each half gets the take, and has takes of its own from then on; a copy gets none."""
    host, take = await edit.host(), await edit.take()
    await host.remember([take.clip_key])
    await host.show_at_work(take.clip_key, "job", "about")
    edit.blender.split("A", 41)
    edit.blender.duplicate("A")
    for _ in range(2):
        placed = await host.add_take(take)

    half = "A.001 Take 1: oil"
    assert edit.strips() == {
        "A": (START, 41, True),
        TAKE: (START, 41, False),
        "A.001": (41, END, True),
        half: (41, END, False),
        "A.002": (START, 41, False),
    }
    assert placed.key == "take_001"
    clips = {each.name: each for each in await host.clips()}
    await host.change_takes([TakeChange(clips["A.001"].key, "use", "original")])
    assert {name: each[2] for name, each in edit.strips().items()} == {
        "A": True,
        TAKE: False,
        "A.001": False,
        half: True,
        "A.002": False,
    }
    await host.show_at_rest(take.clip_key, "job")
    assert {each.colour for each in edit.blender.scene.strips.values()} == {"NONE"}


async def test_parts_get_the_take_wherever_they_were_moved(edit: Edit) -> None:
    host, take = await edit.host(), await edit.take()
    await host.remember([take.clip_key])
    edit.blender.split("A", 41)
    edit.blender.split("A.001", 50)
    edit.blender.assign("A.001", {"frame_start": BEGIN + 100})
    edit.blender.duplicate("A.002")
    edit.blender.assign("A.003", {"frame_start": BEGIN + 300})
    placed = await host.add_take(take)

    taken = {name: each[:2] for name, each in edit.strips().items() if "Take" in name}
    assert taken == {
        TAKE: (START, 41),
        "A.001 Take 1: oil": (141, 150),
        "A.002 Take 1: oil": (50, END),
    }
    assert "'A.001' has the take too" in " ".join(placed.notes)


async def _deleted(edit: Edit) -> None:
    edit.blender.remove("A")


async def _longer(edit: Edit) -> None:
    edit.blender.assign("A", {"frame_final_start": START - HEAD - 1})


async def _other_media(edit: Edit) -> None:
    await (await edit.host()).remember([(await edit.clip()).key])
    edit.blender.assign("A", {"path": str(edit.film / "take.mov"), "frames": TAKE_FRAMES})


async def _sped(edit: Edit) -> None:
    edit.blender.effect("SPEED", "S", 2, START, END, ["A"])


async def _locked(edit: Edit) -> None:
    edit.blender.channel(1, lock=True)


async def _other_strip(edit: Edit) -> None:
    """Another strip of that source has the name by now, and neither of them has an id."""
    edit.blender.remove("A")
    edit.blender.movie(str(edit.film / "a.mov"), "A", 1, BEGIN + 200, 205, 230)


KEPT = {
    "deleted": (_deleted, "gone from the scene"),
    "trimmed beyond": (_longer, "trimmed beyond the take: it shows frames 14 to 59"),
    "other media": (_other_media, "shows other media"),
    "retimed": (_sped, "the speed effect 'S' retimes it"),
    "locked": (_locked, "it is locked, or its channel is"),
    "another strip": (_other_strip, "the one of its name shows other frames elsewhere"),
}


@pytest.mark.parametrize("name", KEPT)
async def test_a_take_without_its_strip_waits_until_it_is_back(edit: Edit, name: str) -> None:
    change, text = KEPT[name]
    host, take = await edit.host(), await edit.take()
    await change(edit)
    before, steps = edit.strips(), len(edit.blender.steps)
    with pytest.raises(NoPlaceError, match=f"The take is kept, not placed: .*{text}") as kept:
        await host.add_take(take)

    assert str(take.file.path) in kept.value.why
    assert edit.strips() == before
    for _ in range(2 if name == "another strip" else 1):
        edit.blender.undo()
    assert (await host.add_take(take)).added
    assert len(edit.blender.steps) == steps + 1


@pytest.mark.parametrize("name", KEPT)
async def test_a_kept_take_is_laid_where_its_strip_was(edit: Edit, name: str) -> None:
    change, _ = KEPT[name]
    host, take = await edit.host(), await edit.take()
    await change(edit)
    before = edit.strips()
    placed = await host.add_take(replace(take, where_it_was=True))

    assert (placed.place, placed.added) == ("track", True)
    assert "on its own" in placed.notes[-1]
    assert edit.strips() == {**before, TAKE: (START, END, False)}
    assert not (await host.add_take(take)).added


class Unfit(FakeCalls):
    """Blender finds only when it makes the take that it cannot show it exactly."""

    async def ask(self, do: str, **body: Any) -> Any:
        if do == "place":
            raise BlenderCallError("cannot", "Its driver cannot follow.")
        return await super().ask(do, **body)


async def test_what_blender_alone_finds_unfit_can_be_laid(edit: Edit) -> None:
    edit.calls = Unfit(edit.blender)
    host, take = await edit.host(), await edit.take()
    with pytest.raises(BlenderCallError, match="cannot follow"):
        await host.add_take(take)
    placed = await host.add_take(replace(take, where_it_was=True))

    assert placed.place == "track"
    assert edit.strips() == {"A": (START, END, False), TAKE: (START, END, False)}


async def test_media_that_is_found_again_elsewhere_is_the_strips(edit: Edit) -> None:
    """While it is offline at another rate than the scene's, nobody knows what the strip shows."""
    edit.blender.assign("A", {"path": str(edit.folder / "a.mov")})
    (edit.folder / "a.mov").symlink_to(edit.film / "a.mov")
    host, take = await edit.host(), await edit.take()
    await host.remember([take.clip_key])
    (edit.folder / "a.mov").unlink()
    edit.blender.scene.fps = 24
    with pytest.raises(NoPlaceError, match="its media is offline: there is no"):
        await host.add_take(take)
    edit.blender.scene.fps = 25
    edit.blender.assign("A", {"path": str(edit.film / "a.mov")})

    assert f"its media lies in {edit.film} by now" in (await host.add_take(take)).notes
    assert edit.strips()[TAKE] == (START, END, False)


async def test_a_strip_is_found_in_a_file_that_was_saved_with_its_id(edit: Edit) -> None:
    host, take = await edit.host(), await edit.take()
    await host.remember([take.clip_key])
    edit.blender.save(edit.blender.path)
    edit.blender.load(edit.blender.path)
    edit.blender.rename("A", "B")
    edit.blender.assign("B", {"frame_start": BEGIN + 100, "frame_final_end": END + 90})

    await host.add_take(take)
    assert edit.strips()["B Take 1: oil"] == (START + 100, END + 90, False)


async def test_a_strip_whose_id_was_undone_gets_its_take_whatever_it_is_called(edit: Edit) -> None:
    host, take = await edit.host(), await edit.take()
    await host.remember([take.clip_key])
    edit.blender.assign("A", {"mute": True})
    edit.blender.undo()
    edit.blender.rename("A", "Q")
    # Looked at before anybody says which strip it was.
    await host.clips()
    placed = await host.add_take(take)

    assert placed.notes[0] == "the strip is called 'Q' now"
    assert edit.strips()["Q Take 1: oil"] == (START, END, False)


async def test_a_file_that_was_not_saved_is_told_by_path_and_scene(edit: Edit) -> None:
    edit.blender.save(edit.blender.path)
    host, take = await edit.host(), await edit.take()
    edit.blender.load(edit.blender.path)

    await host.add_take(take)
    assert edit.strips()[TAKE] == (START, END, False)
    # The next variation finds it too.
    await host.add_take(replace(take, label="job/2"))
    assert edit.strips()["A Take 2: oil"] == (START, END, False)


async def test_in_another_file_a_take_waits(edit: Edit) -> None:
    host, take = await edit.host(), await edit.take()
    edit.blender.reset()

    with pytest.raises(HostAwayError, match="a file that was never saved is open"):
        await host.add_take(take)
    await host.show_at_work(take.clip_key, "job", "about")
    assert edit.blender.scene.strips == {}


async def test_a_busy_scene_is_no_lost_take(edit: Edit) -> None:
    """The answer is an error that the connection waits for; here nothing waits."""
    host, take = await edit.host(), await edit.take()
    edit.blender.busy = 1
    with pytest.raises(HostError, match="renders"):
        await host.add_take(take)
    assert (await host.add_take(take)).added


async def test_marks_give_back_the_colour_that_was(edit: Edit) -> None:
    host, clip = await edit.host(), await edit.clip()
    edit.blender.assign("A", {"color_tag": "COLOR_03"})
    for job in ("one", "two", "two"):
        await host.show_at_work(clip.key, job, "A take is being made.")
    strip = edit.blender.scene.strips["A"]
    assert strip.colour == "COLOR_06"
    await host.show_at_rest(clip.key, "one")
    assert strip.colour == "COLOR_06"
    await host.show_at_rest(clip.key, "two")
    assert strip.colour == "COLOR_03"
    assert "newtake_at_work" not in strip.properties


async def test_a_colour_that_was_changed_meanwhile_stays(edit: Edit) -> None:
    host, clip = await edit.host(), await edit.clip()
    await host.show_at_work(clip.key, "one", "A take is being made.")
    edit.blender.assign("A", {"color_tag": "COLOR_01"})
    await host.show_at_rest(clip.key, "one")

    assert edit.blender.scene.strips["A"].colour == "COLOR_01"


async def test_what_changed_before_it_is_paid_for_is_refused(edit: Edit) -> None:
    host, clip = await edit.host(), await edit.clip()
    await host.check_output([clip.key])
    edit.blender.assign("A", {"frame_start": BEGIN + 9})
    await host.check_output([clip.key])
    edit.blender.assign("A", {"lock": True})
    with pytest.raises(OutputError, match="can get no take"):
        await host.check_output([clip.key])
    edit.blender.assign("A", {"lock": False, "frame_final_end": END})
    with pytest.raises(HostError, match="other frames than when it was chosen"):
        await host.check_output([clip.key])
    edit.blender.remove("A")
    with pytest.raises(HostError, match="is gone from the scene"):
        await host.check_output([clip.key])


async def test_takes_are_numbered_switched_starred_and_removed(edit: Edit) -> None:
    host, take = await edit.host(), await edit.take()
    await host.add_take(take)
    second = await host.add_take(replace(take, label="job/2", name="Take 2"))
    assert second.key == "take_002"
    clip = await edit.clip()
    assert [each.key for each in clip.takes] == ["original", "take_001", "take_002"]
    assert [each.selected for each in clip.takes] == [False, False, True]
    await host.change_takes(
        [
            TakeChange(clip.key, "use", "take_001"),
            TakeChange(clip.known_by[0], "star", "take_001"),
            TakeChange(1, "remove", "take_002"),
        ]
    )
    takes = (await edit.clip()).takes
    assert [(each.key, each.selected, each.starred) for each in takes] == [
        ("original", False, False),
        ("take_001", True, True),
    ]
    with pytest.raises(SelectionError, match="no take 'take_009'"):
        await host.change_takes([TakeChange(clip.key, "use", "take_009")])


async def test_a_take_shows_the_frames_of_its_clip(edit: Edit) -> None:
    host = await edit.host()
    await host.add_take(await edit.take())
    clip = await edit.clip()

    original = await host.shown_media(clip, "original")
    shown = await host.shown_media(clip, "take_001")
    assert original.path == edit.film / "a.mov"
    assert shown.path == edit.film / "take.mov"
    assert shown.shown == clip.source
    assert shown.available == FrameRange(START - BEGIN - HEAD, TAKE_FRAMES, RATE)


async def test_exr_frames_come_above_muted_with_their_colour_space(
    edit: Edit, require_program: Callable[[str], str]
) -> None:
    folder = edit.folder / "exr"
    folder.mkdir()
    exr = ExrFrames(folder, "take.", 6, 15, TAKE_FRAMES, RATE)
    for file in exr.files:
        file.touch()
    host = await edit.host()
    await host.add_take(await edit.take(exr=exr))

    strip = edit.blender.scene.strips[TAKE + " EXR"]
    assert (strip.channel, strip.mute, strip.colour_space) == (3, True, "Linear ACES")
    assert strip.names[0] == "take.000015.exr"
    assert [each.key for each in (await edit.clip()).takes] == [
        "original",
        "take_001",
        "take_001_exr",
    ]
    shown = await host.shown_media(await edit.clip(), "take_001_exr")
    assert shown.sequence is not None
    assert (shown.sequence.prefix, shown.sequence.start) == ("take.", 15)
