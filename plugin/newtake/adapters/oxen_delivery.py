"""Delivering a generation's files: the video, and the EXR wherever the service put it.

The service documents one address per generation and no field for the EXR. So the EXR is looked for:
in the row, under any name or suffix that fits, then beside the video in its repository folder.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import anyio.to_thread

from newtake.adapters.oxen_results import LinkExpiredError, ResultFetcher
from newtake.adapters.oxen_rows import exr_url
from newtake.adapters.oxen_wire import OxenWire, segment, segments
from newtake.adapters.room import storage_error
from newtake.domain.errors import (
    Money,
    NotAuthorisedError,
    NotFoundError,
    RefusedSettingsError,
)
from newtake.ports import Progress, Submission

_RENEWALS = 3
_LISTING_PAGE = 100
_LISTING_PAGES_MAX = 50

ReadAgain = Callable[[str], Awaitable[Submission]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Fetches what a submission made; `read_again` gives its row anew, with fresh links."""

    wire: OxenWire
    results: ResultFetcher
    read_again: ReadAgain

    async def video(self, submission: Submission, to: Path, progress: Progress) -> None:
        """See `ports.Provider.download`."""
        trouble: LinkExpiredError | None = None
        for number in range(_RENEWALS + 1):
            if trouble is not None or submission.result_url is None:
                if number > 1:
                    await self.wire.clock.sleep(float(number))
                submission = await self._renewed(submission, trouble)
            if submission.result_url is None:
                break
            try:
                await self.results.fetch(submission.result_url, to, ("mp4",), progress)
                return
            except LinkExpiredError as error:
                trouble = error
        raise NotFoundError(
            f"The service holds no result of {submission.id} that can be fetched.",
            why=trouble.what if trouble else f"Its status is {submission.status}.",
            fix="`newtake jobs resume` looks again.",
            money=Money.SUBMITTED,
        )

    async def _renewed(
        self, submission: Submission, trouble: LinkExpiredError | None
    ) -> Submission:
        try:
            return await self.read_again(submission.id)
        except NotFoundError as error:
            raise NotFoundError(
                f"The result of {submission.id} cannot be fetched, and its link not renewed.",
                why=(trouble or error).what,
                fix="Look for the video among the account's own files.",
                money=Money.SUBMITTED,
            ) from error

    async def exr(self, submission: Submission, exr_to: Path, progress: Progress) -> Path | None:
        """See `ports.Provider.download_exr`."""
        trouble: LinkExpiredError | None = None
        for number in range(_RENEWALS + 1):
            url = None if trouble else await self._exr_address(submission)
            if trouble is not None or (url is None and submission.result_url is None):
                if number > 1:
                    await self.wire.clock.sleep(float(number))
                submission = await self._renewed(submission, trouble)
                url = await self._exr_address(submission)
            if url is None:
                break
            try:
                kind = await self.results.fetch(url, exr_to, ("exr", "zip"), progress)
            except LinkExpiredError as error:
                trouble = error
                continue
            return await anyio.to_thread.run_sync(_named, exr_to, kind)
        if trouble is None:
            return None
        raise NotFoundError(
            f"The EXR of {submission.id} is named by the service and does not open.",
            why=trouble.what,
            fix="`newtake jobs resume` looks again.",
            money=Money.SUBMITTED,
        )

    async def _exr_address(self, submission: Submission) -> str | None:
        """Named by the row, else beside the video; None when there is none."""
        named = submission.exr_url or exr_url(submission.fields)
        video_url = submission.result_url
        if named is not None or video_url is None or not self.results.is_own(video_url):
            return named
        place = repository_place(urlsplit(video_url).path)
        if place is None:
            return None
        name = exr_beside(await self._entries(place), submission.id, place.file_name)
        if name is None:
            return None
        folder = video_url.partition("?")[0].rpartition("/")[0]
        return f"{folder}/{segment(name)}"

    async def _entries(self, place: RepositoryPlace) -> list[Any]:
        """The listing of a result's folder; empty where it cannot be listed."""
        listing = (
            f"/api/repos/{segment(place.namespace)}/{segment(place.repository)}"
            f"/dir/{segment(place.revision)}/{segments(place.folder)}"
        )
        found: list[Any] = []
        for page in range(1, _LISTING_PAGES_MAX + 1):
            try:
                answer = await self.wire.read(listing, {"page": page, "page_size": _LISTING_PAGE})
            except (NotFoundError, NotAuthorisedError, RefusedSettingsError):
                break
            entries = answer.field("entries")
            found += entries if isinstance(entries, list) else []
            if not isinstance(entries, list) or len(entries) < _LISTING_PAGE:
                break
        return found


def _named(file: Path, kind: str) -> Path:
    """The file under the suffix of its kind, in place of what is there."""
    final = file.with_suffix(f".{kind}")
    if final != file:
        try:
            file.replace(final)
        except OSError as error:
            raise storage_error(error, final) from error
    return final


@dataclass(frozen=True, slots=True)
class RepositoryPlace:
    """Where in a repository a result lies."""

    namespace: str
    repository: str
    revision: str
    """A branch, a commit or a workspace: the service resolves all three."""
    folder: str
    file_name: str


def repository_place(path: str) -> RepositoryPlace | None:
    """The place that the path of a result's address names; None for any other address."""
    parts = [unquote(each) for each in PurePosixPath(path).parts if each != "/"]
    if len(parts) < 7 or parts[:2] != ["api", "repos"]:
        return None
    namespace, repository, route, revision, *rest = parts[2:]
    if route not in ("file", "workspaces"):
        return None
    if route == "workspaces" and rest[0] in ("files", "file"):
        rest = rest[1:]
    if not rest:
        return None
    return RepositoryPlace(namespace, repository, revision, "/".join(rest[:-1]), rest[-1])


def exr_beside(entries: Sequence[Any], generation_id: str, video_name: str) -> str | None:
    """The file of a folder's listing that is the EXR of this generation.

    Many results can share a folder, so it must carry the generation's id, or the video's name and
    not, as a longer one, another video's.
    """
    files: list[str] = [
        each["filename"]
        for each in entries
        if isinstance(each, Mapping)
        and isinstance(each.get("filename"), str)
        and "/" not in each["filename"]
        and not each.get("is_dir")
    ]
    packages = [name for name in files if name.lower().endswith((".exr", ".zip"))]
    videos = {PurePosixPath(name).stem for name in files if name not in packages}
    own = PurePosixPath(video_name).stem
    for name in packages:
        carried = [each for each in videos | {own} if _carries(name, each)]
        if generation_id in name or (carried and max(carried, key=len) == own):
            return name
    return None


def _carries(name: str, stem: str) -> bool:
    """Whether a file's name is a video's name, alone or with something set off after it."""
    return name.startswith(stem) and not name[len(stem) :][:1].isalnum()
