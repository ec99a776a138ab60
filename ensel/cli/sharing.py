"""Options that several commands take, written once: a frozen dataclass becomes options.

A command says ``table: TableOptions``; `takes_options` puts an option for each field in its place,
and hands the command the dataclass made of what was typed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields
from functools import wraps
from typing import Any, get_type_hints


class Options:
    """Base of frozen dataclasses whose fields are options, each an ``Annotated`` of typer."""


def takes_options(command: Callable[..., None]) -> Callable[..., None]:
    """Replace the parameters of a command that are `Options` by one for each field.

    Parameters
    ----------
    command : callable
        Annotated as typer asks.

    Returns
    -------
    callable
        With a signature of single options, all of them keywords.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Size(Options):
    ...     width: int
    ...     height: int = 2
    >>> def show(size: Size, name: str) -> None:
    ...     print(name, size.width * size.height)
    >>> show.__annotations__ = {"size": Size, "name": str}
    >>> list(inspect.signature(takes_options(show)).parameters)
    ['width', 'height', 'name']
    >>> takes_options(show)(width=3, height=2, name="area")
    area 6
    """
    hints = get_type_hints(command, include_extras=True)
    shared = {name: hint for name, hint in hints.items() if _is_options(hint)}

    @wraps(command)
    def call(**values: Any) -> None:
        built = {
            name: kind(**{field.name: values.pop(field.name) for field in fields(kind)})
            for name, kind in shared.items()
        }
        command(**values, **built)

    parameters = list(_parameters(command, hints))
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in parameters}
    return call


def _is_options(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Options)


def _parameters(command: Callable[..., None], hints: dict[str, Any]) -> Iterator[inspect.Parameter]:
    """The parameters of a command, in order, with fields in place of dataclasses."""
    for name, parameter in inspect.signature(command).parameters.items():
        if not _is_options(hints[name]):
            yield _keyword(name, parameter.default, hints[name])
            continue
        field_hints = get_type_hints(hints[name], include_extras=True)
        for field in fields(hints[name]):
            yield _keyword(field.name, _default(field), field_hints[field.name])


def _default(field: Field[Any]) -> Any:
    return inspect.Parameter.empty if field.default is MISSING else field.default


def _keyword(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY  # in any order, with a default or without
    return inspect.Parameter(name, kind, default=default, annotation=annotation)
