"""DaVinci Resolve as a host: what is decided here is carried out by a bridge inside it."""
