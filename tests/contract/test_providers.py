"""Every provider keeps this contract: the fake, and Oxen's client against the embedded sandbox."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import pytest

from newtake.adapters.clock import SystemClock
from newtake.adapters.http import open_client
from newtake.adapters.oxen import OxenProvider
from newtake.adapters.oxen_wire import OxenWire
from newtake.adapters.toolchain import find_toolchain
from newtake.adapters.uploaders.choice import choose_uploader
from newtake.adapters.uploaders.memory import UploadMemory
from newtake.domain.edit import EditSettings
from newtake.domain.errors import NotFoundError
from newtake.domain.job import Intent
from newtake.ports import Provider, Submission, no_progress
from newtake.sandbox.service import SandboxOptions, run_sandbox
from newtake.testing import FakeProvider, MemoryJournal

pytestmark = pytest.mark.anyio

SETTINGS = EditSettings("oil painting")
PATIENCE_SECONDS = 280
"""Less than a test has, for a machine that does much else."""


@dataclass
class Bench:
    """A provider, and plates that it can fetch, each at an address of its own."""

    provider: Provider
    new_plate: Callable[[], Awaitable[str]]


def a_plate(folder: Path, ffmpeg: str) -> Path:
    file = folder / "plate.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=24", "-frames:v", "120"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(file)]
    subprocess.run([ffmpeg, "-v", "error", "-y", *picture, *coded], check=True)
    return file


@pytest.fixture(params=["fake", "events", "poll"])
async def bench(
    request: pytest.FixtureRequest, tmp_path: Path, renders: Path
) -> AsyncIterator[Bench]:
    if request.param == "fake":
        count = 0

        async def next_url() -> str:
            nonlocal count
            count += 1
            return f"https://fake.example/plate-{count}.mp4"

        yield Bench(FakeProvider(silent_events=False), next_url)
        return
    ffmpeg = find_toolchain(None).executable
    options = SandboxOptions(
        tmp_path / "sandbox", ffmpeg, min_render_seconds=0.5, look="copy", renders=renders
    )
    plate = a_plate(tmp_path, ffmpeg)
    journal, clock = MemoryJournal(), SystemClock()
    async with (
        run_sandbox(options) as sandbox,
        open_client(sandbox.base_url, "a key") as client,
    ):
        uploader = choose_uploader(
            "workbench",
            wire=OxenWire(client, sandbox.base_url, clock),
            memory=UploadMemory(journal.remembered, journal.remember),
        )
        sha256 = hashlib.sha256(plate.read_bytes()).hexdigest()
        asset = await uploader.store(plate, sha256, lambda _done, _total: None)

        async def presigned() -> str:
            return await uploader.link(asset, "job")

        yield Bench(
            OxenProvider(
                client,
                base_url=sandbox.base_url,
                clock=clock,
                mode=request.param,
                cache_folder=tmp_path / "cache",
            ),
            presigned,
        )
        # A key travels to the API alone: its results lie at another origin.
        assert sandbox.cdn_refusals == 0


async def submitted(bench: Bench, settings: EditSettings = SETTINGS) -> tuple[str, ...]:
    answer = await bench.provider.submit(settings, "5s", await bench.new_plate(), None)
    return answer.submission_ids


async def ended(provider: Provider, submission_id: str) -> Submission:
    with anyio.fail_after(PATIENCE_SECONDS):
        while True:
            submission = await provider.submission(submission_id)
            if submission.is_terminal:
                return submission
            await anyio.sleep(0.1)


async def test_it_says_what_it_takes_and_what_that_costs(bench: Bench) -> None:
    card = await bench.provider.model()
    assert card.id
    assert not card.stale
    limits = bench.provider.limits()
    one = bench.provider.price(SETTINGS, "5s", card).usd
    three = bench.provider.price(EditSettings("x", variations=3), "5s", card).usd
    assert one is not None
    assert one > 0
    assert three == 3 * one
    assert {"5s", "10s"} <= set(limits.tiers)


async def test_a_submission_is_found_again_by_its_address_alone(bench: Bench) -> None:
    url = await bench.new_plate()
    intent = Intent(
        SystemClock().now(), hashlib.sha256(url.encode()).hexdigest(), urlsplit(url).path
    )
    assert await bench.provider.find(intent, SETTINGS, "5s") == ()
    settings = EditSettings(SETTINGS.prompt, variations=2)
    answer = await bench.provider.submit(settings, "5s", url, None)
    assert len(set(answer.submission_ids)) == 2
    found = await bench.provider.find(intent, SETTINGS, "5s")
    assert sorted(answer.submission_ids) == sorted(found)
    for each in answer.submission_ids:
        await ended(bench.provider, each)
    found = await bench.provider.find(intent, SETTINGS, "5s")
    assert sorted(answer.submission_ids) == sorted(found)


async def test_another_address_is_another_submission(bench: Bench) -> None:
    await submitted(bench)
    other = Intent(SystemClock().now(), "0" * 64, "/another/plate.mp4")
    assert await bench.provider.find(other, SETTINGS, "5s") == ()


async def test_an_unknown_submission_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFoundError):
        await bench.provider.submission("11111111-2222-3333-4444-555555555555")


async def test_lists_hold_what_was_submitted(bench: Bench) -> None:
    (name,) = await submitted(bench)
    await ended(bench.provider, name)
    every = await bench.provider.submissions(active_only=False)
    active = await bench.provider.submissions(active_only=True)
    assert name in [each.id for each in every]
    assert [each for each in active if each.is_terminal] == []


async def test_the_end_of_a_generation_is_heard_by_who_listened_before(bench: Bench) -> None:
    with anyio.fail_after(PATIENCE_SECONDS):
        async with bench.provider.events() as events:
            (name,) = await submitted(bench)
            async for heard in events:
                if heard == name:
                    break
    assert (await bench.provider.submission(name)).status == "succeeded"


async def test_a_result_comes_whole_and_its_cost_is_known(bench: Bench, tmp_path: Path) -> None:
    (name,) = await submitted(bench)
    submission = await ended(bench.provider, name)
    assert submission.status == "succeeded"
    seen: list[tuple[int, int | None]] = []
    target = tmp_path / "takes" / "result.mp4"
    await bench.provider.download(submission, target, lambda *pair: seen.append(pair))
    size = len(target.read_bytes())
    assert size > 0
    assert seen[-1] == (size, size)
    exr_to = target.with_suffix(".exr")
    assert await bench.provider.download_exr(submission, exr_to, no_progress) is None
    assert list(target.parent.iterdir()) == [target]
    cost = await bench.provider.cost(name)
    assert cost is not None
    assert cost > Decimal(0)


HDR = EditSettings("oil painting", resolution="720p", hdr=True, exr_export=True)


async def test_an_exr_comes_under_the_suffix_of_its_bytes(bench: Bench, tmp_path: Path) -> None:
    if isinstance(bench.provider, FakeProvider):
        bench.provider.exr = b"PK\x03\x04 frames"
    (name,) = await submitted(bench, HDR)
    submission = await ended(bench.provider, name)
    target = tmp_path / "takes" / "result.exr"
    seen: list[tuple[int, int | None]] = []
    exr = await bench.provider.download_exr(submission, target, lambda *pair: seen.append(pair))
    assert exr == target.with_suffix(".zip")
    data = exr.read_bytes()
    assert data.startswith(b"PK")
    assert seen[-1] == (len(data), len(data))
    assert list(target.parent.iterdir()) == [exr]


async def test_an_exr_that_cannot_be_had_holds_up_no_video(bench: Bench, tmp_path: Path) -> None:
    (name,) = await submitted(bench)
    submission = await ended(bench.provider, name)
    if isinstance(bench.provider, FakeProvider):
        bench.provider.exr = NotFoundError("the EXR does not open")
    else:
        gone = f"{urlsplit(submission.result_url or '')._replace(path='/gone').geturl()}"
        submission = replace(submission, exr_url=gone)
    target = tmp_path / "takes" / "result.mp4"
    await bench.provider.download(submission, target, no_progress)
    with pytest.raises(NotFoundError):
        await bench.provider.download_exr(submission, target.with_suffix(".exr"), no_progress)
    assert list(target.parent.iterdir()) == [target]


async def test_a_submission_is_told_from_that_of_another_edit(bench: Bench) -> None:
    mine, other = await bench.new_plate(), await bench.new_plate()
    began = SystemClock().now()
    answer = await bench.provider.submit(SETTINGS, "5s", mine, None)
    (name,) = answer.submission_ids
    own = Intent(began, hashlib.sha256(mine.encode()).hexdigest(), urlsplit(mine).path)
    foreign = Intent(began, hashlib.sha256(other.encode()).hexdigest(), "/another/plate.mp4")

    assert list(await bench.provider.contradictions(name, own, SETTINGS, "5s")) == []
    said = await bench.provider.contradictions(name, foreign, EditSettings("ink"), "5s")
    assert {"input", "prompt"} <= set(said)
    with pytest.raises(NotFoundError):
        await bench.provider.contradictions("no-such", own, SETTINGS, "5s")


async def test_a_cancelled_submission_is_terminal(bench: Bench) -> None:
    (name,) = await submitted(bench)
    assert (await bench.provider.cancel(name)).status in ("cancelled", "succeeded")
    assert (await ended(bench.provider, name)).is_terminal
