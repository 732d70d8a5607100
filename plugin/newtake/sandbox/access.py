"""Who may come in: API keys, and links that carry their own permission for a while."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import quote

from starlette.requests import HTTPConnection

from newtake.sandbox import replies

USERNAME = "sandbox"
USER = {
    "id": "5a4d0b7e-0000-4000-8000-000000000001",
    "username": USERNAME,
    "name": "Sandbox",
    "email": "sandbox@localhost.invalid",
    "image": None,
}


class Keys:
    """Which keys open the door: the configured one, or, without one, any that is not `wrong...`.

    The key is compared and forgotten; it is never written anywhere.
    """

    def __init__(self, api_key: str | None) -> None:
        self._api_key = api_key

    def opens(self, connection: HTTPConnection) -> bool:
        """Whether the request carries a good key; False when it carries none.

        Raises:
            Refusal: 401, it carries a bad one.
        """
        header = connection.headers.get("authorization")
        if header is None:
            return False
        scheme, _, key = header.partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not self._is_good(key):
            raise replies.invalid_key()
        return True

    def require(self, connection: HTTPConnection) -> None:
        """Raise the service's 401 unless the request carries a good key."""
        if not self.opens(connection):
            raise replies.unauthenticated()

    def _is_good(self, key: str) -> bool:
        if self._api_key is not None:
            return hmac.compare_digest(self._api_key.encode(), key.encode())
        return bool(key) and not key.startswith("wrong")


class Links:
    """Presigned links: a path, an expiry and a signature over both."""

    def __init__(self, secret: bytes, lifetime_seconds: float) -> None:
        self._secret = secret
        self._lifetime = lifetime_seconds

    def sign(self, base_url: str, path: str) -> str:
        """An absolute URL for a path (not percent-encoded), good from now for the lifetime."""
        expires = f"{time.time() + self._lifetime:.3f}"
        signature = self._signature(path, expires)
        return f"{base_url}{quote(path)}?expires={expires}&signature={signature}"

    def carried(self, connection: HTTPConnection) -> bool:
        """Whether the request carries a good, unexpired signature; False when it carries none.

        Raises:
            Refusal: 403, the signature is expired or not ours.
        """
        signature = connection.query_params.get("signature")
        if signature is None:
            return False
        expires = connection.query_params.get("expires", "")
        path = str(connection.scope["path"])
        good = hmac.compare_digest(self._signature(path, expires), signature)
        if not good or float(expires) < time.time():
            raise replies.typed(403, "forbidden", "The link has expired or is not valid")
        return True

    def _signature(self, path: str, expires: str) -> str:
        told = f"{path}\n{expires}".encode()
        return hmac.new(self._secret, told, hashlib.sha256).hexdigest()
