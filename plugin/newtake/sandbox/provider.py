"""The model's place: takes a checked request, fetches its inputs, renders, hands over the files."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from anyio import to_thread

from newtake.sandbox import catalogue
from newtake.sandbox.faults import Faults, plate_of
from newtake.sandbox.fetch import IMAGE_MAX_BYTES, VIDEO_MAX_BYTES, InputNotFetchable, fetch
from newtake.sandbox.looks import gains_between, look_for
from newtake.sandbox.probe import NotMedia, mean_colour_of_image, probe_source
from newtake.sandbox.render import NATIVE_RATE, RenderError, RenderPlan, render
from newtake.sandbox.renders import Renders
from newtake.sandbox.stamp import stamp_png

SOURCE_MAX_SECONDS = 18


class GenerationFailed(Exception):
    """The request was refused or could not be rendered; the message is the row's error."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Files of one result, owned by the caller, in the working folder it gave."""

    video: Path
    exr: Path | None


class Provider:
    """Restyles with ffmpeg.

    Args:
        executable: Path of ffmpeg.
        faults: What goes wrong at `render` and `hdr`.
        copy: Copy the frames, stamp apart, in place of restyling them.
        result: The video that every request gets, in place of a rendered one; none has an EXR.
        renders: What was rendered before and need not be again; None renders each time.
        own_url: Turns a URL of an earlier run of this sandbox into one that answers now.
    """

    def __init__(
        self,
        executable: str,
        faults: Faults,
        copy: bool,
        own_url: Callable[[str], str],
        result: Path | None = None,
        renders: Renders | None = None,
    ) -> None:
        self._executable = executable
        self._faults = faults
        self._copy = copy
        self._own_url = own_url
        self._result = result
        self._renders = renders

    def refusal(self, parameters: Mapping[str, Any]) -> str | None:
        """Why the model refuses the parameters, as the service words it; None when it does not."""
        access = True
        if parameters.get("hdr"):
            about = plate_of(parameters)
            access = self._faults.take("hdr", "none", about=about) is None
        problem = catalogue.first_problem(parameters, hdr_access=access)
        return None if problem is None else f"Getting model response error: 422 - {problem}"

    async def generate(self, parameters: Mapping[str, Any], work: Path) -> Rendered:
        """Make one result in the (existing, empty) folder `work`.

        Raises:
            GenerationFailed: Moderated, an input that cannot be had or used, or a failed render.
        """
        given = catalogue.with_defaults(parameters)
        await self._suffer(plate_of(given))
        try:
            if self._result is not None:
                return await self._given(given, work, self._result)
            return await self._rendered(await self._plan(given, work), work)
        except (InputNotFetchable, RenderError) as error:
            raise GenerationFailed(str(error)) from error

    async def _rendered(self, plan: RenderPlan, work: Path) -> Rendered:
        package = None if plan.exr_folder is None else work / "exr.zip"
        files = [plan.target] if package is None else [package, plan.target]
        result = Rendered(plan.target, package)
        if self._renders is not None and await to_thread.run_sync(self._renders.find, plan, files):
            return result
        await render(plan, self._executable)
        if plan.exr_folder is not None and package is not None:
            await to_thread.run_sync(_zip_folder, plan.exr_folder, package)
        if self._renders is not None:
            await to_thread.run_sync(self._renders.keep, plan, files)
        return result

    async def _suffer(self, about: str) -> None:
        """The faults that come before any work."""
        delay = self._faults.take("render", "delay", about=about)
        if delay is not None:
            await anyio.sleep(delay.number)
        if self._faults.take("render", "stuck", about=about) is not None:
            await anyio.sleep_forever()
        if self._faults.take("render", "moderated", about=about) is not None:
            raise GenerationFailed("content_moderated: the request was refused by moderation")
        failure = self._faults.take("render", "fail", about=about)
        if failure is not None:
            raise GenerationFailed(failure.value or "generation_failed")

    async def _given(self, given: Mapping[str, Any], work: Path, result: Path) -> Rendered:
        """The video that was made beforehand; the input is fetched all the same."""
        await fetch(self._own_url(given["input_video"]), work / "input_video", VIDEO_MAX_BYTES)
        video = work / "video.mp4"
        await to_thread.run_sync(shutil.copyfile, result, video)
        return Rendered(video, None)

    async def _plan(self, given: Mapping[str, Any], work: Path) -> RenderPlan:
        source = work / "input_video"
        await fetch(self._own_url(given["input_video"]), source, VIDEO_MAX_BYTES)
        try:
            facts = await to_thread.run_sync(probe_source, source)
        except NotMedia as error:
            raise GenerationFailed(f"unsupported_format: input_video: {error}") from error
        if facts.seconds > SOURCE_MAX_SECONDS:
            raise GenerationFailed(
                f"invalid_request: the source video is {float(facts.seconds):.2f} seconds long; "
                f"the maximum is {SOURCE_MAX_SECONDS} seconds"
            )
        gains = None
        if given.get("input_image"):
            image = work / "input_image"
            await fetch(self._own_url(given["input_image"]), image, IMAGE_MAX_BYTES)
            try:
                colour = await to_thread.run_sync(mean_colour_of_image, image)
            except NotMedia as error:
                raise GenerationFailed(f"unsupported_format: input_image: {error}") from error
            gains = gains_between(facts.mean_rgb, colour)
        short_side = catalogue.SHORT_SIDE[given["resolution"]]
        stamp = work / "stamp.png"
        stamp.write_bytes(stamp_png(short_side))
        about = plate_of(given)
        more = self._faults.take("render", "frames", about=about)
        label = self._faults.take("render", "fps", about=about)
        frames = catalogue.FRAMES[given["duration"]] + (0 if more is None else int(more.number))
        return RenderPlan(
            source=source,
            facts=facts,
            target=work / "video.mp4",
            stamp=stamp,
            short_side=short_side,
            frames=max(1, frames),
            label_rate=NATIVE_RATE if label is None else max(1, int(label.number)),
            look=None if self._copy else look_for(given, gains),
            hdr=bool(given.get("hdr")),
            exr_folder=work / "exr" if given.get("exr_export") else None,
        )


def _zip_folder(folder: Path, target: Path) -> None:
    """The frames in order; they are compressed already, so they are only stored."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for path in sorted(folder.iterdir()):
            package.write(path, path.name)
            path.unlink()
