"""Tasks for Inspect that leave logs of all kinds, without any network.

    python inspect_tasks.py FOLDER FOUND.json

writes the logs into the folder, and what Inspect's own reader finds in them into the file. The
model `rehearsed/pupil` answers by rule: it knows all capitals by their place in the list, is vague
where a question is unclear, and silent where it is told to be.
"""

import json
import os
import signal
import sys
from pathlib import Path
from urllib.parse import unquote

import anyio
from inspect_ai import Epochs, Task, eval, eval_retry, eval_set, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import list_eval_logs, read_eval_log
from inspect_ai.model import (
    ChatMessageSystem,
    ChatMessageUser,
    ContentText,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.scorer import Score, accuracy, choice, match, mean, model_graded_qa, scorer, stderr
from inspect_ai.solver import generate, multiple_choice, solver

CAPITALS = ["Paris", "Rome", "Oslo", "Bern", "Wien", "Riga", "Kyiv", "Baku"]


class Rehearsed(ModelAPI):
    """Answers by the text of the question."""

    async def generate(self, input, tools, tool_choice, config):
        said = self.say(input[-1].text)
        output = ModelOutput.from_content(self.model_name, said)
        output.usage = ModelUsage(
            input_tokens=40, output_tokens=7, total_tokens=57, input_tokens_cache_read=10
        )
        output.usage.total_cost = 0.25
        return output

    @staticmethod
    def say(question):
        if "GRADE:" in question:
            return "Looks fine to me.\n\nGRADE: C"
        if "silent" in question:
            return ""
        if "unclear" in question:
            return "It could be any of them, I cannot say."
        right = next(i for i, name in enumerate(CAPITALS) if name.lower() in question)
        return f"Let me think.\n\nANSWER: {'ABCD'[right % 4]}"


@modelapi(name="rehearsed")
def rehearsed():
    return Rehearsed


@solver
def falter(on="", epoch=0, interrupt=False):
    """Fail on one question, or interrupt the whole run there."""

    async def solve(state, generate):
        if on and on in str(state.sample_id) and epoch in (0, state.epoch):
            if interrupt:
                os.kill(os.getpid(), signal.SIGINT)
                await anyio.sleep(60)  # until it arrives: the other questions take no time
            elif not os.environ.get("MENDED"):
                raise RuntimeError(f"no luck with {on}\nand more about it")
        return state

    return solve


@scorer(metrics={"*": [mean()]})
def manner():
    """Two values at once, one of them partial credit."""

    async def score(state, target):
        said = state.output.completion
        return Score(value={"brief": len(said) < 30, "polite": 0.5 if said else "I"})

    return score


@scorer(metrics=[accuracy(), stderr()])
def unsure():
    async def score(state, target):
        if state.epoch == 2:
            return Score(value=float("nan"), explanation="no verdict")
        return Score(value="P", answer=state.output.completion[-1:] or None)

    return score


def questions(count=6):
    for number in range(count):
        name = CAPITALS[number]
        aside = {4: " unclear", 5: " silent"}.get(number, "")
        text = f"Which of these is called {name.lower()}?{aside} " + "Take your time. " * 12
        asked = text
        if number == 1:
            asked = [
                ChatMessageSystem(content="Be exact."),
                ChatMessageUser(content=[ContentText(text=text), ContentText(text="Which?")]),
            ]
        four = [f"{name} {i}" for i in range(4)]
        yield Sample(
            input=asked,
            choices=four,
            target="ABCD"[number % 4],
            id=f"q/{number} µ" if number < 3 else number,
            metadata={"subject": "geography" if number % 2 else "letters"},
        )


def open_questions():
    return [
        Sample(input=f"Name it: {name.lower()}", target=[letter, letter.lower()], id=i)
        for i, (name, letter) in enumerate(zip(CAPITALS, "ABCD", strict=False))
    ]


@task
def trivia(on="", epoch=0, interrupt=False):
    return Task(
        MemoryDataset(list(questions()), name="capitals"),
        solver=[falter(on, epoch, interrupt), multiple_choice()],
        scorer=[choice(), manner(), unsure()],
        config=GenerateConfig(temperature=0.5),
    )


@task
def open_trivia():
    return Task(
        MemoryDataset(open_questions()),
        solver=generate(temperature=0.25),
        scorer=[
            match("end", ignore_case=False),
            match("begin"),
            model_graded_qa(model="rehearsed/grader"),
            model_graded_qa(model_role="judge"),
        ],
    )


def write(folder):
    """Every kind of log, each in a folder of its own."""
    here = str(Path(__file__).resolve())
    common = {"model": "rehearsed/pupil", "display": "none", "log_samples": True}

    def run(name, what="trivia", **more):
        return eval(f"{here}@{what}", log_dir=f"{folder}/{name}", **(common | more))

    run("epochs", epochs=3, task_args={"on": "q/2", "epoch": 2}, fail_on_error=False)
    run("json", epochs=2, log_format="json", task_args={"on": "q/2"}, fail_on_error=False)
    judged = {"model_roles": {"judge": "rehearsed/pupil"}, "epochs": Epochs(2, ["mean", "max"])}
    run("open", "open_trivia", **judged)
    run("unscored", score=False)
    run("limited", token_limit=50)
    failed = run("retried", task_args={"on": "q/2"}, max_samples=1)
    os.environ["MENDED"] = "yes"
    eval_retry(failed[0].location, log_dir=f"{folder}/retried", display="none")
    del os.environ["MENDED"]
    eval_set(f"{here}@open_trivia", log_dir=f"{folder}/set", **common)
    run("cancelled", task_args={"on": "3", "interrupt": True}, max_samples=1)


def read(folder):
    """What Inspect's own reader finds: one entry a log."""
    found = {}
    for info in list_eval_logs(str(folder), recursive=True):
        log = read_eval_log(info, resolve_attachments=True)
        found[str(Path(unquote(info.name.removeprefix("file://"))).relative_to(folder))] = {
            "status": log.status,
            "task": log.eval.task,
            "task_id": log.eval.task_id,
            "model": log.eval.model,
            "created": str(log.eval.created),
            "results": [one.model_dump() for one in log.results.scores] if log.results else [],
            "samples": [
                {
                    "id": one.id,
                    "epoch": one.epoch,
                    "input": one.input
                    if isinstance(one.input, str)
                    else [m.text for m in one.input],
                    "choices": one.choices,
                    "target": one.target,
                    "completion": one.output.completion,
                    "scores": {k: s.model_dump(mode="json") for k, s in (one.scores or {}).items()},
                    "metadata": one.metadata,
                    "roles": {k: u.model_dump() for k, u in one.role_usage.items()},
                    "usage": {k: u.model_dump() for k, u in one.model_usage.items()},
                    "error": one.error.message if one.error else None,
                    "limit": one.limit.type if one.limit else None,
                }
                for one in log.samples or []
            ],
        }
    return found


if __name__ == "__main__":
    folder, found = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    write(folder)
    found.write_text(json.dumps(read(folder)), encoding="utf-8")
