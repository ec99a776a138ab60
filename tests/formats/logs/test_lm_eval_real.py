"""The real lm-evaluation-harness writes logs of a dummy model, and they say what it states."""

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from ensel.formats.logs import lm_eval
from ensel.formats.logs.answer import Log, LoggedAnswer
from ensel.formats.source import Source

TASKS = Path(__file__).parent / "lm_eval_task"
NAMES = ["choose", "write", "all_written", "pairs", "say"]
COMMAND = """
from functools import partialmethod
from lm_eval.__main__ import cli_evaluate
from lm_eval.tasks import TaskManager
TaskManager.__init__ = partialmethod(TaskManager.__init__, include_defaults=False)
cli_evaluate()
"""
"""The harness's command, but for reading thirteen thousand tasks of its own first."""


def run_lm_eval(folder: Path) -> None:
    """One run of the harness over our own tasks."""
    shutil.copytree(TASKS, folder / "tasks")
    command = [sys.executable, "-c", COMMAND, "--model", "dummy", "--include_path", "."]
    command += ["--model_args", "pretrained=nobody/dummy-1", "--log_samples"]
    command += ["--tasks", ",".join(f"ensel_{n}" for n in NAMES), "--output_path", "../out"]
    away = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(folder / "cache")}
    environment = {**os.environ, **away}
    done = subprocess.run(
        command, cwd=folder / "tasks", env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="module")
def written(made_once) -> dict[str, tuple[Log, list[LoggedAnswer]]]:
    """Logs by task, of that run."""
    logs = {}
    for path in (made_once("lm_eval", run_lm_eval) / "out").rglob("*.json*"):
        source = Source(str(path), path)
        if lm_eval.accompanies(source, source.head()):
            continue
        assert lm_eval.recognises(source, source.head())
        [log] = lm_eval.read(source)
        assert log.task is not None
        logs[log.task.removeprefix("ensel_")] = log, list(log.answers)
    return logs


def test_every_task_is_found_with_its_model(written) -> None:
    assert set(written) == set(NAMES)
    for log, answers in written.values():
        assert log.model == "nobody/dummy-1"
        assert log.created is not None
        assert answers


def test_means_of_scores_are_what_the_harness_states(written) -> None:
    compared = 0
    for log, answers in written.values():
        values = defaultdict(list)
        for one in answers:
            for score in one.scores:
                key = f"{score.name},{one.filter}" if one.filter else score.name
                values[key].append(score.value)
        for key, stated in log.stated.items():
            if None not in values[key] and "perplexity" not in key:  # that one is no mean
                assert sum(values[key]) / len(values[key]) == pytest.approx(stated)
                compared += 1
    assert compared == 9  # four of choose, three of write, one of pairs, one of say


def test_answers_and_gold_give_the_stated_accuracy(written) -> None:
    log, answers = written["choose"]
    for name in ("acc", "acc_norm", "acc_bytes", "acc_mutual_info"):
        read = [next(s.answer for s in one.scores if s.name == name) for one in answers]
        right = [r == one.gold for r, one in zip(read, answers, strict=True)]
        assert None not in read
        assert sum(right) / len(right) == pytest.approx(log.stated[name])
    rows = [json.loads(line) for line in (TASKS / "questions.jsonl").read_text().splitlines()]
    assert [one.gold for one in answers] == ["ABC"[row["gold"]] for row in rows]
    assert [one.options for one in answers] == [tuple(row["choices"]) for row in rows]


def test_where_contexts_differ_the_gold_is_known_all_the_same(written) -> None:
    log, answers = written["pairs"]
    assert [one.gold for one in answers] == ["A", "B", "A", "B"]
    right = sum(one.answer == one.gold for one in answers)
    assert right / 4 == pytest.approx(log.stated["acc"])


def test_filters_and_repeats(written) -> None:
    _, answers = written["write"]
    by_filter = defaultdict(list)
    for one in answers:
        by_filter[one.filter].append((one.answer, one.lost is not None))
    assert by_filter["as-written"] == [("lol", False)] * 6
    assert by_filter["last-two"] == [("ol", False)] * 6
    assert by_filter["nothing"] == [(None, True)] * 6
    _, answers = written["all_written"]
    assert [(one.sample, one.answer) for one in answers] == [(1, "lol"), (2, "lol")] * 6
