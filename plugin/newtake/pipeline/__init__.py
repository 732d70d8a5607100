"""Floor 3: the eight steps, planning and waiting; knows ports and domain only."""
