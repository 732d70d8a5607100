"""The file that leads this user's browser to the page.

What a program is started with can be read by everyone on a machine, and the page's address opens
the page. So a browser is started with a file that only this user may read, and the file names the
address.
"""

from __future__ import annotations

import hashlib
import html
import os
import sys
from pathlib import Path

_HTML = """<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={url}">
<title>New Take</title>
<p><a href="{url}" rel="noreferrer">New Take</a></p>
"""


def doorway_of(home: Path, user_home: Path | None = None) -> Path:
    """Where the file of a NEWTAKE_HOME lies while its page is served.

    A browser that came as a snap, as Ubuntu's do, reads nothing below a folder whose name
    begins with a dot, nor another's temporary files: where snaps are used it lies in the user's own
    folder.

    Args:
        home: NEWTAKE_HOME.
        user_home: The user's own folder; None asks the system.
    """
    if sys.platform == "linux":
        own = Path.home() if user_home is None else user_home
        if (own / "snap").is_dir():
            mark = hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:8]
            return own / f"newtake_page_{mark}.html"
    return home / "panel.html"


def doorway_text(url: str) -> str:
    return _HTML.format(url=html.escape(url))


def write_private(file: Path, text: str) -> None:
    """Write a file that only this user may read, in place of one that is there. Raises: OSError."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    new.replace(file)
