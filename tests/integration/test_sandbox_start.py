"""A sandbox that cannot start says why, and gives back what it had opened."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from newtake import bootstrap
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.errors import SettingsError, StorageError
from newtake.sandbox.service import SandboxOptions, run_sandbox

pytestmark = pytest.mark.anyio


def options(folder: Path, port: int = 0, cdn_port: int = 0) -> SandboxOptions:
    return SandboxOptions(folder, find_toolchain(None).executable, port=port, cdn_port=cdn_port)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize("which", ["port", "cdn_port"])
async def test_a_port_that_is_taken_is_named(tmp_path: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        with pytest.raises(SettingsError, match=str(port)) as caught:
            async with run_sandbox(options(tmp_path, **{which: port})):
                pass
    assert "--port" in caught.value.fix


async def test_a_port_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="70000"):
        async with run_sandbox(options(tmp_path, port=70000)):
            pass


@pytest.mark.parametrize("blocked", ["", "sandbox.sqlite", "contents"])
async def test_a_folder_that_cannot_be_used_is_named_and_the_port_given_back(
    tmp_path: Path, blocked: str
) -> None:
    folder, port = tmp_path / "state", free_port()
    if blocked == "sandbox.sqlite":
        (folder / blocked).mkdir(parents=True)
    else:
        folder.parent.joinpath("state" if not blocked else "x").touch()
        if blocked:
            folder.mkdir()
            (folder / blocked).touch()
    with pytest.raises(StorageError, match="state") as caught:
        async with run_sandbox(options(folder, port)):
            pass
    assert "--folder" in caught.value.fix
    async with run_sandbox(options(tmp_path / "other", port)):
        pass


async def test_the_embedded_sandboxs_card_leaves_no_file_for_each_port() -> None:
    settings = bootstrap.settings_now()
    for _ in range(2):
        async with bootstrap.wired(settings, provider="sandbox") as wiring:
            assert (await wiring.ports.provider.model()).id
    assert list(settings.home.rglob("model-*.json")) == []
