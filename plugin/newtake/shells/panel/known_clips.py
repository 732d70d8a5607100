"""The clips of a timeline at one moment, found by what a page and the journal call them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from newtake.bootstrap.panel_edit import clip_id
from newtake.bootstrap.panel_frames import Found
from newtake.bootstrap.shown_frames import ShowsMedia
from newtake.domain.clip import Clip
from newtake.shells.panel.desk import ShownJob


@dataclass(frozen=True, slots=True)
class KnownClips:
    """The timeline's clips at one revision."""

    revision: int
    clips: Sequence[Clip]
    by_id: Mapping[str, Found]
    keys: Mapping[str, str]
    """The key of each clip now, by every word that tells it."""

    @classmethod
    def of(cls, revision: int, host: ShowsMedia, clips: Sequence[Clip]) -> KnownClips:
        return cls(
            revision,
            clips,
            {clip_id(each.key): Found(each, host) for each in clips},
            {word: each.key for each in clips for word in (*each.known_by, each.key)},
        )

    def told(self, job: ShownJob, words: Iterable[str] = ()) -> ShownJob:
        """The job with the key that its clip has now: a clip gets another one with a take.

        Args:
            job: As listed.
            words: What its clip is known by beside its key.
        """
        if not job.timeline_here:
            return job
        found = (self.keys.get(word) for word in (job.clip_key, *words))
        key = next((each for each in found if each is not None), None)
        return job if key is None else replace(job, clip_key=key)
