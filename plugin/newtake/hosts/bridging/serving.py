"""The side of a bridge that answers: one line of JSON for each line of JSON, errors as values.

Runs inside editors, which load it by its path or with an add-on of their own: it knows the standard
library of Python 3.8 alone and nothing of New Take.
"""

import json


class BridgeError(Exception):
    """What an answer says instead of a result."""

    def __init__(self, kind, text, call="", value=None):
        """`kind` is one of the words of the bridge's own list, `value` what was found instead."""
        Exception.__init__(self, text)
        self.kind, self.text, self.call, self.value = kind, text, call, value

    @property
    def ends_all(self):
        return self.kind in ("silent", "gone")

    def as_json(self):
        return {"kind": self.kind, "text": self.text, "call": self.call, "value": self.value}


def as_error(problem):
    """What no call says, and would end a request in its middle, is an error like the others."""
    if isinstance(problem, BridgeError):
        return problem
    return BridgeError("request", f"{type(problem).__name__}: {problem}")


def reply_to(line, answer):
    """The line that answers a line, and whether it is the last one (a "bye").

    `answer` gives {"ok": ...} or {"error": ...} for a request, or raises.
    """
    number, last = None, False
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise ValueError("a request is an object")
        number, last = request.get("id"), request.get("do") == "bye"
        reply = answer(request)
    except Exception as error:
        reply = {"error": as_error(error).as_json()}
    reply["id"] = number
    return json.dumps(reply) + "\n", last


def serve(answer, read_line, write_line):
    """Answer until there is no more line, or a "bye"."""
    while True:
        line = read_line()
        if not line:
            return
        reply, last = reply_to(line, answer)
        try:
            write_line(reply)
        except (OSError, ValueError):
            # The other side is gone; the next line would be the end.
            return
        if last:
            return
