"""What a test sees of the fake's state: plain values, equal when nothing has changed."""

from __future__ import annotations

from typing import Any

from newtake.testing.resolve.state import Bin, Item, Marked, Media, Project, Timeline


def item_facts(timeline: Timeline, item: Item) -> dict[str, Any]:
    """Record positions absolute, source positions media-relative, ranges half-open."""
    place = timeline.place_of(item) or ("", 0)
    return {
        "id": item.uid,
        "name": item.name,
        "kind": item.kind,
        "track_type": place[0],
        "track": place[1],
        "start": item.start,
        "duration": item.duration,
        "source_start": item.source_start,
        "media": item.media.uid if item.media else None,
        "speed": str(item.speed),
        "takes": [
            {"media": t.media.uid if t.media else None, "start": t.start, "end": t.end}
            for t in item.takes
        ],
        "selected_take": item.selected_take,
        "enabled": item.enabled,
        "graded": item.is_graded,
        "version": item.version,
        "versions": list(item.versions),
        "fusion_comps": item.fusion_comps,
        "linked": [one.uid for one in item.linked],
        "properties": dict(item.properties),
        **_marked_facts(item),
    }


def media_facts(media: Media) -> dict[str, Any]:
    return {
        "id": media.uid,
        "name": media.name,
        "type": media.kind,
        "path": media.path,
        "frames": media.frames,
        "rate": str(media.rate),
        "start": media.start,
        "first_number": media.first_number,
        "properties": dict(media.properties),
        "metadata": dict(media.metadata),
        "third_party": dict(media.third_party),
        **_marked_facts(media),
    }


def timeline_facts(timeline: Timeline) -> dict[str, Any]:
    """With all its tracks and items."""
    return {
        "id": timeline.uid,
        "name": timeline.name,
        "rate": str(timeline.rate),
        "drop": timeline.drop,
        "start": timeline.start,
        "playhead": timeline.playhead,
        "marks": {kind: dict(marks) for kind, marks in timeline.marks.items()},
        "tracks": {
            kind: [
                {
                    "name": track.name,
                    "enabled": track.enabled,
                    "locked": track.locked,
                    "items": [item_facts(timeline, item) for item in track.items],
                }
                for track in tracks
            ]
            for kind, tracks in timeline.tracks.items()
        },
        **_marked_facts(timeline),
    }


def project_facts(project: Project, page: str) -> dict[str, Any]:
    """The whole project, its pool, the current bin, timeline and page, and the Deliver page."""
    current = project.current_timeline
    render = project.render
    return {
        "id": project.uid,
        "name": project.name,
        "page": page,
        "current_bin": project.bin.uid,
        "current_timeline": current.uid if current else None,
        "settings": dict(project.settings),
        "pool": _bin_facts(project.root),
        "timelines": [timeline_facts(one) for one in project.timelines],
        "render": {
            "format": render.format,
            "codec": render.codec,
            "mode": render.mode,
            "settings": dict(render.settings),
            "presets": sorted(render.presets),
            "jobs": [job.uid for job in render.jobs],
        },
    }


def _bin_facts(one: Bin) -> dict[str, Any]:
    return {
        "id": one.uid,
        "name": one.name,
        "media": [media_facts(media) for media in one.media],
        "bins": [_bin_facts(deeper) for deeper in one.bins],
    }


def _marked_facts(one: Marked) -> dict[str, Any]:
    return {
        "color": one.color,
        "flags": list(one.flags),
        "markers": [vars(one.markers[at]).copy() for at in sorted(one.markers)],
    }
