"""Repeated samples at several temperatures (Renze, jhu-llm-temperature)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from ensel.datasets.letters import letter_codes
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable

LETTERS = ("A", "B", "C", "D", "E")
N_SAMPLES = 10  # answers a model gave per question and temperature
_OPTION = re.compile(r"^\s*([A-E]):", re.MULTILINE)


def read_temperatures(paths: dict[str, Path]) -> PredictionTable:
    """Read 9 LLMs at 11 temperatures or more, ten answers each, on 100 mixed questions.

    Parameters
    ----------
    paths : dict of str to Path
        Local path of each raw file, by its path in the repository.

    Returns
    -------
    PredictionTable
        Queries are named ``model@temperature#sample``; `items` has `n_options` (4 or 5).

    See Also
    --------
    ensel.load_dataset : Finds the files, and calls this.
    """
    return _read(paths, "temperatures")


def read_medmcqa_temperatures(paths: dict[str, Path]) -> PredictionTable:
    """Read GPT-3.5 at 11 temperatures, ten answers each, on 100 MedMCQA questions.

    Parameters
    ----------
    paths : dict of str to Path
        Local path of each raw file, by its path in the repository.

    Returns
    -------
    PredictionTable
        Queries are named ``model@temperature#sample``.

    See Also
    --------
    ensel.load_dataset : Finds the files, and calls this.
    """
    return _read(paths, "medmcqa-temperatures")


def _read(paths: dict[str, Path], name: str) -> PredictionTable:
    """Read files of one model and temperature each; all hold the same questions."""
    frames = [_by_item(local) for local in paths.values()]
    first = frames[0]
    n_options = [len(set(_OPTION.findall(text))) for text in first["Problem"]]
    items = pd.DataFrame({"topic": first["Topic"], "n_options": n_options}, index=first.index)

    columns = [f"Answer {sample}" for sample in range(1, N_SAMPLES + 1)]
    answers = np.column_stack(
        [letter_codes(frame.loc[items.index, columns], len(LETTERS)) for frame in frames]
    )
    # "E" where four options were offered chooses none of them: not a usable answer.
    answers[answers >= items["n_options"].to_numpy()[:, None]] = MISSING

    queries = [query for frame in frames for query in _described(frame.loc[items.index])]
    return PredictionTable(
        answers,
        letter_codes(first[["Correct Answer"]], len(LETTERS))[:, 0],
        classes=LETTERS[: int(items["n_options"].max())],
        queries=pd.DataFrame(queries).set_index("name"),
        items=items,
        name=name,
        source="jhu-llm-temperature, chain of thought (Renze & Guven)",
    )


def _by_item(local: Path) -> pd.DataFrame:
    """One file, indexed by question."""
    frame = pd.read_csv(local, dtype=str, keep_default_na=False)
    return frame.assign(item=frame["Source"] + "/" + frame["Source ID"]).set_index("item")


def _described(frame: pd.DataFrame) -> list[dict[str, object]]:
    """What is known of each of the ten queries that one file holds."""
    model, temperature = frame["Model Name"].iloc[0], float(frame["Temperature"].iloc[0])
    # Tokens are counted per question, over the ten answers together.
    tokens = {
        column: pd.to_numeric(frame[source], errors="coerce").mean() / N_SAMPLES
        for column, source in (
            ("input_tokens", "Input Tokens"),
            ("output_tokens", "Output Tokens"),
        )
    }
    return [
        {
            "name": f"{model}@{temperature}#{sample}",
            "model": model,
            "sample": sample,
            "temperature": temperature,
            **tokens,
        }
        for sample in range(1, N_SAMPLES + 1)
    ]
