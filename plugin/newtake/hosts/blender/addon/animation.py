"""The animation of a strip, its F-curves and drivers, and the same on another strip.

Both lie with the scene, by the strip's name. Curves count scene frames, so that a strip at the same
place is animated alike.
"""

from . import versions

_CURVE_SKIPPED = {"rna_type", "data_path", "array_index", "driver", "group", "is_empty", "is_valid"}
_KEY_SKIPPED = {"rna_type", "co_ui"}


def of(scene, strip):
    """The F-curves and the drivers of a strip, as two lists."""
    curves = versions.curves_of(scene)
    prefix = strip.path_from_id()
    drivers = scene.animation_data.drivers if scene.animation_data is not None else ()
    return (
        [each for each in curves or () if is_of(each.data_path, prefix)],
        [each for each in drivers if is_of(each.data_path, prefix)],
    )


def is_of(path, prefix):
    """Whether a property's path is that of a strip's, and not of one with a longer name."""
    return path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in (".", "[", "")


def in_nla(scene, strip):
    """Whether actions in the scene's NLA tracks animate a strip."""
    prefix = strip.path_from_id()
    return any(is_of(each.data_path, prefix) for each in versions.nla_curves(scene))


def copy(scene, source, target, measure):
    """Animate `target` as `source` is.

    `measure(path)`: what a curve's values are multiplied by, and what is added then.
    """
    curves, drivers = of(scene, source)
    old, new = source.path_from_id(), target.path_from_id()
    for curve in curves:
        group = curve.group.name if curve.group is not None else ""
        path = new + curve.data_path[len(old) :]
        made = versions.new_curve(versions.curves_of(scene), path, curve.array_index, group)
        _copy_curve(curve, made, *measure(curve.data_path))
    for driver in drivers:
        made = scene.animation_data.drivers.from_existing(src_driver=driver)
        made.data_path = new + driver.data_path[len(old) :]


def remove(scene, strip):
    """Take a strip's animation away. Blender itself would leave the drivers of a removed strip."""
    curves, drivers = of(scene, strip)
    for each in curves:
        versions.curves_of(scene).remove(each)
    for each in drivers:
        scene.animation_data.drivers.remove(each)


def differences(scene, source, target, measure):
    """Where `target` is animated otherwise than `source`, in words."""
    found = []
    ours, theirs = of(scene, source), of(scene, target)
    for kind, some, others in (("F-curves", ours[0], theirs[0]), ("drivers", ours[1], theirs[1])):
        if len(some) != len(others):
            found.append(f"{len(others)} {kind}, not {len(some)}")
    old, new = source.path_from_id(), target.path_from_id()
    by_path = {(each.data_path[len(new) :], each.array_index): each for each in theirs[0]}
    for curve in ours[0]:
        path = curve.data_path[len(old) :]
        other = by_path.get((path, curve.array_index))
        if other is None or not _is_same(curve, other, *measure(curve.data_path)):
            found.append(f"the F-curve of {path}[{curve.array_index}] is another")
    return found


def _copy_curve(curve, made, by, plus):
    keys = curve.keyframe_points
    made.keyframe_points.add(len(keys))
    for key, new in zip(keys, made.keyframe_points):
        _copy_plain(key, new, _KEY_SKIPPED)
        if (by, plus) != (1.0, 0.0):
            for name in ("co", "handle_left", "handle_right"):
                frame, value = getattr(key, name)
                setattr(new, name, (frame, value * by + plus))
    for modifier in curve.modifiers:
        new = made.modifiers.new(modifier.type)
        _copy_plain(modifier, new, {"rna_type", "type", "is_valid", "active"})
        for point in getattr(modifier, "control_points", ()):
            _copy_plain(point, new.control_points.add(point.frame), {"rna_type"})
    _copy_plain(curve, made, _CURVE_SKIPPED)


def _copy_plain(source, target, without):
    for each in source.bl_rna.properties:
        name = each.identifier
        if name not in without and not each.is_readonly and each.type != "COLLECTION":
            setattr(target, name, getattr(source, name))


def _is_same(curve, other, by, plus):
    keys, others = curve.keyframe_points, other.keyframe_points
    if len(keys) != len(others) or len(curve.modifiers) != len(other.modifiers):
        return False
    return all(
        abs(key.co[0] - new.co[0]) < 1e-4
        and abs(key.co[1] * by + plus - new.co[1]) <= 1e-4 * max(1.0, abs(new.co[1]))
        and key.interpolation == new.interpolation
        for key, new in zip(keys, others)
    )
