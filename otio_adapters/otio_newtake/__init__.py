"""Floor 3: timelines of OpenTimelineIO: reading, takes, writing, and a media linker.

`host.OtioHost` is the door for the product. OpenTimelineIO itself finds `plugin_manifest.json`
beside this file through the entry point `opentimelineio.plugins`; it imports this module in every
OpenTimelineIO program of the environment, so nothing is imported here.
"""
