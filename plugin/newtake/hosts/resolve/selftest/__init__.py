"""Asks a real Resolve what no document says, in a scratch project of its own, and puts all back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from newtake.domain.errors import HostAwayError, HostError
from newtake.domain.timing import display_rate
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.messages import Call
from newtake.hosts.resolve.selftest.bench import Bench, LoggedCalls, NumberedMedia
from newtake.hosts.resolve.selftest.project_settings import set_rate
from newtake.hosts.resolve.selftest.questions import ASK_PERSON, QUESTIONS, Question
from newtake.hosts.resolve.selftest.report import Answer, Finding, Report, not_measurable
from newtake.hosts.resolve.selftest.scratch import Before, scratch_project

RATE = Fraction(25)
_OTHER_RATES = (Fraction(24), Fraction(25))

MakeMedia = Callable[[Path, Fraction, Fraction], Awaitable[NumberedMedia]]
"""Makes the files in a folder, at the timeline's rate and at another."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a self-test works."""

    media: Path
    """An empty folder for the files, which is deleted by whoever made it."""
    output: Path
    """An empty folder for what Resolve writes; the same."""


async def measure(
    calls: ResolveCalls,
    before: Before,
    place: Place,
    make_media: MakeMedia,
    report: Report,
    *,
    told: Callable[[Answer], None],
    only: frozenset[str] = frozenset(),
) -> None:
    """Ask every question; the report grows, also when this ends by an error or an interrupt.

    Args:
        calls: To Resolve.
        before: Where the person is (`read_before`).
        place: Folders.
        make_media: Makes the files.
        report: Is filled. Its `cleanup` says what was put back; files are the caller's.
        told: Called with each answer as it comes.
        only: Ids of questions; empty is all of them.

    Raises:
        HostError: The scratch project could not be made; nothing was measured.
        HostAwayError: The same. A Resolve that goes away later is in the report.
    """
    logged = LoggedCalls(calls)
    report.names[before.project] = "<project>"
    try:
        async with scratch_project(logged, before, report.cleanup) as name:
            report.secrets[name] = "<scratch>"
            rate = await set_rate(logged, RATE)
            report.facts["timeline_rate"] = display_rate(rate)
            other = next(each for each in _OTHER_RATES if each != rate)
            media = await make_media(place.media, rate, other)
            bench = Bench(logged, media, place.output, name)
            for question in QUESTIONS:
                if only and question.id not in only:
                    continue
                answer = await _answered(question, bench)
                report.answers.append(answer)
                told(answer)
    except HostAwayError as error:
        if "timeline_rate" not in report.facts:
            raise
        report.broke_off = f"{error.what} {error.why}".strip()
    for each in ASK_PERSON:
        if not only or each.id in only:
            answer = Answer(each.id, each.text, Finding("", each.how, {}, "ask"))
            report.answers.append(answer)
            told(answer)


async def facts_of(calls: ResolveCalls) -> dict[str, object]:
    """What the report says of the Resolve that answers."""
    hello = await calls.ready()
    (version,) = await calls.run(Call("GetVersionString", "resolve", want="any"))
    return {
        "resolve": {
            "version": hello.version_text,
            "build": str(version),
            "product": hello.product,
            "edition": "studio" if hello.studio else "free",
            "bridge": hello.way,
            "bridge_python": hello.python,
        }
    }


async def _answered(question: Question, bench: Bench) -> Answer:
    """Raises: HostAwayError, after which nothing more can be asked; the answer says so first."""
    log = bench.calls.log
    log.clear()
    for owner, method in question.needs:
        if not bench.calls.has(owner, method):
            version = bench.calls.hello.version_text
            why = f"Resolve {version} documents no {owner}.{method}."
            return Answer(question.id, question.text, not_measurable(why))
    try:
        finding = await question.ask(bench)
    except HostAwayError:
        raise
    except HostError as error:
        finding = Finding("", f"{error.what} {error.why}".strip(), {}, "failed")
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        # What a Resolve answers that nobody has seen may have any shape; the others go on.
        words = f"Resolve's answer has another shape: {type(error).__name__}: {error}"
        finding = Finding("", words, {}, "failed")
    return Answer(question.id, question.text, finding, tuple(log))
