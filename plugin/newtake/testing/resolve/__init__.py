"""A fake DaVinci Resolve that behaves as a real one was measured to, not as one would hope.

    fake = FakeResolve("21.0.4", rate="25")
    fake.add_timeline("Reel 1", start="10:00:00:00")
    clip = fake.add_item(fake.add_media("shot.mov"), source_start=12, duration=50)
    fake.select([clip])
    resolve = fake.resolve                        # what a script gets from the vendor's module
    ...
    assert fake.item(clip)["selected_take"] == 2
    assert fake.violations == []                  # calls the version's documents do not have

Each module says which of its behaviour is *documented* (Blackmagic's scripting documents),
*observed* (by others, on a real Resolve) or *assumed*. What is assumed is the worse case, and where
somebody may depend on it, a switch in `Quirks`.

Throughout, observed: `hasattr` is True of anything and an unknown method is None; each answer is a
new proxy, so `==` means nothing; a failure is None, False, [] or "", never an exception; handles of
a project go stale when another is opened; an open dialog makes every call None; keys of GetMarkers
are floats. Documented methods that are not modelled answer None and are listed in
`FakeResolve.unmodelled_calls`.
"""

from __future__ import annotations

from newtake.testing.resolve.control import FakeResolve
from newtake.testing.resolve.core import RecordedCall
from newtake.testing.resolve.quirks import Quirks

__all__ = ["FakeResolve", "Quirks", "RecordedCall"]
