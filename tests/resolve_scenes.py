"""A Resolve, a service and a command as an editor has them: three processes, and numbered media.

The Resolve is the fake one in a process of its own, reached by the real bridge as a child of the
command; the service is `newtake sandbox`, which copies pictures, so that frame numbers come back.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg

from keys import key_of
from newtake.testing.resolve.process import FakeResolveProcess
from numbered_media import make_numbered, numbers_in
from services import NEWTAKE, PATIENCE_SECONDS, sandbox_at

RATES = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97 DF": Fraction(30000, 1001),
}
SIZE = (320, 180)


@dataclass(frozen=True, slots=True)
class Cut:
    """An item of the scene: its first media frame and its length, in frames."""

    source_start: int
    duration: int
    track: int = 1


@dataclass(slots=True)
class ResolveScene:
    """What a test holds."""

    folder: Path
    fake: FakeResolveProcess
    service: str
    media: str
    """Unique id of the pool item that all items show."""
    cuts: Sequence[Cut]
    items: list[str] = field(default_factory=list)
    """Unique ids, in the order of the cuts."""

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.fake.environment,
            "NEWTAKE_HOME": str(self.folder / "home"),
            "OXEN_BASE_URL": self.service,
            "OXEN_API_KEY": key_of("resolve"),
        }

    def start(self, *arguments: object, **environment: str) -> subprocess.Popen[str]:
        """The command as a process of its own; output and errors are pipes."""
        return subprocess.Popen(
            [*NEWTAKE, *map(str, arguments)],
            env={**self.environment, **environment},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def newtake(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **environment)
        out, errors = process.communicate(timeout=PATIENCE_SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, out, errors)

    def document(self, *arguments: object, code: int = 0) -> Any:
        """The document of a command with --json, which ends with `code`."""
        done = self.newtake(*arguments, "--json")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    def submissions(self) -> int:
        answer = httpx.get(
            f"{self.service}/api/ai/generations", headers={"Authorization": "Bearer any"}
        )
        return int(answer.json()["total_entries"])

    def shown(self, item: str) -> list[int]:
        """The numbers on the frames that an item shows: of its selected take, else its media."""
        facts = self.fake.item(item)
        if facts["takes"]:
            take = facts["takes"][facts["selected_take"] - 1]
            first, end = take["start"], take["end"]
            media = take["media"]
        else:
            first, media = facts["source_start"], facts["media"]
            end = first + facts["duration"]
        return numbers_in(Path(self.fake.media(media)["path"]))[first:end]

    def meant(self, at: int) -> list[int]:
        """The numbers that the cut `at` is of."""
        cut = self.cuts[at]
        return list(range(cut.source_start, cut.source_start + cut.duration))


@contextmanager
def resolve_scene(
    folder: Path,
    cuts: Sequence[Cut],
    *,
    version: str = "21.1",
    rate: str = "25",
    start: str = "01:00:00:00",
    media_start: str = "00:59:50:00",
    frames: int = 150,
    sandbox: Sequence[str] = ("--look", "copy"),
) -> Iterator[ResolveScene]:
    """Three processes with a timeline of these cuts, until the end of the context.

    Args:
        folder: Everything lies in it.
        cuts: Of one media file, one behind the other on each track.
        version: Of Resolve.
        rate: As Resolve writes it; of the timeline and the media.
        start: Of the timeline.
        media_start: Timecode of the media's first frame.
        frames: Of the media.
        sandbox: Options of the service.
    """
    exact = RATES[rate]
    separator = ";" if rate.endswith("DF") else ":"
    stamp = separator.join(media_start.rsplit(":", 1))
    source = make_numbered(
        imageio_ffmpeg.get_ffmpeg_exe(),
        folder / "shot.mov",
        rate=exact,
        frames=frames,
        size=SIZE,
        options=("-timecode", stamp),
    )
    with (
        sandbox_at(folder / "service", *sandbox) as service,
        FakeResolveProcess.start(
            folder / "resolve", version=version, options=("--rate", rate)
        ) as fake,
    ):
        fake.add_timeline("Reel 1", rate=rate, start=start)
        media = fake.add_media(source)
        scene = ResolveScene(folder, fake, service, media, tuple(cuts))
        for cut in cuts:
            scene.items.append(
                fake.add_item(
                    media,
                    source_start=cut.source_start,
                    duration=cut.duration,
                    track=cut.track,
                )
            )
        yield scene
