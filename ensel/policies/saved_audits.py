"""Audits in files: one readable JSON each."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ensel import __version__
from ensel.exceptions import InputError
from ensel.files import written_whole

VERSION = 1
DAMAGE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What the parts of a damaged file raise."""


def write_audit(data: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Write the data of an audit, a line an entry, whole or not at all.

    Parameters
    ----------
    data : mapping
        Plain values by name.
    path : path-like
    """
    marked = {"ensel_audit": VERSION, "made_with": f"ensel {__version__}", **data}
    lines = (f" {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in marked.items())
    with written_whole(path) as temporary:
        temporary.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def read_audit(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The data of an audit.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    dict

    Raises
    ------
    InputError
        If the file holds no audit, or one of a later version.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        version = data["ensel_audit"]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except (*DAMAGE, RecursionError) as error:
        raise InputError(f"{path}: no audit; a file that Audit.save wrote is needed") from error
    if version != VERSION:
        raise InputError(f"{path}: audit version {version!r}; this ensel reads {VERSION}")
    return dict(data)
