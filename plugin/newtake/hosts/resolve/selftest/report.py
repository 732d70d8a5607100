"""What a self-test found, as values and as the document that is sent to the maintainers.

`docs/resolve_selftest.md` is the format's description. A report holds no path and no name of the
person's: what they may have got into is replaced by words in angle brackets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

FORMAT = "newtake-resolve-selftest"
FORMAT_VERSION = 1

State = Literal["measured", "not measurable", "failed", "ask"]
"""`failed`: Resolve did not do what the question needed. `ask`: only a person can see it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a question came to."""

    answer: str
    """A few stable words for programs; empty where there is none."""
    verdict: str
    """One or two sentences for a person."""
    observed: Mapping[str, Any] = field(default_factory=dict)
    """What was read, by what it is of."""
    state: State = "measured"


def not_measurable(why: str, **observed: Any) -> Finding:
    return Finding("", f"Not measurable here: {why}", observed, "not measurable")


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its finding."""

    id: str
    question: str
    finding: Finding
    asked: tuple[str, ...] = ()
    """The calls, in order."""


@dataclass(slots=True)
class Cleanup:
    """What is as it was before; see `left`."""

    project_is_back: bool = False
    scratch_is_deleted: bool = False
    files_are_deleted: bool = False
    kept: bool = False
    """Asked for with `--keep`: scratch project and files stay."""
    left: list[str] = field(default_factory=list)
    """What could not be put back, with what to do about it."""

    @property
    def is_complete(self) -> bool:
        gone = self.kept or (self.scratch_is_deleted and self.files_are_deleted)
        return self.project_is_back and gone and not self.left


@dataclass(slots=True)
class Report:
    """All of one run; grows while it goes on, so that a run that broke off has one as well."""

    facts: dict[str, Any]
    """Versions, edition and system."""
    answers: list[Answer] = field(default_factory=list)
    cleanup: Cleanup = field(default_factory=Cleanup)
    broke_off: str = ""
    """Why not every question was asked."""
    secrets: dict[str, str] = field(default_factory=dict)
    """Text that must not be in the document -> what stands there instead: paths, mostly."""
    names: dict[str, str] = field(default_factory=dict)
    """The same of names, which may be as short as a common word: replaced where Resolve's or our
    own sentences may have them, and nowhere else."""

    @property
    def went_well(self) -> bool:
        """Every question was asked, none failed, and all is as it was before."""
        failed = any(each.finding.state == "failed" for each in self.answers)
        return self.cleanup.is_complete and not failed and not self.broke_off


def report_document(report: Report) -> dict[str, Any]:
    """The report as JSON has it; see `docs/resolve_selftest.md`."""
    cleanup = report.cleanup
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **report.facts,
        "broke_off": scrubbed(report.broke_off, report.names),
        "answers": [
            {
                "id": each.id,
                "question": each.question,
                "state": each.finding.state,
                "answer": each.finding.answer,
                "verdict": _verdict(each.finding, report),
                "observed": dict(each.finding.observed),
                "asked": list(each.asked),
            }
            for each in report.answers
        ],
        "cleanup": {
            "project_is_back": cleanup.project_is_back,
            "scratch_is_deleted": cleanup.scratch_is_deleted,
            "files_are_deleted": cleanup.files_are_deleted,
            "kept": cleanup.kept,
            "left": scrubbed(cleanup.left, report.names),
        },
    }
    cleaned: dict[str, Any] = scrubbed(document, report.secrets)
    return cleaned


def _verdict(finding: Finding, report: Report) -> Any:
    return scrubbed(finding.verdict, report.names if finding.state == "failed" else {})


def scrubbed(value: Any, secrets: Mapping[str, str]) -> Any:
    """The same value with each secret replaced in every text, the longest first."""
    if isinstance(value, str):
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            value = value.replace(secret, secrets[secret])
            # As a text inside a text has it: `repr` of a Windows path.
            value = value.replace(secret.replace("\\", "\\\\"), secrets[secret])
        return value
    if isinstance(value, Mapping):
        return {scrubbed(key, secrets): scrubbed(each, secrets) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [scrubbed(each, secrets) for each in value]
    return value
