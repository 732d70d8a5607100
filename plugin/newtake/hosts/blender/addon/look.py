"""What makes the look of a strip, and the same look on another strip.

All properties that a version of Blender has are carried over but those that are named here, so that
one that a later version adds comes along by itself. Sizes that count the picture's own pixels (the
scale, the crop) follow from the two files' sizes.
"""

import bpy

from . import animation

NOT_OF_THE_LOOK = {
    # What and where the strip is.
    *("rna_type", "name", "type", "channel", "filepath", "directory", "elements", "stream_index"),
    *("frame_final_duration", "frame_duration", "frame_start", "frame_final_start"),
    *("frame_final_end", "frame_offset_start", "frame_offset_end", "fps"),
    *("animation_offset_start", "animation_offset_end", "select", "select_left_handle"),
    *("select_right_handle", "mute", "lock"),
    # How its media runs: a take has a frame of its own for each record frame.
    *("speed_factor", "strobe", "use_reverse_frames", "retiming_keys", "show_retiming_keys"),
    # Of its file: the colour space is set by itself; proxies and stereo files are the original's.
    *("colorspace_settings", "use_proxy", "proxy", "use_multiview", "views_format"),
    "stereo_3d_format",
    # Carried over one by one.
    "modifiers",
}
_NOT_OF_A_MODIFIER = {"rna_type", "type", "is_active"}
_CROP = {"min_x": 0, "max_x": 0, "min_y": 1, "max_y": 1}
_SCALE = {"scale_x": 0, "scale_y": 1}


class Look:
    """The look of one strip, as it would be on a picture of another size."""

    def __init__(self, scene, strip, ratio=(1.0, 1.0)):
        """`ratio`: width and height of the strip's picture over those of the other."""
        self.scene, self.strip, self.ratio = scene, strip, ratio

    def give(self, strip):
        """Give it to another strip, its animation too."""
        _copy(self.strip, strip, NOT_OF_THE_LOOK)
        for name, axis in _SCALE.items():
            scale = getattr(self.strip.transform, name) * self.ratio[axis]
            setattr(strip.transform, name, scale)
        for name, axis in _CROP.items():
            setattr(strip.crop, name, round(getattr(self.strip.crop, name) / self.ratio[axis]))
        for each in self.strip.modifiers:
            _copy(each, strip.modifiers.new(each.name, each.type), _NOT_OF_A_MODIFIER)
        animation.copy(self.scene, self.strip, strip, self._animated_by)

    def differences(self, strip):
        """Where another strip has not this look, in words; empty where it has."""
        found = _different(values_of(self.strip), self._expected(values_of(strip)))
        found += animation.differences(self.scene, self.strip, strip, self._animated_by)
        return found

    def _expected(self, values):
        """The other's values, in the measure of this strip's picture."""
        for name, axis in _SCALE.items():
            values["transform"][name] /= self.ratio[axis]
        if self.ratio != (1.0, 1.0):
            for name, axis in _CROP.items():
                wanted = getattr(self.strip.crop, name)
                if values["crop"][name] == round(wanted / self.ratio[axis]):
                    values["crop"][name] = wanted
        return values

    def _animated_by(self, path):
        """By how much an animated property is multiplied on the other strip."""
        owner, _, name = path.rpartition(".")
        if owner.endswith("transform") and name in _SCALE:
            return self.ratio[_SCALE[name]]
        if owner.endswith("crop") and name in _CROP:
            return 1 / self.ratio[_CROP[name]]
        return 1.0


def values_of(strip):
    """All values that make the look of a strip, its animation aside."""
    values = _values(strip, NOT_OF_THE_LOOK)
    values["modifiers"] = [
        dict(_values(each, _NOT_OF_A_MODIFIER), type=each.type) for each in strip.modifiers
    ]
    return values


def _properties(thing, without):
    for each in thing.bl_rna.properties:
        if each.identifier not in without:
            yield each.identifier, each


def _copy(source, target, without):
    for name, each in _properties(source, without):
        if name not in target.bl_rna.properties:
            # A movie's property on a strip of images, or the other way round.
            continue
        value = getattr(source, name)
        if isinstance(value, bpy.types.CurveMapping):
            _copy_curves(value, getattr(target, name))
        elif each.type == "POINTER" and each.is_readonly:
            if value is not None:
                _copy(value, getattr(target, name), {"rna_type"})
        elif each.type != "COLLECTION" and not each.is_readonly:
            setattr(target, name, value)


def _copy_curves(source, target):
    _copy(source, target, {"rna_type", "curves"})
    for theirs, ours in zip(source.curves, target.curves):
        while len(ours.points) > len(theirs.points):
            ours.points.remove(ours.points[-2])
        while len(ours.points) < len(theirs.points):
            ours.points.new(0.5, 0.5)
        for point, new in zip(theirs.points, ours.points):
            new.location = point.location
            new.handle_type = point.handle_type
    target.update()


def _values(thing, without):
    return {
        name: _value(getattr(thing, name), each)
        for name, each in _properties(thing, without)
        if each.type != "COLLECTION"
    }


def _value(value, declared):
    if isinstance(value, bpy.types.CurveMapping):
        values = _values(value, {"rna_type", "curves"})
        values["curves"] = [
            [(list(point.location), point.handle_type) for point in curve.points]
            for curve in value.curves
        ]
        return values
    if declared.type == "POINTER":
        if value is None or not declared.is_readonly:
            # Of a mask or of another strip: which one it is.
            return None if value is None else value.name
        return _values(value, {"rna_type"})
    if getattr(declared, "is_array", False):
        return list(value)
    return set(value) if isinstance(value, set) else value


def _different(wanted, found, place=""):
    if isinstance(wanted, dict) and isinstance(found, dict):
        both = [key for key in wanted if key in found]
        return [each for key in both for each in _different(wanted[key], found[key], place + "." + key)]
    if isinstance(wanted, (list, tuple)) and isinstance(found, (list, tuple)):
        if len(wanted) != len(found):
            return ["%s has %d entries, not %d" % (place[1:], len(found), len(wanted))]
        pairs = enumerate(zip(wanted, found))
        return [each for at, (w, f) in pairs for each in _different(w, f, "%s[%d]" % (place, at))]
    if isinstance(wanted, float) and isinstance(found, float):
        same = abs(wanted - found) <= 1e-5 * max(1.0, abs(wanted))
    else:
        same = wanted == found
    return [] if same else ["%s is %r, not %r" % (place[1:], found, wanted)]
