"""Which pictures can be a first-frame image: what a plan checks before anything is uploaded.

The limits are the vendor's (Luma's learning center on Ray 3.2). Which kinds of file the model reads
is documented nowhere; these three are what every reader of web images takes.
"""

from __future__ import annotations

IMAGE_MAX_BYTES = 50_000_000
IMAGE_MAX_SIDE_PX = 8000
_BEGINNINGS = (
    ("PNG", b"\x89PNG\r\n\x1a\n", b""),
    ("JPEG", b"\xff\xd8\xff", b""),
    ("WebP", b"RIFF", b"WEBP"),
)
"""Kind, how the file begins, what stands at byte 8."""
IMAGE_KINDS = tuple(kind for kind, _, _ in _BEGINNINGS)


def kind_of_image(head: bytes) -> str | None:
    """The kind that a file's first 12 bytes tell; None for all others, whatever the name says."""
    for kind, beginning, later in _BEGINNINGS:
        if head.startswith(beginning) and head[8 : 8 + len(later)] == later:
            return kind
    return None


def problem_of_image(size_bytes: int, kind: str | None, size_px: tuple[int, int]) -> str | None:
    """Why the model would not read the picture, as a sentence; None when it would.

    Args:
        size_bytes: Of the file.
        kind: As from `kind_of_image`.
        size_px: Width and height; (0, 0) where nobody has looked yet.
    """
    if not size_bytes:
        return "The file is empty."
    if kind is None:
        return f"It is no {', '.join(IMAGE_KINDS[:-1])} or {IMAGE_KINDS[-1]} picture."
    if size_bytes > IMAGE_MAX_BYTES:
        return f"It has {size_bytes} bytes; the model reads at most {IMAGE_MAX_BYTES}."
    if max(size_px) > IMAGE_MAX_SIDE_PX:
        return (
            f"It has {size_px[0]} x {size_px[1]} pixels; the model reads at most "
            f"{IMAGE_MAX_SIDE_PX} on a side."
        )
    return None
