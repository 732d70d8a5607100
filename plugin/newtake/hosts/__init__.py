"""Floor 3: editors that hold a timeline themselves. OTIO files are `otio_newtake`."""
