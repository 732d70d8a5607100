"""What a plan says, as the few lines that a dialog has room for, each with its icon.

Rule 1: what the button does and costs always comes whole, and first.
Rule 2: of everything else there is as much as fits; how much is missing is said.
"""

import textwrap

_CHARACTERS = 88
_SEVERAL = 3
"""So many names are written out where several strips have one reason or note."""
_LEAST = 2
"""Lines that each kind of thing gets at the least: one of it, and how many more there are."""


def wrapped(text, icon, lines=None):
    """A paragraph as lines (text, icon): Blender's own labels are cut off at the edge.

    `lines`: how many at the most; what is cut off ends with an ellipsis.
    """
    found = textwrap.wrap(text, _CHARACTERS, max_lines=lines, placeholder=" …") or [""]
    return [(line, icon if at == 0 else "BLANK1") for at, line in enumerate(found)]


def lines_of(plan, room):
    """The plan's lines, `room` of them where that is enough for its sentence and the rest's counts.

    Without what has to be agreed to, which `to_agree` has.
    """
    found = wrapped(plan["sentence"], "INFO") if plan["sentence"] else []
    if plan["missing"]:
        found += wrapped(plan["missing"], "ERROR")
    names = [row["clip"] for row in plan["rows"]]
    notes = [each for each in plan["notes"] if each not in plan["made"]]
    kinds = [
        ([(_row(each), "FILE_MOVIE") for each in plan["rows"]], "and {} more"),
        (
            [(f"{each} left out: {why}", "CANCEL") for each, why in _refused(plan["refused"])],
            "and {} more reasons to leave strips out",
        ),
        ([(each, "DOT") for each in _notes(notes, names)], "and {} more notes"),
    ]
    kinds = [each for each in kinds if each[0]]
    for at, (paragraphs, more) in enumerate(kinds):
        later = len(kinds) - at - 1
        own = max(_LEAST, room - len(found) - later * _LEAST)
        # All may be had by the last; the others leave it their share.
        own = own if later == 0 else max(_LEAST, (own + _LEAST * later) // (later + 1))
        found += _fitting(paragraphs, own, more)
    return found


def to_agree(plan):
    """What begins nothing before its box is ticked: (the box, its lines)."""
    found = []
    paid = [*plan["repeats"], *plan["made"]]
    if paid:
        lines = wrapped(paid[0], "ERROR", 4)
        if len(paid) > 1:
            lines.append((f"and {len(paid) - 1} more that would be paid for again", "BLANK1"))
        found.append(("again", lines))
    if plan["publishes"]:
        found.append(("agree_public", wrapped(plan["publishes"], "ERROR", 4)))
    return found


def _fitting(paragraphs, room, more):
    found = []
    for at, (text, icon) in enumerate(paragraphs):
        left = len(paragraphs) - at
        lines = wrapped(text, icon)
        if len(found) + len(lines) + (left > 1) > room:
            if found:
                return [*found, (more.format(left), "BLANK1")]
            lines = wrapped(text, icon, max(1, room - (left > 1)))
        found += lines
    return found


def _row(row):
    rest = [row["sent"], row["frames"], row["price"]]
    return "{}: {}".format(row["clip"], ", ".join(filter(None, rest)))


def _refused(pairs):
    """Those of one reason together."""
    alike = {}
    for name, why in pairs:
        alike.setdefault(why, []).append(name)
    for why, names in alike.items():
        yield _named(names) + (" is" if len(names) == 1 else " are"), why


def _notes(notes, names):
    """Those that say the same of several strips together."""
    alike = {}
    for note in notes:
        of = next((each for each in names if note.startswith(each + ": ")), None)
        text = note if of is None else note[len(of) + 2 :]
        alike.setdefault(text, []).append(of)
    for text, found in alike.items():
        of = [each for each in dict.fromkeys(found) if each is not None]
        yield f"{_named(of)}: {text}" if of else text


def _named(names):
    if len(names) <= _SEVERAL + 1:
        return ", ".join(names)
    return "{} and {} more".format(", ".join(names[:_SEVERAL]), len(names) - _SEVERAL)
