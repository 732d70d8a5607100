"""What the dialog asks newtake: the styles, and the plan for its settings. Nothing here draws.

Rule: what begins is the plan that was drawn last, for exactly the settings that are in the dialog,
and it begins once.
"""

import json

from .news import SESSION

_SUPERSEDED = "Superseded"
"""The word of newtake's error for a plan that another one ended."""


class Planning:
    """The plans of one dialog, by the settings that they were asked for."""

    def __init__(self):
        self.styles = []
        self.changed = lambda: None
        """Called when something has come."""
        self._plans = {}
        self._troubles = {}
        self._asking = None
        """The newest question, and who waits for its answer."""
        self._drawn = ""

    def open(self, how, settings, then):
        """Ask for what the dialog begins with; `then()` once it is there.

        Args:
            how: "auto" for the selected strips, "preview" for the preview range.
            settings: In the words of a plan's request.
            then: Also where it went wrong: the dialog then says so.
        """
        self._plans, self._troubles, self._drawn, self._asking = {}, {}, "", None
        left = ["styles", "plan"]

        def came(what):
            left.remove(what)
            if not left:
                then()

        def styles_came(answer, trouble):
            self.styles = answer or []
            came("styles")

        def looked(answer, trouble):
            if trouble is not None:
                self._troubles[key_of(settings)] = trouble
                came("plan")
                return
            self.ask(settings, lambda: came("plan"))

        def there(page):
            if page is None:
                return
            page.get("styles", styles_came)
            page.post("look", {"how": how}, looked)

        SESSION.when_there(there)

    def ask(self, settings, then=None):
        """Ask for the plan of these settings, unless it is known or asked for already.

        `then()` once it is there, or could not be had; never where others were asked for since.
        """
        key = key_of(settings)
        if key in self._plans or key in self._troubles:
            if then is not None:
                then()
            return
        waiting = [] if then is None else [then]
        if self._asking is not None and self._asking[0] == key:
            self._asking[1].extend(waiting)
            return
        asking = self._asking = (key, waiting)

        def came(plan, trouble):
            if self._asking is not asking:
                # A later one has ended this one, whose error nobody wants to know.
                return
            self._asking = None
            if trouble is not None and trouble.code == _SUPERSEDED:
                # An earlier question came there later: this one is still the newest.
                self.ask(settings, lambda: [each() for each in waiting])
                return
            if trouble is not None:
                self._troubles[key] = trouble
            else:
                self._plans[key] = plan
            self.changed()
            for each in waiting:
                each()

        SESSION.ask("plan", settings, came)

    def draws(self, settings):
        """The plan or the trouble that is to be drawn for these settings; None, None before."""
        key = key_of(settings)
        if key in self._plans:
            self._drawn = key
            return self._plans[key], None
        self._drawn = ""
        return None, self._troubles.get(key)

    def plan_of(self, settings):
        return self._plans.get(key_of(settings))

    def trouble_of(self, settings):
        return self._troubles.get(key_of(settings))

    def forget(self, settings):
        """What went wrong with these settings is to be asked anew."""
        self._troubles.pop(key_of(settings), None)

    def was_drawn(self, settings):
        """Whether the plan of these settings is what was drawn last."""
        return self._drawn == key_of(settings)

    def begin(self, settings, agree_public, again, then):
        """Begin the plan that was drawn. `then(answer, trouble)`."""
        plan = self._plans.pop(key_of(settings))
        self._drawn = ""
        body = {
            "plan": plan["id"],
            "price": plan["price"],
            "agree_public": agree_public,
            "again": again,
        }
        SESSION.ask("restyle", body, then)


def key_of(settings):
    return json.dumps(settings, sort_keys=True)


PLANNING = Planning()
