"""What the user's environment, settings file and flags say, read and validated once.

`Settings` is this machine's: folders, addresses, habits. `EditOptions` is one edit's: the model's
parameters with exactly the service's rules. Both refuse what they do not know.
"""

from __future__ import annotations

import mimetypes
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from newtake.domain.choices import (
    Cadence,
    Continuity,
    Duration,
    ProviderName,
    Resolution,
    Strength,
    WaitMode,
)
from newtake.domain.edit import EditSettings, settings_problems
from newtake.domain.errors import SettingsError
from newtake.domain.style import StyleStamp

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_SETTINGS_FIX = (
    "Correct it or move it away, or set NEWTAKE_HOME to another folder; every setting is optional."
)
DEFAULT_BASE_URL = "https://hub.oxen.ai"
# One name in a line is no easier to read.
# fmt: off
ClipColour = Literal[
    "Orange", "Apricot", "Yellow", "Lime", "Olive", "Green", "Teal", "Navy",
    "Blue", "Purple", "Violet", "Pink", "Tan", "Beige", "Brown", "Chocolate",
]
# fmt: on
"""The sixteen colours that Resolve has for clips."""


class Settings(BaseModel):
    """This machine's settings. The file is `settings.toml` in NEWTAKE_HOME; every key is optional.

    The account's key is no setting: see `adapters.credentials`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path
    """Journal, settings, plates and the sandbox's state."""
    base_url: str = DEFAULT_BASE_URL
    provider: ProviderName = "oxen"
    uploader: str = "workbench"
    """workbench, repository:NAMESPACE/NAME, put:URL or command:COMMAND."""
    fetch_url: str | None = None
    """With `put:`: where the file can be read afterwards, if not at the same address."""
    wait: WaitMode = "events"
    deadline_minutes: Annotated[float, Field(gt=0, le=7 * 24 * 60)] = 30
    """How long a submission is waited for, from when the service last ended one of the same run."""
    uploads_at_once: Annotated[int, Field(ge=1, le=32)] = 3
    downloads_at_once: Annotated[int, Field(ge=1, le=32)] = 4
    result_max_bytes: Annotated[int, Field(gt=0)] = 4 << 30
    """A larger result is refused; EXR packages of 1080p frames can be large."""
    proxies_max_bytes: Annotated[int, Field(ge=0)] = 2 << 30
    """What all compare proxies together may take; the least recently used go first. Stills of the
    panel may take an eighth of it beside them."""
    ffmpeg: Path | None = None
    sandbox_renders: Path | None = None
    """Where the embedded provider keeps what it rendered and looks before it renders again; the
    folder only grows. None: it renders each request anew."""
    takes_folder: Path | None = None
    """Where takes of a running editor's timelines are written, a folder for each project; None is
    `takes` in NEWTAKE_HOME."""
    resolve_clip_colour: ClipColour = "Purple"
    """Of a clip in DaVinci Resolve while a take is made for it."""
    resolve_select_colour: ClipColour | None = None
    """Of the clips in DaVinci Resolve that are to be restyled: `auto` looks for it after selection
    and marks. None: it looks for no colour."""

    @model_validator(mode="after")
    def _colours_differ(self) -> Settings:
        if self.resolve_select_colour == self.resolve_clip_colour:
            raise ValueError(
                f"resolve_select_colour and resolve_clip_colour are both {self.resolve_clip_colour}"
            )
        return self

    @property
    def proxy_folder(self) -> Path:
        return self.home / "cache" / "proxies"

    @property
    def stills_folder(self) -> Path:
        return self.home / "cache" / "stills"

    @property
    def stills_max_bytes(self) -> int:
        return self.proxies_max_bytes // 8

    @property
    def journal_path(self) -> Path:
        return self.home / "journal.sqlite"

    @property
    def work_folder(self) -> Path:
        return self.home / "work"


def home_of(environment: Mapping[str, str]) -> Path:
    """NEWTAKE_HOME, or the system's folder for a program's data."""
    named = environment.get("NEWTAKE_HOME")
    return Path(named).expanduser() if named else user_data_path("newtake", appauthor=False)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings of the file, overruled by the environment.

    Reads NEWTAKE_HOME, OXEN_BASE_URL, NEWTAKE_FFMPEG and NEWTAKE_SANDBOX_RENDERS.

    Raises:
        SettingsError: If the file cannot be read or says something unknown or impossible.
    """
    home = home_of(environment)
    file = home / "settings.toml"
    values: dict[str, Any] = {}
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The settings file {file} cannot be read.",
            why=str(error),
            fix=_SETTINGS_FIX,
        ) from error
    if base_url := environment.get("OXEN_BASE_URL"):
        values["base_url"] = base_url
    if ffmpeg := environment.get("NEWTAKE_FFMPEG"):
        values["ffmpeg"] = ffmpeg
    if renders := environment.get("NEWTAKE_SANDBOX_RENDERS"):
        values["sandbox_renders"] = renders
    values["home"] = home
    try:
        settings = Settings(**values)
    except ValidationError as error:
        what = f"The settings in {file} are not right."
        raise _settings_error(what, error, _SETTINGS_FIX) from error
    if not settings.base_url.startswith(("https://", "http://")):
        raise SettingsError(
            f"OXEN_BASE_URL is {settings.base_url!r}, which is no web address.",
            fix=f"Leave it away for {DEFAULT_BASE_URL}.",
        )
    return settings.model_copy(update={"base_url": settings.base_url.rstrip("/")})


class EditOptions(BaseModel):
    """One edit's parameters, with the service's rules; `settings()` gives the domain's value.

    `cadence` and `continuity` say how it is sent, and are no part of that value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: str
    resolution: Resolution = "540p"
    duration: Duration = "auto"
    edit_strength: Strength | None = None
    auto_controls: bool | None = None
    hdr: bool = False
    exr_export: bool = False
    first_frame: str | None = None
    variations: Annotated[int, Field(ge=1, le=4)] = 1
    handles: Annotated[int, Field(ge=0)] = 0
    style: StyleStamp | None = None
    cadence: Cadence = "auto"
    continuity: Continuity = "carry"

    @model_validator(mode="after")
    def _rules(self) -> EditOptions:
        problems = settings_problems(self.settings())
        if problems:
            raise ValueError(" ".join(problems))
        return self

    @field_validator("first_frame")
    @classmethod
    def _picture(cls, value: str | None) -> str | None:
        """An https address as it is; a file as its absolute path, so that a later run finds it."""
        if value is None or value.startswith("https://"):
            return value
        path = Path(value).absolute()
        kind = mimetypes.guess_type(path.name)[0] or ""
        if not path.is_file() or not kind.startswith("image/"):
            raise ValueError(f"{value} is no picture on this machine and no https address")
        return str(path)

    def settings(self) -> EditSettings:
        known = {field.name for field in fields(EditSettings)}
        return EditSettings(**{name: value for name, value in self if name in known})


def edit_settings(values: Mapping[str, Any]) -> EditSettings:
    """Validated settings of one edit. Raises: SettingsError, as `edit_options`."""
    return edit_options(values).settings()


def edit_options(values: Mapping[str, Any]) -> EditOptions:
    """Validated parameters of one edit.

    Raises:
        SettingsError: With every rule that is broken, in sentences.
    """
    try:
        return EditOptions(**values)
    except ValidationError as error:
        raise _settings_error("The settings do not fit the model.", error) from error


def _settings_error(what: str, error: ValidationError, fix: str = "") -> SettingsError:
    sentences = []
    for each in error.errors():
        name = ".".join(str(part) for part in each["loc"])
        text = each["msg"].removeprefix("Value error, ")
        sentences.append(f"{name}: {text}." if name else text)
    return SettingsError(what, why=" ".join(sentences), fix=fix)
