"""Searching the service's lists for a submission: its queue with ended rows, then its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newtake.adapters.oxen_lookup import is_before, matching_ids
from newtake.adapters.oxen_rows import Listing, Row, listing_of
from newtake.adapters.oxen_wire import OxenWire
from newtake.domain.errors import NotFoundError, ProviderError, UnknownProviderError
from newtake.domain.job import Intent

QUEUE = "/api/ai/queue"
HISTORY = "/api/ai/generations"
HISTORY_PAGE = 100
ENDED = ("succeeded", "failed", "cancelled")
_HISTORY_PAGES_MAX = 5


@dataclass(frozen=True, slots=True)
class QueueSearch:
    """The lists of one account."""

    wire: OxenWire

    async def find(self, intent: Intent, wanted: Mapping[str, Any]) -> tuple[str, ...]:
        """Generations of the intent, oldest first.

        Args:
            intent: What was about to be submitted.
            wanted: Its parameters, as `oxen_lookup.wanted_of` gives them.
        Raises:
            ProviderError: A list could not be read, so that "none" would be a guess.
        """
        listings = [await self.listed(status) for status in (None, *ENDED)]
        found = matching_ids(_all_rows(listings), intent, wanted)
        try:
            listings.extend(await self._history_since(intent))
        except NotFoundError:
            # Deployments without a history keep ended rows in the queue.
            pass
        except ProviderError:
            if not found:
                raise
        found = matching_ids(_all_rows(listings), intent, wanted)
        unreadable = [each.unreadable for each in listings if each.unreadable is not None]
        if unreadable and not found:
            raise unreadable[0]
        return found

    async def listed(self, status: str | None) -> Listing:
        """The queue's rows of a status; None: those that have not ended."""
        answer = await self.wire.read(QUEUE, {"status": status} if status else None)
        return listing_of(answer.payload)

    async def _history_since(self, intent: Intent) -> list[Listing]:
        """Pages of the history, newest first, until one lies before the intent."""
        pages: list[Listing] = []
        for page in range(1, _HISTORY_PAGES_MAX + 1):
            answer = await self.wire.read(HISTORY, {"page": page, "page_size": HISTORY_PAGE})
            pages.append(listing_of(answer.payload))
            rows = [row for row, _ in pages[-1].rows]
            short = len(answer.field("generations")) < HISTORY_PAGE
            if short or all(is_before(row, intent) for row in rows):
                break
        else:
            pages.append(
                Listing(
                    (),
                    UnknownProviderError(
                        "The service's history since the submission is longer than is read here.",
                        why=f"{_HISTORY_PAGES_MAX * HISTORY_PAGE} generations are newer.",
                    ),
                )
            )
        return pages


def _all_rows(listings: Sequence[Listing]) -> list[Row]:
    return [row for listing in listings for row, _ in listing.rows]
