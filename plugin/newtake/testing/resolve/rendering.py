"""The render queue of a project, with the state of the Deliver page behind it.

Observed: settings are merged on top of the page's state and there is no getter; unknown keys are
ignored; marks are absolute and the out mark is inclusive; AddRenderJob gives "" away from the
Deliver page; SetCurrentRenderFormatAndCodec is refused until GetRenderCodecs or a preset
initialised it; a quality label makes the whole SetRenderSettings fail for H.264 in MP4;
StartRendering wants a list. Assumed: a job is done after a number of status questions
(`quirks.render_polls`), and the file is there only then.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from newtake.testing.resolve.core import ResolveObject, World
from newtake.testing.resolve.rendered_movie import CODECS, render_movie
from newtake.testing.resolve.state import Project, Record, RenderJob, new_id

FORMATS = {"QuickTime": "mov", "MP4": "mp4"}
_BUILT_IN_PRESETS: dict[str, dict[str, Any]] = {
    "H.264 Master": {"format": "mp4", "codec": "H264"},
    "ProRes 422 HQ": {"format": "mov", "codec": "ProRes422HQ"},
    # Observed: after this one a job says that it exports video and the file has none.
    "Audio Only": {"format": "mov", "codec": "H264", "no_video": True},
}
_KEYS = frozenset(
    {
        *("SelectAllFrames", "MarkIn", "MarkOut", "TargetDir", "CustomName", "UniqueFilenameStyle"),
        *("ExportVideo", "ExportAudio", "FormatWidth", "FormatHeight", "FrameRate"),
        *("PixelAspectRatio", "VideoQuality", "AudioCodec", "AudioBitDepth", "AudioSampleRate"),
        *("ColorSpaceTag", "GammaTag", "ExportAlpha", "AlphaMode", "EncodingProfile"),
        *("MultiPassEncode", "NetworkOptimization", "ClipStartFrame", "TimelineStartTimecode"),
        *("ReplaceExistingFilesInPlace", "ExportSubtitle", "SubtitleFormat"),
    }
)
_LATER_KEYS = frozenset({"UseFullExtents", "AddFrameHandles", "DataBurnIn"})


class RenderQueue(ResolveObject):
    """The part of the vendor's Project that renders."""

    def __init__(self, world: World, record: Record | None = None) -> None:
        super().__init__(world, record)
        assert isinstance(record, Project)
        self.state = record.render
        self.owner = record

    def GetRenderFormats(self) -> dict[str, str]:
        return dict(FORMATS)

    def GetRenderCodecs(self, renderFormatFileExtension: Any) -> dict[str, str]:
        self.state.initialised = True
        return {
            c.label: name for name, c in CODECS.items() if renderFormatFileExtension in c.formats
        }

    def SetCurrentRenderFormatAndCodec(self, format: Any, codec: Any) -> bool:  # noqa: A002
        known = CODECS.get(codec) if isinstance(codec, str) else None
        if not self.state.initialised or known is None or format not in known.formats:
            return False
        self.state.format, self.state.codec = format, codec
        return True

    def GetCurrentRenderFormatAndCodec(self) -> dict[str, str]:
        return {"format": self.state.format, "codec": self.state.codec}

    def GetCurrentRenderMode(self) -> int:
        return self.state.mode

    def SetCurrentRenderMode(self, renderMode: Any) -> bool:
        if renderMode not in (0, 1):
            return False
        self.state.mode = int(renderMode)
        return True

    def GetRenderPresetList(self) -> list[str]:
        return [*_BUILT_IN_PRESETS, *self.state.presets]

    def LoadRenderPreset(self, presetName: Any) -> bool:
        preset = {**_BUILT_IN_PRESETS, **self.state.presets}.get(presetName)
        if preset is None:
            return False
        self.state.initialised = True
        self.state.format = preset.get("format", self.state.format)
        self.state.codec = preset.get("codec", self.state.codec)
        self.state.settings = dict(preset.get("settings", {}))
        self.state.settings["no_video"] = preset.get("no_video", False)
        return True

    def SaveAsNewRenderPreset(self, presetName: Any) -> bool:
        if not isinstance(presetName, str) or presetName in self.GetRenderPresetList():
            return False
        self.state.presets[presetName] = {
            "format": self.state.format,
            "codec": self.state.codec,
            "settings": dict(self.state.settings),
            "no_video": self.state.settings.get("no_video", False),
        }
        return True

    def DeleteRenderPreset(self, presetName: Any) -> bool:
        return self.state.presets.pop(presetName, None) is not None

    def SetRenderSettings(self, settings: Any) -> bool:
        if not isinstance(settings, dict):
            return False
        is_h264 = self.state.format == "mp4" and self.state.codec == "H264"
        if is_h264 and isinstance(settings.get("VideoQuality"), str):
            return False
        keys = _KEYS | (_LATER_KEYS if self.world.version >= (21, 0, 4) else frozenset())
        self.state.settings.update({k: v for k, v in settings.items() if k in keys})
        return True

    def AddRenderJob(self) -> str:
        timeline, settings = self.owner.current_timeline, self.state.settings
        folder = settings.get("TargetDir")
        if self.world.page != "deliver" or timeline is None or not folder:
            return ""
        if not Path(folder).is_dir():
            return ""
        mark_in, mark_out = timeline.start, timeline.end - 1
        if settings.get("SelectAllFrames") is False:
            mark_in = round(settings.get("MarkIn", mark_in))
            mark_out = round(settings.get("MarkOut", mark_out))
            if self.world.quirks.render_mark_out == "exclusive":
                mark_out -= 1
        if not timeline.start <= mark_in <= mark_out < timeline.end:
            return ""
        name = str(settings.get("CustomName") or timeline.name) + self.world.quirks.render_suffix
        if self.state.mode == 0:
            name += "_00000001"
        job = RenderJob(
            uid=new_id(),
            timeline=timeline,
            settings=dict(settings),
            format=self.state.format,
            codec=self.state.codec,
            mark_in=mark_in,
            mark_out=mark_out,
            output_name=f"{name}.{self.state.format}",
        )
        self.state.jobs.append(job)
        return job.uid

    def DeleteRenderJob(self, jobId: Any) -> bool:
        job = self._job(jobId)
        if job is None or job.status == "Rendering":
            return False
        self.state.jobs.remove(job)
        return True

    def DeleteAllRenderJobs(self) -> bool:
        self.state.jobs.clear()
        return True

    def GetRenderJobList(self) -> list[dict[str, Any]]:
        return [
            {
                "JobId": job.uid,
                "RenderJobName": f"Job {number}",
                "TimelineName": job.timeline.name,
                "TargetDir": str(job.settings["TargetDir"])
                + ("/" if self.world.quirks.render_folder_spelling == "with a slash" else ""),
                "OutputFilename": job.output_name,
                "MarkIn": job.mark_in,
                "MarkOut": job.mark_out,
                "IsExportVideo": True,
                "IsExportAudio": bool(job.settings.get("ExportAudio", True)),
                "VideoFormat": job.format,
                "VideoCodec": job.codec,
                "RenderMode": "Single clip" if self.state.mode else "Individual clips",
            }
            for number, job in enumerate(self.state.jobs, 1)
        ]

    def StartRendering(self, jobIds: Any, isInteractiveMode: Any = False) -> bool:
        if not isinstance(jobIds, list) or self.IsRenderingInProgress():
            return False
        jobs = [job for job in map(self._job, jobIds) if job is not None]
        if len(jobs) != len(jobIds) or not jobs:
            return False
        for job in jobs:
            job.starts_in = self.world.quirks.render_start_polls
            job.status = "Ready" if job.starts_in else "Rendering"
            job.percent, job.polls = 0, 0
        return True

    def StopRendering(self) -> None:
        for job in self.state.jobs:
            if job.status == "Rendering":
                job.status = "Cancelled"

    def IsRenderingInProgress(self) -> bool:
        for job in self.state.jobs:
            self._advance(job)
        return any(job.status == "Rendering" for job in self.state.jobs)

    def GetRenderJobStatus(self, jobId: Any) -> dict[str, Any]:
        job = self._job(jobId)
        if job is None:
            return {}
        self._advance(job)
        shown: dict[str, Any] = {"JobStatus": job.status, "CompletionPercentage": job.percent}
        if job.status == "Rendering":
            shown["EstimatedTimeRemainingInMs"] = 1000
        if job.status == "Complete":
            shown["TimeTakenToRenderInMs"] = 1000
        if job.error:
            shown["Error"] = job.error
        return shown

    def _job(self, uid: Any) -> RenderJob | None:
        return next((one for one in self.state.jobs if one.uid == uid), None)

    def _advance(self, job: RenderJob) -> None:
        if job.starts_in:
            job.starts_in -= 1
            if not job.starts_in:
                job.status = "Rendering"
            return
        if job.status != "Rendering":
            return
        job.polls += 1
        job.percent = min(99, 100 * job.polls // max(1, self.world.quirks.render_polls))
        if job.polls < self.world.quirks.render_polls:
            return
        job.error = self.world.quirks.render_fails or render_movie(job)
        job.status, job.percent = ("Failed", job.percent) if job.error else ("Complete", 100)
