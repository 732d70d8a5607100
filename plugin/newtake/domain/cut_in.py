"""A restyled part in a take of its clip's whole length: what is refused, and which frame is whose.

Rule 1: every frame outside the part is the original's, and nothing is blended at the part's ends.
Rule 2: the take has the picture of the clip's own media; restyled frames are brought to it.
Rule 3: colours are only brought together where the model saw the source's own R'G'B' values:
nothing leads back from tone mapping or from a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from newtake.domain.clip import Clip, ColourTags, MediaInfo, Refusal, RefusalReason
from newtake.domain.conform import ConformPlan
from newtake.domain.counting import counted
from newtake.domain.cube import Lut
from newtake.domain.edit import EditSettings
from newtake.domain.errors import ResultError
from newtake.domain.parts import Piece, refuse_length
from newtake.domain.timing import FrameRange, Handles
from newtake.domain.viewing import Viewing, is_full_range, is_rgb, matrix_of, viewing_of

HANDLE_FRAMES = 12
"""Of the original, on each side of the clip, so that a trim of a few frames still fits the take."""
_DNXHR_LEAST = (256, 120)
"""Width and height below which ffmpeg's encoder refuses (5.1.9 and 9.0.2)."""
_MATRICES = {"bt709": "bt709", "smpte170m": "smpte170m", "bt470bg": "smpte170m"}
"""Those that every codec of a take holds; the last two are one matrix under two names. Pictures
with any other are written with BT.709's."""
_TRANSFERS = {"bt709": "bt709", "smpte170m": "bt709"}
"""As `_MATRICES`: one curve under two names. ProRes holds no other of standard range."""
_PRIMARIES = ("bt709", "bt470bg", "smpte170m", "smpte431", "smpte432")
_SAME_SHAPE = Fraction(1, 100)


def refuse_cut_in(
    clip: Clip, source: MediaInfo, settings: EditSettings, codec: str, lut: Lut | None
) -> Refusal | None:
    """Why a restyled part cannot be cut into the clip's own frames; None where it can.

    Args:
        clip: With `whole`, at the media's rate.
        source: Its media.
        settings: Of the edit.
        codec: A `choices.Codec` of the takes.
        lut: The table that the model would see the source through.
    """
    whole = clip.whole
    assert whole is not None
    if not whole.contains(clip.source):
        return Refusal(RefusalReason.OUTSIDE_MEDIA, "the part that is marked lies outside the clip")
    if clip.speed != 1:
        return Refusal(
            RefusalReason.RETIMED,
            "only a part of it is marked and it is retimed; mark the whole clip, or cut it first",
        )
    if settings.hdr or settings.exr_export:
        kind = "EXR frames" if settings.exr_export else "an HDR result"
        return _unsupported(
            f"only a part of it is marked, and {kind} cannot be cut into its own frames; mark the "
            "whole clip, or leave --hdr and --exr away"
        )
    if lut is not None:
        return _unsupported(
            "only a part of it is marked, and what comes back through --lut has other colours than "
            "its own frames; mark the whole clip, or leave --lut away"
        )
    if viewing_of(source) is not Viewing.STANDARD or source.codec == "exr":
        return _unsupported(
            "only a part of it is marked, and the model sees its HDR, wide-gamut or scene-linear "
            "media converted, so that the part would not match the frames around it; mark the "
            "whole clip"
        )
    width, height = _upright(source)
    if codec == "dnxhr" and (width < _DNXHR_LEAST[0] or height < _DNXHR_LEAST[1]):
        return _unsupported(f"DNxHR holds no pictures of {width}x{height}; choose another --codec")
    return refuse_length(whole)


def refuse_result(result: MediaInfo) -> None:
    """Raise ResultError for pictures in another light than the frames that they would stand among.

    Args:
        result: As probed, of a plate in BT.709.
    """
    matrix = result.colour.matrix
    if viewing_of(result) is not Viewing.STANDARD or matrix not in (None, *_MATRICES):
        raise ResultError(
            "The result came in another colour space than was sent and cannot be cut into the "
            "clip's own frames.",
            why=f"Its transfer is {result.colour.transfer}, its primaries "
            f"{result.colour.primaries}, its matrix {matrix}.",
        )


def take_range(whole: FrameRange, media: FrameRange, *, tail: bool = True) -> FrameRange:
    """The frames of the take: the clip's, with handles as far as the media reaches.

    Args:
        whole: The clip's.
        media: Those that can be cut, in the same time base; `whole` lies inside.
        tail: Whether it may go on after the clip's end.
    """
    return whole.with_handles(Handles(HANDLE_FRAMES, HANDLE_FRAMES if tail else 0), media)


def cut_in(
    pieces: Sequence[Piece], part: FrameRange, take: FrameRange, original: int
) -> tuple[Piece, ...]:
    """What each file gives to the take, in order and without a gap.

    Args:
        pieces: Of the results, which reach over the part at least.
        part: The frames that are to be restyled.
        take: All frames of the take.
        original: Index of the clip's own media among the files.
    """
    before = replace(take, duration=part.start - take.start)
    after = replace(take, start=part.end, duration=take.end - part.end)
    restyled = [
        replace(each, frames=shared)
        for each in pieces
        if (shared := each.frames.intersection(part)) is not None
    ]
    return tuple(
        each
        for each in (Piece(original, before), *restyled, Piece(original, after))
        if each.frames.duration
    )


def cut_in_plan(
    restyled: ConformPlan, take: FrameRange, source: MediaInfo, timecode_start: int
) -> ConformPlan:
    """The take's plan, from that of its restyled frames.

    Args:
        restyled: Codec, reel and notes are kept.
        take: All frames of the take.
        source: The clip's media.
        timecode_start: Timecode of the take's first frame, as a frame number at its rate.
    """
    return replace(
        restyled,
        rewrap=False,
        available=take,
        timecode_start=timecode_start,
        colour=take_picture(source).colour,
        frame_map=(),
    )


def take_picture(source: MediaInfo) -> MediaInfo:
    """What the take's picture is: the source's, upright, whole frames, in limited range.

    Of an odd size the last column or row is left off: no encoder here takes it (5.1.9 and 9.0.2).
    """
    width, height = _upright(source)
    turned = source.rotation_degrees % 180 != 0
    return replace(
        source,
        width=width,
        height=height,
        pixel_aspect=1 / source.pixel_aspect if turned else source.pixel_aspect,
        rotation_degrees=0,
        interlaced=False,
        has_alpha=False,
        colour=_take_colour(source),
        mastering=None,
        light=None,
    )


def take_matrix(source: MediaInfo) -> str:
    """The matrix that the take's samples are written with, whether or not its file says so."""
    return _MATRICES.get(matrix_of(source) or "", "bt709")


def placed_in(result: MediaInfo, picture: MediaInfo) -> tuple[int, int]:
    """Coded width and height of a result inside the take's picture: all of it, or up to bars.

    Args:
        result: As probed; upright.
        picture: The take's.
    """
    (wide, high), (width, height) = result.display_size, picture.display_size
    ratio = Fraction(wide * height, high * width)
    if abs(ratio - 1) <= _SAME_SHAPE:
        return picture.width, picture.height
    if ratio > 1:
        return picture.width, max(1, round(picture.height / ratio))
    return max(1, round(picture.width * ratio)), picture.height


def cut_in_text(clip: Clip) -> str:
    """What becomes of the clip's frames, as one phrase."""
    assert clip.whole is not None
    part, whole = clip.source, clip.whole
    return (
        f"media frames {part.start} to {part.end - 1} are restyled and cut into a take of the "
        f"clip's whole length: {counted(part.start - whole.start, 'frame')} before and "
        f"{whole.end - part.end} after stay the original's"
    )


def cut_in_notes(source: MediaInfo) -> list[str]:
    """What else a person should know of such a take before it is made."""
    notes = [
        "a take with a part cut in is coded anew at the source's size: ProRes, or as --codec says"
    ]
    said, kept = source.colour, _take_colour(source)
    changed = [
        f"its {name} {before} as {after or 'unsaid'}"
        for name, before, after in (
            ("primaries", said.primaries, kept.primaries),
            ("transfer", _TRANSFERS.get(said.transfer or "", said.transfer), kept.transfer),
            ("matrix", _MATRICES.get(said.matrix or "", said.matrix), kept.matrix),
        )
        if before != after
    ]
    if is_full_range(source) and not is_rgb(source):
        changed.append("its full range as limited range")
    if changed:
        notes.append(f"the take holds {', '.join(changed)}")
    if source.width % 2 or source.height % 2:
        size = "x".join(map(str, _upright(source)))
        notes.append(f"its size is odd; the take is {size}, the last column or row left off")
    if source.interlaced:
        notes.append("the original's frames in the take are deinterlaced like the restyled ones")
    return notes


def _take_colour(source: MediaInfo) -> ColourTags:
    """The source's tags, as far as every codec of a take holds them."""
    colour = source.colour
    matrix = None if colour.matrix is None and not is_rgb(source) else take_matrix(source)
    unsaid = colour.range is None and not is_full_range(source) and not is_rgb(source)
    return ColourTags(
        primaries=colour.primaries if colour.primaries in _PRIMARIES else None,
        transfer=_TRANSFERS.get(colour.transfer or ""),
        matrix=matrix,
        range=None if unsaid else "tv",
    )


def _upright(source: MediaInfo) -> tuple[int, int]:
    """Coded width and height after turning, even: every pixel of the source stays one."""
    width, height = source.width - source.width % 2, source.height - source.height % 2
    return (height, width) if source.rotation_degrees % 180 else (width, height)


def _unsupported(text: str) -> Refusal:
    return Refusal(RefusalReason.UNSUPPORTED, text)
