"""Lists of events as jobs produce them, and as they never would: for tests of replay and journals.

A legal walk asks `advance` itself what may come next, so no rule is written down twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st

from newtake.domain.events import (
    Cancelled,
    Conformed,
    CostRead,
    Downloaded,
    Event,
    Exported,
    Failed,
    Failure,
    FileLost,
    HostMoved,
    JobCreated,
    LaidAnew,
    MovedFiles,
    Relinked,
    RenditionEnded,
    ResultRefused,
    Resumed,
    Stamped,
    Step,
    StepStarted,
    SubmissionUnknown,
    SubmitIntended,
    SubmitRefused,
    Submitted,
    Uploaded,
)
from newtake.domain.files import Asset, ExrFrames, PlacedTake, PlateFile, ResultFile, TakeFile
from newtake.domain.job import Job
from newtake.domain.replay import IllegalEventError, advance
from newtake.domain.timing import FrameRange
from orders import order

IDS = ("g1", "g2", "g3")

# A file's name on Linux is bytes; those that are no UTF-8 come as lone surrogates.
_texts = st.text(st.characters(exclude_categories=()), max_size=12)
_paths = _texts.map(lambda text: Path("/media") / text.replace("\0", ""))
_sizes = st.integers(0, 1 << 50)
_notes = st.lists(_texts, max_size=2).map(tuple)
_rates = st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(1, 3)])
_ranges = st.builds(FrameRange, st.integers(-(1 << 40), 1 << 40), _sizes, _rates)
_exrs = st.builds(ExrFrames, _paths, _texts, _sizes, st.integers(), _sizes, _rates)
_takes = st.builds(
    TakeFile,
    path=_paths,
    number=_sizes,
    available=_ranges,
    start_timecode=_texts,
    frames_in_file=_sizes,
    method=_texts,
    sidecar=_paths,
    exr=st.none() | _exrs,
    notes=_notes,
    sha256=_texts,
    size_bytes=_sizes,
)
_results = st.builds(ResultFile, _paths, _texts, _sizes, st.none() | _paths, _notes)
_failures = st.builds(Failure, st.sampled_from(Step), _texts, _texts, _texts, _texts, _texts)
_ids = st.sampled_from(IDS)


@st.composite
def _submitted(draw: st.DrawFn) -> Submitted:
    ids = tuple(draw(st.lists(_ids, min_size=1, max_size=3, unique=True)))
    if draw(st.booleans()):
        return Submitted(ids, draw(st.booleans()))
    urls = tuple(draw(st.lists(_texts, min_size=len(ids), max_size=len(ids))))
    exrs = tuple(draw(st.lists(st.none() | _texts, min_size=len(ids), max_size=len(ids))))
    return Submitted(ids, draw(st.booleans()), urls, exrs)


_orders = st.builds(
    lambda prompt, timeline, origin: replace(
        order(),
        settings=replace(order().settings, prompt=prompt),
        host=replace(order().host, timeline=timeline),
        origin=origin,
    ),
    _texts,
    _paths,
    st.integers(),
)
_contents: dict[type[Event], st.SearchStrategy[Event]] = {
    JobCreated: st.builds(JobCreated, st.just("abc1"), _orders),
    StepStarted: st.builds(StepStarted, st.sampled_from(Step)),
    Exported: st.builds(Exported, st.builds(PlateFile, _paths, _texts, _sizes, _sizes)),
    Uploaded: st.builds(
        Uploaded,
        st.builds(Asset, _texts, _texts, _texts, _sizes, st.booleans(), st.booleans()),
    ),
    SubmitIntended: st.builds(SubmitIntended, _texts, _texts),
    SubmitRefused: st.builds(SubmitRefused, _texts),
    Submitted: _submitted(),
    SubmissionUnknown: st.builds(SubmissionUnknown, _texts),
    RenditionEnded: st.builds(
        RenditionEnded, _ids, st.sampled_from(["ready", "ready", "failed", "cancelled"]), _texts
    ),
    Downloaded: st.builds(
        Downloaded,
        _ids,
        _results,
    ),
    ResultRefused: st.builds(ResultRefused, _ids, _texts),
    FileLost: st.builds(FileLost, _ids, st.sampled_from(["result", "take"]), _texts),
    Conformed: st.builds(Conformed, _ids, _takes),
    Relinked: st.builds(
        Relinked, _ids, st.builds(PlacedTake, _texts, _sizes, _paths, st.booleans())
    ),
    HostMoved: st.builds(
        lambda order, key, files: HostMoved(order.host, key, (), order.source, tuple(files)),
        _orders,
        _texts,
        st.lists(st.builds(MovedFiles, _ids, st.none() | _results, st.none() | _takes), max_size=3),
    ),
    LaidAnew: st.builds(lambda order, key: LaidAnew(order.host, key, ()), _orders, _texts),
    CostRead: st.builds(CostRead, _ids, _texts),
    Failed: st.builds(Failed, _failures),
    Resumed: st.builds(Resumed),
    Cancelled: st.builds(Cancelled, _texts),
}

any_event = st.one_of(*_contents.values())
"""An event of any kind, whether or not a job could be there."""


def stamped(events: Sequence[Event]) -> list[Stamped]:
    """The events a third of a second apart, which no float holds exactly."""
    return [Stamped(1_700_000_000 + number / 3, event) for number, event in enumerate(events)]


def may_follow(job: Job | None, event: Event) -> bool:
    """Whether `advance` takes the event."""
    try:
        advance(job, Stamped(0, event))
    except IllegalEventError:
        return False
    return True


@st.composite
def walks(draw: st.DrawFn, job_id: str = "abc1", ids: tuple[str, ...] = IDS) -> list[Event]:
    """The events of one job, from its creation to wherever chance leads it."""
    walk: list[Event] = []
    job: Job | None = None
    samples = _samples(job_id, ids)
    for number in range(draw(st.integers(1, 24))):
        legal = [each for each in samples if may_follow(job, each)]
        # What moves a job on is likelier than what stops it, or few walks would come to an end.
        moving = [each for each in legal if not isinstance(each, _ASIDE)]
        on = bool(moving) and draw(st.integers(0, 3)) > 0
        sample = draw(st.sampled_from(moving if on else legal))
        event = _filled(sample, draw(_contents[type(sample)]), ids)
        job = advance(job, Stamped(number, event))
        walk.append(event)
    return walk


_ASIDE = (
    *(StepStarted, CostRead, HostMoved, LaidAnew, Failed, Cancelled, FileLost, SubmissionUnknown),
    SubmitRefused,
)


def _samples(job_id: str, ids: tuple[str, ...]) -> list[Event]:
    """One event of each kind, and of each kind one for each submission."""
    each_once: list[Event] = [
        JobCreated(job_id, order()),
        StepStarted(Step.EXPORT),
        Exported(PlateFile(Path("p.mp4"), "00", 9, 120)),
        Uploaded(Asset("fake", "k", "00", 9, False)),
        SubmitIntended("00", "/p.mp4"),
        SubmitRefused("refused"),
        Submitted(ids),
        SubmissionUnknown("cut off"),
        Failed(Failure(Step.EXPORT, "Media", "what", "why", "fix", "")),
        Resumed(),
        HostMoved(order().host, "V1/1", (), order().source),
        LaidAnew(order().host, "V1/1", ()),
        Cancelled("asked for"),
    ]
    frames = FrameRange(0, 90, Fraction(25))
    take = TakeFile(Path("t.mov"), 1, frames, "01:00:00:00", 90, "copy", Path("t.json"))
    of_each: list[Event] = []
    for each in ids:
        of_each += [
            RenditionEnded(each, "ready"),
            Downloaded(each, ResultFile(Path("r.mp4"), "00", 9)),
            ResultRefused(each, "too short"),
            FileLost(each, "result", "gone"),
            FileLost(each, "take", "gone"),
            Conformed(each, take),
            Relinked(each, PlacedTake("take_001", 1, Path("t.otio"), True)),
            CostRead(each, "0.72"),
        ]
    return each_once + of_each


def _filled(sample: Event, drawn: Event, ids: tuple[str, ...]) -> Event:
    """What was drawn, about what the sample is about."""
    if isinstance(sample, JobCreated) and isinstance(drawn, JobCreated):
        return replace(drawn, job_id=sample.job_id)
    if isinstance(sample, FileLost) and isinstance(drawn, FileLost):
        return replace(drawn, submission_id=sample.submission_id, what=sample.what)
    if isinstance(drawn, Submitted):
        count = min(len(ids), len(drawn.submission_ids))
        return Submitted(
            ids[:count], drawn.adopted, drawn.result_urls[:count], drawn.exr_urls[:count]
        )
    if hasattr(sample, "submission_id"):
        return replace(drawn, submission_id=sample.submission_id)  # type: ignore[arg-type]  # has one
    return drawn
