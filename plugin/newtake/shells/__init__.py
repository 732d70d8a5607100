"""Floor 5: argument parsing and drawing; nothing is decided here."""
