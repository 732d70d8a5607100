"""New Take's add-on for Blender's sequencer: right-click a strip, get it back as a new take.

Blender's own Python alone, 3.8 and later. What is decided, sent and paid for is decided by the
`newtake` command, which the add-on starts; here strips are read and written, and people asked.
"""

import bpy

bl_info = {
    "name": "New Take",
    "author": "The New Take authors",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "location": "Sequencer > right-click a strip, Strip menu, sidebar",
    "description": "Restyle a strip of the sequencer and get it back as a new take",
    "category": "Sequencer",
}


def register():
    # Here, so that a part of the add-on can be had without its windows.
    from . import dialog, menu, news, operators, preferences

    for module in (preferences, operators, dialog, menu):
        for each in module.CLASSES:
            bpy.utils.register_class(each)
    menu.add()
    news.start()


def unregister():
    from . import dialog, menu, news, operators, preferences

    news.stop()
    menu.take_away()
    for module in (menu, dialog, operators, preferences):
        for each in reversed(module.CLASSES):
            bpy.utils.unregister_class(each)
