"""A person's consent to something becoming public: given once, remembered in the journal."""

from __future__ import annotations

from newtake.ports import Journal


def has_consent(journal: Journal, uploader: str) -> bool:
    return journal.remembered(_key(uploader)) is not None


def remember_consent(journal: Journal, uploader: str) -> None:
    journal.remember(_key(uploader), "agreed")


def _key(uploader: str) -> str:
    return f"consent:public:{uploader}"
