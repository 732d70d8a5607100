"""Results with bytes that chance changed are results or errors of ours, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

import hostile_client
from hostile_packages import FRAMES, frames, package
from hostile_videos import film
from newtake.adapters.exr import unpack_exr_frames
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.errors import ResultError

SOUND = package(frames())
NEEDED = hostile_client.PLATE.clip_offset + hostile_client.PLATE.clip_frames
"""A member whose name is damaged is none, and the last four are handles."""
_changes = st.lists(
    st.tuples(
        st.integers(0, len(SOUND) - 1),
        st.sampled_from([b"\0", b"\xff", b"\x7f", b"\x80", b"PK", b"\xff" * 4, b"\0" * 8])
        | st.binary(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=6,
)


def changed(data: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    whole = bytearray(data)
    for at, piece in changes:
        whole[at : at + len(piece)] = piece
    return bytes(whole)


@settings(deadline=None, max_examples=200)
@given(_changes, st.integers(0, len(SOUND)))
@example([], 0)
def test_a_damaged_package_is_unpacked_whole_or_not_at_all(
    changes: list[tuple[int, bytes]], cut: int
) -> None:
    data = changed(SOUND, changes)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, piece in enumerate((data, data[:cut], data[cut:])):
            packed = folder / f"{number}.zip"
            packed.write_bytes(piece)
            try:
                written = unpack_exr_frames(
                    packed, hostile_client.PLATE, folder=folder / f"{number}", prefix="f."
                )
            except ResultError:
                written = None
            packed.unlink()
            left = [each for each in folder.rglob("*") if each.is_file()]
            assert len(left) == (written.count if written else 0)
            assert written is None or written.count == 1 or NEEDED <= written.count <= FRAMES - 2
            for each in left:
                each.unlink()


_VERIFIER = """
import json, random, sys
from pathlib import Path
from newtake.adapters.verify import verify
from newtake.domain.errors import MediaError
import anyio

film, path = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])
index = film.index(b"moov")
counts = {"sound": 0, "refused": 0}
for seed in range(int(sys.argv[3])):
    dice = random.Random(seed)
    data = bytearray(film)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(index if dice.random() < 0.8 else 0, len(data))
        piece = dice.choice([b"\\xff" * 4, b"\\0" * 4, b"\\x7f\\xff\\xff\\xff", dice.randbytes(2)])
        data[at : at + len(piece)] = piece
    path.write_bytes(data[: dice.randrange(len(data))] if seed % 10 == 0 else data)
    try:
        anyio.run(verify, path)
        counts["sound"] += 1
    except MediaError:
        counts["refused"] += 1
    except BaseException:
        print("seed", seed, file=sys.stderr)
        raise
print(json.dumps(counts))
"""


def test_a_damaged_video_is_refused_or_played(tmp_path: Path) -> None:
    """In a process of its own, which a decoder could take down with it."""
    whole = tmp_path / "film.mp4"
    whole.write_bytes(film(find_toolchain().executable, tmp_path, "160x96", 0.5))
    ended = subprocess.run(
        [sys.executable, "-c", _VERIFIER, str(whole), str(tmp_path / "damaged.mp4"), "200"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    counts = json.loads(ended.stdout)
    assert counts["refused"] > 50
    assert sum(counts.values()) == 200
