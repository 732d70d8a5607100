"""Floor 3: timelines of OpenTimelineIO: reading, takes, writing, and a media linker."""
