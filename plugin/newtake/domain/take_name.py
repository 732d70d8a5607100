"""What a person reads in a list of takes: the take's number in its clip, style and prompt."""

from __future__ import annotations

from newtake.domain.style import StyleStamp

_CHARACTERS = 48


def take_name(number: int, prompt: str, style: StyleStamp | None) -> str:
    """Number, style and the prompt's beginning, as "Take 2: oil painting"."""
    prompt = " ".join(prompt.split())
    if style is not None:
        prompt = f"{style.name}: {prompt}"
    if len(prompt) > _CHARACTERS:
        prompt = prompt[: _CHARACTERS - 1].rstrip(" ,.;") + "…"
    return f"Take {number}: {prompt}"


def renumbered(name: str, was: int, number: int) -> str:
    """A take's name where its clip gave it another number; one that does not begin with the number
    it had is somebody's own, and stays."""
    head = f"Take {was}:"
    return f"Take {number}:{name[len(head) :]}" if name.startswith(head) else name
