"""Choose a take of each clip while any OpenTimelineIO program reads a timeline.

OpenTimelineIO runs this file outside `sys.modules`, so it holds nothing but the door; arguments
are described in `otio_newtake.linking`.
"""

from otio_newtake.linking import link_take


def link_media_reference(in_clip, media_linker_argument_map=None):  # type: ignore[no-untyped-def]  # opentimelineio ships no types, and loads this by name
    """Select the wanted take; None tells OpenTimelineIO to leave the references alone."""
    link_take(in_clip, media_linker_argument_map or {})
