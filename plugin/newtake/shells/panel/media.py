"""The routes of pictures: stills, whole frames, comparisons, first-frame images; by ids alone."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newtake.bootstrap.panel_edit import clip_id
from newtake.bootstrap.panel_frames import At
from newtake.bootstrap.panel_media import MOST_SIDES, PanelPictures
from newtake.domain.errors import (
    HostAwayError,
    HostError,
    MediaError,
    NewTakeError,
    SelectionError,
    SettingsError,
)
from newtake.shells.panel.answers import Making
from newtake.shells.panel.byte_ranges import file_answer
from newtake.shells.panel.page_words import page_words, told

HEIGHTS = (72, 144, 288, 576, 1080)
"""The lower ones for strips and tracks, the higher ones for a viewer."""
_AT = re.compile(r"(r?)(-?\d{1,9})")
_AHEAD = re.compile(r"-?\d{1,2}")
_STRIP = re.compile(r"(-?\d{1,9}),(\d{1,6}),(\d{1,4})")
_MOST_ALONG = 256
_STATED = "private, max-age=604800"
_ASKED_AGAIN = "private, no-cache"
_NAME_LENGTH = 120
_KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
T = TypeVar("T")


class CompareRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    clip: str = Field(max_length=4096)
    """The clip's key."""
    sides: tuple[str, ...] = Field(min_length=2, max_length=MOST_SIDES)


class Media:
    """What the server mounts."""

    def __init__(self, pictures: PanelPictures) -> None:
        self._pictures = pictures

    @property
    def making(self) -> tuple[Making, ...]:
        """What is being made, for the state."""
        return tuple(Making(each.what, each.done, each.total) for each in self._pictures.making)

    def routes(self) -> list[BaseRoute]:
        """All of them; `GET` answers `HEAD` as well."""
        return [
            Route("/media/still/{clip}/{take}/{name}.jpg", self.still, methods=["GET"]),
            Route("/media/picture/{clip}/{take}/{name}.png", self.picture, methods=["GET"]),
            Route("/media/compare/{name}.mp4", self.movie, methods=["GET"]),
            Route("/media/first_frame/{name}", self.first_frame, methods=["GET"]),
            Route("/api/compare", self.compare, methods=["POST"]),
            Route("/api/first_frame", self.keep_first_frame, methods=["POST"]),
        ]

    async def still(self, request: Request) -> Response:
        at = _at(request)
        height = request.query_params.get("h", str(HEIGHTS[0]))
        if at is None or height not in map(str, HEIGHTS):
            return _nothing()
        along = _strip(request.query_params.get("strip", ""))
        if at.is_record:
            ahead = _ahead(request.query_params.get("ahead", ""))
            along = [At(at.number + each, is_record=True) for each in ahead]
        clip, take = request.path_params["clip"], request.path_params["take"]
        return await self._shown(
            request, lambda: self._pictures.still(clip, take, at, int(height), along)
        )

    async def picture(self, request: Request) -> Response:
        at = _at(request)
        if at is None:
            return _nothing()
        clip, take = request.path_params["clip"], request.path_params["take"]
        return await self._shown(request, lambda: self._pictures.picture(clip, take, at))

    async def movie(self, request: Request) -> Response:
        try:
            path = self._pictures.movie(request.path_params["name"])
            return await file_answer(request, path, "video/mp4", cache=_ASKED_AGAIN, tag=path.stem)
        except (SelectionError, FileNotFoundError):
            return _nothing()

    async def first_frame(self, request: Request) -> Response:
        try:
            path = await anyio.to_thread.run_sync(
                self._pictures.first_frame, request.path_params["name"]
            )
            kind = _KINDS[path.suffix]
            return await file_answer(request, path, kind, cache=_STATED, tag=path.stem)
        except (SettingsError, FileNotFoundError):
            return _nothing()

    async def compare(self, request: Request) -> Response:
        asked = CompareRequest.model_validate_json(await request.body())
        made = await _while_connected(
            request, lambda: self._pictures.compare(clip_id(asked.clip), asked.sides)
        )
        if made is None:
            return _nothing()
        counted = made.counted
        return JSONResponse(
            {
                "id": made.id,
                "url": f"media/compare/{made.id}.mp4",
                "frames": made.frames,
                "rate": made.rate,
                "sides": [asdict(side) for side in made.sides],
                "width": made.width,
                "height": made.height,
                "record_start": counted.start,
                "record_rate": f"{counted.rate.numerator}/{counted.rate.denominator}",
                "drop": made.drop,
                "counts_record": made.counts_record,
                "sound": made.sound,
                "notes": [page_words(note) for note in made.notes],
            }
        )

    async def keep_first_frame(self, request: Request) -> Response:
        body = await request.body()
        kept = await anyio.to_thread.run_sync(self._pictures.keep_first_frame, body)
        name = "".join(each for each in request.query_params.get("name", "") if each.isprintable())
        return JSONResponse(
            {
                "id": kept.id,
                "width": kept.width,
                "height": kept.height,
                "name": name[:_NAME_LENGTH] or kept.path.name[-16:],
            }
        )

    async def _shown(self, request: Request, make: Callable[[], Awaitable[Path]]) -> Response:
        try:
            path = await _while_connected(request, make)
            if path is None:
                return _nothing()
            cache = _STATED if request.query_params.get("v") else _ASKED_AGAIN
            return await file_answer(request, path, _KINDS[path.suffix], cache=cache, tag=path.stem)
        except HostAwayError:
            raise
        except (SelectionError, MediaError, HostError) as error:
            return _nothing(error)
        except FileNotFoundError:
            return _nothing()


async def _while_connected(request: Request, make: Callable[[], Awaitable[T]]) -> T | None:
    """What `make` gives; None where whoever asked went away, and nothing is made for nobody."""
    made: T | None = None
    error: Exception | None = None
    async with anyio.create_task_group() as group:

        async def give_up() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(give_up)
        try:
            made = await make()
        except Exception as caught:
            # Raised again outside, so that none is wrapped into an exception group.
            error = caught
        group.cancel_scope.cancel()
    if error is not None:
        raise error
    return made


def _at(request: Request) -> At | None:
    match = _AT.fullmatch(request.path_params["name"])
    return None if match is None else At(int(match[2]), is_record=bool(match[1]))


def _strip(said: str) -> list[At]:
    """The offsets of a strip: FIRST,STEP,COUNT; empty for anything else."""
    match = _STRIP.fullmatch(said)
    if match is None:
        return []
    first, step, count = (int(each) for each in match.groups())
    return [At(first + place * step) for place in range(min(count, _MOST_ALONG))]


def _ahead(said: str) -> list[int]:
    """How far the record frames lie that somebody who steps will ask for: 1, 2, 3 or -1, -2, -3."""
    if _AHEAD.fullmatch(said) is None:
        return []
    count = int(said)
    way = -1 if count < 0 else 1
    return [way * step for step in range(1, abs(count) + 1)]


def _nothing(error: NewTakeError | None = None) -> Response:
    said = error or SelectionError("There is nothing here.")
    return JSONResponse(
        told(said.as_dict()), status_code=404, headers={"Cache-Control": "no-store"}
    )
