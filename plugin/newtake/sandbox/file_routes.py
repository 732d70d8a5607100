"""HTTP of single files: put, get, presign, and the workbench's upload."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from newtake.sandbox import replies
from newtake.sandbox.access import USER, Keys, Links
from newtake.sandbox.faults import Faults
from newtake.sandbox.repositories import MAIN, Repositories, Tree, clean_path, media_type, new_entry
from newtake.sandbox.sample import SAMPLE_PATH, SAMPLE_REPOSITORY, SampleClip
from newtake.sandbox.store import Contents, Document

PUT_LIMIT_BYTES = 2 << 20
"""All parts of one PUT together, as the open-source server's multipart reader has it."""


class FileRoutes:
    """Each method answers one route; errors leave as `Refusal`."""

    def __init__(
        self,
        repositories: Repositories,
        contents: Contents,
        keys: Keys,
        links: Links,
        faults: Faults,
        sample: SampleClip,
        base_url: Callable[[], str],
        cdn_url: Callable[[], str],
    ) -> None:
        self._repositories = repositories
        self._contents = contents
        self._keys = keys
        self._links = links
        self._faults = faults
        self._sample = sample
        self._base_url = base_url
        self._cdn_url = cdn_url

    def routes(self) -> list[Route]:
        repository = "/api/repos/{namespace}/{name}"
        return [
            Route(repository + "/workbench/context", self.workbench, methods=["POST"]),
            Route(repository + "/file/presigned_url/{rest:path}", self.presign, methods=["GET"]),
            Route(repository + "/file/{rest:path}", self.read, methods=["GET"]),
            Route(repository + "/file/{rest:path}", self.put, methods=["PUT"]),
            Route(
                repository + "/workspaces/{workspace}/files/{path:path}",
                self.read_staged,
                methods=["GET"],
            ),
        ]

    async def put(self, request: Request) -> Response:
        self._keys.require(request)
        repository = self._named(request)
        rest = request.path_params["rest"]
        if repository["branches"]:
            branch, path = self._repositories.split_revision(repository, rest)
            if branch not in repository["branches"]:
                raise replies.missing(f"Branch {branch}")
        else:
            branch, _, path = rest.partition("/")
            path = clean_path(path)
        async with request.form() as form:
            _check_size(form)
            changes = await self._changes(form, path)
            name, email = _author(form)
            note = form.get("message")
            told = note if isinstance(note, str) and note else "Upload"
            # As it is now: others may have committed while this file came in.
            repository = self._named(request)
            commit = self._repositories.commit(repository, branch, changes, told, name, email)
        return JSONResponse(
            {"status": "success", "status_message": "resource_created", "commit": commit}
        )

    async def workbench(self, request: Request) -> Response:
        self._keys.require(request)
        repository = self._named(request)
        async with request.form() as form:
            upload, directory = form.get("file"), form.get("directory")
            if not isinstance(upload, UploadFile):
                raise replies.described(400, "bad_request", "The form has no file part")
            folder = directory if isinstance(directory, str) and directory else "context"
            entry = new_entry(*await self._contents.keep(upload.file))
            path = clean_path(f"{folder}/{upload.filename or 'file'}")
        # As it is now: others may have committed while this file came in.
        repository = self._named(request)
        branches = repository["branches"]
        tree = self._repositories.tree(repository, MAIN) if MAIN in branches else {}
        if path in tree and tree[path]["hash"] != entry["hash"]:
            # Another content of that name stays readable under its own path.
            folder_of, _, name = path.rpartition("/")
            path = f"{folder_of}/{entry['hash'][:8]}-{name}"
        if tree.get(path, {}).get("hash") != entry["hash"]:
            who = (USER["name"] or "", USER["email"] or "")
            self._repositories.commit(repository, MAIN, {path: entry}, f"Add {path}", *who)
        return JSONResponse(
            {"status": "success", "status_message": "resource_created", "asset_path": path}
        )

    async def presign(self, request: Request) -> Response:
        self._keys.require(request)
        repository = self._named(request)
        rest = request.path_params["rest"]
        revision, path = self._repositories.split_revision(repository, rest)
        self._repositories.entry(repository, revision, path)
        target = f"/api/repos/{repository['namespace']}/{repository['name']}/file/{revision}/{path}"
        return JSONResponse({"url": self._links.sign(self._base_url(), target)})

    async def read(self, request: Request) -> Response:
        named = f"{request.path_params['namespace']}/{request.path_params['name']}"
        if (named, request.path_params["rest"]) == (SAMPLE_REPOSITORY, SAMPLE_PATH):
            return FileResponse(await self._sample.path(), media_type="video/mp4")
        repository = self._readable(request)
        revision, path = self._repositories.split_revision(repository, request.path_params["rest"])
        return self._content(repository, revision, path)

    async def read_staged(self, request: Request) -> Response:
        repository = self._readable(request)
        workspace = request.path_params["workspace"]
        return self._content(repository, workspace, clean_path(request.path_params["path"]))

    def _content(self, repository: Document, revision: str, path: str) -> Response:
        entry = self._repositories.entry(repository, revision, path)
        if entry["generated"]:
            fault = self._faults.take("result", "expired", "status", about=path)
            if fault is not None and fault.status is not None:
                return replies.fault_response(fault.status, fault.value)
            if fault is not None:
                raise replies.typed(403, "forbidden", "The link has expired or is not valid")
            name = path.rpartition("/")[2]
            target = f"/objects/{entry['hash']}/{name}"
            return RedirectResponse(self._links.sign(self._cdn_url(), target), 302)
        headers = {"oxen-revision-id": repository["branches"].get(revision, revision)}
        return FileResponse(
            self._contents.path(entry["hash"]), media_type=media_type(path), headers=headers
        )

    async def _changes(self, form: FormData, path: str) -> Tree:
        single = [value for value in form.getlist("file") if isinstance(value, UploadFile)]
        several = [value for value in form.getlist("files[]") if isinstance(value, UploadFile)]
        if single and several:
            raise replies.described(400, "bad_request", "Send either file or files[]")
        if not single and not several:
            raise replies.described(400, "bad_request", "The form has no file part")
        if single and not path:
            raise replies.described(400, "bad_request", "The URL names no file")
        changes: Tree = {}
        for upload in single[:1]:
            changes[path] = new_entry(*await self._contents.keep(upload.file))
        for upload in several:
            target = clean_path(f"{path}/{upload.filename or 'file'}")
            changes[target] = new_entry(*await self._contents.keep(upload.file))
        return changes

    def _readable(self, request: Request) -> Document:
        """A signature in the link decides alone; without one, a key is asked of private files."""
        signed = self._links.carried(request)
        authorized = not signed and self._keys.opens(request)
        repository = self._named(request)
        if not (signed or authorized or repository["public"]):
            raise replies.unauthenticated()
        return repository

    def _named(self, request: Request) -> Document:
        return self._repositories.get(request.path_params["namespace"], request.path_params["name"])


def _check_size(form: FormData) -> None:
    parts = (value for _, value in form.multi_items())
    total = sum(
        (part.size or 0) if isinstance(part, UploadFile) else len(part.encode()) for part in parts
    )
    if total > PUT_LIMIT_BYTES:
        raise replies.described(
            400, "bad_request", "Multipart memory limit of 2097152 bytes was exceeded"
        )


def _author(form: FormData) -> tuple[str, str]:
    values = []
    for part, label in (("name", "Name"), ("email", "Email")):
        value = form.get(part)
        if not isinstance(value, str) or not value.strip():
            raise replies.described(400, "bad_request", f"{label} is required")
        values.append(value)
    return values[0], values[1]
