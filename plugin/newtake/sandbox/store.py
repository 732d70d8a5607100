"""The sandbox's memory: JSON documents in one SQLite file, and file contents by their hash.

Everything is on disk when a call returns, so a killed process loses nothing it has answered for.
Calls on documents take well under a millisecond and are made on the event loop; contents are
copied and hashed in a worker thread.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from pathlib import Path
from typing import IO, Any

import anyio
import anyio.to_thread

Document = dict[str, Any]


class Documents:
    """JSON documents by kind and key, in the order in which they were first put."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS documents (place INTEGER PRIMARY KEY AUTOINCREMENT,"
            " kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, key))"
        )

    def put(self, kind: str, key: str, document: Document) -> None:
        self._database.execute(
            "INSERT INTO documents (kind, key, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            (kind, key, json.dumps(document)),
        )

    def get(self, kind: str, key: str) -> Document | None:
        found = self._database.execute(
            "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return None if found is None else dict(json.loads(found[0]))

    def all(self, kind: str) -> list[Document]:
        rows = self._database.execute(
            "SELECT body FROM documents WHERE kind = ? ORDER BY place", (kind,)
        )
        return [dict(json.loads(body)) for (body,) in rows]

    def delete(self, kind: str, key: str) -> None:
        self._database.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    def close(self) -> None:
        self._database.close()


class Contents:
    """File contents, each kept once under the hash of its bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, content_hash: str) -> Path:
        return self._folder / content_hash

    async def keep(self, source: IO[bytes]) -> tuple[str, int]:
        """Copy a stream from its start; its hash and its size in bytes."""
        return await anyio.to_thread.run_sync(self._keep, source)

    async def keep_file(self, path: Path) -> tuple[str, int]:
        """Copy a file, as `keep` does."""

        def keep() -> tuple[str, int]:
            with path.open("rb") as source:
                return self._keep(source)

        return await anyio.to_thread.run_sync(keep)

    def _keep(self, source: IO[bytes]) -> tuple[str, int]:
        partial = self._folder / f"{secrets.token_hex(8)}.part"
        digest = hashlib.sha256()
        size = 0
        source.seek(0)
        try:
            with partial.open("wb") as target:
                while block := source.read(1 << 20):
                    digest.update(block)
                    size += len(block)
                    target.write(block)
            content_hash = digest.hexdigest()[:32]
            partial.replace(self.path(content_hash))
        finally:
            partial.unlink(missing_ok=True)
        return content_hash, size


def link_secret(documents: Documents) -> bytes:
    """The secret that signs links; made once per folder, so links outlive a restart."""
    kept = documents.get("secret", "links")
    if kept is None:
        kept = {"hex": secrets.token_hex(32)}
        documents.put("secret", "links", kept)
    return bytes.fromhex(kept["hex"])
