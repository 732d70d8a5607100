"""HTTP of repositories and workspaces: create, look up, list, stage, merge."""

from __future__ import annotations

import json
import uuid
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from newtake.sandbox import replies
from newtake.sandbox.access import USERNAME, Keys
from newtake.sandbox.repositories import (
    MAIN,
    Repositories,
    Tree,
    clean_path,
    listing,
    new_entry,
    public_repository,
)
from newtake.sandbox.store import Contents, Document

RESERVED_NAMESPACE = "ox"
_JSON_LIMIT = 1 << 20
_PAGE_LIMIT = 1000


class RepositoryRoutes:
    """Each method answers one route; errors leave as `Refusal`."""

    def __init__(self, repositories: Repositories, contents: Contents, keys: Keys) -> None:
        self._repositories = repositories
        self._contents = contents
        self._keys = keys

    def routes(self) -> list[Route]:
        repository = "/api/repos/{namespace}/{name}"
        workspace = repository + "/workspaces/{workspace}"
        return [
            Route("/api/repos", self.create, methods=["POST"]),
            Route("/api/repos/", self.create, methods=["POST"]),
            Route(repository, self.show, methods=["GET"]),
            Route(repository, self.remove, methods=["DELETE"]),
            Route(repository + "/dir/{rest:path}", self.list_folder, methods=["GET"]),
            Route(repository + "/workspaces", self.open_workspace, methods=["PUT", "POST"]),
            Route(
                repository + "/workspaces/get_or_create",
                self.open_workspace,
                methods=["PUT", "POST"],
            ),
            Route(workspace + "/files", self.unstage, methods=["DELETE"]),
            Route(workspace + "/files", self.stage, methods=["POST"]),
            Route(workspace + "/files/{folder:path}", self.stage, methods=["POST"]),
            Route(workspace + "/merge/{branch:path}", self.merge, methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        self._keys.require(request)
        body = await json_object(request)
        name, namespace = body.get("name"), body.get("namespace") or USERNAME
        if not isinstance(name, str) or not name.strip() or not isinstance(namespace, str):
            raise replies.described(400, "bad_request", "name must be a non-empty string")
        if "/" in name or "/" in namespace:
            raise replies.described(400, "bad_request", "name and namespace hold no slash")
        if namespace == RESERVED_NAMESPACE:
            raise replies.described(403, "forbidden", f"{namespace} is not yours")
        public = body.get("visibility") == "public" or body.get("is_public") is True
        described = str(body.get("description") or "")
        made = self._repositories.create(namespace, name, public=public, description=described)
        return JSONResponse(
            {
                "status": "success",
                "status_message": "resource_created",
                "repository": public_repository(made),
            }
        )

    async def show(self, request: Request) -> Response:
        repository = self._readable(request)
        return JSONResponse(
            {
                "status": "success",
                "status_message": "resource_found",
                "repository": public_repository(repository),
            }
        )

    async def remove(self, request: Request) -> Response:
        self._keys.require(request)
        self._repositories.delete(request.path_params["namespace"], request.path_params["name"])
        return JSONResponse({"status": "success", "status_message": "resource_deleted"})

    async def list_folder(self, request: Request) -> Response:
        repository = self._readable(request)
        revision, folder = self._repositories.split_revision(
            repository, request.path_params["rest"]
        )
        entries = listing(self._repositories.tree(repository, revision), folder)
        page, size = page_of(request, default_size=100, largest_size=_PAGE_LIMIT)
        return JSONResponse(
            {
                "status": "success",
                "status_message": "resource_found",
                "entries": entries[(page - 1) * size : page * size],
                "page_number": page,
                "page_size": size,
                "total_pages": -(-len(entries) // size),
                "total_entries": len(entries),
            }
        )

    async def open_workspace(self, request: Request) -> Response:
        repository = self._writable(request)
        body = await json_object(request)
        branch = body.get("branch_name", MAIN)
        workspace_id = body.get("workspace_id") or str(uuid.uuid4())
        name = body.get("name")
        if not isinstance(branch, str) or not isinstance(workspace_id, str):
            raise replies.described(400, "bad_request", "branch_name must be a string")
        named = name if isinstance(name, str) else None
        workspace = self._repositories.workspace(repository, workspace_id, branch, named)
        return JSONResponse(
            {
                "status": "success",
                "status_message": "resource_created",
                "workspace": {
                    "id": workspace["id"],
                    "name": workspace["name"],
                    "commit": workspace["base"] and {"id": workspace["base"]},
                },
            }
        )

    async def stage(self, request: Request) -> Response:
        repository = self._writable(request)
        workspace = self._repositories.get_workspace(repository, request.path_params["workspace"])
        folder = clean_path(request.path_params.get("folder", ""))
        changes: Tree = {}
        async with request.form() as form:
            for part, value in form.multi_items():
                if part in ("file", "file[]", "files[]") and isinstance(value, UploadFile):
                    path = clean_path(f"{folder}/{value.filename or ''}")
                    changes[path] = new_entry(*await self._contents.keep(value.file))
        if not changes:
            raise replies.described(400, "bad_request", "The form has no file part")
        # As it is now: others may have staged while these files came in.
        workspace = self._repositories.get_workspace(repository, workspace["id"])
        self._repositories.stage(workspace, changes)
        return JSONResponse(
            {"status": "success", "status_message": "resource_created", "paths": list(changes)}
        )

    async def unstage(self, request: Request) -> Response:
        repository = self._writable(request)
        workspace = self._repositories.get_workspace(repository, request.path_params["workspace"])
        paths = await json_body(request)
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise replies.described(400, "bad_request", "The body must be a list of paths")
        unknown = self._repositories.unstage(workspace, paths)
        if unknown and len(unknown) == len(paths):
            raise replies.missing(f"File {unknown[0]}")
        return JSONResponse({"status": "success", "err_files": unknown}, 206 if unknown else 200)

    async def merge(self, request: Request) -> Response:
        repository = self._writable(request)
        workspace = self._repositories.get_workspace(repository, request.path_params["workspace"])
        body = await json_object(request)
        fields = [body.get(name) for name in ("message", "author", "email")]
        if not all(isinstance(field, str) and field for field in fields):
            raise replies.described(400, "bad_request", "message, author and email are required")
        note, author, email = (str(field) for field in fields)
        # As it is now: others may have committed while this request came in.
        repository = self._writable(request)
        commit = self._repositories.merge(
            repository, workspace, request.path_params["branch"], (note, author, email)
        )
        return JSONResponse(
            {"status": "success", "status_message": "resource_created", "commit": commit}
        )

    def _readable(self, request: Request) -> Document:
        authorized = self._keys.opens(request)
        repository = self._named(request)
        if not repository["public"] and not authorized:
            raise replies.unauthenticated()
        return repository

    def _writable(self, request: Request) -> Document:
        self._keys.require(request)
        return self._named(request)

    def _named(self, request: Request) -> Document:
        return self._repositories.get(request.path_params["namespace"], request.path_params["name"])


async def json_body(request: Request) -> Any:
    """The request's JSON. Raises Refusal: 400, it is none or is over a mebibyte."""
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > _JSON_LIMIT:
            raise replies.invalid_params("The request body is too large")
    try:
        return json.loads(body)
    except ValueError:
        raise replies.invalid_params("The request body is not valid JSON") from None


async def json_object(request: Request) -> dict[str, Any]:
    """The request's JSON object. Raises Refusal: 400."""
    body = await json_body(request)
    if not isinstance(body, dict):
        raise replies.invalid_params("The request body must be a JSON object")
    return body


def page_of(request: Request, default_size: int, largest_size: int) -> tuple[int, int]:
    """Page number from 1 and page size. Raises Refusal: 400, one is no positive number."""
    try:
        page = int(request.query_params.get("page", 1))
        size = int(request.query_params.get("page_size", default_size))
    except ValueError:
        raise replies.invalid_params("page and page_size must be integers") from None
    if page < 1 or not 1 <= size <= largest_size:
        raise replies.invalid_params(f"page must be 1 or more, page_size 1 to {largest_size}")
    return page, size
