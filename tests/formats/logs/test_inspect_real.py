"""Inspect itself runs tasks here; its own reader and ours find the same, item for item."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ensel.formats.logs import inspect_logs
from ensel.formats.source import Source

TASKS = Path(__file__).with_name("inspect_tasks.py")
WORDS = {"C": 1, "I": 0, "P": 0.5, "N": 0, "NaN": None}


@pytest.fixture(scope="module")
def made(made_once):
    """The folder of logs, and what Inspect's reader finds in them."""
    folder = made_once("inspect", run_inspect)
    return folder / "logs", json.loads((folder / "found.json").read_text(encoding="utf-8"))


def run_inspect(folder):
    """In a process of its own: importing Inspect changes `zipfile`, and one run is interrupted."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INSPECT_")}
    environment |= {"XDG_DATA_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    command = [sys.executable, str(TASKS), str(folder / "logs"), str(folder / "found.json")]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr[-3000:]


def read(made, name):
    """Ours and theirs of every log of one run, the earlier first."""
    logs, found = made
    for path in sorted((logs / name).glob("*_*.*")):
        source = Source(path.name, path)
        assert inspect_logs.recognises(source, source.head())
        (log,) = inspect_logs.read(source)
        yield log, list(log), found[f"{name}/{path.name}"]


def expected_scores(sample):
    """What Inspect's reader has of the scores, a value each."""
    for name, score in sample["scores"].items():
        value = score["value"]
        parts = value if isinstance(value, dict) else {None: value}
        for part, one in parts.items():
            number = WORDS.get(one, one) if isinstance(one, str) else one
            number = None if number != number else number
            yield (name if part is None else f"{name}/{part}"), number, score["answer"]


RUNS = ["epochs", "json", "open", "unscored", "limited", "retried", "set", "cancelled"]


@pytest.mark.parametrize("name", RUNS)
def test_our_reader_finds_what_inspects_own_does(made, name):
    for log, answers, theirs in read(made, name):
        assert (log.model, log.task, log.run) == (
            theirs["model"],
            theirs["task"],
            theirs["task_id"],
        )
        assert log.complete == (theirs["status"] == "success")
        ours = {(answer.item, answer.sample): answer for answer in answers}
        assert len(ours) == len(answers) == len(theirs["samples"])
        for sample in theirs["samples"]:
            answer = ours[str(sample["id"]), sample["epoch"]]
            assert list(answer.options or []) == (sample["choices"] or [])
            target = sample["target"]
            assert answer.gold == (target[0] if isinstance(target, list) else target)
            assert list(answer.scores) == list(expected_scores(sample))
            assert answer.subject == sample["metadata"].get("subject")
            if sample["error"]:
                assert (answer.answer, answer.lost[:5]) == (None, "error")
            elif answer.answer is not None:
                read_first = [one["answer"] for one in sample["scores"].values() if one["answer"]]
                assert answer.answer == (read_first or [sample["completion"]])[0]
            else:
                assert answer.lost
                assert not sample["completion"] or sample["scores"]["choice"]["answer"] == ""


@pytest.mark.parametrize("name", RUNS)
def test_questions_have_one_content_in_all_runs(made, name):
    known = {a.item: a.content for _, answers, _ in read(made, "epochs") for a in answers}
    for log, answers, theirs in read(made, name):
        texts = {str(s["id"]): str(s["input"]) for s in theirs["samples"]}
        contents = {a.item: a.content for a in answers}
        assert len(set(contents.values())) == len(set(texts.values()))
        if log.task == "trivia":
            assert contents.items() <= known.items()


@pytest.mark.parametrize("name", RUNS)
def test_stated_results_are_the_means_of_our_values(made, name):
    """All our reducers are the mean or, of constant values, the same as it."""
    for log, answers, theirs in read(made, name):
        assert len(log.stated) == sum(len(one["metrics"]) for one in theirs["results"])
        by_item = {}
        for answer in answers:
            for score in answer.scores:
                if score.value is not None and not (answer.lost or "").startswith("error"):
                    by_item.setdefault(score.name, {}).setdefault(answer.item, []).append(
                        score.value
                    )
        for key, stated in log.stated.items():
            scorer, metric = key.rsplit("/", 1)
            if metric.split(" ")[0] in ("accuracy", "mean"):
                means = [sum(values) / len(values) for values in by_item[scorer].values()]
                assert stated == pytest.approx(sum(means) / len(means))


def test_what_became_of_each_answer(made):
    ((log, answers, _),) = read(made, "epochs")
    by_item = {}
    for answer in sorted(answers, key=lambda one: one.sample):
        by_item.setdefault(answer.item, []).append(answer.lost or answer.answer)
    assert by_item == {
        "q/0 µ": ["A"] * 3,
        "q/1 µ": ["B"] * 3,
        "q/2 µ": ["C", "error: RuntimeError('no luck with q/2\\nand more about it')", "C"],
        "3": ["D"] * 3,
        "4": ["no answer in the response"] * 3,
        "5": ["empty response"] * 3,
    }
    assert {answer.temperature for answer in answers} == {0.5}
    spent = {(a.input_tokens, a.output_tokens, a.cost) for a in answers if a.scores}
    assert spent == {(50, 7, 0.25)}  # 40 and 10 from the cache
    assert log.notes == []


def test_samples_over_their_limit_are_lost(made):
    ((_, answers, _),) = read(made, "limited")
    assert {answer.lost for answer in answers} == {"limit: token"}


def test_graders_tokens_are_not_the_models(made):
    """In the first run the judge is the same model in a role, in the second without one."""
    ((log, answers, _),) = read(made, "open")
    assert {(a.input_tokens, a.output_tokens, a.cost) for a in answers} == {(50, 7, 0.25)}
    assert log.notes[0] == "Models in other roles: judge is rehearsed/pupil."
    assert {answer.temperature for answer in answers} == {0.25}


def test_a_continued_run_has_the_id_of_the_first(made):
    (first, before, _), (second, after, _) = read(made, "retried")
    assert first.run == second.run
    assert first.created < second.created
    assert (first.complete, second.complete) == (False, True)
    assert {a.item for a in before} < {a.item for a in after}
    assert next(a.lost for a in before if a.item == "q/2 µ").startswith("error: Runtime")
    assert [a.answer for a in after if a.item == "q/2 µ"] == ["C"]


def test_a_cancelled_run_says_so(made):
    ((log, answers, _),) = read(made, "cancelled")
    assert not log.complete
    assert log.notes[0] == "The run was cancelled."
    assert 0 < len(answers) < 6


def test_lists_beside_a_set_are_left_aside(made):
    logs, _ = made
    for name in ("eval-set.json", "logs.json", ".eval-set-id"):
        source = Source(f"runs/{name}", logs / "set" / name)
        assert inspect_logs.accompanies(source, source.head())
        assert not inspect_logs.recognises(source, source.head())
