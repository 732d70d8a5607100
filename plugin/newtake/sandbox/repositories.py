"""Repositories as the sandbox keeps them: commits on branches, workspaces, and paths in them.

A tree maps a path to an entry: the hash of its content, its size, and whether a generation wrote
it. A revision is a commit id, a branch or a workspace id, looked up in that order.
"""

from __future__ import annotations

import mimetypes
import secrets
import time
from datetime import datetime, timezone
from pathlib import PurePosixPath
from typing import Any

from newtake.sandbox import replies
from newtake.sandbox.store import Document, Documents

Tree = dict[str, Document]

_REPOSITORY, _COMMIT, _WORKSPACE = "repository", "commit", "workspace"
MAIN = "main"


class Repositories:
    """Everything a client can do with repositories, refused in the service's own words."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def create(self, namespace: str, name: str, *, public: bool, description: str = "") -> Document:
        """A new, empty repository.

        Raises:
            Refusal: 409, it is already there.
        """
        key = f"{namespace}/{name}"
        if self._documents.get(_REPOSITORY, key) is not None:
            raise replies.described(409, "resource_already_exists", f"Repository {key} exists")
        repository = {
            "namespace": namespace,
            "name": name,
            "public": public,
            "description": description,
            "branches": {},
        }
        self._documents.put(_REPOSITORY, key, repository)
        return repository

    def find(self, namespace: str, name: str) -> Document | None:
        return self._documents.get(_REPOSITORY, f"{namespace}/{name}")

    def get(self, namespace: str, name: str) -> Document:
        """Raises Refusal: 404."""
        repository = self.find(namespace, name)
        if repository is None:
            raise replies.missing(f"Repository {namespace}/{name}")
        return repository

    def delete(self, namespace: str, name: str) -> None:
        self.get(namespace, name)
        self._documents.delete(_REPOSITORY, f"{namespace}/{name}")

    def split_revision(self, repository: Document, rest: str) -> tuple[str, str]:
        """Cut `branch/path/of/file` where a known revision ends, the shortest one first.

        Raises:
            Refusal: 404, no part of it is a revision.
        """
        parts = rest.split("/")
        for length in range(1, len(parts) + 1):
            revision = "/".join(parts[:length])
            if self._tree_at(repository, revision) is not None:
                return revision, clean_path("/".join(parts[length:]))
        raise replies.missing(f"Revision {parts[0]}")

    def tree(self, repository: Document, revision: str) -> Tree:
        """The files of a revision. Raises Refusal: 404."""
        found = self._tree_at(repository, revision)
        if found is None:
            raise replies.missing(f"Revision {revision}")
        return found

    def entry(self, repository: Document, revision: str, path: str) -> Document:
        """One file. Raises Refusal: 404."""
        found = self.tree(repository, revision).get(path)
        if found is None:
            raise replies.missing(f"File {path}")
        return found

    def commit(
        self, repository: Document, branch: str, changes: Tree, note: str, name: str, email: str
    ) -> Document:
        """Put files on a branch; an empty repository gets the branch.

        Raises:
            Refusal: 404, the repository has other branches but not this one; 422, every file is
                already there with these bytes.
        """
        head = repository["branches"].get(branch)
        if head is None and repository["branches"]:
            raise replies.missing(f"Branch {branch}")
        before = {} if head is None else self._commit_document(head)["tree"]
        if not _differs(before, changes):
            raise replies.no_changes()
        commit: Document = {
            "id": secrets.token_hex(16),
            "message": note,
            "author": name,
            "email": email,
            "timestamp": datetime.now(timezone.utc).isoformat(),
            "parent_ids": [] if head is None else [head],
            "tree": {**before, **changes},
            "repository": _key(repository),
        }
        self._documents.put(_COMMIT, commit["id"], commit)
        repository["branches"][branch] = commit["id"]
        self._documents.put(_REPOSITORY, _key(repository), repository)
        return public_commit(commit)

    def workspace(
        self, repository: Document, workspace_id: str, branch: str, name: str | None = None
    ) -> Document:
        """The workspace of that id on the branch, made when there is none.

        Raises:
            Refusal: 404, no such branch in a repository that has some.
        """
        kept = self._documents.get(_WORKSPACE, workspace_id)
        if kept is not None and kept["repository"] == _key(repository):
            return kept
        head = repository["branches"].get(branch)
        if head is None and repository["branches"]:
            raise replies.missing(f"Branch {branch}")
        workspace = {
            "id": workspace_id,
            "name": name,
            "branch": branch,
            "base": head,
            "staged": {},
            "repository": _key(repository),
        }
        self._documents.put(_WORKSPACE, workspace_id, workspace)
        return workspace

    def get_workspace(self, repository: Document, workspace_id: str) -> Document:
        """Raises Refusal: 404."""
        kept = self._documents.get(_WORKSPACE, workspace_id)
        if kept is None or kept["repository"] != _key(repository):
            raise replies.missing(f"Workspace {workspace_id}")
        return kept

    def stage(self, workspace: Document, changes: Tree) -> None:
        workspace["staged"].update(changes)
        self._documents.put(_WORKSPACE, workspace["id"], workspace)

    def unstage(self, workspace: Document, paths: list[str]) -> list[str]:
        """Forget staged files; the paths that were not staged."""
        unknown = [path for path in paths if workspace["staged"].pop(path, None) is None]
        self._documents.put(_WORKSPACE, workspace["id"], workspace)
        return unknown

    def merge(
        self, repository: Document, workspace: Document, branch: str, who: tuple[str, str, str]
    ) -> Document:
        """Commit what is staged; an unnamed workspace ends with it.

        Args:
            repository: Where.
            workspace: What is staged.
            branch: The branch to put it on.
            who: Message, author and email.

        Raises:
            Refusal: 409, a staged file was changed on the branch meanwhile; 422, nothing to
                commit; 404, no such branch.
        """
        head = repository["branches"].get(branch)
        now = {} if head is None else self._commit_document(head)["tree"]
        base_id = workspace["base"]
        base = {} if base_id is None else self._commit_document(base_id)["tree"]
        for path, entry in workspace["staged"].items():
            theirs = now.get(path, {}).get("hash")
            if theirs != base.get(path, {}).get("hash") and theirs != entry["hash"]:
                raise replies.described(
                    409, "conflict", f"Workspace is behind branch {branch}: {path} was changed"
                )
        if not _differs(now, workspace["staged"]):
            told = 'NoChanges("No changes to commit")'
            raise replies.described(422, told, told)
        commit = self.commit(repository, branch, workspace["staged"], *who)
        if workspace["name"] is None:
            self._documents.delete(_WORKSPACE, workspace["id"])
        else:
            workspace.update(base=commit["id"], staged={})
            self._documents.put(_WORKSPACE, workspace["id"], workspace)
        return commit

    def _tree_at(self, repository: Document, revision: str) -> Tree | None:
        commit = self._documents.get(_COMMIT, revision)
        if commit is not None and commit["repository"] == _key(repository):
            return dict(commit["tree"])
        head = repository["branches"].get(revision)
        if head is not None:
            return dict(self._commit_document(head)["tree"])
        workspace = self._documents.get(_WORKSPACE, revision)
        if workspace is None or workspace["repository"] != _key(repository):
            return None
        base_id = workspace["base"]
        base = {} if base_id is None else self._commit_document(base_id)["tree"]
        return {**base, **workspace["staged"]}

    def _commit_document(self, commit_id: str) -> Document:
        commit = self._documents.get(_COMMIT, commit_id)
        if commit is None:
            raise replies.missing(f"Commit {commit_id}")
        return commit


def new_entry(content_hash: str, size: int, *, generated: bool = False) -> Document:
    return {"hash": content_hash, "size": size, "generated": generated, "added": time.time()}


def clean_path(path: str) -> str:
    """A path inside a repository, without empty parts.

    Raises:
        Refusal: 400, it climbs out or holds control characters.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts or any(ord(letter) < 32 for letter in path) or "\\" in path:
        raise replies.described(400, "bad_request", "The path is not valid")
    return "/".join(parts)


def listing(tree: Tree, folder: str) -> list[Document]:
    """The entries of one folder: its folders, then its files, each by name.

    Raises:
        Refusal: 404, there is no such folder.
    """
    prefix = f"{folder}/" if folder else ""
    folders: set[str] = set()
    files: list[Document] = []
    for path, entry in tree.items():
        if not path.startswith(prefix):
            continue
        name, _, deeper = path[len(prefix) :].partition("/")
        if deeper:
            folders.add(name)
        else:
            files.append(_listed(name, entry))
    if folder and not folders and not files:
        raise replies.missing(f"Directory {folder}")
    listed: list[Document] = [
        {
            "filename": name,
            "is_dir": True,
            "size": 0,
            "extension": "",
            "mime_type": "inode/directory",
        }
        for name in sorted(folders)
    ]
    return listed + sorted(files, key=lambda entry: str(entry["filename"]))


def media_type(path: str) -> str:
    return mimetypes.guess_type(path)[0] or "application/octet-stream"


def public_commit(commit: Document) -> Document:
    hidden = ("tree", "repository")
    return {name: value for name, value in commit.items() if name not in hidden}


def public_repository(repository: Document) -> Document:
    return {
        "namespace": repository["namespace"],
        "name": repository["name"],
        "description": repository["description"],
        "is_public": repository["public"],
        "visibility": "public" if repository["public"] else "private",
        "is_empty": not repository["branches"],
    }


def _listed(name: str, entry: Document) -> dict[str, Any]:
    return {
        "filename": name,
        "is_dir": False,
        "size": entry["size"],
        "extension": PurePosixPath(name).suffix.lstrip("."),
        "mime_type": media_type(name),
        "hash": entry["hash"],
    }


def _differs(before: Tree, changes: Tree) -> bool:
    return any(before.get(path, {}).get("hash") != each["hash"] for path, each in changes.items())


def _key(repository: Document) -> str:
    return f"{repository['namespace']}/{repository['name']}"
