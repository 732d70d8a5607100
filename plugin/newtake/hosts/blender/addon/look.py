"""What makes the look of a strip, and the same look on another strip.

All properties that a version of Blender has are carried over but those that are named here, so that
one that a later version adds comes along by itself. What counts the picture's own pixels (scale,
crop, offset) follows from the two files' sizes.
"""

import bpy

from . import animation
from .serving import BridgeError

NOT_OF_THE_LOOK = {
    # What and where the strip is.
    *("rna_type", "name", "type", "channel", "filepath", "directory", "elements", "stream_index"),
    *("frame_final_duration", "frame_duration", "frame_start", "frame_final_start"),
    *("frame_final_end", "frame_offset_start", "frame_offset_end", "fps"),
    *("animation_offset_start", "animation_offset_end", "select", "select_left_handle"),
    *("select_right_handle", "mute", "lock", "color_tag"),
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
_OFFSET = {"offset_x": 0, "offset_y": 1}


class Look:
    """The look of one strip, as it is on the picture of another one."""

    def __init__(self, scene, strip, other):
        """Nothing is changed yet."""
        self.scene, self.strip, self.other = scene, strip, other
        size, others = _size(strip), _size(other)
        self.ratio, self.shift = (1.0, 1.0), (0.0, 0.0)
        if size and others and size != others:
            self.ratio = tuple(one / two for one, two in zip(size, others))
            # Blender turns and scales about the origin, a point of the picture's own size, and
            # lays the picture's middle onto the frame's (measured; 3.4 to 5.0).
            origin = strip.transform.origin
            self.shift = tuple((size[at] - others[at]) * (origin[at] - 0.5) for at in (0, 1))

    def give(self):
        """Give it to the other strip, its animation too.

        Raises:
            BridgeError: The pictures differ in size, and how its look moves cannot follow that.
        """
        self._demand_exact()
        _copy(self.strip, self.other, NOT_OF_THE_LOOK)
        if self.ratio != (1.0, 1.0):
            for thing in ("transform", "crop"):
                target = getattr(self.other, thing)
                for name in (*_SCALE, *_OFFSET, *_CROP):
                    if hasattr(target, name):
                        value = getattr(getattr(self.strip, thing), name)
                        setattr(target, name, self._there(thing + "." + name, value))
        for each in self.strip.modifiers:
            _copy(each, self.other.modifiers.new(each.name, each.type), _NOT_OF_A_MODIFIER)
        animation.copy(self.scene, self.strip, self.other, self.measure)

    def differences(self):
        """Where the other strip has not this look, in words; empty where it has."""
        wanted = values_of(self.strip)
        for thing in ("transform", "crop"):
            for name, value in wanted[thing].items():
                wanted[thing][name] = self._there(thing + "." + name, value)
        found = _different(wanted, values_of(self.other))
        return found + animation.differences(self.scene, self.strip, self.other, self.measure)

    def measure(self, path):
        """What the value at a path is multiplied by, and what is added, on the other strip."""
        owner, _, name = path.rpartition(".")
        if owner.endswith("transform") and name in _SCALE:
            return self.ratio[_SCALE[name]], 0.0
        if owner.endswith("transform") and name in _OFFSET:
            return 1.0, self.shift[_OFFSET[name]]
        if owner.endswith("crop") and name in _CROP:
            return 1 / self.ratio[_CROP[name]], 0.0
        return 1.0, 0.0

    def _there(self, path, value):
        by, plus = self.measure(path)
        if (by, plus) == (1.0, 0.0):
            return value
        return round(value * by) if isinstance(value, int) else value * by + plus

    def _demand_exact(self):
        if self.ratio == (1.0, 1.0):
            return
        curves, drivers = animation.of(self.scene, self.strip)
        fixed = [each for each in curves if len(each.modifiers)] + drivers
        bound = [each.data_path for each in fixed if self.measure(each.data_path) != (1.0, 0.0)]
        bound += [each.data_path for each in curves + drivers if each.data_path.endswith("origin")]
        if bound:
            name = bound[0].rpartition("].")[2]
            text = f"The take's picture has another size than the clip's; {name} cannot follow."
            raise BridgeError("cannot", text)


def values_of(strip):
    """All values that make the look of a strip, its animation aside."""
    values = _values(strip, NOT_OF_THE_LOOK)
    values["modifiers"] = [
        dict(_values(each, _NOT_OF_A_MODIFIER), type=each.type) for each in strip.modifiers
    ]
    return values


def _size(strip):
    """Width and height of a strip's own picture; None where Blender does not know them."""
    element = strip.elements[0] if len(strip.elements) else None
    size = (element.orig_width, element.orig_height) if element is not None else (0, 0)
    return size if all(size) else None


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
        return [
            each for key in both for each in _different(wanted[key], found[key], place + "." + key)
        ]
    if isinstance(wanted, (list, tuple)) and isinstance(found, (list, tuple)):
        if len(wanted) != len(found):
            return [f"{place[1:]} has {len(found)} entries, not {len(wanted)}"]
        pairs = enumerate(zip(wanted, found))
        return [each for at, (w, f) in pairs for each in _different(w, f, f"{place}[{at}]")]
    if isinstance(wanted, float) and isinstance(found, float):
        same = abs(wanted - found) <= 1e-5 * max(1.0, abs(wanted))
    else:
        same = wanted == found
    return [] if same else [f"{place[1:]} is {found!r}, not {wanted!r}"]
