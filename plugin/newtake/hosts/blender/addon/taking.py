"""Switches between a clip's takes, removes them, and notes things on strips.

What requests and answers are is in `bridge.py`.
"""

from . import animation, identity, versions
from .changing import Changes
from .identity import ORIGINAL
from .placing import know, show, whole
from .serving import BridgeError


def switch(sequencer, request):
    """Show one take of a clip, or the original."""
    uid, label = request["clip"], request["label"]
    original, takes = sequencer.strip(uid), sequencer.takes(uid)
    shown = original if label == ORIGINAL else takes.get(label)
    if shown is None:
        raise BridgeError("not_found", f"There is no {label!r} of this clip.", value=label)
    _unlocked(sequencer, _all(sequencer.parts(uid)))
    with whole(sequencer, request.get("undo") or "Switch Take") as changes:
        if original is not None:
            know(sequencer, original, changes)
        show(sequencer, uid, shown, changes)
    return _standing(sequencer, uid)


def remove(sequencer, request):
    """Remove takes; the original shows again where the shown one is among them."""
    uid = request["clip"]
    original, parts = sequencer.strip(uid), sequencer.parts(uid)
    going = _all({label: parts.get(label, ()) for label in request["labels"] if label != ORIGINAL})
    if going:
        _unlocked(sequencer, [original, *going])
        with whole(sequencer, request.get("undo") or "Remove Take") as changes:
            if original is not None and any(not each.mute for each in going):
                show(sequencer, uid, original, changes)
            for each in going:
                # Nothing of this fails but as a whole, and it comes last.
                animation.remove(sequencer.scene, each)
                versions.strips_of(sequencer.holder(each)).remove(each)
    return _standing(sequencer, uid)


def adopt(sequencer, request):
    """Know a scene, whose own id was lost, by the one that it had."""
    if sequencer.document_kept:
        raise BridgeError("request", "The scene has an id of its own.", value=sequencer.document)
    identity.adopt(sequencer.scene, sequencer.document, request["as"])
    return {"document": request["as"]}


def remember(sequencer, request):
    """Write ids into strips and the scene."""
    _write_ids(sequencer, request["strips"])
    return {"document": sequencer.document, "strips": list(request["strips"])}


def mark(sequencer, request):
    """Note properties and colours on strips."""
    uids = [*request.get("strips", {}), *request.get("colours", {})]
    _write_ids(sequencer, uids)
    changes = Changes()
    for uid, properties in request.get("strips", {}).items():
        for key, value in properties.items():
            if not key.startswith(identity.OURS):
                raise BridgeError("request", f"{key!r} is no property of ours.")
            changes.write(sequencer.strip(uid), key, value)
    for uid, colour in request.get("colours", {}).items():
        changes.set(sequencer.strip(uid), "color_tag", colour)
    return {"strips": [sequencer.data(sequencer.strip(each)) for each in dict.fromkeys(uids)]}


def _write_ids(sequencer, uids):
    strips = [(uid, sequencer.strip(uid)) for uid in uids]
    for uid, strip in strips:
        if strip is None:
            raise BridgeError("not_found", "A strip is not in this file any more.", value=uid)
    for uid, strip in strips:
        strip[identity.ID] = uid
    sequencer.scene[identity.DOCUMENT] = sequencer.document
    sequencer.document_kept = True
    sequencer.read()


def _all(parts):
    return [each for strips in parts.values() for each in strips]


def _unlocked(sequencer, strips):
    for each in strips:
        if each is None:
            continue
        if each.lock or sequencer.holder(each).channels[each.channel].lock:
            text = f"{each.name!r} is locked, or its channel is; unlock it."
            raise BridgeError("locked", text, value=sequencer.data(each))


def _standing(sequencer, uid):
    original = sequencer.strip(uid)
    return {
        "clip": sequencer.data(original) if original is not None else None,
        "takes": [sequencer.data(each) for each in sequencer.takes(uid).values()],
    }
