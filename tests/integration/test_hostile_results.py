"""Whatever a service sends as a result ends soon, in little memory, in words, with nothing left."""

from __future__ import annotations

import json
import shutil
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import pytest

import hostile_client
import hostile_videos as videos
from hostile_packages import HARMLESS, PACKAGES
from newtake.adapters.toolchain import find_toolchain

MOST_SECONDS = 10.0
FOLDER = ("deep", "er")
MOST_BYTES = 512 << 20

Send = Callable[[bytes], None]
Talk = Callable[[Send], None]

_FTYP = b"\0\0\0\x18ftypisom\0\0\2\0isomavc1"
_ZIP = b"PK\3\4"
_INNER = ["http://10.0.0.1/a", "http://169.254.169.254/latest/meta-data", "http://192.168.1.1/a",
          "http://[fd00::1]/a", "http://0x0a000001/a", "http://printer.local/a",
          "file:///etc/passwd", "gopher://10.0.0.1/a"]  # fmt: skip


def whole(data: bytes) -> Talk:
    return lambda send: send(
        b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (len(data), data)
    )


def endless(beginning: bytes) -> Talk:
    def talk(send: Send) -> None:
        send(b"HTTP/1.1 200 OK\r\n\r\n" + beginning)
        while True:
            send(bytes(1 << 20))

    return talk


def to(address: str) -> Talk:
    head = f"HTTP/1.1 302 Found\r\nlocation: {address}\r\ncontent-length: 0\r\n\r\n"
    return lambda send: send(head.encode())


def ten_gigabytes(beginning: bytes) -> Talk:
    return lambda send: send(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n" + beginning)


def video_cases(canary: str, folder: Path) -> dict[str, tuple[Talk, str]]:
    """Case -> what is sent, and a word of the error; "" where none of it may be an error."""
    ffmpeg = find_toolchain().executable
    film = videos.film(ffmpeg, folder)
    made = {
        "cut off": (film[: len(film) * 4 // 5], "no whole MP4"),
        "promising index": (videos.promising_index(film), "promises"),
        "promising fragment": (videos.promising_fragment(film), "promises"),
        "promising sound": (videos.promising_sound(film), "promises"),
        "many edits": (videos.many_edits(film), "promises"),
        "compressed index": (film.replace(b"mvhd", b"cmov"), "compressed"),
        "large pictures": (videos.film(ffmpeg, folder, "8192x4096", 0.04), "8192 x 4096"),
        "picture bomb": (videos.picture_film(ffmpeg, folder), "cannot be"),
        "elsewhere": (videos.elsewhere(film, canary), "cannot be"),
        "beginning alone": (_FTYP + b"not a film at all" * 9, "no whole MP4"),
        "playlist with a beginning": (_FTYP + videos.no_videos(canary)["playlist"], "no whole MP4"),
        "film": (film, ""),
    }
    cases = {f"video {name}": (whole(data), word) for name, (data, word) in made.items()}
    for name, data in videos.no_videos(canary).items():
        cases[f"video {name}"] = (whole(data), "no MP4")
        cases[f"look {name}"] = (whole(data), "MP4")
    return cases


def transfer_cases() -> dict[str, tuple[Talk, str]]:
    cases: dict[str, tuple[Talk, str]] = {}
    for kind, beginning in (("video", _FTYP), ("exr", _ZIP)):
        cases[f"{kind} endless"] = (endless(beginning), "more than")
        cases[f"{kind} 10 GB"] = (ten_gigabytes(beginning), "more than")
        for address in _INNER:
            word = "not connected to" if address.startswith("http") else "not safe"
            cases[f"{kind} at {address}"] = (to(address), word)
    return cases


def package_cases() -> dict[str, tuple[Talk, str]]:
    cases = {f"exr {name}": (whole(make()), word) for name, (make, word) in PACKAGES.items()}
    cases |= {f"exr {name}": (whole(make()), "") for name, make in HARMLESS.items()}
    return cases


class Server(socketserver.ThreadingTCPServer):
    """Sends bytes by the path that is asked for, and remembers what was asked."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.talks: Mapping[str, Talk] = {}
        self.asked: list[str] = []
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server, head = cast(Server, self.server), b""
        while b"\r\n\r\n" not in head and (piece := self.request.recv(65_536)):
            head += piece
        path = unquote(head.split(b" ")[1].decode()).lstrip("/") if b" " in head else ""
        server.asked.append(path)
        if path in server.talks:
            with suppress(OSError):
                server.talks[path](self.request.sendall)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """All cases, one after the other, in one process of the product's own."""
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        canary = f"{server.address}/canary"
        cases = video_cases(canary, tmp_path_factory.mktemp("films"))
        cases |= transfer_cases() | package_cases()
        server.talks = {name: talk for name, (talk, _) in cases.items()}
        root = tmp_path_factory.mktemp("hostile")
        ended = subprocess.run(
            [sys.executable, hostile_client.__file__, server.address, str(root)],
            input="".join(f"{name}\n" for name in cases),
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert ended.returncode == 0, ended.stderr
        found = {each["case"]: each for each in map(json.loads, ended.stdout.splitlines())}
        server.shutdown()
    assert found.keys() == cases.keys()
    for name, (_, word) in cases.items():
        found[name]["word"] = word
    files = [each for each in root.rglob("*") if each.is_file()]
    strays = [each for each in files if each.relative_to(root).parts[1:3] != FOLDER]
    # Nothing that reads the folders of tests afterwards is to find these.
    shutil.rmtree(root)
    return Outcomes(found, server.asked, strays)


@dataclass
class Outcomes:
    """What became of every case, what the server was asked for, and files in wrong places."""

    cases: dict[str, dict[str, Any]]
    asked: list[str]
    strays: list[Path]


def test_each_ends_in_an_error_that_says_what_is_wrong(outcomes: Outcomes) -> None:
    unclear = {
        name: each
        for name, each in outcomes.cases.items()
        if bool(each["error"]) is not bool(each["word"]) or each["word"] not in each["outcome"]
    }
    assert unclear == {}


def test_what_is_only_strange_is_taken(outcomes: Outcomes) -> None:
    assert outcomes.cases["video film"]["outcome"] == "24 frames"
    for name in HARMLESS:
        each = outcomes.cases[f"exr {name}"]
        assert each["outcome"] == "8 EXR frames"
        assert each["files"] == [*(f"f.{90_005 + i:06}.exr" for i in range(8)), "result.zip"]


def test_each_ends_soon(outcomes: Outcomes) -> None:
    slow = {k: v["seconds"] for k, v in outcomes.cases.items() if v["seconds"] > MOST_SECONDS}
    assert slow == {}


def test_each_ends_in_little_memory(outcomes: Outcomes) -> None:
    """The most that the process had until then: the first that is named here is to blame."""
    large = {k: v["bytes"] for k, v in outcomes.cases.items() if v["bytes"] > MOST_BYTES}
    assert large == {}


def test_nothing_is_left_but_what_came_whole(outcomes: Outcomes) -> None:
    """A result that came whole and is no good is kept, as everything that was paid for is."""
    kept = {"video": ["result.mp4"], "look": ["result.mp4"], "exr": ["result.zip"]}
    left = {
        name: each["files"]
        for name, each in outcomes.cases.items()
        if each["error"] and each["files"] not in ([], kept[name.partition(" ")[0]])
    }
    assert left == {}
    transfers = [each for name, each in outcomes.cases.items() if name in transfer_cases()]
    assert [each["files"] for each in transfers] == [[]] * len(transfers)


def test_nothing_is_written_elsewhere_and_nothing_else_is_opened(outcomes: Outcomes) -> None:
    assert outcomes.strays == []
    assert not Path("/tmp/frame.0009.exr").exists()
    assert "canary" not in outcomes.asked
