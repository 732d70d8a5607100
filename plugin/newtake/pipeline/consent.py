"""A person's consent to something becoming public: given once, remembered in the journal."""

from __future__ import annotations

from newtake.domain.errors import ConsentError
from newtake.ports import Journal, Uploader


def has_consent(journal: Journal, consent_key: str) -> bool:
    return journal.remembered(_key(consent_key)) is not None


def check_consent(journal: Journal, uploader: Uploader) -> None:
    """Raise ConsentError for an uploader that publishes without anybody having agreed."""
    if uploader.public and not has_consent(journal, uploader.consent_key):
        raise ConsentError(
            f"{uploader.name} makes plates public, and nobody agreed to that.",
            why=f"Plates and first-frame images would go {uploader.audience}.",
            fix="Resume with --agree-public, or with another --uploader.",
        )


def remember_consent(journal: Journal, consent_key: str) -> None:
    journal.remember(_key(consent_key), "agreed")


def _key(consent_key: str) -> str:
    return f"consent:public:{consent_key}"
