"""What is wrong with a table, all of it at once: a person corrects it in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newtake.domain.errors import InputError, SelectionError

_NAMED = 40


@dataclass(frozen=True, slots=True)
class TableError:
    """What is wrong with one line."""

    line: int
    """Of the file, from 1."""
    error: InputError


def together(errors: Sequence[TableError], name: str) -> InputError:
    """One error for all: a single one as it is, several as a line for each, in the table's order.

    Args:
        errors: At least one.
        name: Of the table.
    """
    if len(errors) == 1:
        return errors[0].error
    ordered = [each.error for each in sorted(errors, key=lambda each: each.line)]
    said = [f"{each.what} {' '.join(each.why.split())}".strip() for each in ordered]
    if len(said) > _NAMED:
        said = [*said[:_NAMED], f"And {len(said) - _NAMED} more."]
    fixes = dict.fromkeys(each.fix for each in ordered if each.fix)
    error = SelectionError(
        f"{name} has {len(ordered)} errors.",
        why=" ".join(said),
        fix=next(iter(fixes)) if len(fixes) == 1 else "Correct them in the table.",
    )
    error.details = tuple(said)
    return error
