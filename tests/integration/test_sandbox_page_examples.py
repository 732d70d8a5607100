"""Every cURL and Python example of the model's public page runs against the sandbox as it stands.

The page itself is not part of the project: NEWTAKE_MODEL_PAGE names a copy of it (Markdown, as the
vendor's documentation serves it). Only the host is replaced, and the key comes from the
environment, as the examples have it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from keys import key_of
from newtake.sandbox.service import SandboxOptions, run_sandbox

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(280)]

_HOST = "https://hub.oxen.ai"
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>bash|python)[^\n]*\n(?P<body>.*?)^ *```", re.M | re.S
)
_RESULT = re.compile(
    r"http://127\.0\.0\.1:\d+/api/repos/sandbox/playground/[^\s\"']+\.mp4\?[^\s\"']+"
)
_DEADLINE_SECONDS = 200


def test_every_example_of_the_page_is_found(model_page: str) -> None:
    found = [language for language, _ in _examples(model_page)]

    assert (found.count("bash"), found.count("python")) == (7, 6)


async def test_every_example_of_the_page_runs_and_gives_a_result(
    model_page: str, tmp_path: Path, renders: Path, require_program: Callable[[str], str]
) -> None:
    for program in ("bash", "curl", "jq", "awk"):
        require_program(program)
    examples = _examples(model_page)
    outcomes: list[tuple[int, str, str] | None] = [None] * len(examples)
    options = SandboxOptions(
        tmp_path / "sandbox", require_program("ffmpeg"), concurrency=2, renders=renders
    )

    async with run_sandbox(options) as sandbox:

        async def run(index: int) -> None:
            language, body = examples[index]
            outcomes[index] = await _run(language, body.replace(_HOST, sandbox.base_url))

        with anyio.fail_after(_DEADLINE_SECONDS):
            async with anyio.create_task_group() as tasks:
                for index in range(len(examples)):
                    tasks.start_soon(run, index)
        submissions = sandbox.submissions

    for (language, body), outcome in zip(examples, outcomes, strict=True):
        assert outcome is not None
        status, said, complained = outcome
        assert status == 0, f"{language}:\n{body}\n{complained}"
        if "/api/ai/models/" in body:
            assert "json_request_schema" in json.loads(said)
        else:
            assert _RESULT.search(said), f"{language}:\n{body}\n{said}\n{complained}"
    assert len(examples) - 1 == submissions


@pytest.fixture
def model_page(outside_data: Callable[[str], Path]) -> str:
    return outside_data("NEWTAKE_MODEL_PAGE").read_text(encoding="utf-8")


def _examples(page: str) -> list[tuple[str, str]]:
    return [(match["language"], textwrap.dedent(match["body"])) for match in _FENCE.finditer(page)]


async def _run(language: str, body: str) -> tuple[int, str, str]:
    command = ["bash", "-c", body] if language == "bash" else [sys.executable, "-c", body]
    environment = {**os.environ, "OXEN_API_KEY": key_of("sandbox-page-examples")}
    done = await anyio.run_process(command, check=False, env=environment)
    return done.returncode, done.stdout.decode(), done.stderr.decode()
