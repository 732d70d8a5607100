"""Where a result is found: the signed URL of one of a generation's files."""

from __future__ import annotations

from collections.abc import Callable

from newtake.sandbox.access import Links
from newtake.sandbox.generations import Generation


class ResultLinks:
    """Signs afresh each time, so reading a row again renews its links."""

    def __init__(self, links: Links, base_url: Callable[[], str]) -> None:
        self._links = links
        self._base_url = base_url

    def sign(self, row: Generation, path: str) -> str:
        """The absolute URL of one file of the row."""
        repository = f"/api/repos/{row.namespace}/{row.result_repository}"
        if row.revision is None:
            return self._links.sign(self._base_url(), f"{repository}/file/main/{path}")
        workspace = f"{repository}/workspaces/{row.revision}/files/{path}"
        return self._links.sign(self._base_url(), workspace)
