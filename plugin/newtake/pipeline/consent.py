"""A person's consent to something becoming public: given once, remembered in the journal."""

from __future__ import annotations

from newtake.domain.errors import ConsentError
from newtake.ports import Journal, Uploader


def has_consent(journal: Journal, uploader: str) -> bool:
    return journal.remembered(_key(uploader)) is not None


def check_consent(journal: Journal, uploader: Uploader) -> None:
    """Raise ConsentError for an uploader that publishes without anybody having agreed."""
    if uploader.public and not has_consent(journal, uploader.name):
        raise ConsentError(
            f"{uploader.name} makes plates public, and nobody agreed to that.",
            fix="Resume with --agree-public, or with another --uploader.",
        )


def remember_consent(journal: Journal, uploader: str) -> None:
    journal.remember(_key(uploader), "agreed")


def _key(uploader: str) -> str:
    return f"consent:public:{uploader}"
