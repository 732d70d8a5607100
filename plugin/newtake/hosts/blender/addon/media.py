"""What a movie or image strip shows of its files: which, at which rate, which frame of them when.

Blender does not tell whether a movie strip plays at its own speed ("Adjust Playback Rate"), nor in
4.5 how many frames the file of such a one has. Both show in how its length follows the scene's
rate, which is tried on a copy of the scene.
"""

import os
import time
from pathlib import Path

import bpy

from . import timing, versions

_FASTER = 8
"""Times the file's own rate, so that what is rounded does not matter."""
_tried: "dict[tuple[object, ...], tuple[bool, int]]" = {}
"""By path, rates and length of a strip: (plays at its own speed, frames of the file)."""
_opened: "dict[tuple[str, int, bool], tuple[object, float]]" = {}
"""By path, stream and use of a proxy: (size and time of the file, its rate as Blender has it)."""


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

    def shown_in(first, last):
        frames = timing.shown_frames(
            strip.frame_start,
            first,
            last,
            max(long, 1),
            factor,
            strip.strobe,
            versions.ROUNDS_TIME,
        )
        return [each + head for each in frames]

    # One for one, the ends say it all.
    is_one_run = is_plain or retimed
    shown = shown_in(start, end) if not is_one_run else []
    ends = shown or shown_in(start, start + 1) + shown_in(end - 1, end)
    element = strip.elements[0] if len(strip.elements) else None
    size = [element.orig_width, element.orig_height] if element is not None else [0, 0]
    return {
        "path": path,
        "missing": not Path(path).is_file(),
        "names": names,
        "frames": long + cut,
        "rate": str(rate) if rate is not None else None,
        "step": None if retimed else str(step),
        "first": ends[0] if start < end else 0,
        "last": ends[-1] if start < end else 0,
        "shown": None if is_one_run else shown,
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
    fps = fps_of(strip)
    return timing.ratio(fps) if fps else None


def fps_of(strip):
    """A movie's rate as Blender has it; 0 where it knows none.

    Blender opens the file anew for it, which takes milliseconds: that is done once for each file,
    until the file is another one.
    """
    if strip.type != "MOVIE":
        return 0.0
    key, stands = _opened_as(strip)
    if key not in _opened or _opened[key][0] != stands:
        _opened[key] = stands, getattr(strip, "fps", 0.0)
    return _opened[key][1]


def open_some(strips, until):
    """Open the files of strips ahead, as far as time allows; whether all were.

    Args:
        strips: Of any type.
        until: What `time.monotonic` has when it is enough; one file is opened all the same.
    """
    for each in strips:
        if each.type != "MOVIE":
            continue
        key, stands = _opened_as(each)
        if key not in _opened or _opened[key][0] != stands:
            fps_of(each)
            if time.monotonic() > until:
                return False
    return True


def _opened_as(strip):
    path = path_of(strip)
    try:
        found = Path(path).stat()
    except OSError:
        stands = None
    else:
        stands = (found.st_size, found.st_mtime_ns)
    return (path, getattr(strip, "stream_index", 0), strip.use_proxy), stands


def single_factor(strip, scene):
    """Media frames per record frame at the file's own speed, as Blender reckons it."""
    of_scene = timing.single(scene.render.fps / timing.single(scene.render.fps_base))
    return timing.single(fps_of(strip) / of_scene)


def own_speed(strip, scene, rate):
    """Whether a strip plays at its file's speed in a scene of another; how many frames it has."""
    if rate is None or rate == scene_rate(scene) or versions.is_retimed(strip):
        return False, strip.frame_duration
    key = _tried_as(strip, scene, rate)
    if key not in _tried:
        _try_all(scene)
    return _tried[key]


def _tried_as(strip, scene, rate):
    return (
        strip.filepath,
        rate,
        scene_rate(scene),
        strip.frame_duration,
        _length(strip),
        strip.name,
    )


def _try_all(scene):
    """Try all strips that were not, on one copy of the scene: that costs as much as the scene is
    long."""
    wanted = {}
    for strip in versions.all_strips(scene.sequence_editor):
        rate = rate_of(strip)
        if rate is None or rate == scene_rate(scene) or versions.is_retimed(strip):
            continue
        key = _tried_as(strip, scene, rate)
        if key not in _tried:
            wanted.setdefault(rate, []).append((strip, key))
    copy = scene.copy()
    try:
        copied = versions.all_strips(copy.sequence_editor)
        for rate, strips in wanted.items():
            copy.render.fps_base = float(round(rate) / rate)
            copy.render.fps = _FASTER * round(rate)
            for strip, key in strips:
                same = copied[strip.name]
                own = _length(same) != _length(strip)
                frames = strip.frame_duration
                if same.frame_duration != frames:
                    # Since 4.0 this counts record frames, rounded down.
                    frames = round(same.frame_duration / _FASTER)
                _tried[key] = own, frames
    finally:
        bpy.data.scenes.remove(copy)


def forget():
    """Another file was opened."""
    _tried.clear()
    _opened.clear()


def _length(strip):
    return strip.frame_final_end + strip.frame_offset_end - strip.frame_start
