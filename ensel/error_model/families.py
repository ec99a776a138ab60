"""Families of models, and whether relatives err together more than strangers."""

from __future__ import annotations

import csv
import fnmatch
from collections.abc import Sequence
from importlib.resources import files
from os import PathLike
from pathlib import Path

import numpy as np

from ensel.exceptions import InputError


def read_families(path: str | PathLike[str] | None = None) -> list[tuple[str, str]]:
    """Read a mapping from model-name patterns to families.

    Parameters
    ----------
    path : path-like, optional
        A CSV with the columns `pattern` (as in file names: ``*gpt-4*``; case does not matter) and
        `family`; the first match counts. Default: the list the package ships.

    Returns
    -------
    list of (pattern, family)

    Raises
    ------
    InputError
        If the file lacks a column.

    See Also
    --------
    families_of : Applies it.

    Examples
    --------
    >>> ("*gpt*", "gpt") in read_families()
    True
    """
    source = files("ensel.error_model").joinpath("families.csv") if path is None else Path(path)
    try:
        rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text; save it as UTF-8") from error
    if not rows or not all(row.get("pattern") and row.get("family") for row in rows):
        raise InputError(f"{path}: the columns pattern and family are needed, filled in every row")
    return [(row["pattern"].strip().lower(), row["family"].strip()) for row in rows]


def families_of(models: Sequence[str], mapping: list[tuple[str, str]] | None = None) -> list[str]:
    """Family of each model, by the first pattern that matches; else the model itself.

    Parameters
    ----------
    models : sequence of str
    mapping : list of (pattern, family), optional
        As `read_families` gives it.

    Returns
    -------
    list of str

    See Also
    --------
    read_families : Reads a mapping of your own.

    Examples
    --------
    >>> families_of(["openai_gpt-4o-2024-05-13", "meta_llama-3-70b", "my-own"])
    ['gpt', 'llama', 'my-own']
    """
    rules = read_families() if mapping is None else mapping
    names = []
    for model in models:
        matches = (family for pattern, family in rules if fnmatch.fnmatch(model.lower(), pattern))
        names.append(next(matches, str(model)))
    return names


def within_and_across(
    correlation: np.ndarray, families: Sequence[str], models: Sequence[str] | None = None
) -> tuple[float, float, int, int]:
    """Mean correlation of pairs within a family and of pairs across families.

    Samples of one model are no relatives but repetitions: their pairs are left out.

    Parameters
    ----------
    correlation : ndarray, shape (N, N)
        NaN pairs are left out.
    families : sequence of str, length N
    models : sequence of str, length N, optional
        Default: every query is a model of its own.

    Returns
    -------
    within, across : float
        NaN where there is no such pair.
    n_within, n_across : int

    See Also
    --------
    families_of : Families by model names.

    Examples
    --------
    >>> R = np.array([[1, 0.8, 0.5], [0.8, 1, 0.4], [0.5, 0.4, 1]])
    >>> within_and_across(R, ["a", "a", "b"])
    (0.8, 0.45, 1, 2)
    """
    names = np.asarray(families)
    i, j = np.triu_indices(len(correlation), k=1)
    values = correlation[i, j]
    same = names[i] == names[j]
    known = ~np.isnan(values)
    if models is not None:
        known &= np.asarray(models)[i] != np.asarray(models)[j]
    inside, outside = values[same & known], values[~same & known]
    return (
        float(inside.mean()) if len(inside) else float("nan"),
        float(outside.mean()) if len(outside) else float("nan"),
        len(inside),
        len(outside),
    )
