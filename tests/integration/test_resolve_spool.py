"""The menu's Lua and newtake meet in a folder, whichever of them dies, is slow or is locked in."""

from __future__ import annotations

import base64
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from lupa.luajit21 import LuaError

from bridge_ways import PYTHON
from lua_resolve import LuaMenu, Preferences
from newtake.domain.errors import HostAwayError, StorageError
from newtake.hosts.resolve.by_hand import ByHand
from newtake.hosts.resolve.connection import ResolveConnection
from newtake.hosts.resolve.items import read_document
from newtake.hosts.resolve.launchers import Target, lua_entry
from newtake.hosts.resolve.look import changes_since, read_look
from newtake.hosts.resolve.messages import Call, Obj, run_line
from newtake.hosts.resolve.spool import BY_HAND, FusionPrefs, SpoolFolder, lua_chunk
from newtake.hosts.resolve.standing import read_standing
from newtake.hosts.resolve.transports import BRIDGE
from newtake.testing.resolve import FakeResolve

NAME = "Szene 1\n場面 🎬"


class Scene:
    def __init__(self, version: str = "21.0.4") -> None:
        self.fake = FakeResolve(version, edition="free", rate="25")
        self.fake.add_timeline("Reel 1")
        self.media = self.fake.add_made_media(NAME, frames=200, rate="25")
        self.clip = self.fake.add_item(self.media, source_start=11, duration=50)

    def paint(self, colour: str) -> Call:
        return Call("SetClipColor", {"item": self.clip}, (colour,), "true")

    def mark(self, frame: int) -> Call:
        return Call("AddMarker", args=(frame, "Red", "m", "", 1, ""), want="true")


def wait_until(there: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 20
    while not (found := there()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def telling(where: Path) -> list[str]:
    """A command that writes its last word, the spool's folder, into a file and ends."""
    program = "import os, sys; open(sys.argv[1] + '.new', 'w').write(sys.argv[-1]);"
    program += "os.replace(sys.argv[1] + '.new', sys.argv[1])"
    return [*PYTHON, "-c", program, str(where)]


def meet(tmp_path: Path, scene: Scene, **options: Any) -> tuple[LuaMenu, Path]:
    """The menu's script at work, and the folder in which it waits for us."""
    where = tmp_path / "where"
    parent = tmp_path / "Jörg's spools"
    menu = LuaMenu.of_bridge(scene.fake.resolve, telling(where), parent, **options)
    wait_until(where.exists)
    folder = Path(where.read_text())
    assert folder.parent == parent
    return menu, folder


async def talk(folder: Path, profiles: Path | None = None) -> ResolveConnection:
    async def spool() -> SpoolFolder:
        return SpoolFolder(folder, profiles)

    return ResolveConnection(spool, answer_seconds=20)


def test_a_conversation_over_files_and_nothing_is_left(tmp_path: Path) -> None:
    scene = Scene()
    menu, folder = meet(tmp_path, scene)

    async def play() -> None:
        connection = await talk(folder)
        hello = await connection.ready()
        assert (hello.way, hello.studio, hello.version) == ("lua", False, (21, 0, 4))
        items, name = await connection.run(
            Call("GetItemListInTrack", args=("video", 1)),
            Call("GetName", on={"media": scene.media}),
        )
        assert items == [Obj("item", scene.clip)]
        assert name == NAME
        rows = await connection.each(Call("GetItemListInTrack", args=("video", 1)), Call("GetName"))
        assert rows[0].values == (NAME,)
        await connection.aclose()

    anyio.run(play)

    assert menu.ended()
    assert menu.error is None
    assert list(folder.parent.iterdir()) == []
    assert scene.fake.violations == []


@pytest.mark.parametrize("version", ["21.0.4", "21.1"])
def test_a_clip_s_grade_and_effects_are_read_over_files(version: str, tmp_path: Path) -> None:
    scene = Scene(version)
    scene.fake.change_item(scene.clip, is_graded=True, versions=["Warm"], version="Warm")
    scene.fake.change_item(scene.clip, properties={"ZoomX": 1.5})
    menu, folder = meet(tmp_path, scene)

    async def play() -> None:
        connection = await talk(folder)
        await connection.ready()
        document = await read_document(connection)
        (item,) = (await read_standing(connection, document)).items
        before = await read_look(connection, document, item)
        assert len(before) == 7
        assert await changes_since(connection, document, item, before) == ()
        scene.fake.change_item(scene.clip, is_graded=False, properties={})
        nodes, inspector = await changes_since(connection, document, item, before)
        assert "the nodes of the grade did not stay" in nodes
        assert "it was 2 and is 1" in nodes
        assert "ZoomX was 1.5 and is 1" in inspector
        await connection.aclose()

    anyio.run(play)

    assert menu.ended()
    assert scene.fake.violations == []


def test_a_cancelled_request_is_carried_out_and_the_next_gets_its_own_answer(
    tmp_path: Path,
) -> None:
    scene = Scene()
    menu, folder = meet(tmp_path, scene)

    async def play() -> None:
        connection = await talk(folder)
        await connection.ready()
        for colour in ("Teal", "Orange"):
            hook = scene.fake.on_call("SetClipColor", "pause")
            with anyio.move_on_after(0.1):
                await connection.run(scene.paint(colour))
            scene.fake.go_on(hook)
            assert await connection.run(Call("GetName")) == ["Reel 1"]
            assert scene.fake.item(scene.clip)["color"] == colour
        await connection.aclose()

    anyio.run(play)
    assert menu.ended()


def test_a_real_program_is_started_and_talks(tmp_path: Path) -> None:
    scene = Scene()
    program = tmp_path / "newtake it's.py"
    program.write_text(PROGRAM)
    said = tmp_path / "said"
    menu = LuaMenu.of_bridge(
        scene.fake.resolve, [sys.executable, str(program), str(said)], tmp_path / "s"
    )

    assert menu.ended(60)
    assert menu.error is None
    assert json.loads(said.read_text()) == ["lua", "Reel 1"]
    assert list((tmp_path / "s").iterdir()) == []


def test_the_installed_menu_entry_starts_the_program(tmp_path: Path) -> None:
    scene = Scene()
    program, said = tmp_path / "newtake it's 場面.py", tmp_path / "said"
    program.write_text(PROGRAM)
    target = Target(
        command=(sys.executable, str(program), str(said)),
        bridge=str(BRIDGE),
        spool_parent=str(tmp_path / "Jörg's"),
    )

    menu = LuaMenu.of_entry(scene.fake.resolve, lua_entry(target))

    assert menu.ended(60)
    assert menu.error is None
    assert json.loads(said.read_text()) == ["lua", "Reel 1"]
    assert list((tmp_path / "Jörg's").iterdir()) == []


PROGRAM = """
import json, sys
from pathlib import Path
import anyio
from newtake.hosts.resolve.connection import ResolveConnection
from newtake.hosts.resolve.messages import Call
from newtake.hosts.resolve.spool import SpoolFolder

async def main():
    assert sys.argv[2] == "--spool"
    async def spool():
        return SpoolFolder(Path(sys.argv[3]))
    connection = ResolveConnection(spool)
    hello = await connection.ready()
    (name,) = await connection.run(Call("GetName"))
    Path(sys.argv[1]).write_text(json.dumps([hello.way, name]))
    await connection.aclose()

anyio.run(main)
"""


def hurried(seconds: float) -> None:
    """For what a script waits half a minute for."""
    time.sleep(seconds / 50)


def test_all_calls_of_a_run_are_made_although_newtake_dies_and_the_script_ends(
    tmp_path: Path,
) -> None:
    scene = Scene()
    line = run_line(1, [scene.paint("Teal")], [scene.paint("Orange")])
    program, pid = tmp_path / "program.py", tmp_path / "pid"
    program.write_text(
        "import anyio, os, sys, time\n"
        "from pathlib import Path\n"
        "from newtake.hosts.resolve.spool import SpoolFolder\n"
        "spool = SpoolFolder(Path(sys.argv[-1]))\n"
        f"Path({str(pid)!r}).write_text(str(os.getpid()))\n"
        f"anyio.run(spool.send, {line!r})\n"
        "time.sleep(60)\n"
    )
    hook = scene.fake.on_call("SetClipColor", "pause")
    late = threading.Event()
    menu = LuaMenu.of_bridge(
        scene.fake.resolve,
        [sys.executable, str(program)],
        tmp_path / "s",
        wait=lambda seconds: hurried(seconds) if late.is_set() else time.sleep(seconds),
    )
    assert scene.fake.wait_for(hook)
    late.set()
    os.kill(int(pid.read_text()), signal.SIGKILL)
    scene.fake.go_on(hook)

    assert menu.ended()
    assert scene.fake.item(scene.clip)["color"] == "Orange"
    assert list((tmp_path / "s").iterdir()) == []


def test_a_program_that_does_not_start_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    menu = LuaMenu.of_bridge(
        Scene().fake.resolve, ["/no/such/newtake"], tmp_path / "s", wait=hurried
    )

    assert menu.ended()
    assert "did not start: /no/such/newtake --spool" in str(menu.error)
    assert list((tmp_path / "s").iterdir()) == []


def test_a_script_that_took_its_folder_away_is_an_editor_that_is_away(tmp_path: Path) -> None:
    async def play() -> None:
        connection = await talk(tmp_path / "s")
        with anyio.move_on_after(0.1):
            await connection.ready()
        for each in (tmp_path / "s").iterdir():
            each.unlink()
        (tmp_path / "s").rmdir()
        with pytest.raises(HostAwayError):
            await connection.ready()
        await connection.aclose()

    anyio.run(play)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError):
        SpoolFolder(tmp_path / "file" / "s")


def test_where_a_script_can_neither_write_nor_start_it_meets_a_newtake_started_by_hand(
    tmp_path: Path,
) -> None:
    scene = Scene("21.1")
    profiles = tmp_path / "Profiles"
    prefs = Preferences(profiles)
    folder = tmp_path / "s" / BY_HAND
    # What a newtake that was killed left behind is no newtake.
    folder.mkdir(parents=True)
    (folder / "session").write_text(lua_chunk("long ago"))
    (folder / "alive").write_text(lua_chunk("7"))
    (folder / "000001.request").write_text(lua_chunk(run_line(1, [scene.paint("Teal")], [])))
    menu = LuaMenu.of_bridge(
        scene.fake.resolve, ["unused"], tmp_path / "s", sandboxed=True, fusion=prefs
    )

    async def play() -> None:
        connection = await talk(folder, profiles)
        hello = await connection.ready()
        assert (hello.way, hello.version) == ("lua", (21, 1, 0))
        assert await connection.run(Call("GetName", {"item": scene.clip})) == [NAME]
        saves = prefs.saves
        await anyio.sleep(0.3)
        # Idle, nothing is saved: it would disturb the editor's dragging (observed by others).
        assert prefs.saves == saves == 2
        await connection.aclose()

    anyio.run(play)
    assert menu.ended()
    assert menu.error is None
    assert not folder.exists()
    assert scene.fake.item(scene.clip)["color"] == ""


def test_a_newtake_that_is_started_anew_is_served_by_the_same_script(tmp_path: Path) -> None:
    scene = Scene("21.1")
    profiles = tmp_path / "Profiles"
    folder = tmp_path / "s" / BY_HAND
    menu = LuaMenu.of_bridge(
        *(scene.fake.resolve, [], tmp_path / "s"), sandboxed=True, fusion=Preferences(profiles)
    )

    async def play() -> None:
        killed = SpoolFolder(folder, profiles)
        await killed.send(run_line(1, [Call("GetName")], []))
        assert "Reel 1" in await killed.receive()
        killed._over.set()
        connection = await talk(folder, profiles)
        assert await connection.run(Call("GetStartFrame")) == [90000]
        await connection.aclose()

    anyio.run(play)
    assert menu.ended()


def test_a_script_for_which_nobody_comes_says_what_to_start(tmp_path: Path) -> None:
    menu = LuaMenu.of_bridge(
        *(Scene("21.1").fake.resolve, [], tmp_path), sandboxed=True, wait=lambda seconds: None
    )

    assert menu.ended()
    assert "newtake resolve open" in str(menu.error)


def by_hand(tmp_path: Path, **options: Any) -> ByHand:
    return ByHand(tmp_path / "s" / BY_HAND, tmp_path / "Profiles", first_seconds=0.2, **options)


def a_menu(scene: Scene, tmp_path: Path, prefs: Preferences) -> LuaMenu:
    return LuaMenu.of_bridge(
        *(scene.fake.resolve, [], tmp_path / "s"), sandboxed=True, fusion=prefs
    )


def test_a_newtake_that_came_first_says_what_to_choose_and_is_met_by_who_comes_late(
    tmp_path: Path,
) -> None:
    scene, prefs = Scene("21.1"), Preferences(tmp_path / "Profiles")

    async def play() -> LuaMenu:
        way = by_hand(tmp_path)
        assert not (tmp_path / "s").exists()
        connection = ResolveConnection(way.open, answer_seconds=20)
        for _ in range(3):
            with pytest.raises(HostAwayError, match="waits for its script") as error:
                await connection.ready()
            assert "Workspace > Scripts > New Take" in error.value.fix
        assert len(list((tmp_path / "s" / BY_HAND).glob("*.request"))) == 1
        menu = a_menu(scene, tmp_path, prefs)
        hello = None
        while hello is None:
            with suppress(HostAwayError):
                hello = await connection.ready()
        assert (hello.way, hello.version) == ("lua", (21, 1, 0))
        assert await connection.run(scene.paint("Teal")) == [True]
        await connection.aclose()
        await way.aclose()
        return menu

    menu = anyio.run(play)
    assert menu.ended()
    assert menu.error is None
    assert not (tmp_path / "s" / BY_HAND).exists()
    assert scene.fake.violations == []


def test_a_script_that_is_started_anew_does_nothing_a_second_time(tmp_path: Path) -> None:
    scene, prefs = Scene("21.1"), Preferences(tmp_path / "Profiles")
    clock = [0.0]
    ended = threading.Event()

    def wait(seconds: float) -> None:
        if ended.is_set():
            raise LuaError("Resolve has quit")
        time.sleep(seconds)

    async def play() -> LuaMenu:
        way = by_hand(tmp_path, silence_seconds=20, now=lambda: clock[0])
        connection = ResolveConnection(way.open, answer_seconds=1)
        first = LuaMenu.of_bridge(
            *(scene.fake.resolve, [], tmp_path / "s"), sandboxed=True, fusion=prefs, wait=wait
        )
        while True:
            with suppress(HostAwayError):
                await connection.ready()
                break
        await connection.run(scene.mark(3))
        ended.set()
        assert first.ended()
        # Given up, and not to be done by the script that comes next.
        with pytest.raises(HostAwayError):
            await connection.run(scene.mark(5))
        a_menu(scene, tmp_path, prefs)
        clock[0] = 21
        with pytest.raises(HostAwayError, match="does not answer any more"):
            await connection.run(Call("GetName"))
        while True:
            with suppress(HostAwayError):
                assert await connection.run(Call("GetName")) == ["Reel 1"]
                break
        await connection.aclose()
        await way.aclose()
        return first

    anyio.run(play)
    assert [each["frame"] for each in scene.fake.timeline()["markers"]] == [3]


def test_an_answer_that_the_next_one_took_the_place_of_is_not_waited_for(tmp_path: Path) -> None:
    scene, prefs = Scene("21.1"), Preferences(tmp_path / "Profiles")

    async def play() -> None:
        way = by_hand(tmp_path)
        connection = ResolveConnection(way.open, answer_seconds=20)
        menu = a_menu(scene, tmp_path, prefs)
        while True:
            with suppress(HostAwayError):
                await connection.ready()
                break
        prefs.hold()
        with anyio.move_on_after(0.2):
            await connection.run(scene.mark(3))
        threading.Timer(0.3, prefs.go_on, (1,)).start()
        assert await connection.run(Call("GetName")) == ["Reel 1"]
        await connection.aclose()
        await way.aclose()
        assert menu.ended()

    anyio.run(play)
    assert [each["frame"] for each in scene.fake.timeline()["markers"]] == [3]


def test_of_two_scripts_that_were_started_the_last_one_answers(tmp_path: Path) -> None:
    scene, prefs = Scene("21.1"), Preferences(tmp_path / "Profiles")

    async def play() -> None:
        way = by_hand(tmp_path)
        connection = ResolveConnection(way.open, answer_seconds=20)
        with pytest.raises(HostAwayError):
            await connection.ready()
        prefs.hold()
        menus = [a_menu(scene, tmp_path, prefs) for _ in range(2)]
        prefs.go_on(2)
        while True:
            with suppress(HostAwayError):
                await connection.ready()
                break
        await connection.run(scene.mark(3))
        await connection.aclose()
        await way.aclose()
        assert all(menu.ended() for menu in menus)

    anyio.run(play)
    assert [each["frame"] for each in scene.fake.timeline()["markers"]] == [3]
    assert len([each for each in prefs.answers if each.split(":")[1] == "1"]) == 1


def test_only_this_conversations_answer_is_read_from_the_preferences(tmp_path: Path) -> None:
    prefs = FusionPrefs(tmp_path)
    answer = base64.b64encode("Grüße".encode()).decode()
    for profile, text in (("Old", f'"s:1:{answer}"'), ("Default", '"t:1:AAAA"')):
        (tmp_path / profile).mkdir()
        (tmp_path / profile / "Fusion.prefs").write_bytes(b"\xff\xfe" + text.encode())

    assert prefs.answer("s", 1) == (1, "Grüße")
    assert prefs.answer("s", 2) is None
    assert prefs.answer("s:1:AAAA.*", 1) is None
