"""Which fault place a request belongs to."""

from __future__ import annotations

import pytest

from newtake.sandbox.door import place_of


@pytest.mark.parametrize(
    ("method", "path", "place"),
    [
        ("POST", "/api/ai/queue", "submit"),
        ("POST", "/api/ai/videos/generate", "submit"),
        ("GET", "/api/ai/queue", "history"),
        ("GET", "/api/ai/queue/1", "poll"),
        ("DELETE", "/api/ai/queue/1", "cancel"),
        ("GET", "/api/ai/generations", "history"),
        ("GET", "/api/ai/models/luma", "models"),
        ("GET", "/api/events", "events"),
        ("GET", "/api/users/me", "account"),
        ("POST", "/api/repos/", "repository"),
        ("GET", "/api/repos/a/b", "repository"),
        ("GET", "/api/repos/a/b/file/presigned_url/main/c.mp4", "presign"),
        ("PUT", "/api/repos/a/b/file/main/c.mp4", "upload"),
        ("POST", "/api/repos/a/b/workbench/context", "upload"),
        ("POST", "/api/repos/a/b/workspaces/w/files/plates", "upload"),
        ("PUT", "/api/repos/a/b/workspaces", "workspace"),
        ("POST", "/api/repos/a/b/workspaces/w/merge/main", "workspace"),
        ("GET", "/api/repos/a/b/file/main/c.mp4", None),
    ],
)
def test_requests_have_places(method: str, path: str, place: str | None) -> None:
    assert place == place_of(method, path)
