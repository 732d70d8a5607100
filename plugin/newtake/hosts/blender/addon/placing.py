"""Places takes of a clip into the sequencer: all of them or none, read back, one undo step.

What a request and its answer are is in `bridge.py`.
"""

import contextlib

from . import identity, making, media, room, versions
from .changing import Changes, state_of
from .identity import CLIP, ID, ORIGINAL, TAKE
from .look import Look
from .room import meet
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
        if strip is not None:
            making.demand_same(sequencer, strip, take)
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
            made, spot = [], _spot(sequencer, original)
            for take, channel in zip(wanted, free.channels):
                strip = making.made(sequencer, spot, take, channel, changes)
                Look(sequencer.scene, original, strip).give()
                making.set_colour_space(strip, take, original)
                strip.color_tag = take.get("colour") or original.color_tag
                making.sign(strip, take, uid)
                made.append(strip)
            know(sequencer, original, changes)
            _give_rest(original, request.get("rest"), changes)
            shown = [each for each, take in zip(made, wanted) if take.get("show")]
            if shown:
                show(sequencer, uid, shown[0], changes, extra=made)
            for strip, take, channel in zip(made, wanted, free.channels):
                wrong = making.differences(strip, spot, take, channel)
                making.demand_none(wrong + Look(sequencer.scene, original, strip).differences())
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
    strips = sequencer.named_for(uid)
    changes.write(original, ID, uid)
    changes.write(original, CLIP, uid)
    changes.write(original, TAKE, ORIGINAL)
    for strip in strips:
        # Of a clip that was copied or split, the copies' takes still name the first one.
        changes.write(strip, CLIP, uid)
        if strip[TAKE] != ORIGINAL:
            changes.write(strip, ID, sequencer.uid(strip))
    changes.write(sequencer.scene, identity.DOCUMENT, sequencer.document)


def show(sequencer, uid, shown, changes, extra=()):
    """Unmute one of a clip's takes, or the original, and mute the others.

    Args:
        sequencer: As it was read.
        uid: The clip's.
        shown: A strip of what is to be shown; what was split shows whole.
        changes: Made by this.
        extra: Takes that were made since it was read.
    """
    parts = sequencer.parts(uid)
    for each in extra:
        parts[each[TAKE]] = [each]
    wanted = shown.get(TAKE) or ORIGINAL
    for label, strips in parts.items():
        for each in strips:
            is_shown = label == wanted
            if label == ORIGINAL and not is_shown:
                # A part of it that the take is not over would leave a hole.
                is_shown = not any(meet(each, take) for take in parts[wanted])
            changes.set(each, "mute", not is_shown)


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


def _spot(sequencer, original):
    return making.Spot(
        sequencer.holder(original),
        media.begin_of(original),
        original.frame_final_start,
        original.frame_final_end,
        making.is_relative(original),
    )


def _give_rest(strip, rest, changes):
    """Take the mark of a strip away that a take is being made for, within the same undo step."""
    if rest is None:
        return
    for key, value in rest["properties"].items():
        changes.write(strip, key, value)
    changes.set(strip, "color_tag", rest["colour"])


def _fits(sequencer, original, take):
    """Raises: BridgeError where a take's file is not there or has not the frames."""
    making.demand_files(take)
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
