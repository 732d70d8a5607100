"""Blender's sequencer as a host: what runs outside of Blender; the add-on inside is `addon`."""
