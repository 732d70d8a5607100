"""Reads the sequencer as plain data: every strip, what it shows of its media, whose take it is.

`bridge.py` has the words of the answers.
"""

import bpy

from . import identity, media, versions
from .identity import CLIP, ORIGINAL, TAKE

PICTURES = ("MOVIE", "IMAGE")
"""Types of strips that takes can be made of."""


class Sequencer:
    """One reading of a scene's sequencer; not to be kept over a change by anybody else."""

    def __init__(self, scene, known=()):
        self.scene = scene
        self.scenes = scenes_with_sequencer()
        self.document, self.document_kept = identity.document_of(scene, self.scenes)
        self.editor = scene.sequence_editor
        self.known = known
        self.holders = {}
        self.read()

    def read(self):
        """Look at the strips again, after a change of ours."""
        self.uids, self.kept = {}, set()
        self._spans = {}
        if self.editor is None:
            self.strips = []
            return
        self.strips = list(versions.all_strips(self.editor))
        self.uids, self.kept = identity.uids_of(self.document, self.editor, self.known)
        self.holders = {}
        for each in self.strips:
            if each.type == "META":
                for inner in versions.strips_of(each):
                    self.holders[inner.name] = each
        self.users = {}
        for each in self.strips:
            for given in versions.effect_inputs(each):
                self.users.setdefault(given.name, []).append(each)
        self.clips = self._clips()

    def uid(self, strip):
        return self.uids[strip.name]

    def strip(self, uid):
        """The strip of a uid, or None."""
        for each in self.strips:
            if self.uids[each.name] == uid:
                return each
        return None

    def holder(self, strip):
        """What a strip lies in: a meta strip, or the sequence editor."""
        return self.holders.get(strip.name) or self.editor

    def spans(self, holder):
        """The strips in a holder, each with its record range, as they were read: to compare many
        with many without asking Blender each time."""
        name = getattr(holder, "name", "")
        if name not in self._spans:
            self._spans[name] = [
                (each, each.frame_final_start, each.frame_final_end)
                for each in versions.strips_of(holder)
            ]
        return self._spans[name]

    def takes(self, uid):
        """The takes of a clip, by their labels; of one that was split or copied the strip that lies
        over the original most."""
        found, original = {}, self.strip(uid)
        for each in self.strips:
            label = each.get(TAKE)
            if label and label != ORIGINAL and self.clips.get(each.name) == uid:
                found.setdefault(label, []).append(each)
        return {
            label: max(some, key=lambda each: _overlap(each, original or each))
            for label, some in found.items()
        }

    def parts(self, uid):
        """All strips of a clip by its takes' labels: the original's as well as each take's.

        Where an original alone was split, its other parts have no takes, and lie below the ones of
        the first; where a take alone was, its parts lie over one original. A copy that lies
        elsewhere is none of them.
        """
        original, takes = self.strip(uid), self.takes(uid)
        found = {label: [strip] for label, strip in takes.items()}
        whole = [original] if original is not None else []
        for each in self.strips:
            if each.get(TAKE) == ORIGINAL and self._is_part(each, original, takes.values()):
                whole.append(each)
        found[ORIGINAL] = whole
        for each in self.strips:
            first = takes.get(each.get(TAKE))
            if first is None or each.name == first.name or self.clips.get(each.name) != uid:
                continue
            if any(_overlap(each, strip) > 0 for strip in whole) and _overlap(each, first) <= 0:
                found[each[TAKE]].append(each)
        return found

    def named_for(self, uid):
        """All strips that name a clip as theirs, or its first part: takes, copies of takes, and
        other parts of the original."""
        takes = [
            each
            for each in self.strips
            if self.clips.get(each.name) == uid and each.get(TAKE) not in (None, ORIGINAL)
        ]
        return takes + self.parts(uid)[ORIGINAL][1:]

    def _is_part(self, strip, original, takes):
        if original is None or strip.name == original.name:
            return False
        return (
            strip.get(CLIP) == original.get(CLIP)
            and not self.takes(self.uids[strip.name])
            and media.begin_of(strip) == media.begin_of(original)
            and media.path_of(strip) == media.path_of(original)
            and _overlap(strip, original) <= 0
            and any(_overlap(strip, take) > 0 for take in takes)
        )

    def _clips(self):
        """The clip that each take, and each original, belongs to.

        What was copied or split has copies of its properties: a take belongs to the original of
        that name that it lies over most, an original to itself.
        """
        originals, clips = {}, {}
        for each in self.strips:
            if each.get(CLIP) and each.get(TAKE) == ORIGINAL:
                originals.setdefault(each[CLIP], []).append(each)
                clips[each.name] = self.uids[each.name]
        for each in self.strips:
            if each.get(CLIP) and each.get(TAKE) not in (None, ORIGINAL):
                over = max(
                    originals.get(each[CLIP], ()),
                    key=lambda original: (_overlap(each, original), original.name in self.kept),
                    default=None,
                )
                clips[each.name] = self.uids[over.name] if over is not None else each[CLIP]
        return clips

    def data(self, strip, room=None):
        """A STRIP of the answers."""
        holder = self.holder(strip)
        channel = holder.channels[strip.channel]
        meta = self.holders.get(strip.name)
        active = getattr(self.editor, "active_strip", None)
        return {
            "uid": self.uid(strip),
            "kept": strip.name in self.kept,
            "name": strip.name,
            "type": strip.type,
            "channel": strip.channel,
            "start": strip.frame_final_start,
            "end": strip.frame_final_end,
            "select": strip.select,
            "active": active is not None and active.name == strip.name,
            "mute": strip.mute,
            "colour": strip.color_tag,
            "lock": strip.lock,
            "channel_lock": channel.lock,
            "channel_mute": channel.mute,
            "meta": self.uid(meta) if meta is not None else "",
            "inputs": [self.uid(each) for each in versions.effect_inputs(strip)],
            "used_by": [self.uid(each) for each in self.users.get(strip.name, ())],
            "take_of": self.clips.get(strip.name, ""),
            "label": strip.get(TAKE, "") if strip.name in self.clips else "",
            "properties": identity.properties_of(strip),
            "room": room,
            "media": media.of(strip, self.scene) if strip.type in PICTURES else None,
        }


def scenes_with_sequencer():
    return [each for each in bpy.data.scenes if each.sequence_editor is not None]


def hello(sequencer):
    """What a scene and its file are, as an answer has it."""
    scene = sequencer.scene
    render, begin = scene.render, scene.frame_start
    preview = None
    if scene.use_preview_range:
        preview = [scene.frame_preview_start, scene.frame_preview_end + 1]
    spaces = scene.sequencer_colorspace_settings.bl_rna.properties["name"].enum_items
    scale = render.resolution_percentage
    metas = sequencer.editor.meta_stack if sequencer.editor is not None else ()
    return {
        "blender": list(bpy.app.version),
        "background": bpy.app.background,
        "file": bpy.data.filepath,
        "changed": bpy.data.is_dirty,
        "document": sequencer.document,
        "document_kept": sequencer.document_kept,
        "scene": scene.name,
        "scenes": [each.name for each in sequencer.scenes],
        "rate": str(media.scene_rate(scene)),
        "start": begin,
        "end": scene.frame_end + 1,
        "preview": preview,
        "open_meta": sequencer.uid(metas[-1]) if metas else "",
        "frame": scene.frame_current,
        "size": [render.resolution_x * scale // 100, render.resolution_y * scale // 100],
        "colour_spaces": [each.identifier for each in spaces],
    }


def channels(editor):
    """The CHANNELs of a sequence editor up to the highest that is used or set."""
    used = [each.channel for each in versions.strips_of(editor)] if editor is not None else []
    return [
        {"number": number, "name": each.name, "mute": each.mute, "lock": each.lock}
        for number, each in enumerate(editor.channels if editor is not None else ())
        if number and (number <= max(used, default=0) or each.mute or each.lock)
    ]


def _overlap(one, other):
    start = max(one.frame_final_start, other.frame_final_start)
    return min(one.frame_final_end, other.frame_final_end) - start
