"""Laws are tried the same way every time; the page lists them; the extra is optional."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ensel.testing import (
    INFORMATION_LAWS,
    OPEN_VOTE_LAWS,
    POLICY_LAWS,
    SELECTOR_LAWS,
    VOTE_LAWS,
    BrokenLaw,
    check_selector,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "testing.md"


def test_the_page_runs_and_lists_every_law():
    text, names = PAGE.read_text(encoding="utf-8"), {}
    for block in re.findall(r"```python\n(.*?)```", text, flags=re.S):
        exec(compile(block, str(PAGE), "exec"), names)
    listed = re.findall(r"^\| `([^`]+)` \| (.+?) \|$", text, flags=re.M)
    laws = [*INFORMATION_LAWS, *SELECTOR_LAWS, *VOTE_LAWS, *OPEN_VOTE_LAWS, *POLICY_LAWS]
    assert listed == [(law.name, law.says) for law in laws]


def test_the_same_examples_every_time(few):
    def never_a_second(answers, labels, budget):
        return [0]

    messages = []
    for _ in range(2):
        with pytest.raises(BrokenLaw) as caught:
            check_selector(never_a_second, max_examples=few)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_ensel_does_without_hypothesis():
    code = (
        "import sys; sys.modules['hypothesis'] = None; from ensel import PredictionTable\n"
        "try:\n    import ensel.testing\nexcept ImportError as error:\n    print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == (
        "ensel.testing needs hypothesis; pip install 'ensel[testing]' brings it"
    )
