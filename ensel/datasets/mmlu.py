"""MMLU: answers collected by the MMLU-Redux authors from HELM."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd

from ensel.datasets.files import manifest
from ensel.datasets.letters import letter_codes
from ensel.exceptions import InputError
from ensel.table.prediction_table import PredictionTable

LETTERS = ("A", "B", "C", "D")
ITEMS_PER_SUBJECT = 100  # in all.csv, whose rows are blocks of one subject each


def read_mmlu(paths: dict[str, Path]) -> PredictionTable:
    """Read `all.csv`: 14 LLMs on 100 questions of each of the 57 MMLU subjects.

    The file has no subject column: its rows are blocks of 100, subjects in alphabetical order.
    `items` keeps the MMLU-Redux verdict on each label as `error_type` ("ok" or what is wrong), and
    marks copies of one question with the same `group`.

    Parameters
    ----------
    paths : dict of str to Path
        Local path of each raw file, by its path in the repository.

    Returns
    -------
    PredictionTable

    See Also
    --------
    ensel.load_dataset : Finds the files, and calls this.
    """
    (path,) = paths.values()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    columns = list(frame.columns)
    models = columns[columns.index("error_type") + 1 : columns.index("majority_llm_pred_top_3")]
    names = sorted(Path(f.path).stem for f in manifest() if "original_helm" in f.path)
    subjects = [names[row // ITEMS_PER_SUBJECT] for row in range(len(frame))]

    items = pd.DataFrame(
        {
            "subject": subjects,
            "error_type": frame["error_type"].to_numpy(),
            # 32 questions stand there twice: splits keep copies on one side.
            "group": pd.factorize(frame["question"] + "\n" + frame["choices"])[0],
        },
        index=[f"{s}/{row % ITEMS_PER_SUBJECT}" for row, s in enumerate(subjects)],
    )
    return PredictionTable(
        letter_codes(frame[models], len(LETTERS)),
        frame["groundtruth_answer"].astype(int),
        classes=LETTERS,
        queries=models,
        items=items,
        name="mmlu",
        source="MMLU-Redux, multi_expert_helm (Gema et al.)",
    )


def read_mmlu_full(paths: dict[str, Path]) -> PredictionTable:
    """Read 10 LLMs on the whole MMLU test set; gold letters come from the test files.

    Answers and gold letters are joined on question and choices, within each subject; an item's
    id is its subject and its row in the test file.

    Parameters
    ----------
    paths : dict of str to Path
        Local path of each raw file, by its path in the repository.

    Returns
    -------
    PredictionTable

    See Also
    --------
    ensel.load_dataset : Finds the files, and calls this.
    """
    answered = {Path(p).stem: local for p, local in paths.items() if "original_helm" in p}
    gold = {Path(p).stem.removesuffix("_test"): v for p, v in paths.items() if "MMLU/data" in p}
    whole = pd.concat(
        _with_gold_letters(answered[subject], gold[subject], subject)
        for subject in sorted(answered)
    )
    models = [c for c in whole.columns if c not in {"question", "choices", "gold", "subject"}]
    return PredictionTable(
        letter_codes(whole[models], len(LETTERS)),
        letter_codes(whole[["gold"]], len(LETTERS))[:, 0],
        classes=LETTERS,
        queries=models,
        items=whole[["subject"]],
        name="mmlu-full",
        source="HELM answers from MMLU-Redux (Gema et al.), gold letters from the MMLU test files",
    )


def _with_gold_letters(answers: Path, test_file: Path, subject: str) -> pd.DataFrame:
    """The answers on one subject, with the gold letter and the id of each question."""
    frame = pd.read_csv(answers, dtype=str, keep_default_na=False)
    key = pd.read_csv(
        test_file, header=None, names=["q", *LETTERS, "gold"], dtype=str, keep_default_na=False
    )

    # The first of several equal questions: the answers drop exact duplicates.
    row_of: dict[tuple[str, ...], int] = {}
    for row, cells in enumerate(key[["q", *LETTERS]].itertuples(index=False)):
        row_of.setdefault(tuple(_squeeze(cell) for cell in cells), row)

    questions = [
        (_squeeze(question), *(_squeeze(choice) for choice in ast.literal_eval(choices)))
        for question, choices in zip(frame["question"], frame["choices"], strict=True)
    ]
    absent = [question for question in questions if question not in row_of]
    if absent:
        raise InputError(f"{answers}: no gold letter for {absent[0][0][:60]!r}")

    rows = [row_of[question] for question in questions]
    ids = pd.Index([f"{subject}/{row}" for row in rows])
    return frame.assign(gold=key["gold"].to_numpy()[rows], subject=subject).set_axis(ids)


def _squeeze(text: str) -> str:
    """Every run of white space as one space: the sources differ in it."""
    return " ".join(text.split())
