"""What a movie or image strip shows of its files: which, at which rate, which frame of them when.

Blender does not tell whether a movie strip plays at its own speed ("Adjust Playback Rate"), nor in
4.5 how many frames the file of such a one has. Both show in how its length follows the scene's
rate, which is tried on a copy of the scene.
"""

import os
from pathlib import Path

import bpy

from . import timing, versions

_FASTER = 8
"""Times the file's own rate, so that what is rounded does not matter."""
_tried: "dict[tuple[object, ...], tuple[bool, int]]" = {}
"""By path, rates and length of a strip: (plays at its own speed, frames of the file)."""


def scene_rate(scene):
    """The scene's exact rate, a Fraction."""
    return timing.scene_ratio(scene.render.fps, scene.render.fps_base)


def absolute(path):
    """A path as the file system has it; `//` is the folder of the .blend."""
    return os.path.normpath(bpy.path.abspath(path))


def path_of(strip):
    """The absolute path of a strip's movie or first image; "" of others."""
    if strip.type == "IMAGE":
        first = strip.elements[0].filename if len(strip.elements) else ""
        return absolute(strip.directory + first) if first else ""
    path = getattr(strip, "filepath", "")
    return absolute(path) if path else ""


def of(strip, scene):
    """The media of a STRIP, as answers have it."""
    names = [each.filename for each in strip.elements] if strip.type == "IMAGE" else []
    path = path_of(strip)
    rate = rate_of(strip)
    own, long = own_speed(strip, scene, rate)
    speed = getattr(strip, "speed_factor", 1.0)
    retimed = versions.is_retimed(strip)
    factor = (single_factor(strip, scene) if own else 1.0) * speed
    head, cut = 0, 0
    if strip.type == "MOVIE":
        # Cut off its ends for good ("Hold Offset").
        head, cut = strip.animation_offset_start, strip.animation_offset_end
        cut += head
    start, end = strip.frame_final_start, strip.frame_final_end
    is_plain = factor == 1.0 and strip.strobe <= 1.0 and not retimed
    step = timing.ratio(speed) * (rate / scene_rate(scene) if own else 1)
    stands_at = begin_of(strip)
    shown = timing.shown_frames(
        strip.frame_start,
        start,
        end,
        max(long, 1),
        factor,
        strip.strobe,
        versions.ROUNDS_TIME,
    )
    shown = [each + head for each in shown]
    element = strip.elements[0] if len(strip.elements) else None
    size = [element.orig_width, element.orig_height] if element is not None else [0, 0]
    return {
        "path": path,
        "missing": not Path(path).is_file(),
        "names": names,
        "frames": long + cut,
        "rate": str(rate) if rate is not None else None,
        "step": None if retimed else str(step),
        "first": shown[0] if shown else 0,
        "last": shown[-1] if shown else 0,
        "shown": None if is_plain or retimed else shown,
        "exact": is_plain or (versions.TIME_IS_MEASURED and not retimed),
        "held": start < strip.frame_start or end > strip.frame_start + _length(strip),
        "stands_at": stands_at,
        "size": size if all(size) else None,
        "colour_space": strip.colorspace_settings.name,
        "alpha": strip.alpha_mode,
        "reverse": strip.use_reverse_frames,
        "speed": None if retimed else speed,
        "retimed": retimed,
        "strobe": strip.strobe,
        "deinterlace": strip.use_deinterlace,
        "proxy": strip.use_proxy,
        "stream": getattr(strip, "stream_index", 0),
        "views": strip.use_multiview,
    }


def begin_of(strip):
    """The record frame of a strip's media frame 0, were it played one for one."""
    head = strip.animation_offset_start if strip.type == "MOVIE" else 0
    return int(strip.frame_start) - head


def rate_of(strip):
    """A movie's exact rate; None for images and for files that Blender cannot open."""
    fps = getattr(strip, "fps", 0)
    return timing.ratio(fps) if fps else None


def single_factor(strip, scene):
    """Media frames per record frame at the file's own speed, as Blender reckons it."""
    of_scene = timing.single(scene.render.fps / timing.single(scene.render.fps_base))
    return timing.single(strip.fps / of_scene)


def own_speed(strip, scene, rate):
    """Whether a strip plays at its file's speed in a scene of another; how many frames it has."""
    if rate is None or rate == scene_rate(scene) or versions.is_retimed(strip):
        return False, strip.frame_duration
    key = (
        strip.filepath,
        rate,
        scene_rate(scene),
        strip.frame_duration,
        _length(strip),
        strip.name,
    )
    if key not in _tried:
        copy = scene.copy()
        try:
            same = versions.all_strips(copy.sequence_editor)[strip.name]
            copy.render.fps_base = float(round(rate) / rate)
            copy.render.fps = _FASTER * round(rate)
            own = _length(same) != _length(strip)
            frames = strip.frame_duration
            if same.frame_duration != frames:
                # Since 4.0 this counts record frames, rounded down.
                frames = round(same.frame_duration / _FASTER)
            _tried[key] = own, frames
        finally:
            bpy.data.scenes.remove(copy)
    return _tried[key]


def forget():
    """Another file was opened."""
    _tried.clear()


def _length(strip):
    return strip.frame_final_end + strip.frame_offset_end - strip.frame_start
