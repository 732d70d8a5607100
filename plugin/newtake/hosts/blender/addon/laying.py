"""Lays takes on their own where their clip was: that is gone, or cannot take them as it is.

What a request and its answer are is in `bridge.py`.
"""

from . import identity, making, room
from .placing import whole


def lay(sequencer, request):
    """The answer to "lay"."""
    uid, (start, end) = request["clip"], request["range"]
    takes = request["takes"]
    there = sequencer.takes(uid)
    for take in takes:
        if take["label"] in there:
            making.demand_same(sequencer, there[take["label"]], take)
        making.demand_files(take)
    wanted = [each for each in takes if each["label"] not in there]
    already = [each["label"] for each in takes if each["label"] in there]
    if wanted:
        # As Blender adds footage itself: it has no clip's look to go by.
        spot = making.Spot(sequencer.editor, request["begin"], start, end, fit="FIT")
        channels = room.above_all(sequencer.editor, start, end, len(wanted))
        with whole(sequencer, request.get("undo") or "New Take") as changes:
            made = []
            for take, channel in zip(wanted, channels):
                strip = making.made(sequencer, spot, take, channel, changes)
                making.set_colour_space(strip, take)
                strip.color_tag = take.get("colour") or "NONE"
                making.sign(strip, take, uid)
                strip.mute = not take.get("show")
                made.append(strip)
            if sequencer.strip(uid) is None and any(take.get("show") for take in wanted):
                # Of variations the last one shows, as where they have their strip.
                for strip in there.values():
                    changes.set(strip, "mute", True)
            changes.write(sequencer.scene, identity.DOCUMENT, sequencer.document)
            for strip, take, channel in zip(made, wanted, channels):
                making.demand_none(making.differences(strip, spot, take, channel))
    original, now = sequencer.strip(uid), sequencer.takes(uid)
    return {
        "clip": sequencer.data(original) if original is not None else None,
        "takes": [sequencer.data(now[each["label"]]) for each in takes],
        "already": already,
        "notes": [],
    }
