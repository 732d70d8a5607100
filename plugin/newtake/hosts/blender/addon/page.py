"""Asks the newtake that the add-on started, over HTTP on this machine, on threads of its own.

The page in a browser asks the same. What comes back is taken by the main thread with `take`.
"""

import json
import threading
import urllib.error
import urllib.request
from queue import Empty, Queue

_SECONDS = 120.0
_STREAM_SECONDS = 60.0
"""The stream of states says something every fifteen seconds, if only that it is there."""


class Trouble(Exception):
    """What newtake answered instead of a result, in words for a person."""

    def __init__(self, words):
        self.what = words.get("what") or "New Take does not answer."
        self.why, self.next = words.get("why") or "", words.get("next") or ""
        self.money = words.get("money") or ""
        self.code = words.get("error") or ""
        Exception.__init__(self, self.what)

    @property
    def lines(self):
        return [each for each in (self.what, self.why, self.money, self.next) if each]


class Page:
    """The page of one newtake, by its address with the token."""

    def __init__(self, url):
        self.url = url
        self._origin = "/".join(url.split("/")[:3])
        # To this machine only, whatever proxies the environment names.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._answers = Queue()
        self._closed = False
        threading.Thread(target=self._follow, name="new-take-states", daemon=True).start()

    def get(self, what, then):
        """Ask; `then(answer, trouble)` is called by `take`, with one of them None."""
        self._in_thread(lambda: self._asked("api/" + what, None), then)

    def post(self, what, body, then):
        """As `get`."""
        self._in_thread(lambda: self._asked("api/" + what, body), then)

    def take(self, on_state):
        """Hand on what has come, on the thread that calls; the newest state to `on_state`."""
        state = None
        while True:
            try:
                then, answer, trouble = self._answers.get_nowait()
            except Empty:
                break
            if then is None:
                state = answer
            else:
                then(answer, trouble)
        if state is not None:
            on_state(state)

    def close(self):
        self._closed = True

    def _in_thread(self, ask, then):
        def work():
            try:
                self._answers.put((then, ask(), None))
            except Trouble as trouble:
                self._answers.put((then, None, trouble))

        threading.Thread(target=work, name="new-take-asks", daemon=True).start()

    def _asked(self, path, body):
        request = urllib.request.Request(self.url + path)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
            request.add_header("Origin", self._origin)
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return json.loads(answer.read().decode("utf-8"))
        except urllib.error.HTTPError as error:
            raise Trouble(_words(error)) from error
        except (OSError, ValueError) as error:
            raise Trouble({"why": str(error), "next": "Try again in a moment."}) from error

    def _follow(self):
        """The stream of states, until it ends for good."""
        try:
            with self._opener.open(self.url + "api/events", timeout=_STREAM_SECONDS) as stream:
                for line in stream:
                    if self._closed:
                        return
                    if line.startswith(b"data: {"):
                        state = json.loads(line[6:].decode("utf-8"))
                        if "jobs" in state:
                            self._answers.put((None, state, None))
        except (OSError, ValueError):
            pass
        if not self._closed:
            # It comes anew as long as newtake is there; `close` ends it.
            timer = threading.Timer(1.0, self._follow)
            timer.daemon = True
            timer.start()


def _words(error):
    try:
        words = json.loads(error.read().decode("utf-8"))
        return words if isinstance(words, dict) else {}
    except (OSError, ValueError):
        return {"why": str(error)}
