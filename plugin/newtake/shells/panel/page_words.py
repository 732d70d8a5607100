"""What the command line says, in the words of the page: flags and commands become its controls.

Plans, refusals and errors are worded where they are decided, for whoever types commands. On the
page nobody does.
"""

from __future__ import annotations

import re
from typing import Any

_TOLD = frozenset(
    ("what", "why", "next", "note", "notes", "refusal", "repeats", "missing", "failure",
     "detail", "why_not", "text")
)  # fmt: skip
"""Names of values that are New Take's own sentences: never a prompt, a name or a path."""
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        # Whole clauses that offer what the page has no control for.
        (r"`newtake clips TIMELINE` lists the clips with their numbers\.", ""),
        (r"`newtake jobs --json` names every job's submissions\.", ""),
        (r" Without --budget nothing is counted\.", ""),
        (r"\(--edl-rate where that is wrong\)",
         "(where that is wrong, close this page and open it with --edl-rate)"),
        # The queue's buttons.
        (r"`newtake jobs settle [^`]*`(?: or `--not-sent`)?", "Settle in the queue"),
        (r"--submission ID if the service lists it, --not-sent if it does not",
         "say which submission it is, or that it was not sent"),
        (r"`newtake resolve collect`", "“Bring it in” in the queue"),
        (r"`newtake resolve collect \w+`", "Bring back in the queue"),
        (r"`newtake jobs resume[^`]*`", "Resume in the queue"),
        (r"Give it again: newtake jobs resume ID --uploader",
         "Give it again in a terminal: newtake jobs resume ID --uploader"),
        (r"newtake jobs resume (?:--all|[\w:.-]+)(?! --uploader)\b", "Resume in the queue"),
        (r"; --again makes another one", "; agree to pay again, and another one is made"),
        (r"`newtake restyle` with --again", "restyling it anew"),
        (r"(?:A new )?`newtake restyle`(?: again)? makes a", "Restyle again makes a"),
        # Takes.
        (r"`newtake (?:resolve )?takes --use \S+=original`", "Original in the clip's menu"),
        # The dialog's controls.
        (r"--hdr and --exr", "HDR and EXR"),
        (r"--cadence\s+time\b", "Cadence: real time"),
        (r"--cadence\s+frame\b", "Cadence: every frame"),
        (r"\(--continuity parallel sends all at once\)",
         "(Parts of a long shot: all at once, sends them together)"),
        (r"`?--from render`?", "“Frames from: Resolve’s render”"),
        (r"Choose another place with --out, or --layout takes in a new file",
         "Take the timeline as it was before, and the layout “takes”"),
        (r"Choose another file with --out, or --layout takes or track",
         "Choose the layout “takes” or “track”"),
        (r"--layout takes or track", "the layout “takes” or “track”"),
        (r"with `--duration (\w+)`", r"with the duration \1"),
        (r"--codec copy rewraps", "the codec “copy” rewraps"),
        (r"as --codec says", "as the codec says"),
        (r"another --codec", "another codec"),
        (r"`--lut FILE\.cube`", "a LUT"),
        (r"a table with --lut", "a LUT"),
        (r"leave --lut away", "take the LUT away"),
        (r"through --lut\b", "through a LUT"),
        (r"Write --uploader put:(\S+), and --fetch-url (\S+) if it differs",
         r"Write put:\1 as the uploader, and \2 where it is read again if that differs"),
        (r"another uploader with --uploader", "another uploader"),
        (r"(an?|another) --uploader", r"\1 uploader"),
        (r"--variations 1", "one variation"),
        (r"a lower --resolution", "a lower resolution"),
        (r"Raise --budget, or choose", "Choose"),
        (r" or with --agree-public", ""),
        (r"Resume with --agree-public", "Resume and agree"),
        (r"Say --prompt and the settings yourself", "Write the prompt and the settings yourself"),
        (r"Say with --prompt what is meant", "Write in the prompt what is meant"),
        (r"leave --first-frame away", "take the first-frame picture away"),
        (r"give --first-frame a file of this machine", "drop a picture of this machine"),
        (r"--hdr\b", "HDR"),
        (r"--exr\b", "EXR"),
        (r"--(prompt|style|resolution|handles|cadence|continuity|variations|duration)\b", r"“\1”"),
    )
)  # fmt: skip


def page_words(text: str) -> str:
    """The sentence as the page says it; one that names nothing of the command line as it is."""
    if "--" not in text and "newtake " not in text:
        return text
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    return text.strip()


def told(document: Any) -> Any:
    """A document for the page, with every sentence of New Take's own in the page's words."""
    if isinstance(document, dict):
        return {
            name: _sentences(value) if name in _TOLD else told(value)
            for name, value in document.items()
        } | _left_out(document)
    if isinstance(document, (list, tuple)):
        return [told(each) for each in document]
    return document


def _left_out(document: dict[str, Any]) -> dict[str, Any]:
    """A plan's clips that cannot be restyled: each is a name and a sentence."""
    pairs = document.get("refused")
    return {} if pairs is None else {"refused": [[name, page_words(why)] for name, why in pairs]}


def _sentences(value: Any) -> Any:
    if isinstance(value, str):
        return page_words(value)
    if isinstance(value, (list, tuple)):
        return [_sentences(each) for each in value]
    return told(value)
