"""Which strip is which: ids that lie in the file once needed, and are remembered until then.

An id is a custom property of the strip. An undo takes it away with what was undone, and a copied
strip has a copy of it, so what each id stood for is kept in memory as well, for this session.
"""

import uuid

from . import media, versions

ID, CLIP, TAKE, DOCUMENT = "newtake_id", "newtake_clip", "newtake_take", "newtake_document"
ORIGINAL = "original"
OURS = "newtake_"

_known: "dict[str, dict[str, tuple[str, str, str]]]" = {}
"""By document: uid to (name, type, path)."""
_documents: "dict[str, str]" = {}
"""By the name of a scene without an id: the one it would get."""


def forget():
    """Another file was opened."""
    _known.clear()
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


def uids_of(document, editor, known=()):
    """The uid of every strip by its name, and which of them are written.

    Args:
        known: As a request has it; what was remembered here counts as well.
    """
    strips = sorted(versions.all_strips(editor), key=lambda each: each.name)
    uids, written = {}, set()
    # Of copies, the later one in the file is the copy: its name counts on, as in "clip.001".
    for strip in strips:
        uid = strip.get(ID)
        if uid and uid not in uids.values():
            uids[strip.name] = uid
            written.add(strip.name)
    # What a request knows comes first: an id that was given here meanwhile is of no use to it.
    told = {each["uid"]: (each["name"], each["type"], each["path"]) for each in known}
    remembered = {**told, **_known.get(document, {})}
    _known[document] = remembered
    found = {}
    for strip in strips:
        if strip.name not in uids:
            found.setdefault((strip.name, strip.type, media.path_of(strip)), []).append(strip)
    taken, matched = set(uids.values()), set()
    # What was remembered may have been changed meanwhile and undone; then a request's words hold.
    for uid, seen in [*remembered.items(), *told.items()]:
        if uid in taken or len(found.get(seen, ())) != 1:
            continue
        if seen in matched:
            remembered.pop(uid, None)
            continue
        uids[found[seen][0].name] = uid
        taken.add(uid)
        matched.add(seen)
    for strip in strips:
        uid = uids.setdefault(strip.name, new_uid())
        remembered[uid] = (strip.name, strip.type, media.path_of(strip))
    return uids, written


def properties_of(strip):
    """Our own custom properties, as text."""
    keys = strip.keys()  # a strip is no mapping that could be walked
    return {key: str(strip[key]) for key in keys if key.startswith(OURS)}


def new_uid():
    return uuid.uuid4().hex
