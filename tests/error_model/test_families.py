"""Families of models."""

import numpy as np
import pytest

from ensel import InputError
from ensel.error_model import families_of, read_families, within_and_across


def test_families(tmp_path):
    names = ["openai_gpt-4o-2024-05-13", "anthropic_claude-3-opus", "DeepSeek-R1", "mine"]
    assert families_of(names) == ["gpt", "claude", "deepseek", "mine"]
    path = tmp_path / "own.csv"
    path.write_text("pattern,family\n*-r1,reasoner\nmine,ours\n")
    assert families_of(names, read_families(path))[2:] == ["reasoner", "ours"]
    same = within_and_across(np.full((3, 3), 0.5), ["a", "a", "b"], ["m", "m", "n"])
    assert np.isnan(same[0])  # two samples of one model are no relatives
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="columns pattern and family"):
        read_families(tmp_path / "bad.csv")


def test_no_relatives_is_no_number():
    within, across, n_within, n_across = within_and_across(np.eye(3), ["a", "b", "c"])
    assert np.isnan(within)
    assert (across, n_within, n_across) == (0.0, 0, 3)
