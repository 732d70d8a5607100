"""Floor 3: one file per door to the outside."""
