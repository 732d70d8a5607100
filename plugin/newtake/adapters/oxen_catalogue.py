"""The model's card, kept on disk for a day and used past that day when the service is away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from newtake.adapters.oxen_rows import model_card
from newtake.adapters.oxen_wire import OxenWire, segment
from newtake.domain.errors import NewTakeError, RateLimitedError, UnavailableError
from newtake.durable import make_private, write_durably
from newtake.ports import ModelCard

FRESH_SECONDS = 24 * 3600.0


class ModelCatalogue:
    """Reads one model of one service."""

    def __init__(self, wire: OxenWire, folder: Path | None) -> None:
        """`folder` None keeps nothing."""
        self._wire = wire
        self._folder = folder

    async def card(self, model: str) -> ModelCard:
        """The card; `stale` when the service could not be asked and an earlier answer is given.

        Raises:
            NotFoundError: The service has no such model.
            ProviderError: There is no answer, and no earlier one.
        """
        file = self._file(model)
        kept = _read(file)
        now = self._wire.clock.now()
        if kept is not None and 0 <= now - kept["fetched_at"] < FRESH_SECONDS:
            with suppress(NewTakeError):
                return model_card(kept["payload"], model)
        try:
            answer = await self._wire.read(f"/api/ai/models/{segment(model)}")
        except (UnavailableError, RateLimitedError):
            if kept is None:
                raise
            return model_card(kept["payload"], model, stale=True)
        card = model_card(answer.payload, model)
        if file is not None:
            _write(file, {"fetched_at": now, "payload": answer.payload})
        return card

    def _file(self, model: str) -> Path | None:
        if self._folder is None:
            return None
        # One file per address too: the sandbox's prices are not the service's.
        digest = hashlib.sha256(f"{self._wire.base_url} {model}".encode()).hexdigest()
        return self._folder / f"model-{digest[:16]}.json"


def _read(file: Path | None) -> Mapping[str, Any] | None:
    if file is None:
        return None
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(kept, dict) or not isinstance(kept.get("fetched_at"), int | float):
        return None
    return kept if isinstance(kept.get("payload"), dict) else None


def _write(file: Path, content: Mapping[str, Any]) -> None:
    """Whole or not at all. A cache that cannot be written is no reason to stop."""
    with suppress(OSError):
        make_private(file.parent)
        write_durably(file, json.dumps(content).encode(), mode=0o600)
