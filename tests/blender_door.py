"""`newtake blender open` as the add-on has it: a child whose requests Blender answers, its page.

Which Blender answers is the test's choice: a real one without a window, or the fake.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from blender_child import BlenderChild, Refused
from keys import key_of
from page_asker import Asker
from services import NEWTAKE, PATIENCE_SECONDS

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]
"""{"ok": ...} or {"error": ...} for a request."""


class SharedBlender:
    """A real Blender that a test and newtake both ask, one after the other."""

    def __init__(self, child: BlenderChild) -> None:
        self._child = child
        self._turn = threading.Lock()

    def call(self, name: str, /, **arguments: Any) -> Any:
        with self._turn:
            return self._child.call(name, **arguments)

    def ask(self, do: str, **body: Any) -> Any:
        with self._turn:
            return self._child.ask(do, **body)

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        body = {key: value for key, value in request.items() if key not in ("id", "do")}
        try:
            return {"ok": self.ask(request["do"], **body)}
        except Refused as error:
            found = {"kind": error.kind, "text": error.text, "call": "", "value": error.value}
            return {"error": found}


class BlenderDoor:
    """The child of an add-on."""

    def __init__(self, answer: Answer, home: Path, base_url: str) -> None:
        self.url = ""
        self.asked: list[str] = []
        """What newtake asked, word by word."""
        self._answer = answer
        self._page = threading.Event()
        home.mkdir(parents=True, exist_ok=True)
        self._log = (home / "open.log").open("w")
        self.process = subprocess.Popen(
            [*NEWTAKE, "blender", "open"],
            env={
                **os.environ,
                "NEWTAKE_HOME": str(home),
                "OXEN_BASE_URL": base_url,
                "OXEN_API_KEY": key_of("service"),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
        )
        self._pump = threading.Thread(target=self._serve, daemon=True)
        self._pump.start()
        assert self._page.wait(PATIENCE_SECONDS), (home / "open.log").read_text()
        self.page = Asker(self.url)

    def _serve(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            request = json.loads(line)
            self.asked.append(request["do"])
            if request["do"] == "page":
                self.url = request["url"]
                answer: dict[str, Any] = {"ok": None}
                self._page.set()
            elif request["do"] == "bye":
                # The conversation is over, and not Blender.
                answer = {"ok": None}
            else:
                answer = self._answer(request)
            try:
                self.process.stdin.write(json.dumps({"id": request["id"], **answer}) + "\n")
                self.process.stdin.flush()
            except (OSError, ValueError):
                return

    def restyle(self, **asked: Any) -> list[str]:
        """Plan and begin; the jobs' ids."""
        plan = self.plan(**asked)
        return self.begin(plan)

    def plan(self, **asked: Any) -> dict[str, Any]:
        words = {"prompt": "copy it", "resolution": "540p", **asked}
        status, plan = self.page("plan", **words)
        assert status == 200, plan
        return plan

    def begin(self, plan: Mapping[str, Any]) -> list[str]:
        status, answer = self.page("restyle", plan=plan["id"], price=plan["price"])
        assert status == 200, answer
        return list(answer["jobs"])

    def job(self, job: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The job as the page lists it, as soon as it is as wished."""

        def found(state: dict[str, Any]) -> dict[str, Any] | None:
            return next((each for each in state["jobs"] if each["id"] == job), None)

        state = self.page.until(lambda state: (each := found(state)) is not None and holds(each))
        listed = found(state)
        assert listed is not None
        return listed

    def done(self, job: str) -> dict[str, Any]:
        ended = self.ended(job)
        assert ended["status"] == "done", ended
        return ended

    def ended(self, job: str) -> dict[str, Any]:
        """The job, as soon as nothing of it goes on."""
        ends = ("done", "failed", "unsure", "cancelled")
        return self.job(job, lambda each: each["status"] in ends and not each["running"])

    def close_blender(self) -> None:
        """The pipe ends, as when Blender does."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE_SECONDS)
        assert self.process.stdout is not None
        self._pump.join(PATIENCE_SECONDS)
        self.process.stdout.close()
        self.close_blender()
        self._log.close()
