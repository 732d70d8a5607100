"""Floor 1: values and rules. Python's standard library only, no I/O."""
