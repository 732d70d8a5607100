"""Which strip is which: ids that lie in the file once needed, and are remembered until then.

An id is a custom property of the strip. An undo takes it away with what was undone, and a copied
strip has a copy of it, so what each id stood for is kept in memory as well, for this session.
"""

import uuid

from . import versions
from .lost import Lost, place_of, seen_of

ID, CLIP, TAKE, DOCUMENT = "newtake_id", "newtake_clip", "newtake_take", "newtake_document"
ORIGINAL = "original"
EXR_LABEL = "/exr"
"""Ends the label of the strip with a take's EXR images; the rest is the take's own."""
OURS = "newtake_"

_known: "dict[str, dict[str, tuple[str, str, str]]]" = {}
"""By document: uid to (name, type, path)."""
_places: "dict[str, dict[str, tuple[int, int, int, int]]]" = {}
"""By document: uid to `place_of` its strip."""
_documents: "dict[str, str]" = {}
"""By the name of a scene without an id: the one it would get."""


def forget():
    """Another file was opened."""
    _known.clear()
    _places.clear()
    _documents.clear()


def document_of(scene, scenes):
    """The id of a scene's edit, and whether it is written there.

    A scene that was copied has a copy of it: the first in the file keeps it.
    """
    kept = scene.get(DOCUMENT)
    if kept:
        for each in scenes:
            if each.get(DOCUMENT) == kept:
                if each == scene:
                    return kept, True
                break
    return _documents.setdefault(scene.name, new_uid()), False


def adopt(scene, document, wanted):
    """Have a scene whose id is not written yet known by another one, and its strips with it."""
    _documents[scene.name] = wanted
    _known[wanted] = _known.pop(document, {})
    _places[wanted] = _places.pop(document, {})


def uids_of(document, editor, known=()):
    """The uid of every strip by its name, and which of them are written.

    Args:
        known: As a request has it; what was remembered here counts as well.
    """
    strips = sorted(versions.all_strips(editor), key=lambda each: each.name)
    told = {each["uid"]: each for each in known}
    names = {uid: (each["name"], each["type"], each["path"]) for uid, each in told.items()}
    places = _places.setdefault(document, {})
    carriers = {}
    for strip in strips:
        if strip.get(ID):
            carriers.setdefault(strip[ID], []).append(strip)
    uids, written = {}, set()
    for uid, some in carriers.items():
        was = _known.get(document, {}).get(uid) or names.get(uid)
        strip = _original_of(some, was, places.get(uid)) if len(some) > 1 else some[0]
        uids[strip.name] = uid
        written.add(strip.name)
    remembered = {**names, **_known.get(document, {})}
    _known[document] = remembered
    looks = {each.name: (seen_of(each), place_of(each)) for each in strips}
    lost = Lost([each for each in strips if each.name not in uids], looks, editor.id_data, ID)
    taken = set(uids.values())
    for uid, fits in lost.fits(told, remembered, places):
        if uid in taken or len(fits) != 1:
            continue
        (strip,) = fits
        if strip.name not in uids:
            uids[strip.name] = uid
            taken.add(uid)
        elif remembered.get(uid) == looks[strip.name][0]:
            # It was given here before a request said which strip that is.
            remembered.pop(uid)
    for strip in strips:
        uid = uids.setdefault(strip.name, new_uid())
        remembered[uid], places[uid] = looks[strip.name]
    return uids, written


def _original_of(copies, was, place):
    """Which of the strips that carry one id it was given to.

    It is the one that is called as it was; where it was renamed since, the one that lies where it
    lay, and else the one with the first name: that of a copy counts on, as in "clip.001".
    """
    name = was[0] if was is not None else ""
    return max(copies, key=lambda each: (each.name == name, _lies_at(each, place)))


def _lies_at(strip, place):
    """Whether a strip begins where one was, which may have lost its other end in a split."""
    channel, start, _, begin = place_of(strip)
    return place is not None and (channel, start, begin) == (place[0], place[1], place[3])


def properties_of(strip):
    """Our own custom properties, as text."""
    keys = strip.keys()  # a strip is no mapping that could be walked
    return {key: str(strip[key]) for key in keys if key.startswith(OURS)}


def new_uid():
    return uuid.uuid4().hex
