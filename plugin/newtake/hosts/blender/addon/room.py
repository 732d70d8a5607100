"""Where a take of a strip would go, so that the picture is composed as it was.

Nothing that shows may lie between the original and its take: a title above the original would end
below the take. Where something does, everything above the original goes up by a channel.
"""

from . import animation, versions
from .serving import BridgeError

CHANNELS = 128
"""As many as Blender has; a strip has one from 1 on."""


class Room:
    """Channels for takes of one strip: which ones, and what goes up to make them."""

    def __init__(self, channels, moved, why_not=""):
        self.channels = channels
        self.moved = moved
        self.why_not = why_not

    def as_json(self):
        return {
            "channel": self.channels[0] if self.channels else 0,
            "moves_up": len(self.moved),
            "why_not": self.why_not,
        }


def found(sequencer, strip, count=1):
    """Room for `count` takes of a strip, over its record range."""
    holder = sequencer.holder(strip)
    why = why_not(sequencer, strip)
    if why:
        return Room([], [], why)
    spans = sequencer.spans(holder)
    begin, beyond = strip.frame_final_start, strip.frame_final_end
    over = [
        each
        for each, start, end in spans
        if start < beyond and begin < end and each.name != strip.name
    ]
    channels = holder.channels
    free, number = [], strip.channel + 1
    while len(free) < count and number <= CHANNELS:
        there = [each for each in over if each.channel == number]
        if any(_shows(each, channels) for each in there):
            break
        if not there and not channels[number].lock and not channels[number].mute:
            free.append(number)
        number += 1
    if len(free) == count:
        return Room(free, [])
    above = [each for each, _, _ in spans if each.channel > strip.channel]
    if max((each.channel for each in above), default=0) + count > CHANNELS:
        return Room([], [], f"all of Blender's {CHANNELS} channels are in use.")
    locked = [each for each in above if each.lock or channels[each.channel].lock]
    if locked:
        return Room(
            [],
            above,
            f"what lies above it has to go up by a channel, and {locked[0].name!r} there is "
            "locked; unlock it or leave the channel above the clip free.",
        )
    first = strip.channel + 1
    return Room(list(range(first, first + count)), above)


def above_all(editor, start, end, count):
    """The lowest channels above all that lies over a record range. Raises: BridgeError."""
    over = [
        each.channel
        for each in versions.strips_of(editor)
        if each.frame_final_start < end and start < each.frame_final_end
    ]
    channels = editor.channels
    free = [
        number
        for number in range(max(over, default=0) + 1, CHANNELS + 1)
        if not channels[number].lock and not channels[number].mute
    ]
    if len(free) < count:
        raise BridgeError("no_channel", f"All of Blender's {CHANNELS} channels are in use.")
    return free[:count]


def empty_channel(strips):
    """The highest channel without a strip. Raises: BridgeError."""
    used = {each.channel for each in strips}
    for number in range(CHANNELS, 0, -1):
        if number not in used:
            return number
    raise BridgeError("no_channel", f"All of Blender's {CHANNELS} channels are in use.")


def why_not(sequencer, strip):
    """Why no take can stand for a strip exactly; "" where one can."""
    if strip.lock or sequencer.holder(strip).channels[strip.channel].lock:
        return "it is locked, or its channel is."
    if strip.name in sequencer.users:
        return f"the strip {sequencer.users[strip.name][0].name!r} is made of it."
    if animation.in_nla(sequencer.scene, strip):
        return "an NLA track animates it."
    for each in masks_from_start(strip):
        if each.input_mask_id.animation_data is not None:
            return f"its modifier {each.name!r} follows an animated mask from the strip's start."
    return ""


def masks_from_start(strip):
    """The modifiers whose mask's time counts from the strip's own start, which a take's is not.

    Blender does not tell whether a mask's shapes move.
    """
    return [
        each
        for each in strip.modifiers
        if each.input_mask_type == "ID"
        and each.input_mask_id is not None
        and each.mask_time == "RELATIVE"
    ]


def _shows(strip, channels):
    return strip.type != "SOUND" and not strip.mute and not channels[strip.channel].mute


def meet(one, other):
    """Whether two strips have record frames in common."""
    return (
        one.frame_final_start < other.frame_final_end
        and other.frame_final_start < one.frame_final_end
    )
