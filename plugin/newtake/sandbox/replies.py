"""The service's answers in its own words: the error bodies it is known to send, by shape.

Shape A is the hub's typed error, B its message error, C a plain string, D the version-control
server's status document; a proxy in front of it may send HTML instead (E).
"""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response


class Refusal(Exception):
    """A request answered with an error; carries the whole answer."""

    def __init__(
        self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {json.dumps(body)}")
        self.status = status
        self.body = body
        self.headers = headers

    def response(self) -> Response:
        return JSONResponse(self.body, self.status, headers=self.headers)


def typed(status: int, kind: str, title: str, detail: str | None = None) -> Refusal:
    """Shape A."""
    error = {"type": kind, "title": title}
    if detail is not None:
        error["detail"] = detail
    return Refusal(status, {"error": error, "status": "error", "status_message": kind})


def message(status: int, text: str) -> Refusal:
    """Shape B."""
    return Refusal(status, {"error": {"message": text}})


def described(status: int, kind: str, description: str) -> Refusal:
    """Shape D."""
    return Refusal(
        status, {"status": "error", "status_message": kind, "status_description": description}
    )


def unauthenticated() -> Refusal:
    return typed(401, "unauthenticated", "You must be authenticated to access this resource")


def invalid_key() -> Refusal:
    return message(401, "Invalid API key")


def invalid_params(title: str, detail: str | None = None) -> Refusal:
    return typed(400, "invalid_params", title, detail)


def generation_not_found() -> Refusal:
    return typed(404, "resource_not_found", "The requested resource could not be found")


def model_not_found(name: object) -> Refusal:
    return message(404, f"Model not found: {name}")


def out_of_credits() -> Refusal:
    return typed(402, "insufficient_credits", "You have run out of credits.")


def no_changes() -> Refusal:
    """A file route given the bytes that are already there; its status_message differs from A."""
    return Refusal(
        422,
        {
            "error": {
                "type": "no_changes",
                "title": "No changes to commit",
                "detail": "The uploaded files are identical to the ones already committed.",
            },
            "status": "error",
            "status_message": "bad_request",
        },
    )


def missing(what: str) -> Refusal:
    return described(404, "resource_not_found", f"{what} not found")


def fault_response(status: int, retry_after: str | None) -> Response:
    """What a failing service says: a typed body, a plain string or a proxy's page, by status."""
    if status == 429:
        headers = {"Retry-After": retry_after or "5"}
        body = described(429, "too_many_requests", "rate limit exceeded").body
        return JSONResponse(body, 429, headers=headers)
    if status == 401:
        return invalid_key().response()
    if status == 402:
        return out_of_credits().response()
    if status in (502, 504):
        return HTMLResponse(f"<html><body><h1>{status} Bad Gateway</h1></body></html>", status)
    if status == 500:
        return typed(500, "unknown_error", "Something went wrong").response()
    headers = {"Retry-After": retry_after} if retry_after else {}
    return JSONResponse({"error": "asked for by a fault flag"}, status, headers=headers)
