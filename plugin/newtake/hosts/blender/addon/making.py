"""Makes strips of takes' files: at a spot, with the paths that move along, and reads them back."""

import os
from pathlib import Path

import bpy

from . import animation, identity, media, room, versions
from .identity import CLIP, ID, TAKE
from .serving import BridgeError


class Spot:
    """Where strips of takes stand."""

    def __init__(self, holder, begin, start, end, relative=False, fit="ORIGINAL"):
        """
        Args:
            holder: What they lie in: a meta strip, or the sequence editor.
            begin: Record frame from which their `first` counts.
            start: First record frame that they show.
            end: The one after the last.
            relative: Whether their paths are relative also where new ones are not by default.
            fit: How Blender brings a picture of another size into the frame.
        """
        self.holder = holder
        self.begin = begin
        self.start = start
        self.end = end
        self.relative = relative
        self.fit = fit


def made(sequencer, spot, take, channel, changes):
    """A new strip of a take's file, muted, with no look yet. Raises: BridgeError."""
    scene, editor = sequencer.scene, sequencer.editor
    strips = versions.strips_of(spot.holder)
    begin = spot.begin + take["first"]
    active = editor.active_strip
    # Until it is trimmed it is as long as its file, and Blender moves what overlaps.
    aside = room.empty_channel(strips)
    if take["kind"] == "movie":
        strip = strips.new_movie(
            name=take["name"],
            filepath=_written_as(take["path"], spot),
            channel=aside,
            frame_start=begin,
            fit_method=spot.fit,
        )
    else:
        strip = strips.new_image(
            name=take["name"],
            filepath=_written_as(images(take)[0], spot),
            channel=aside,
            frame_start=begin,
            fit_method=spot.fit,
        )
        for each in take["names"][1:]:
            strip.elements.append(each)

    def removed():
        animation.remove(scene, strip)
        strips.remove(strip)
        editor.active_strip = active

    changes.noted(removed)
    animation.remove(scene, strip)
    strip.select = False
    editor.active_strip = active
    if strip.frame_duration != take["frames"]:
        text = f"Blender reads {strip.frame_duration} frames of it, not {take['frames']}."
        raise BridgeError("no_file", text, value=take.get("path") or take["folder"])
    strip.mute = True
    strip.frame_final_start = spot.start
    strip.frame_final_end = spot.end
    strip.channel = channel
    return strip


def sign(strip, take, uid):
    """Write into a strip which take of which clip it is."""
    strip[ID] = identity.new_uid()
    strip[CLIP] = uid
    strip[TAKE] = take["label"]
    for key, value in take.get("properties", {}).items():
        strip[key] = value


def set_colour_space(strip, take, original=None):
    """As the take says; else the original's, for a movie of a movie. Raises: BridgeError."""
    spaces = strip.colorspace_settings.bl_rna.properties["name"].enum_items
    wanted = list(take.get("colour_space") or ())
    if not wanted and original is not None and original.type == strip.type == "MOVIE":
        wanted = [original.colorspace_settings.name]
    known = next((each for each in wanted if each in spaces), None)
    if known is not None:
        strip.colorspace_settings.name = known
    elif wanted:
        text = "This Blender has no colour space named {}.".format(" or ".join(wanted))
        raise BridgeError("cannot", text, value=wanted)


def images(take):
    return [str(Path(take["folder"], each)) for each in take["names"]]


def is_relative(strip):
    """Whether a strip's path is relative to the .blend."""
    path = strip.directory if strip.type == "IMAGE" else strip.filepath
    return path.startswith("//")


def demand_files(take):
    """Raises: BridgeError where a take's file is not there."""
    paths = [take["path"]] if take["kind"] == "movie" else images(take)
    missing = next((each for each in paths if not Path(each).is_file()), None)
    if missing is not None or not paths:
        raise BridgeError("no_file", "There is no file %s." % (missing or take.get("folder")))


def demand_same(sequencer, strip, take):
    """Raises: BridgeError where a strip of a take's label is of another file."""
    if not _is_of(strip, take):
        text = "Another file stands under the label {!r}.".format(take["label"])
        raise BridgeError("label_taken", text, value=sequencer.data(strip))


def differences(strip, spot, take, channel):
    """Where a strip is not as it was made, in words; empty where it is."""
    found = {
        "start": strip.frame_final_start,
        "end": strip.frame_final_end,
        "begin": int(strip.frame_start),
        "frames": strip.frame_duration,
        "channel": strip.channel,
        "file": _is_of(strip, take),
    }
    wanted = {
        "start": spot.start,
        "end": spot.end,
        "begin": spot.begin + take["first"],
        "frames": take["frames"],
        "channel": channel,
        "file": True,
    }
    return [
        f"{key} is {found[key]}, not {wanted[key]}" for key in wanted if found[key] != wanted[key]
    ]


def demand_none(wrong):
    """Raises: BridgeError where there are differences."""
    if wrong:
        text = "The take reads back as something else: {}.".format("; ".join(wrong))
        raise BridgeError("not_as_written", text, value=wrong)


def _written_as(path, spot):
    """A take's path in the file: relative where Blender itself would write it so, or where the
    original's is, so that all of a project moves together."""
    by_default = bpy.context.preferences.filepaths.use_relative_paths
    if bpy.data.filepath and (by_default or spot.relative):
        try:
            return bpy.path.relpath(path)
        except ValueError:
            # On another drive, on Windows.
            return path
    return path


def _is_of(strip, take):
    path = take["path"] if take["kind"] == "movie" else images(take)[0]
    return media.path_of(strip) == os.path.normpath(path)
