"""Changes of which all are made or none, each noted with what takes it back."""

from . import identity, media, versions

_ABSENT = object()


class Changes:
    """What was changed so far. Taken back in the opposite order."""

    def __init__(self):
        self._back = []

    def noted(self, back):
        """Have `back()` called where the whole is taken back."""
        self._back.append(back)

    def set(self, thing, name, value):
        """Set an attribute."""
        before = getattr(thing, name)
        if before != value:
            self.noted(lambda: setattr(thing, name, before))
            setattr(thing, name, value)

    def write(self, thing, key, value):
        """Set a custom property; None takes it away."""
        before = thing.get(key, _ABSENT)
        if before is _ABSENT and value is None:
            return
        self.noted(lambda: _written(thing, key, before))
        _written(thing, key, _ABSENT if value is None else value)

    def take_back(self):
        """Undo all of it. Returns what could not be undone, as text."""
        problems = []
        while self._back:
            try:
                self._back.pop()()
            except Exception as problem:
                problems.append(f"{type(problem).__name__}: {problem}")
        return "; ".join(problems)


def _written(thing, key, value):
    if value is _ABSENT:
        if key in thing:
            del thing[key]
    else:
        thing[key] = value


def state_of(editor):
    """All that our changes touch, to compare what is with what was."""
    if editor is None:
        return {}
    state = {
        each.name: (
            each.type,
            each.channel,
            each.frame_start,
            each.frame_final_start,
            each.frame_final_end,
            each.mute,
            each.select,
            each.color_tag,
            media.path_of(each),
            sorted(identity.properties_of(each).items()),
        )
        for each in versions.all_strips(editor)
    }
    state[""] = [(each.name, each.mute, each.lock) for each in editor.channels]
    return state
