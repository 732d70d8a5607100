"""The client and a real service that misbehaves on purpose: nothing paid twice, nothing lost."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import pytest

from newtake.adapters.clock import SystemClock
from newtake.adapters.http import open_client
from newtake.adapters.oxen import Mode, OxenProvider
from newtake.adapters.oxen_wire import OxenWire
from newtake.adapters.toolchain import find_toolchain
from newtake.adapters.uploaders.choice import choose_uploader
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.domain.edit import EditSettings
from newtake.domain.errors import (
    NotAuthorisedError,
    OutOfCreditsError,
    ProviderError,
    RateLimitedError,
    RefusedSettingsError,
    UnavailableError,
)
from newtake.domain.job import Intent
from newtake.ports import Submission, no_progress
from newtake.sandbox.faults import Fault
from newtake.sandbox.service import Sandbox, SandboxOptions, run_sandbox
from newtake.testing import MemoryJournal

pytestmark = pytest.mark.anyio

SETTINGS = EditSettings("oil painting")


@dataclass
class Bench:
    sandbox: Sandbox
    provider: OxenProvider
    url: str

    async def ended(self, submission_id: str) -> Submission:
        with anyio.fail_after(200):
            while True:
                submission = await self.provider.submission(submission_id)
                if submission.is_terminal:
                    return submission
                await anyio.sleep(0.1)

    async def result(self, settings: EditSettings = SETTINGS) -> Submission:
        (name,) = (await self.provider.submit(settings, "5s", self.url, None)).submission_ids
        return await self.ended(name)


@asynccontextmanager
async def bench(
    folder: Path, *faults: str, mode: Mode = "events", key: str = "a key"
) -> AsyncIterator[Bench]:
    """A sandbox with a plate in its owner's playground."""
    ffmpeg = find_toolchain(None).executable
    plate = folder / "plate.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=24", "-frames:v", "24"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(plate)]
    subprocess.run([ffmpeg, "-v", "error", "-y", *picture, *coded], check=True)
    options = SandboxOptions(
        folder / "sandbox",
        ffmpeg,
        min_render_seconds=0,
        look="copy",
        faults=tuple(Fault.parse(each) for each in faults),
    )
    clock, journal = SystemClock(), MemoryJournal()
    async with (
        run_sandbox(options) as sandbox,
        open_client(sandbox.base_url, "a key") as owner,
        open_client(sandbox.base_url, key) as client,
    ):
        uploader = choose_uploader(
            "workbench",
            wire=OxenWire(owner, sandbox.base_url, clock),
            memory=UploadMemory(journal.remembered, journal.remember),
        )
        sha256 = hashlib.sha256(plate.read_bytes()).hexdigest()
        asset = await uploader.store(plate, sha256, no_progress)
        url = await uploader.link(asset, "job")
        provider = OxenProvider(client, base_url=sandbox.base_url, clock=clock, mode=mode)
        yield Bench(sandbox, provider, url)
        assert sandbox.cdn_refusals == 0


async def test_a_submit_cut_off_after_it_was_accepted_is_found_and_not_repeated(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, "submit:drop-afterx1") as at:
        began = SystemClock().now()
        with pytest.raises(UnavailableError) as caught:
            await at.provider.submit(SETTINGS, "5s", at.url, None)
        assert caught.value.sent
        digest = hashlib.sha256(at.url.encode()).hexdigest()
        intent = Intent(began, digest, urlsplit(at.url).path)
        (found,) = await at.provider.find(intent, SETTINGS, "5s")
        assert (await at.ended(found)).status == "succeeded"
        assert at.sandbox.submissions == 1


async def test_a_submit_cut_off_before_it_was_accepted_is_nowhere(tmp_path: Path) -> None:
    async with bench(tmp_path, "submit:dropx1") as at:
        with pytest.raises(UnavailableError) as caught:
            await at.provider.submit(SETTINGS, "5s", at.url, None)
        assert caught.value.sent
        digest = hashlib.sha256(at.url.encode()).hexdigest()
        intent = Intent(SystemClock().now(), digest, urlsplit(at.url).path)
        assert await at.provider.find(intent, SETTINGS, "5s") == ()
        assert at.sandbox.submissions == 0


async def test_a_service_that_is_not_there_has_certainly_got_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        pass
    async with open_client(at.sandbox.base_url, "a key") as client:
        provider = OxenProvider(client, base_url=at.sandbox.base_url, clock=SystemClock())
        with pytest.raises(UnavailableError) as caught:
            await provider.submit(SETTINGS, "5s", at.url, None)
    assert not caught.value.sent


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("credits:none", OutOfCreditsError),
        ("submit:429=7", RateLimitedError),
        ("submit:503", UnavailableError),
        ("submit:401", NotAuthorisedError),
        ("submit:400", RefusedSettingsError),
    ],
)
async def test_a_refused_submit_makes_no_submission(
    tmp_path: Path, fault: str, expected: type[ProviderError]
) -> None:
    async with bench(tmp_path, fault) as at:
        with pytest.raises(expected) as caught:
            await at.provider.submit(SETTINGS, "5s", at.url, None)
        assert at.sandbox.submissions == 0
        if isinstance(caught.value, RateLimitedError):
            assert caught.value.retry_after_seconds == 7.0


async def test_a_wrong_key_is_told(tmp_path: Path) -> None:
    async with bench(tmp_path, key="wrong key") as at:
        with pytest.raises(NotAuthorisedError):
            await at.provider.submit(SETTINGS, "5s", at.url, None)
        with pytest.raises(NotAuthorisedError):
            async with at.provider.events():
                pytest.fail("a wrong key opened the events")


@pytest.mark.parametrize("fault", ["poll:500x2", "poll:dropx2", "poll:429=0x2"])
async def test_reading_outlasts_a_service_that_stumbles(tmp_path: Path, fault: str) -> None:
    async with bench(tmp_path, fault) as at:
        assert (await at.result()).status == "succeeded"


@pytest.mark.parametrize(
    "fault", ["result:dropx2", "result:truncatex1", "result:expiredx2", "result:503x1"]
)
async def test_a_result_is_brought_home_all_the_same(tmp_path: Path, fault: str) -> None:
    async with bench(tmp_path, fault) as at:
        submission = await at.result()
        target = tmp_path / "result.mp4"
        await at.provider.download(submission, target, no_progress)
        assert at.sandbox.submissions == 1
    size = target.stat().st_size
    assert size > 1000


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("render:fail=no such look", "no such look"),
        ("moderation", "refused the content"),
        ("hdr:none", "HDR"),
    ],
)
async def test_a_generation_that_fails_says_why(tmp_path: Path, fault: str, words: str) -> None:
    settings = EditSettings("oil", resolution="720p", hdr=True) if "hdr" in fault else SETTINGS
    async with bench(tmp_path, fault) as at:
        submission = await at.result(settings)
    assert submission.status == "failed"
    assert words in submission.reason


async def test_an_input_that_does_not_open_is_named_as_the_reason(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.url = at.url.replace("signature=", "signature=0")
        submission = await at.result()
    assert submission.status == "failed"
    assert "could not fetch the plate" in submission.reason
    assert "--uploader" in submission.reason


async def test_the_synchronous_route_gives_a_result_with_its_cost(tmp_path: Path) -> None:
    async with bench(tmp_path, mode="sync") as at:
        answer = await at.provider.submit(SETTINGS, "5s", at.url, None)
        (name,) = answer.submission_ids
        assert answer.result_urls == ()
        target = tmp_path / "result.mp4"
        ended = await at.provider.submission(name)
        await at.provider.download(ended, target, no_progress)
        assert at.sandbox.submissions == 1
        assert await at.provider.cost(name) is not None
    assert target.read_bytes()[4:8] == b"ftyp"


async def test_an_exr_package_is_found_and_fetched(tmp_path: Path) -> None:
    settings = EditSettings("oil", resolution="720p", hdr=True, exr_export=True)
    async with bench(tmp_path) as at:
        submission = await at.result(settings)
        assert submission.status == "succeeded", submission.reason
        exr = await at.provider.download_exr(submission, tmp_path / "r.result.exr", no_progress)
    assert exr == tmp_path / "r.result.zip"
    with zipfile.ZipFile(exr) as package:
        names = package.namelist()
        assert names
        assert all(package.read(each).startswith(b"\x76\x2f\x31\x01") for each in names[:2])
