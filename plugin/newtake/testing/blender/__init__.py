"""A sequencer of Blender's in memory, which answers the requests of New Take's add-on.

    blender = FakeBlender()
    blender.call("movie", path="a.mp4", name="A", channel=1, frame_start=1, start=11, end=61)
    blender.answer({"do": "strips", "document": None, "known": []})

It knows movies, images, effects, sound and meta strips by name, undo steps, and files that are
closed and opened again. What is drawn it does not know: no look, no picture. What it answers is
held to what a real Blender answers, by the same tests (`tests/contract/test_blender_bridge.py`).
"""

from __future__ import annotations

from newtake.testing.blender.editor import FakeBlender

__all__ = ["FakeBlender"]
