"""Places takes of a clip into the sequencer: all of them or none, read back, one undo step.

What a request and its answer are is in `bridge.py`.
"""

import contextlib
import os
from pathlib import Path

import bpy

from . import animation, identity, media, room, versions
from .changing import Changes, state_of
from .identity import CLIP, ID, ORIGINAL, TAKE
from .look import Look
from .serving import BridgeError
from .strips import PICTURES


@contextlib.contextmanager
def whole(sequencer, undo):
    """Changes of which all are made, and end in one undo step, or none.

    Raises:
        BridgeError: What the body raised; whether all was put back is in its text.
    """
    if versions.is_rendering():
        raise BridgeError("busy", "Blender renders at this moment.")
    changes, before = Changes(), state_of(sequencer.editor)
    try:
        yield changes
    except BaseException as problem:
        told = changes.take_back()
        sequencer.read()
        if told or state_of(sequencer.editor) != before:
            text = f"{problem} Not all could be put back as it was; undo does (Ctrl+Z). {told}"
            versions.push_undo(undo)
            raise BridgeError("not_as_written", text.strip()) from problem
        raise
    sequencer.read()
    versions.push_undo(undo)


def place(sequencer, request):
    """The answer to "place"."""
    original = clip_of(sequencer, request["clip"])
    uid = request["clip"]
    _expected(sequencer, original, request.get("expect"))
    takes = request["takes"]
    there = sequencer.takes(uid)
    already = [each["label"] for each in takes if each["label"] in there]
    for take in takes:
        strip = there.get(take["label"])
        if strip is not None and not _is_of(strip, take):
            text = "Another file stands under the label {!r}.".format(take["label"])
            raise BridgeError("label_taken", text, value=sequencer.data(strip))
    wanted = [each for each in takes if each["label"] not in there]
    notes, moved = [], 0
    if wanted:
        for take in wanted:
            _fits(sequencer, original, take)
        free = room.found(sequencer, original, len(wanted))
        if free.why_not:
            kind = "locked" if "locked" in free.why_not else "cannot"
            kind = "no_channel" if "channels are in use" in free.why_not else kind
            text = f"{original.name!r} takes no take: {free.why_not}"
            raise BridgeError(kind, text, value=sequencer.data(original))
        notes = [
            f"The mask of its modifier {each.name!r} counts from the strip's start: look at it "
            "where it moves."
            for each in room.masks_from_start(original)
        ]
        moved = len(free.moved)
        with whole(sequencer, request.get("undo") or "New Take") as changes:
            _move_up(sequencer, original, free, changes)
            made = []
            for take, channel in zip(wanted, free.channels):
                made.append(_made(sequencer, original, take, channel, changes))
            know(sequencer, original, changes)
            shown = [each for each, take in zip(made, wanted) if take.get("show")]
            if shown:
                show(sequencer, uid, shown[0], changes, extra=made)
            for strip, take, channel in zip(made, wanted, free.channels):
                _read_back(sequencer.scene, original, strip, take, channel)
    takes_now = sequencer.takes(uid)
    return {
        "clip": sequencer.data(sequencer.strip(uid)),
        "takes": [sequencer.data(takes_now[each["label"]]) for each in takes],
        "already": already,
        "moved_up": moved,
        "notes": notes,
    }


def clip_of(sequencer, uid):
    """The strip of a clip. Raises: BridgeError."""
    strip = sequencer.strip(uid)
    if strip is None:
        raise BridgeError("not_found", "The strip is not in this file any more.", value=uid)
    if strip.type not in PICTURES:
        raise BridgeError("cannot", f"{strip.name!r} is no movie and no images.")
    return strip


def know(sequencer, original, changes):
    """Write into a strip, its takes and the scene whose they are."""
    uid = sequencer.uid(original)
    changes.write(original, ID, uid)
    changes.write(original, CLIP, uid)
    changes.write(original, TAKE, ORIGINAL)
    for strip in sequencer.takes(uid).values():
        # Of a clip that was copied or split, the copies' takes still name the first one.
        changes.write(strip, ID, sequencer.uid(strip))
        changes.write(strip, CLIP, uid)
    changes.write(sequencer.scene, identity.DOCUMENT, sequencer.document)


def show(sequencer, uid, shown, changes, extra=()):
    """Unmute one of a clip's strips and mute the others."""
    strips = [sequencer.strip(uid), *sequencer.takes(uid).values(), *extra]
    for each in strips:
        if each is not None:
            changes.set(each, "mute", each.name != shown.name)


def _expected(sequencer, original, expect):
    if expect is None:
        return
    now = media.of(original, sequencer.scene)
    found = {
        "start": original.frame_final_start,
        "end": original.frame_final_end,
        "first": now["first"],
    }
    if any(expect.get(key, value) != value for key, value in found.items()):
        text = f"{original.name!r} was moved or trimmed meanwhile."
        raise BridgeError("changed", text, value=sequencer.data(original))


def _fits(sequencer, original, take):
    """Raises: BridgeError where a take's file is not there or has not the frames."""
    paths = [take["path"]] if take["kind"] == "movie" else _images(take)
    missing = next((each for each in paths if not Path(each).is_file()), None)
    if missing is not None or not paths:
        raise BridgeError("no_file", "There is no file %s." % (missing or take.get("folder")))
    now = media.of(original, sequencer.scene)
    begin = now["stands_at"] + take["first"]
    start, end = original.frame_final_start, original.frame_final_end
    if now["shown"] is None:
        # Where the original holds still beyond its media, so does the take.
        start = max(start, int(original.frame_start))
        end = min(end, int(original.frame_start) + original.frame_duration)
    if start < begin or end > begin + take["frames"]:
        text = f"{original.name!r} shows frames that the take has not; it was trimmed meanwhile."
        raise BridgeError("outside", text, value=sequencer.data(original))


def _images(take):
    return [str(Path(take["folder"], each)) for each in take["names"]]


def _move_up(sequencer, original, free, changes):
    """Make room above the original: what lies there goes up, in the order from the top."""
    if not free.moved:
        return
    channels = sequencer.holder(original).channels
    by = len(free.channels)
    for each in sorted(free.moved, key=lambda strip: -strip.channel):
        changes.set(each, "channel", each.channel + by)
    before = [(each.name, each.mute, each.lock) for each in channels]
    for number in range(original.channel + 1, room.CHANNELS + 1):
        # Names are unique, so that each is free before another channel gets it.
        changes.set(channels[number], "name", f"newtake {number}")
    for number in range(original.channel + 1, room.CHANNELS + 1):
        from_number = number - by
        if number in free.channels:
            name, mute, lock = f"Channel {number}", False, False
        else:
            name, mute, lock = before[from_number]
            if name == f"Channel {from_number}":
                name = f"Channel {number}"
        for key, value in (("name", name), ("mute", mute), ("lock", lock)):
            changes.set(channels[number], key, value)


def _made(sequencer, original, take, channel, changes):
    """A new strip of a take's file, with the original's place and look."""
    scene, editor = sequencer.scene, sequencer.editor
    strips = versions.strips_of(sequencer.holder(original))
    begin = media.begin_of(original) + take["first"]
    active = editor.active_strip
    # Until it is trimmed it is as long as its file, and Blender moves what overlaps.
    aside = room.empty_channel(strips)
    if take["kind"] == "movie":
        strip = strips.new_movie(
            name=take["name"],
            filepath=_written_as(take["path"], original),
            channel=aside,
            frame_start=begin,
        )
    else:
        paths = _images(take)
        strip = strips.new_image(
            name=take["name"],
            filepath=_written_as(paths[0], original),
            channel=aside,
            frame_start=begin,
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
    strip.frame_final_start = original.frame_final_start
    strip.frame_final_end = original.frame_final_end
    strip.channel = channel
    Look(scene, original, strip).give()
    _set_colour_space(original, strip, take)
    strip.color_tag = take.get("colour") or original.color_tag
    strip[ID] = identity.new_uid()
    strip[CLIP] = sequencer.uid(original)
    strip[TAKE] = take["label"]
    for key, value in take.get("properties", {}).items():
        strip[key] = value
    return strip


def _written_as(path, original):
    """A take's path in the file: relative where the original's is, so that both move together."""
    of_original = original.directory if original.type == "IMAGE" else original.filepath
    if of_original.startswith("//") and bpy.data.filepath:
        try:
            return bpy.path.relpath(path)
        except ValueError:
            # On another drive, on Windows.
            return path
    return path


def _set_colour_space(original, strip, take):
    spaces = strip.colorspace_settings.bl_rna.properties["name"].enum_items
    wanted = list(take.get("colour_space") or ())
    if not wanted and original.type == strip.type == "MOVIE":
        wanted = [original.colorspace_settings.name]
    known = next((each for each in wanted if each in spaces), None)
    if known is not None:
        strip.colorspace_settings.name = known
    elif wanted:
        text = "This Blender has no colour space named {}.".format(" or ".join(wanted))
        raise BridgeError("cannot", text, value=wanted)


def _is_of(strip, take):
    path = take["path"] if take["kind"] == "movie" else _images(take)[0]
    return media.path_of(strip) == os.path.normpath(path)


def _read_back(scene, original, strip, take, channel):
    """Raises: BridgeError where a strip is not as it was made."""
    found = {
        "start": strip.frame_final_start,
        "end": strip.frame_final_end,
        "begin": int(strip.frame_start),
        "frames": strip.frame_duration,
        "channel": strip.channel,
        "file": _is_of(strip, take),
    }
    wanted = {
        "start": original.frame_final_start,
        "end": original.frame_final_end,
        "begin": media.begin_of(original) + take["first"],
        "frames": take["frames"],
        "channel": channel,
        "file": True,
    }
    wrong = [
        f"{key} is {found[key]}, not {wanted[key]}" for key in wanted if found[key] != wanted[key]
    ]
    wrong += Look(scene, original, strip).differences()
    if wrong:
        text = "The take reads back as something else: {}.".format("; ".join(wrong))
        raise BridgeError("not_as_written", text, value=wrong)
