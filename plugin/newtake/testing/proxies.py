"""Proxies as small text files that say what they would show."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from newtake.domain.clip import MediaInfo
from newtake.domain.errors import OFFLINE_FIX, MediaError
from newtake.domain.proxies import SHORT_SIDE_PX, Proxy, check_range, proxy_name
from newtake.ports import Progress, no_progress


@dataclass
class FakeProxies:
    """Keeps the contract of `ports.ProxyMaker` without a picture."""

    folder: Path
    made: list[tuple[Path, int, int]] = field(default_factory=list)
    """Media, first frame and number of frames of each that was made."""

    async def proxy(
        self,
        media: MediaInfo,
        first: int,
        frames: int,
        *,
        short_side: int = SHORT_SIDE_PX,
        progress: Progress = no_progress,
    ) -> Proxy:
        check_range(media, first, frames)
        if not media.path.exists():
            raise MediaError(f"offline: {media.path}", fix=OFFLINE_FIX)
        facts = media.path.stat()
        stamp = (str(media.path), facts.st_size, facts.st_mtime_ns)
        path = self.folder / proxy_name([stamp], first, frames, short_side)
        reused = path.exists()
        if not reused:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{media.path} {first} {frames} {short_side}")
            self.made.append((media.path, first, frames))
            progress(frames, frames)
        return Proxy(path, frames, media.rate, reused)
