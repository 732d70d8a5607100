"""Blender's video sequencer as a host: reached through an add-on inside of it."""
