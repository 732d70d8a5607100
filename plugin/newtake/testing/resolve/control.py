"""The side of the fake that a test holds: builds the scene, plays the editor, looks into it.

Everything takes and gives plain values (numbers, text, lists, dicts; objects by their unique id),
so that the same words work over a connection (see `process`).
"""

from __future__ import annotations

from typing import Any

from newtake.testing.resolve.application import CONSTANTS, MediaStorage, ProjectManager, ResolveRoot
from newtake.testing.resolve.core import Action, Hook, Moment, World
from newtake.testing.resolve.editor import Editor
from newtake.testing.resolve.inspection import Inspection
from newtake.testing.resolve.menu import menu_globals
from newtake.testing.resolve.pool import Folder, MediaPool
from newtake.testing.resolve.pool_item import MediaPoolItem
from newtake.testing.resolve.project import ProjectObject
from newtake.testing.resolve.quirks import Quirks
from newtake.testing.resolve.scene import Scene
from newtake.testing.resolve.timeline import TimelineObject
from newtake.testing.resolve.timeline_item import Graph, TimelineItem
from newtake.testing.resolve.vendor_module import unpack

_CLASSES = (
    *(ResolveRoot, ProjectManager, MediaStorage, ProjectObject, MediaPool, Folder),
    *(MediaPoolItem, TimelineObject, TimelineItem, Graph),
)


class FakeResolve(Scene, Editor, Inspection):
    """One running DaVinci Resolve, with one open project in it.

    Args:
        version: "18.6", "19.1", "20.3.2", "21.0", "21.0.4", "21.1" and so on.
        edition: "studio" or "free".
        rate: The first project's frame rate, as the setting is written: "25", "29.97 DF".
        colour_managed: Whether the first project manages colour.
        quirks: Answers to the questions nobody has measured.
    """

    def __init__(
        self,
        version: str = "21.1",
        edition: str = "studio",
        *,
        project: str = "Feature",
        rate: str = "24",
        colour_managed: bool = False,
        quirks: Quirks | None = None,
    ) -> None:
        self.world = World(version, edition, quirks or Quirks())
        self.world.classes = {one.class_name: one for one in _CLASSES}
        self.add_project(project, rate=rate, colour_managed=colour_managed)

    @property
    def resolve(self) -> Any:
        """The root object as a menu script finds it: a new proxy every time."""
        root = self.world.pack(ResolveRoot(self.world))
        return unpack(root, self._send, self.hello())

    def menu_globals(self) -> dict[str, Any]:
        """The names that a menu script finds. There is no `__file__`."""
        return menu_globals(self.resolve)

    def external(self) -> Any:
        """What scriptapp("Resolve") gives a process outside: None where it may not come in."""
        return self.resolve if self.lets_in("external") else None

    def lets_in(self, way: str) -> bool:
        """Whether a script gets the root object: from the menu always, from outside by rule."""
        world = self.world
        is_open = world.edition == "studio" and world.external_scripting
        return not world.has_quit and (way == "menu" or is_open)

    def hello(self) -> dict[str, Any]:
        """What a proxy must know: the names each class has, and the root's constants."""
        return {
            "classes": {name: sorted(methods) for name, methods in self.world.methods.items()},
            "constants": CONSTANTS,
        }

    def _send(self, request: dict[str, Any]) -> Any:
        return self.world.ask(request)

    def on_call(
        self,
        method: str,
        action: Action = "pause",
        *,
        moment: Moment = "before",
        skip: int = 0,
        times: int = 1,
    ) -> int:
        """Let something happen at coming calls of a method of any class.

        Args:
            action: "pause" holds the answer until `go_on`; "refuse" answers False or None;
                "dialog" opens one, "quit" ends Resolve.
            moment: "before" the call is carried out, or "after" it and before the answer.
            skip: So many calls pass first.
            times: Then so many are met.

        Returns:
            The hook's number, for `wait_for` and `go_on`.
        """
        with self.world.lock:
            self.world.hooks.append(Hook(method, action, moment, skip, times))
            return len(self.world.hooks) - 1

    def wait_for(self, hook: int, seconds: float = 30) -> bool:
        """Wait until a hook was reached; False when the time is over."""
        return self.world.hooks[hook].reached.wait(seconds)

    def go_on(self, hook: int, *, drop: bool = False) -> None:
        """Let a paused call, and later ones of the same hook, go on.

        Args:
            drop: The call is answered with None and not carried out, as when whoever made it was
                killed before Resolve came to it.
        """
        self.world.hooks[hook].dropped = drop
        self.world.hooks[hook].go_on.set()
