"""A Blender with a real window on a screen of its own, with a mouse and a keyboard.

The screen is Xvfb's, drawn by the processor; mouse and keyboard are xdotool's. What was found out
about that: the splash eats the first click; a button has to be held for a moment; the mouse must
move inside of a region before it clicks there; without a window manager the window gets the keys
only when it is told to have them.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("in_blender_window.py")
PROGRAMS = ("blender", "Xvfb", "xdotool", "import")
SIZE = (1280, 800)
START_SECONDS = 120
ANSWER_SECONDS = 90
HOLD_SECONDS = 0.12


class BlenderWindow:
    def __init__(self, process: subprocess.Popen[str], screen: str, log: Path) -> None:
        self._process, self._screen, self._log = process, screen, log
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait(self) -> None:
        """Until it is drawn, and has the keyboard."""
        self._answer(START_SECONDS)
        window = self._xdotool("search", "--onlyvisible", "--class", "blender").split()[-1]
        self._xdotool("windowfocus", window)

    def close(self) -> None:
        """Once it has ended: what it said is read to the end."""
        self._reader.join(20)

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Run one of in_blender_window.py's functions."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"call": name, "with": arguments}) + "\n")
        self._process.stdin.flush()
        return self._answer(ANSWER_SECONDS)

    def until(self, holds: Callable[[], Any], seconds: float = 150) -> Any:
        """Ask again until something comes of it."""
        deadline = time.monotonic() + seconds
        while not (found := holds()):
            if time.monotonic() > deadline:
                self.picture(self._log.with_name("too_late.png"))
                raise AssertionError(f"it never came\n{self._log.read_text()[-3000:]}")
            time.sleep(0.1)
        return found

    def move(self, x: float, y: float) -> None:
        for step in (6, 2, 0):
            self._xdotool("mousemove", str(round(x - step)), str(round(y - step)))
            time.sleep(0.05)

    def click(self, x: float, y: float, button: int = 1) -> None:
        self.move(x, y)
        self._xdotool("mousedown", str(button))
        time.sleep(HOLD_SECONDS)
        self._xdotool("mouseup", str(button))
        time.sleep(0.3)

    def hover(self, name: str) -> None:
        """Put the mouse over a strip."""
        self.move(*self.call("place_of", name=name))

    def click_strip(self, name: str, button: int = 1) -> None:
        x, y = self.call("place_of", name=name)
        self.click(x, y, button)

    def keys(self, *names: str) -> None:
        for name in names:
            self._xdotool("key", "--delay", "60", name)
            time.sleep(0.2)

    def type(self, text: str) -> None:
        self._xdotool("type", "--delay", "60", text)
        time.sleep(0.2)

    def picture(self, path: Path, crop: str = "") -> Path:
        words = ["import", "-display", self._screen, "-window", "root"]
        words += ["-quality", "88", *(["-crop", crop, "+repage"] if crop else [])]
        subprocess.run([*words, str(path)], check=True, timeout=30)
        return path

    def _xdotool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words],
            env={**os.environ, "DISPLAY": self._screen},
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        return done.stdout

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def _answer(self, seconds: float) -> Any:
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no answer\n{self._log.read_text()[-3000:]}") from None
            if not line:
                raise AssertionError(f"Blender has ended\n{self._log.read_text()[-3000:]}")
            if line.startswith("{"):
                answer = json.loads(line)
                assert "ok" in answer, answer
                return answer["ok"]


@contextmanager
def blender_window(
    folder: Path, environment: Mapping[str, str], *files: Path
) -> Iterator[BlenderWindow]:
    """Blender's video editing screen, with the preferences of the environment's user.

    Args:
        folder: For its log.
        environment: Its HOME has Blender's preferences, and the add-on.
        files: A .blend to open.
    """
    with xvfb(folder) as screen, (folder / "window.log").open("w") as log:
        words = ["blender", "--no-window-focus"]
        words += ["-p", "0", "0", *map(str, SIZE), *map(str, files), "-P", str(SCRIPT)]
        with subprocess.Popen(
            words,
            env={**environment, "DISPLAY": screen, "LIBGL_ALWAYS_SOFTWARE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
        ) as process:
            window = BlenderWindow(process, screen, folder / "window.log")
            try:
                window.wait()
                yield window
            finally:
                process.kill()
                window.close()


@contextmanager
def xvfb(folder: Path) -> Iterator[str]:
    """A screen of its own; it chooses its number itself."""
    reading, writing = os.pipe()
    with (folder / "xvfb.log").open("w") as log:
        size = f"{SIZE[0]}x{SIZE[1]}x24"
        process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
            pass_fds=(writing,),
            stdout=log,
            stderr=log,
        )
        os.close(writing)
        try:
            with os.fdopen(reading) as numbers:
                number = numbers.readline().strip()
            assert number, (folder / "xvfb.log").read_text()
            yield f":{number}"
        finally:
            process.terminate()
            process.wait(20)
