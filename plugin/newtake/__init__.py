"""New Take: restyle a clip of an edit and bring it back as a new take."""

__version__ = "0.1.0"
