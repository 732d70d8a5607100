"""An upload's memory does not grow with the file: 200 MB add at most 32 MB to the process.

Measured in processes of their own: one uploads, another one takes the bytes and counts them.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.benchmark

FILE_BYTES = 200_000_000
ALLOWED_BYTES = 32 << 20

SERVER = """
import hashlib, socket, sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def drain(request):
    size, digest = 0, hashlib.sha256()
    async for piece in request.stream():
        size += len(piece)
        digest.update(piece)
    received.append({"size": size, "sha256": digest.hexdigest()})

async def me(request):
    return JSONResponse({"user": {"username": "ann"}})

async def repository(request):
    return JSONResponse({"repository": {"is_public": False}})

async def context(request):
    await drain(request)
    return JSONResponse({"asset_path": "newtake/plate.mp4"})

async def put(request):
    await drain(request)
    return JSONResponse({})

async def told(request):
    return JSONResponse(received)

received = []
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
playground = "/api/repos/ann/playground"
application = Starlette(routes=[
    Route("/api/users/me", me),
    Route(playground, repository),
    Route(playground + "/workbench/context", context, methods=["POST"]),
    Route("/bucket/plate.mp4", put, methods=["PUT"]),
    Route("/received", told),
])
server = uvicorn.Server(uvicorn.Config(application, log_level="critical"))
server.run(sockets=[listening])
"""

CLIENT = """
import json, resource, sys
from pathlib import Path
import anyio
from newtake.adapters.clock import SystemClock
from newtake.adapters.http import open_client
from newtake.adapters.oxen_wire import OxenWire
from newtake.adapters.uploaders.choice import choose_uploader
from newtake.adapters.uploaders.memory import UploadMemory

word, base_url, file, sha256 = sys.argv[1:]
scale = 1 if sys.platform == "darwin" else 1024
kept, steps = {}, []

def peak():
    # On Linux ru_maxrss starts at the peak of the process that forked this one, and hides as much.
    status = Path("/proc/self/status")
    if status.exists():
        line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale

async def upload():
    async with open_client(base_url, "key") as client:
        wire = OxenWire(client, base_url, SystemClock())
        memory = UploadMemory(kept.get, kept.__setitem__)
        uploader = choose_uploader(word, wire=wire, memory=memory)
        before = peak()
        await uploader.store(Path(file), sha256, lambda done, total: steps.append(done))
        return peak() - before

print(json.dumps({"added": anyio.run(upload), "steps": len(steps), "last": steps[-1]}))
"""


@pytest.fixture(scope="module")
def plate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    file = tmp_path_factory.mktemp("plates") / "plate.mp4"
    block = random.Random(1).randbytes(1_000_000)
    digest = hashlib.sha256()
    with file.open("wb") as out:
        for _ in range(FILE_BYTES // len(block)):
            out.write(block)
            digest.update(block)
    return file, digest.hexdigest()


@pytest.fixture
def server() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="the peak is read with the resource module")
@pytest.mark.parametrize("kind", ["workbench", "put"])
def test_two_hundred_megabytes_add_at_most_thirty_two(
    kind: str, server: str, plate: tuple[Path, str]
) -> None:
    file, sha256 = plate
    word = kind if kind == "workbench" else f"put:{server}/bucket/plate.mp4?signature=1"
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, word, server, str(file), sha256],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    measured = json.loads(done.stdout)
    (received,) = httpx.get(f"{server}/received", trust_env=False).json()
    print(f"{kind}: {measured['added'] / 1e6:.1f} MB added for {FILE_BYTES / 1e6:.0f} MB")
    assert measured["last"] == FILE_BYTES
    assert measured["steps"] > 100
    if kind == "put":
        assert (received["size"], received["sha256"]) == (FILE_BYTES, sha256)
    else:
        assert FILE_BYTES < received["size"] < FILE_BYTES + 1000
    assert measured["added"] <= ALLOWED_BYTES
