"""CSV as spreadsheets and pandas write it."""

import pytest

from ensel import InputError, PredictionTable, read_table


def test_conveniences(tmp_path, write):
    # A byte-order mark, semicolons, spaces, numbers that pandas turned into floats, no item column.
    t = read_table(write(tmp_path, "\ufefflabel;m1 ; m2\n1; 1.0;0\n0;;0.0\n".encode()))
    assert t.classes == ("0", "1")
    assert t.answers.tolist() == [[1, 0], [-1, 0]]
    ten = "item,label,m\n" + "".join(f"{i},{i},{i}\n" for i in range(12))
    assert read_table(write(tmp_path, ten)).classes == tuple(str(i) for i in range(12))


def test_csv_refuses_names_it_would_misread(tmp_path):
    t = PredictionTable([[0], [1]], [0, 1], classes="ab", queries=["subject"])
    with pytest.raises(InputError, match="queries named subject"):
        t.to_csv(tmp_path / "t.csv")
