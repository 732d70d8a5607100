"""What became of a job that a person ended, as a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from newtake.domain.job import Job
from newtake.pipeline.cancelling import Ending


def told_ending(job: Job, endings: Sequence[Ending]) -> str:
    """`endings` are what the service said; none where it had nothing of the job."""
    if not endings:
        return f"{job.order.label} is cancelled. Nothing was submitted, nothing was charged."
    words = []
    for each in endings:
        if each.error is not None:
            words.append(f"{job.order.label} could not be cancelled: {each.error.what}")
        elif each.status == "succeeded":
            words.append(f"{job.order.label} had ended already; its result is brought in.")
        elif each.cost_usd is not None:
            words.append(f"{job.order.label} is {each.status}; its history says ${each.cost_usd}.")
        else:
            words.append(
                f"{job.order.label} is {each.status}; no cost is in its history, and whether the "
                "service charges for it is not documented."
            )
    return " ".join(words)
