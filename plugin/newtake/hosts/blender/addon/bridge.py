"""Answers newtake's requests with Blender's sequencer, on Blender's main thread.

One request is one line of JSON, one answer is one line of JSON ({"id", "ok"} or {"id", "error"}).
Runs in Blender's own Python: the standard library of Python 3.8 and `bpy`, nothing of New Take.

FRAMES. Record frames are the scene's frame numbers, whole, half-open: [start, end). Media frames
count from 0, the first picture of the strip's file or the first file of its images. RATIO is
"24000/1001" or "25": exact.

REQUESTS                                             ANSWERS ("ok")
{"id", "do": "hello"}
    -> {"protocol": 1, "blender": [3, 4, 1], "python": "3.11.2", "background": bool,
        "file": absolute path of the .blend or "", "changed": bool (not saved since),
        "document": ID of this scene's edit, "document_kept": bool (written into the scene),
        "scene": name, "scenes": [names of those with a sequencer],
        "rate": RATIO (fps / fps_base), "start": first record frame, "end": end of the render range,
        "preview": [start, end] or null, "open_meta": uid of the meta strip whose strips are shown,
            "" where those of the scene are,
        "frame": the playhead, "size": [w, h] of the render,
        "colour_spaces": [names this Blender's OCIO configuration has]}
    `document` is a new one until it is kept ("remember" or "place" write it). Where two scenes
    carry one id (a scene was copied), the first in the file has it and the others get new ones.

{"id", "do": "strips", "document": ID or null, "known": [KNOWN, ...]}
    -> {"hello": as above, "strips": [STRIP, ...], "channels": [CHANNEL, ...]}
    `document` null: the scene whose sequencer is shown. `known`: strips whose id may not be in the
    file any more (undone, or closed without saving). Where exactly one strip without an id shows
    the same frames of that file at the same record range, it is that strip again, whatever its
    name; else where exactly one has that name, kind and file.
KNOWN   {"uid", "name", "type", "path"}, and of MOVIE and IMAGE as in STRIP and its media when it
        was last read: "start", "end", "first" (absent: found by its name alone)
CHANNEL {"number": from 1, "name", "mute": bool, "lock": bool}
STRIP   {"uid": never empty, stays the same while Blender runs,
         "kept": bool (the uid is written into the strip),
         "name", "type": "MOVIE", "IMAGE", "META", "SOUND", "TEXT", "COLOR", "SCENE", "MASK",
             "MOVIECLIP", "ADJUSTMENT", "SPEED", "CROSS", ... as Blender has it,
         "channel", "start", "end": what is shown of it, record frames,
         "select": bool, "active": bool, "mute": bool, "colour": tag, "COLOR_01" ... "NONE",
         "lock": bool, "channel_lock": bool, "channel_mute": bool,
         "meta": uid of the meta strip that it lies in, or "",
         "inputs": [uids] of an effect, "used_by": [uids of effect strips that it is an input of],
         "take_of": uid of the clip, "" where it is none; "label": of the take, "original" or "",
         "properties": {"newtake_...": text, ...} all of ours that it carries,
         "room": null, or of MOVIE and IMAGE {"channel": where a take would go,
             "moves_up": how many strips would go up one channel, "why_not": text or ""},
         "media": null, or of MOVIE and IMAGE as below}
media   {"path": absolute path of the movie or of the first image, "missing": bool,
         "names": [file names of images, in their order] (movies: []),
         "frames": how many there are, "rate": RATIO of the file, null where Blender knows none,
         "step": RATIO, media frames per record frame: "1", or the file's rate over the scene's
             where the strip plays at its own speed ("Adjust Playback Rate"), times its speed;
             null where that is not known: it varies, or has retiming keys,
         "first": media frame shown at `start`, "last": the one shown at `end - 1`,
         "shown": null where `step` is 1 (`first` + n at `start` + n, within the media) or not
             known; else one media frame for every record frame from `start` on,
         "exact": bool: `shown` is what this Blender shows. false: it is what it should show
             (measured: with `step` other than 1, Blender 5.0 shows some frames one early),
         "held": bool: at an end it holds still, the strip being longer than its media,
         "stands_at": record frame at which its media begins, before `start` where it is trimmed,
         "size": [w, h] or null, "colour_space": name, "alpha": name of its alpha mode,
         "reverse": bool, "speed": factor, null where it varies, "retimed": bool (has keys),
         "strobe": float, "deinterlace": bool, "proxy": bool, "stream": int, "views": bool}

{"id", "do": "adopt", "document": ID or null, "as": ID}
    -> {"document": ID}
    A scene whose id is not kept is known by that one from now on, which it had when its file was
    last open and was not saved. Nothing is written yet.

{"id", "do": "remember", "document": ID or null, "strips": [uid, ...]}
    -> {"document", "strips": [uids now kept]}
    Writes ids into the strips and the scene. No undo step: nothing that is shown changes.

{"id", "do": "place", "document": ID or null, "clip": uid, "known": KNOWN or null,
 "expect": {"start", "end", "first"} or null, "takes": [TAKE, ...], "undo": text,
 "rest": {"properties": {"newtake_...": text or null}, "colour": tag} or absent}
    -> {"clip": STRIP (the original), "takes": [STRIP, ...], "already": [labels that were there],
        "moved_up": how many strips, "notes": [text, ...]}
    New strips on a free channel above the original, with exactly its record range and everything
    that makes its look, so that at each record frame the take shows the file's frame that stands
    for it, wherever the original was moved to meanwhile. The original stays as it is, but for
    `mute` and our properties.
    `expect` given: where the original is elsewhere by now, nothing is done ("changed").
    `rest`: properties and colour that the original gets in the same step: what showed that a take
    was being made for it is gone with that, also after an undo.
    Nothing is written where every label is there already. More than one take: each gets a channel.
TAKE    {"label": unique for the clip, not "original", "name": of the strip,
         "kind": "movie" with "path", or "images" with "folder" and "names": [...] in their order,
         "first": record frames from the original's `stands_at` to the file's frame 0: where `step`
             is 1, the media frame that frame 0 stands for,
         "frames": how many the file has: one for each record frame, whatever the file's rate is.
             (Measured: Blender starts strips at whole frames only, so a movie of another rate
             than the scene's, cut out of the middle, cannot be made to show the same frames at
             "its own speed". For an original with `shown`, make a file that repeats and leaves
             out frames as `shown` says.)
         "colour_space": [names, the first that this Blender has is set], [] as the original's for a
             movie and Blender's own choice for images,
         "colour": tag, absent for the original's,
         "show": bool: of all takes and the original at most one shows; no take with it: what was
             shown stays shown, the new ones are muted,
         "properties": {"newtake_job": text, "newtake_sidecar": text, ...} kept on the strip}
    Our own properties: newtake_id (every strip we know), newtake_clip (uid of the original, on it
    and its takes), newtake_take (label, or "original").

{"id", "do": "lay", "document", "clip": uid, "range": [start, end], "begin": record frame,
 "known": KNOWN or null, "takes": [TAKE, ...], "undo": text}
    -> {"clip": STRIP or null where it is gone, "takes": [STRIP, ...], "already", "notes"}
    Takes on their own, each on a channel of its own above all that lies over the range, fitted into
    the frame; the original, where it is there, stays as it is. TAKE's "first" counts from `begin`.

{"id", "do": "switch", "document", "clip": uid, "label": a label or "original", "undo": text}
    -> {"clip": STRIP, "takes": [STRIP, ...]}
{"id", "do": "remove", "document", "clip": uid, "labels": [label, ...], "undo": text}
    -> {"clip": STRIP or null where it was deleted, "takes": [those left]}
    Removes strips, never files. Was a shown one among them, the original shows again. A label that
    is not there is already removed.

{"id", "do": "mark", "document", "strips": {uid: {"newtake_...": text or null, ...}},
 "colours": {uid: "COLOR_01" ... "NONE"}}
    -> {"strips": [STRIP, ...]}    No undo step. null takes the property away.

{"id", "do": "bye"} -> null, and the conversation is over.
Others are answered by what the add-on registers in `Bridge.others` (such as "page").

place, lay, switch and remove are all or nothing and one undo step each: after an error everything
is as it was. What was written is read back before the answer.

ERRORS {"kind", "text", "call": "", "value": null or what was found}
    request         the request makes no sense (a mistake of newtake's)
    not_found       no such document, clip or label in this file; "value" says which
    changed         the original is not where `expect` says; "value": its STRIP as it is now
    outside         it is shown where the take has no frames (trimmed meanwhile); "value": its STRIP
    cannot          this Blender cannot show the take exactly; the text says why
    label_taken     another file stands under that label; "value": its STRIP
    locked          the strip, its channel or one that would have to go up is locked
    no_channel      no channel is free
    no_file         the take's file is missing or Blender cannot read it
    not_as_written  it was written and reads back as something else; everything is as it was
    busy            Blender renders, or a dialog of it is open; ask again later
"""

import sys

import bpy

from . import identity, laying, media, placing, room, strips, taking, versions
from .serving import BridgeError

PROTOCOL = 1
_CHANGES = {
    "adopt": taking.adopt,
    "remember": taking.remember,
    "place": placing.place,
    "lay": laying.lay,
    "switch": taking.switch,
    "remove": taking.remove,
    "mark": taking.mark,
}


class Bridge:
    """Answers requests; to be asked on the main thread alone."""

    def __init__(self):
        self.others = {}
        """What the add-on answers by itself: "do" to what gives the "ok" for a request."""

    def answer(self, request):
        """As `serving.serve` asks for it."""
        do = request.get("do")
        if do == "bye":
            return {"ok": None}
        if do in self.others:
            return {"ok": self.others[do](request)}
        known = request.get("known") or []
        sequencer = strips.Sequencer(
            scene_of(request.get("document")), known if isinstance(known, list) else [known]
        )
        if do == "hello":
            return {"ok": hello(sequencer)}
        if do == "strips":
            return {"ok": listing(sequencer)}
        if do not in _CHANGES:
            raise BridgeError("request", f"There is no {do!r} to do.")
        if sequencer.editor is None:
            raise BridgeError("not_found", "The scene has no sequencer.", value=sequencer.document)
        return {"ok": _CHANGES[do](sequencer, request)}


def scene_of(document):
    """The scene of a document's id, or the one whose sequencer is shown. Raises: BridgeError."""
    shown = versions.edited_scene(bpy.context)
    if document is None:
        return shown
    scenes = strips.scenes_with_sequencer()
    for scene in [shown, *scenes]:
        if identity.document_of(scene, scenes)[0] == document:
            return scene
    raise BridgeError("not_found", "This file is another one.", value=document)


def hello(sequencer):
    python = ".".join(map(str, sys.version_info[:3]))
    return dict(strips.hello(sequencer), protocol=PROTOCOL, python=python)


def listing(sequencer):
    """Every strip of the scene."""
    rows = []
    for each in sequencer.strips:
        free = None
        if each.type in strips.PICTURES:
            free = room.found(sequencer, each).as_json()
        rows.append(sequencer.data(each, free))
    return {
        "hello": hello(sequencer),
        "strips": rows,
        "channels": strips.channels(sequencer.editor),
    }


def forget():
    """Another file was opened: what was remembered of strips was the other's."""
    identity.forget()
    media.forget()
