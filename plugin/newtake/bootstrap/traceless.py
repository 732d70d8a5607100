"""Looking without leaving anything in NEWTAKE_HOME."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from newtake.settings import Settings


@contextmanager
def traceless(settings: Settings, provider: str) -> Iterator[Settings]:
    """Settings whose journal, cache and sandbox are gone when the context ends.

    A home that is in use is used as it is, for its key, its consents and its cached model; the
    sandbox has need of none of them.
    """
    from newtake.adapters.credentials import FILE_NAME

    in_use = settings.journal_path.exists() or (settings.home / FILE_NAME).exists()
    if in_use and provider != "sandbox":
        yield settings
        return
    with TemporaryDirectory(prefix="newtake-") as folder:
        yield settings.model_copy(update={"home": Path(folder)})
