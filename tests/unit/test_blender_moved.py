"""A .blend that lies elsewhere by now: its jobs go on beside it, with all that they have."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import anyio
import pytest
from filelock import FileLock

from blender_calls import FakeCalls
from newtake.adapters.takes import TakeFolder
from newtake.bootstrap.blender import Scene, read_scene
from newtake.bootstrap.blender_known import known_again
from newtake.bootstrap.blender_moved import follow_moved
from newtake.bootstrap.blender_open import is_of_another, is_open_elsewhere
from newtake.bootstrap.blender_waiting import no_place, waiting_for
from newtake.domain.errors import Money
from newtake.domain.events import (
    Conformed,
    Downloaded,
    Event,
    Exported,
    Failed,
    Failure,
    JobCreated,
    Order,
    RenditionEnded,
    Stamped,
    Step,
    SubmitIntended,
    Submitted,
    Uploaded,
)
from newtake.domain.files import Asset, ExrFrames, PlateFile, ResultFile, TakeFile
from newtake.domain.job import Job
from newtake.domain.timing import FrameRange
from newtake.hosts.blender.facts import Strip
from newtake.settings import Settings
from newtake.shells.panel.blender_desk import BlenderDesk
from newtake.testing import MemoryJournal
from newtake.testing.blender import FakeBlender
from numbered_media import make_numbered
from orders import order

pytestmark = pytest.mark.anyio
RATE = Fraction(25)
FRAMES = 40
LABEL = "job/sub"


@pytest.fixture(scope="module")
def film(require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "a.mov"
    return make_numbered(require_program("ffmpeg"), path, rate=RATE, frames=FRAMES, size=(160, 90))


class Project:
    """A folder with a .blend and its film, in which a job has made its take."""

    def __init__(self, film: Path, folder: Path) -> None:
        self.folder, self.blender = folder / "Pröj", FakeBlender()
        self.folder.mkdir()
        (self.folder / "a.mov").symlink_to(film)
        self.blender.movie(str(self.folder / "a.mov"), "A", 1, 1)
        self.blender.save(str(self.folder / "edit.blend"))
        self.settings = Settings(home=folder / "home")
        self.journal = MemoryJournal()

    async def scene(self) -> Scene:
        return await read_scene(FakeCalls(self.blender), self.settings)

    async def made(self) -> None:
        """The job's take and result lie in the folder of takes; Blender was away."""
        scene = await self.scene()
        (strip,) = scene.sequencer.strips
        folder = self.folder / "edit_newtake_takes"
        slot = TakeFolder().reserve(folder, "A", LABEL)
        for each in (slot.video, slot.result, slot.sidecar):
            each.write_text(each.name)
        slot.exr_folder.mkdir()
        (slot.exr_folder / "f.000000.exr").write_text("exr")
        frames = FrameRange(0, FRAMES, RATE)
        exr = ExrFrames(slot.exr_folder, "f.", 6, 0, FRAMES, RATE)
        take = TakeFile(slot.video, 1, frames, "", FRAMES, "copy", slot.sidecar, exr)
        self.record(
            JobCreated("job", _order(scene, strip)),
            Exported(PlateFile(Path("p.mp4"), "00", 9, FRAMES)),
            Uploaded(Asset("fake", "k", "00", 9, public=False)),
            SubmitIntended("00", "/p.mp4"),
            Submitted(("sub",)),
            RenditionEnded("sub", "ready"),
            Downloaded("sub", ResultFile(slot.result, "00", 9)),
            Conformed("sub", take),
            Failed(Failure(Step.RELINK, "HostAway", "away", "", "", Money.SUBMITTED.value)),
        )

    def record(self, *events: Event) -> None:
        for each in events:
            self.journal.append("job", Stamped(0, each))

    def opened(self, path: Path) -> None:
        """The .blend is opened there; what lay beside it is found where it is now."""
        scene = self.blender.files[str(self.folder / "edit.blend")]
        for strip in scene.strips.values():
            strip.path = str(path.parent / Path(strip.path).name)
        self.blender.files[str(path)] = scene
        self.blender.load(str(path))

    @property
    def job(self) -> Job:
        return self.journal.load("job")

    @property
    def files(self) -> list[Path]:
        """Of the job: its take, sidecar, EXR frames and result."""
        (rendition,) = self.job.renditions
        take, result = rendition.take, rendition.result
        assert take is not None
        assert take.exr is not None
        assert result is not None
        return [take.path, take.sidecar, take.exr.folder, result.path]


def _order(scene: Scene, strip: Strip) -> Order:
    plain = order()
    clip = replace(plain.clip, key=str(strip.key), name="A")
    assert strip.media is not None
    source = replace(plain.source, path=Path(strip.media.path))
    return replace(plain, clip=clip, source=source, host=scene.target)


@pytest.fixture
async def project(film: Path, tmp_path: Path) -> Project:
    made = Project(film, tmp_path)
    await made.made()
    return made


@pytest.mark.parametrize("kept", [True, False], ids=["with its id", "never saved with its id"])
async def test_a_project_that_was_moved_has_all_where_it_is(
    project: Project, tmp_path: Path, kept: bool
) -> None:
    if kept:
        scene = await project.scene()
        uid = scene.sequencer.strips[0].uid
        project.blender.answer({"do": "remember", "document": None, "strips": [uid]})
        project.blender.save(str(project.folder / "edit.blend"))
    moved = tmp_path / "moved"
    project.folder.rename(moved)
    project.opened(moved / "edit.blend")
    scene = await project.scene()

    assert follow_moved(scene, project.journal) == ["job"]
    assert follow_moved(scene, project.journal) == []
    assert {each.parent for each in project.files} == {moved / "edit_newtake_takes"}
    assert all(each.exists() for each in project.files)
    assert project.job.order.source.path == moved / "a.mov"
    assert project.job.order.host.output == moved / "edit_newtake"
    assert not project.folder.exists()
    here, _ = waiting_for(scene.hello, [project.job])
    assert [each.takes for each in here] == [1]
    calls, settings = FakeCalls(project.blender), project.settings
    again, _ = await known_again(calls, settings, await project.scene(), [project.job], ())
    assert no_place(again, project.job) == ""


async def test_what_came_when_the_project_was_gone_comes_along(
    project: Project, tmp_path: Path
) -> None:
    """The .blend was moved without it: the folder of takes was made again by the job."""
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("a.mov", "edit.blend"):
        (project.folder / name).rename(moved / name)
    project.opened(moved / "edit.blend")
    follow_moved(await project.scene(), project.journal)

    assert {each.parent for each in project.files} == {moved / "edit_newtake_takes"}
    assert [each.read_text() for each in project.files if each.is_file()] == [
        "A_take_001.mov",
        "A_take_001.json",
        "A_take_001.result.mp4",
    ]
    assert (project.files[2] / "f.000000.exr").read_text() == "exr"
    assert not project.folder.exists()


async def test_a_copy_that_is_opened_gets_copies(project: Project, tmp_path: Path) -> None:
    scene = await project.scene()
    uid = scene.sequencer.strips[0].uid
    project.blender.answer({"do": "remember", "document": None, "strips": [uid]})
    project.blender.save(str(project.folder / "edit.blend"))
    before, copy = project.files, tmp_path / "copy" / "edit.blend"
    copy.parent.mkdir()
    copy.touch()
    project.opened(copy)
    follow_moved(await project.scene(), project.journal)

    assert {each.parent for each in project.files} == {copy.parent / "edit_newtake_takes"}
    assert all(each.exists() for each in (*before, *project.files))


async def test_a_second_blender_leaves_a_job_to_the_first_and_knows_its_scene(
    project: Project,
) -> None:
    """It opens the file as that was saved before the job, without any id."""
    before = project.job
    project.opened(project.folder / "edit.blend")
    scene = await project.scene()
    assert before.order.host.document is not None
    assert scene.document.project != before.order.host.document.project
    assert follow_moved(scene, project.journal) == []
    assert project.job == before

    calls = FakeCalls(project.blender)
    again, known = await known_again(calls, project.settings, scene, [before], ())
    assert again.document.project == before.order.host.document.project
    assert str(again.sequencer.strips[0].key) == before.order.clip.key
    assert await known_again(calls, project.settings, again, [before], known) == (again, known)


async def test_a_copy_gets_nothing_while_the_original_is_open_in_another_blender(
    project: Project, tmp_path: Path
) -> None:
    before = project.job
    assert before.order.host.document is not None
    home, document = project.settings.home, before.order.host.document.project
    other = home / "blender" / "1"
    other.mkdir(parents=True)
    said = {"file": str(project.folder / "edit.blend"), "document": document}
    (other / "scene.json").write_text(json.dumps(said))
    assert not is_open_elsewhere(home, document)
    with FileLock(other / "panel.lock"):
        assert is_open_elsewhere(home, document, said["file"])
        assert not is_open_elsewhere(home, document, str(tmp_path / "copy" / "edit.blend"))
        project.opened(tmp_path / "copy" / "edit.blend")
        project.blender.answer({"do": "adopt", "document": None, "as": document})
        scene = await project.scene()
        assert follow_moved(scene, project.journal, lambda _: True) == []
        assert is_of_another(home, scene, before)
        here, elsewhere = waiting_for(
            scene.hello, [before], lambda job: is_of_another(home, scene, job)
        )
        assert (len(here), len(elsewhere)) == (0, 1)
        where = f"edit.blend in {project.folder}"
        assert before.order.host.told_beside(scene.target) == where
        async with anyio.create_task_group() as tasks:
            desk = BlenderDesk(project.settings, FakeCalls(project.blender), tasks)
            await desk.looking.look()
            assert not desk.is_here(before)
    assert project.job == before
    assert not is_of_another(home, scene, before)
    assert follow_moved(scene, project.journal) == ["job"]


async def test_another_file_of_the_same_name_gets_nothing(
    project: Project, film: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "edit.blend"
    other.parent.mkdir()
    project.blender.reset()
    project.blender.movie(str(film), "A", 1, 9)
    project.blender.save(str(other))
    for _ in ("the job's file is there", "it is gone"):
        assert follow_moved(await project.scene(), project.journal) == []
        (project.folder / "edit.blend").unlink(missing_ok=True)
    assert project.files[0].is_file()
