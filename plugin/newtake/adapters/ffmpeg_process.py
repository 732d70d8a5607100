"""Runs one ffmpeg command: progress out, errors kept, ended when cancelled.

Rule 1: both pipes are always drained; a full pipe would stop ffmpeg for good.
Rule 2: ffmpeg never outlives the call, however the call ends.
Rule 3: output files are the caller's; this module knows none.
"""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from typing import IO

import anyio
from anyio.abc import ByteReceiveStream, Process

from newtake.children import beginning, child
from newtake.domain.errors import MediaToolError, NewTakeError, StorageError
from newtake.ports import Progress, no_progress

_PREFIX = ("-nostdin", "-hide_banner", "-v", "error", "-nostats")
_REPORTING = ("-stats_period", "0.2", "-progress", "pipe:1")
_KEPT_LINES = 20
_LONGEST_LINE = 500
_PATIENCE_SECONDS = 3.0


class FfmpegFailedError(Exception):
    """The whole command and its exit code, as the cause of a MediaToolError."""

    def __init__(self, command: Sequence[str], returncode: int) -> None:
        super().__init__(f"exit code {returncode}: {subprocess.list2cmdline(command)}")
        self.command = tuple(command)
        self.returncode = returncode


async def run_ffmpeg(
    command: Sequence[str],
    *,
    doing: str,
    frames: int | None = None,
    progress: Progress = no_progress,
    stall_seconds: float = 300.0,
    stdin: IO[bytes] | None = None,
) -> tuple[str, ...]:
    """Run a compiled command (the program first) to its end; what it complained of all the same.

    Args:
        command: As ffmpeg-python compiles it; the flags for running unattended are added here.
        doing: What for, as the beginning of an error: "Cutting the plate".
        frames: How many frames will be written, for `progress`.
        progress: Called with the frames written so far.
        stall_seconds: Ended when no further frame is written for so long.
        stdin: A pipe that it reads from; None gives it nothing to read.

    Raises:
        MediaToolError: If it does not start, fails or stalls. Its `why` is ffmpeg's last words.
        StorageError: If the disk is full.
    """
    whole = [command[0], *_PREFIX, *_REPORTING, *command[1:]]
    last_words: deque[str] = deque(maxlen=_KEPT_LINES)
    stalled = False
    with ExitStack() as known:
        try:
            with beginning():
                process = await anyio.open_process(
                    whole, stdin=stdin or subprocess.DEVNULL, start_new_session=True
                )
                known.enter_context(child(process.pid))
        except (OSError, ValueError) as error:
            raise MediaToolError(f"{command[0]} does not start.", why=str(error)) from error
        try:
            async with anyio.create_task_group() as tasks:
                assert process.stdout is not None  # open_process opens both pipes by default
                assert process.stderr is not None
                tasks.start_soon(_drain, process.stderr, last_words)
                stalled = await _follow(process.stdout, frames, progress, stall_seconds)
                if stalled:
                    process.kill()
            await process.wait()
        finally:
            with anyio.CancelScope(shield=True):
                await _end(process)
    if stalled:
        raise MediaToolError(
            f"{doing} stood still for {stall_seconds:.0f} seconds and was ended.",
            why="\n".join(last_words),
        )
    if process.returncode:
        raise _failure(doing, last_words) from FfmpegFailedError(whole, process.returncode)
    return tuple(last_words)


async def _follow(
    stdout: ByteReceiveStream, frames: int | None, progress: Progress, stall_seconds: float
) -> bool:
    """Report each `frame=` line until the pipe closes; True when it stood still for too long."""
    written, rest = -1, b""
    with anyio.move_on_after(stall_seconds) as scope:
        while True:
            try:
                rest += await stdout.receive()
            except anyio.EndOfStream:
                return False
            *lines, rest = rest.split(b"\n")
            for line in lines:
                key, _, value = line.partition(b"=")
                if key == b"frame" and value.strip().isdigit() and int(value) > written:
                    written = int(value)
                    scope.deadline = anyio.current_time() + stall_seconds
                    progress(written if frames is None else min(written, frames), frames)
            rest = rest[-_LONGEST_LINE:]
    return True


async def _drain(stderr: ByteReceiveStream, last_words: deque[str]) -> None:
    rest = b""
    while True:
        try:
            rest += await stderr.receive()
        except anyio.EndOfStream:
            break
        *lines, rest = rest.split(b"\n")
        last_words.extend(_text(line) for line in lines)
        rest = rest[:_LONGEST_LINE]
    if rest.strip():
        last_words.append(_text(rest))


def _text(line: bytes) -> str:
    return line[:_LONGEST_LINE].decode(errors="replace").rstrip()


async def _end(process: Process) -> None:
    """Ask for the end, then insist; also reads nothing more and closes the pipes."""
    if process.returncode is None:
        process.terminate()
        with anyio.move_on_after(_PATIENCE_SECONDS):
            await process.wait()
    if process.returncode is None:
        process.kill()
    await process.aclose()


def _failure(doing: str, last_words: deque[str]) -> NewTakeError:
    words = "\n".join(line for line in last_words if line.strip())
    if "No space left on device" in words:
        return StorageError(f"{doing} failed: the disk is full.", why=words)
    return MediaToolError(f"{doing} failed.", why=words or "ffmpeg gave no reason.")
