"""The rows of the matrix: plain data. Add a row where a combination should be proved.

Each row is a clip of a kind of media at a rate: it is planned, cut, restyled by a provider that
copies, conformed and relinked, and every frame number is read on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from newtake.domain.choices import Cadence, Codec


@dataclass(frozen=True, slots=True)
class Row:
    """One combination."""

    kind: str
    """A name in `sources.KINDS` or `sources.MADE`."""
    rate: str
    """As the field writes it; a key of `RATES`."""
    start: int = 30
    """The clip's first media frame, from 0."""
    frames: int = 60
    """Media frames that the clip shows at normal speed."""
    timecode: str | None = None
    """Of the media's first frame."""
    media_frames: int = 310
    speed: float = 1.0
    """Of a LinearTimeWarp on the clip; 0 freezes it."""
    cadence: Cadence = "auto"
    codec: Codec = "auto"
    engine: str = "system"
    """Or "bundled"."""
    quick: bool = False
    """Whether it is part of the ordinary tests."""
    part: tuple[int, int] | None = None
    """First media frame and how many, where only a part of the clip is restyled."""
    within: int = 0
    """By how many frames a take may miss the frame of the original: 0 is exact."""


RATES = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "48": Fraction(48),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
}
_LONG, _OPEN, _HEVC = (
    "h264, groups of 250, 3 B-frames",
    "h264, open groups of 24",
    "hevc, open groups of 24",
)

ROWS: tuple[Row, ...] = (
    # Rates, with handles on both sides, at the beginning, at the end, and without any.
    Row(_LONG, "23.976", timecode="01:00:00:00", quick=True),
    Row(_LONG, "24", 0, 24, "23:59:50:00"),
    Row(_LONG, "24", 190, 120, engine="bundled"),
    Row(_LONG, "25", 286, 24, "10:00:00:00"),
    Row(_LONG, "25", 20, 240),
    Row(_LONG, "29.97", 100, 90, "00:59:58;00", engine="bundled", quick=True),
    Row(_LONG, "29.97", 100, 90, "00:59:58:00"),
    Row(_LONG, "30", 0, 1),
    Row(_LONG, "30", 140, 61, "01:00:00:00", engine="bundled"),
    *(
        Row(_LONG, rate, 60, 100, cadence="frame", engine=engine)
        for rate in ("48", "50", "59.94", "60")
        for engine in ("system", "bundled")
    ),
    # In real time on the model's grid, which is what is done above 30 unless asked otherwise.
    Row(_LONG, "50", 60, 100, within=2),
    Row(_LONG, "59.94", 60, 100, within=2, engine="bundled"),
    Row(_LONG, "25", 60, 100, within=1, cadence="time"),
    # Structures of coding and containers.
    *(
        Row(kind, rate, start, 60, engine=engine)
        for kind, rate, start in (
            ("h264, closed groups of 24", "24", 131),
            (_OPEN, "23.976", 131),
            (_OPEN, "29.97", 47),
            ("hevc, closed groups of 48", "25", 131),
            (_HEVC, "24", 131),
            (_HEVC, "23.976", 246),
            ("h264 in fragments, no edit list", "24", 131),
            ("h264 behind an edit list", "24", 131),
            ("h264 in Matroska", "23.976", 131),
            ("hevc in Matroska", "29.97", 131),
            ("h264 in MPEG-TS, groups of 250", "25", 230),
            ("h264 in MPEG-TS, open groups", "29.97", 131),
            ("hevc in MPEG-TS", "23.976", 201),
            ("mpeg-2 in MPEG-TS", "25", 131),
            ("mpeg-2 program stream", "25", 131),
            ("picture 0.52 s after the sound", "25", 131),
            ("picture after the sound, Matroska", "23.976", 131),
        )
        for engine in ("system", "bundled")
    ),
    Row("MPEG-TS that begins inside a group", "25", 131, engine="bundled", quick=True),
    # Cameras' and editors' codecs.
    Row("h264, 10 bit 4:2:2, intra", "24", 131, timecode="01:00:00:00"),
    Row("mpeg-2 4:2:2 interlaced, MXF OP1a", "25", 131, timecode="10:00:00:00", quick=True),
    Row("mpeg-2 4:2:2 interlaced, MXF OP1a", "29.97", 47, timecode="01:00:00;00"),
    Row("mpeg-2 4:2:2, MXF OP1a", "25", 246, engine="bundled"),
    Row("dnxhr sq, MXF OP1a", "23.976", 131, timecode="01:00:00:00"),
    Row("h264 intra 10 bit, MXF OP1a", "25", 131, engine="bundled"),
    Row("dnxhr sq", "24", 131),
    Row("dnxhr hqx, 10 bit", "23.976", 131, timecode="01:00:00:00"),
    Row("prores 422", "25", 131, timecode="01:00:00:00", codec="prores", quick=True),
    Row("prores 4444 with alpha", "24", 131, engine="bundled"),
    Row("motion jpeg, AVI", "25", 131),
    Row("vp9, WebM", "24", 131),
    Row("h264 interlaced", "25", 131, engine="bundled"),
    # Shapes of pictures.
    Row("anamorphic 4:3 pixels", "24", 131),
    Row("odd size", "25", 131, engine="bundled"),
    Row("portrait", "30", 131),
    Row("rotated by 90 degrees", "29.97", 131),
    Row("8K, hevc", "24", 2, 5, media_frames=10),
    # A variable rate, read on the timeline's grid.
    Row("variable rate, one of four missing", "30", 131, quick=True),
    Row("variable rate, one of four missing", "29.97", 131, engine="bundled"),
    Row("variable rate, Matroska", "30", 131),
    Row("variable rate, Matroska", "24", 40, engine="bundled"),
    Row("variable rate, still for five seconds", "25", 180, 100, engine="bundled"),
    Row("variable rate, still for five seconds", "25", 90, 100),
    # Images.
    Row("png images", "24", 20, 60, media_frames=130, quick=True),
    Row("png images with alpha", "25", 0, 60, media_frames=90, engine="bundled"),
    Row("dpx images, 10 bit", "23.976", 20, 60, media_frames=130, engine="bundled"),
    Row("exr images, 32 bit", "24", 20, 60, media_frames=130, quick=True),
    Row("exr images, 32 bit", "25", 20, 24, media_frames=60, engine="bundled"),
    Row("tiff images, 16 bit", "24", 20, 60, media_frames=90),
    Row("jpeg images", "30", 20, 60, media_frames=90),
    # Retimes: the plate is what the clip consumes, the take plays under the same warp.
    *(
        Row(_LONG, rate, 60, 60, speed=speed, engine=engine)
        for rate, engine in (("24", "system"), ("29.97", "bundled"))
        for speed in (2.0, 0.5, -1.0, 0.0)
    ),
    Row("png images", "24", 20, 60, media_frames=130, speed=-2.0),
    Row("prores 422", "25", 60, 60, speed=0.5, codec="prores"),
    # Clips that no plate holds: parted at what looks like a cut, else dissolved, and joined.
    Row(_LONG, "25", 40, 600, "10:00:00:00", media_frames=700),
    Row(_HEVC, "23.976", 0, 500, media_frames=520, engine="bundled"),
    Row(_LONG, "24", 10, 500, "01:00:00:00", media_frames=520),
    Row(_LONG, "30", 10, 500, "01:00:00:00", media_frames=520),
    Row(_OPEN, "29.97", 10, 700, "00:59:58;00", media_frames=720),
    Row("prores 422", "29.97", 10, 300, "01:00:00;00", media_frames=320, codec="dnxhr"),
    Row(_LONG, "50", 20, 700, media_frames=760, within=2),
    Row(_LONG, "24", 20, 300, media_frames=340, speed=-1.0, codec="h264", engine="bundled"),
    # A part of the clip, cut into a take of its whole length; its places and borders are proved by
    # `tests/integration/test_cut_in.py`.
    *(
        Row(kind, rate, start, 60, part=(start + 20, 17), engine=engine)
        for kind, rate, start, engine in (
            (_OPEN, "23.976", 131, "system"),
            (_HEVC, "24", 131, "bundled"),
            ("h264 behind an edit list", "24", 131, "bundled"),
            ("h264 in Matroska", "23.976", 131, "system"),
            ("h264 in MPEG-TS, groups of 250", "25", 230, "system"),
            ("hevc in MPEG-TS", "23.976", 201, "bundled"),
            ("mpeg-2 program stream", "25", 131, "system"),
            ("picture 0.52 s after the sound", "25", 131, "bundled"),
            ("mpeg-2 4:2:2 interlaced, MXF OP1a", "25", 131, "system"),
            ("prores 4444 with alpha", "24", 131, "bundled"),
            ("motion jpeg, AVI", "25", 131, "system"),
            ("vp9, WebM", "24", 131, "bundled"),
            ("anamorphic 4:3 pixels", "24", 131, "system"),
            ("odd size", "25", 131, "bundled"),
            ("rotated by 90 degrees", "29.97", 131, "system"),
            ("variable rate, one of four missing", "30", 131, "system"),
            ("variable rate, one of four missing", "29.97", 131, "bundled"),
            ("variable rate, still for five seconds", "25", 180, "bundled"),
        )
    ),
    Row("odd size", "25", 131, part=(131, 30), codec="h264"),
    Row("png images", "24", 20, 60, media_frames=130, part=(60, 20), engine="bundled"),
    Row("dpx images, 10 bit", "23.976", 20, 60, media_frames=130, part=(20, 20)),
    Row("jpeg images", "30", 20, 60, media_frames=90, part=(40, 1), engine="bundled"),
    Row("h264, 10 bit 4:2:2, intra", "24", 131, part=(140, 20), codec="h264"),
    Row(_LONG, "29.97", 100, 90, "00:59:58;00", part=(120, 40), codec="dnxhr", engine="bundled"),
    Row(_LONG, "50", 60, 100, part=(80, 60), within=2),
    Row(_LONG, "25", 40, 600, "10:00:00:00", media_frames=700, part=(90, 500)),
    # Means of conforming.
    Row(_LONG, "25", 131, codec="h264"),
    Row(_LONG, "23.976", 131, codec="dnxhr", engine="bundled"),
    Row(_OPEN, "29.97", 131, codec="prores"),
)
