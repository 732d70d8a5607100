"""The folder of first-frame images that a page sent: each is named by what is in it."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path

from newtake.adapters.first_frame import size_of_first_frame
from newtake.adapters.room import storage_error
from newtake.domain.errors import SettingsError
from newtake.domain.first_frame import IMAGE_MAX_SIDE_PX, kind_of_image, problem_of_image
from newtake.durable import hidden_name, make_private, put_in_place, write_new
from newtake.ports import FirstFrame

_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WebP": ".webp"}
_ID = re.compile(r"[0-9a-f]{64}")
_FIX = "Give another picture: PNG, JPEG or WebP."


class FirstFrameFolder:
    """Implements `ports.FirstFrameStore`."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        """Nothing is written yet.

        Args:
            folder: Made when it is needed.
            max_bytes: Of one image.
        """
        self._folder = folder
        self._max_bytes = max_bytes

    def keep(self, data: bytes) -> FirstFrame:
        kind = kind_of_image(data[:12])
        problem = problem_of_image(len(data), kind, (0, 0))
        if len(data) > self._max_bytes:
            problem = (
                f"It has {len(data)} bytes; at most {self._max_bytes >> 20} MB are taken here."
            )
        if problem is not None or kind is None:
            raise SettingsError(
                "The picture cannot be the first frame.", why=problem or "", fix=_FIX
            )
        name = hashlib.sha256(data).hexdigest()
        to = self._folder / f"{name}{_SUFFIXES[kind]}"
        part = hidden_name(to)
        try:
            make_private(self._folder)
            write_new(part, data)
            try:
                width, height = size_of_first_frame(
                    part, "The picture", most_pixels=IMAGE_MAX_SIDE_PX**2
                )
                put_in_place(part, to)
            finally:
                with suppress(OSError):
                    part.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, to) from error
        return FirstFrame(name, to, width, height)

    def find(self, name: str) -> Path:
        if _ID.fullmatch(name):
            for suffix in _SUFFIXES.values():
                path = self._folder / f"{name}{suffix}"
                if path.is_file():
                    return path
        raise SettingsError("The first-frame image is not there any more.", fix="Drop it again.")
