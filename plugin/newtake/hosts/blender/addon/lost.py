"""Strips that carry no id, found again by where they lie and what they show, and by their names.

An undo takes an id away, and so does a file that is closed without being saved. A strip that shows
the same frames of the same file at the same place is the one, whatever it is called by now; one
that lies elsewhere is by its name. Nothing is found where two fit.
"""

from . import media


class Lost:
    """The strips that a search is among, sorted by what tells them."""

    def __init__(self, strips, looks, scene, id_key):
        """Nothing of Blender's is asked later but what the strips of one place show.

        Args:
            strips: Those whose ids are not settled yet.
            looks: By name `seen_of` and `place_of` each.
            scene: Theirs.
            id_key: The property of an id: what carries one is a copy or a part of another strip,
                and found by its name alone.
        """
        self._scene = scene
        self._named, self._placed, self._ranges = {}, {}, {}
        for each in strips:
            seen, place = looks[each.name]
            self._named.setdefault(seen, []).append(each)
            if seen[2] and not each.get(id_key):
                file = seen[1:]
                self._placed.setdefault((file, place), []).append(each)
                self._ranges.setdefault((file, place[1], place[2]), []).append(each)

    def fits(self, told, remembered, places):
        """What fits each uid, the surest first: pairs of a uid and strips.

        What a request knows comes first: an id that was given here meanwhile is of no use to it.

        Args:
            told: By uid what a request knows, as KNOWN.
            remembered: By uid as `seen_of` has it.
            places: By uid as `place_of` has it.
        """
        names = {uid: (each["name"], each["type"], each["path"]) for uid, each in told.items()}
        for uids in (list(told), [each for each in remembered if each not in told]):
            seen = [(uid, remembered[uid]) for uid in uids if uid in remembered]
            for uid, was in seen:
                yield uid, [each for each in self._at(was, places.get(uid)) if each.name == was[0]]
            for uid, was in seen:
                yield uid, self._at(was, places.get(uid))
            for uid in uids:
                if uid in told:
                    yield uid, self._showing(told[uid], places.get(uid))
            # What was remembered may have been changed meanwhile and undone; then a request's words
            # hold.
            for uid, was in [*seen, *((uid, names[uid]) for uid in uids if uid in names)]:
                yield uid, self._named.get(was, ())

    def _at(self, seen, place):
        return self._placed.get((seen[1:], place), ())

    def _showing(self, known, place):
        """The strips that show what a request says; on the channel of `place`, where that is
        known."""
        if known.get("first") is None:
            return ()
        file = known["type"], known["path"]
        return [
            each
            for each in self._ranges.get((file, known["start"], known["end"]), ())
            if (place is None or each.channel == place[0])
            and media.of(each, self._scene)["first"] == known["first"]
        ]


def seen_of(strip):
    """What tells a strip wherever it lies: its name, type and file."""
    return strip.name, strip.type, media.path_of(strip)


def place_of(strip):
    """Where it lies and what it shows of its file: its channel, its record range, and the record
    frame of its media's first frame."""
    return (
        strip.channel,
        strip.frame_final_start,
        strip.frame_final_end,
        int(strip.frame_start),
    )
