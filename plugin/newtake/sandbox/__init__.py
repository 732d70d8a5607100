"""Floor 3: the embedded provider."""
