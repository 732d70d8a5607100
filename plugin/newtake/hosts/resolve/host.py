"""A timeline inside a running DaVinci Resolve, as a host of takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from newtake.domain.clip import Clip
from newtake.domain.errors import HostAwayError, HostError, OutputError
from newtake.domain.files import HostDocument, HostTarget, NewTake, PlacedTake, Profile
from newtake.domain.marker import Marker
from newtake.domain.proxies import ShownMedia
from newtake.hosts.bridging.folders import check_folder as check_folder
from newtake.hosts.resolve import relinking, showing
from newtake.hosts.resolve.bins import put_back_bin
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.exported import with_export
from newtake.hosts.resolve.facts import TimelineFacts
from newtake.hosts.resolve.finding import find_item, refuse_changed
from newtake.hosts.resolve.identity import ItemKey, parse_key
from newtake.hosts.resolve.items import read_timeline
from newtake.hosts.resolve.listing import list_clips
from newtake.hosts.resolve.marks import markers_of
from newtake.hosts.resolve.messages import AWAY_FIX, Call
from newtake.hosts.resolve.rendering import render_clip, rendered_by
from newtake.hosts.resolve.shown import shown_original, shown_take
from newtake.hosts.resolve.standing import check_open
from newtake.ports import Progress


class ResolveHost:
    """Implements `ports.Host` on the timeline that is open in Resolve.

    Takes are only ever added to the timeline that the target names; no project and no timeline is
    switched in an editor's hands.
    """

    def __init__(
        self,
        target: HostTarget,
        calls: ResolveCalls,
        *,
        rendered: bool = False,
        colour: str = showing.COLOUR,
        exists: Callable[[Path], bool] = Path.exists,
    ) -> None:
        """Nothing is asked yet.

        Args:
            target: The timeline; `document` says which.
            calls: To Resolve.
            rendered: Whether clips are listed as what Resolve will render of them.
            colour: Of a clip while a take is made for it.
            exists: Whether a file of media is there.
        """
        self._target = target
        self._calls = calls
        self._rendered = rendered
        self._colour = colour
        self._exists = exists

    async def clips(self) -> Sequence[Clip]:
        """Every clip of the timeline's video tracks. Raises: HostAwayError, TimelineError."""
        timeline = await self._timeline()
        if not self._rendered:
            return list_clips(await with_export(self._calls, timeline), self._exists)
        rendered = await rendered_by(self._calls, timeline)
        return list_clips(timeline, self._exists, rendered)

    async def markers(self) -> Sequence[Marker]:
        """The markers of the timeline itself. Raises: HostAwayError, TimelineError."""
        timeline = await self._timeline()
        (markers,) = await self._calls.run(Call("GetMarkers", want="any"))
        return markers_of(markers, timeline)

    async def shown_media(self, clip: Clip, key: str) -> ShownMedia:
        """The media of a take of a listed clip, and which of its frames the clip shows.

        Args:
            clip: As `clips` has it.
            key: The take's key; "original" for the media as cut, which Resolve is not asked for.

        Raises:
            SelectionError: There is no such take.
            HostError: There is no such clip, or its media is no file of this machine.
            HostAwayError, TimelineError: Resolve is away, or has another timeline open.
        """
        if key == "original":
            return shown_original(clip)
        timeline = await self._timeline()
        items = [item for item in timeline.items if item.track_type == "video"]
        item = find_item(_key(clip.key), "", items)
        if item is None:
            raise HostError(f"The clip {clip.name} is gone from the timeline.")
        return shown_take(clip, key, item, timeline)

    async def render(self, clip: Clip, *, to: Path, progress: Progress) -> tuple[str, ...]:
        """See the port; everything in Resolve is afterwards as it was before."""
        with _going_on("`newtake jobs resume` goes on"):
            return await self._render(clip, to, progress)

    async def _render(self, clip: Clip, to: Path, progress: Progress) -> tuple[str, ...]:
        async with self._calls.changing:
            await check_open(self._calls, self._document)
            return await render_clip(self._calls, clip, to=to, progress=progress)

    async def readers(self) -> Profile:
        return Profile.RESOLVE

    async def check_output(self, clip_keys: Sequence[str]) -> None:
        """See that the clips are there, on tracks that can be changed, and that takes can be kept.

        Raises:
            HostAwayError: Resolve is away, or has another project or timeline open.
            HostError: A clip is gone, or was trimmed or slipped after it was listed.
            OutputError: A clip's track is locked.
            StorageError: The folder of takes cannot be written.
        """
        timeline = await self._timeline()
        for text in clip_keys:
            self._check(_key(text), timeline)
        check_folder(self._target.output.parent)

    async def add_take(self, take: NewTake) -> PlacedTake:
        with _going_on("`newtake resolve collect`, or New Take in its menu, adds the take"):
            return await self._add_take(take)

    async def _add_take(self, take: NewTake) -> PlacedTake:
        async with self._calls.changing:
            # Left open by an import that broke off, ours would be taken for the editor's.
            await put_back_bin(self._calls, self._document.project)
            return await relinking.add_take(self._calls, self._target, take, colour=self._colour)

    async def show_at_work(self, clip_key: str, job_id: str, about: str) -> None:
        colour = self._colour
        await showing.show_at_work(
            self._calls, self._document, clip_key, job_id, about, colour=colour
        )

    async def show_at_rest(self, clip_key: str, job_id: str) -> None:
        del clip_key  # The mark itself tells which clip, also where its place has changed.
        await showing.show_at_rest(self._calls, self._document, job_id)

    async def _timeline(self) -> TimelineFacts:
        await check_open(self._calls, self._document)
        return await read_timeline(self._calls)

    @property
    def _document(self) -> HostDocument:
        assert self._target.document is not None, "a target of Resolve names a document"
        return self._target.document

    def _check(self, key: ItemKey, timeline: TimelineFacts) -> None:
        items = [item for item in timeline.items if item.track_type == "video"]
        item = find_item(key, "", items)
        if item is None:
            raise HostError(
                f"The clip on {key.track} is gone from the timeline.",
                why="It was there when it was chosen.",
                fix="Choose the clip again in DaVinci Resolve.",
            )
        refuse_changed(key, item)
        if key.kind == "plain" and timeline.track_of(item).locked:
            raise OutputError(
                f"The clip's track {item.track_label} is locked.",
                why="A take is a change of the clip.",
                fix="Unlock the track in DaVinci Resolve.",
            )


@contextmanager
def _going_on(how: str) -> Iterator[None]:
    """Say of an error by which Resolve is away how a job, other than a question, goes on."""
    try:
        yield
    except HostAwayError as error:
        if error.fix == AWAY_FIX:
            error.fix = f"{AWAY_FIX} Then {how}."
        raise


def _key(text: str) -> ItemKey:
    try:
        return parse_key(text)
    except ValueError as error:
        raise HostError(
            f"The timeline has no clip {text!r}: it is gone, or never was there.",
            why=f"{error}.",
            fix="Choose the clip again in DaVinci Resolve.",
        ) from error
