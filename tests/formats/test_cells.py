"""What a cell means: a class, a missing answer, another word."""

import pytest

from ensel import InputError, InputWarning, read_table


@pytest.mark.parametrize("word", ["NA", "None", "null", "?", "-1", "nan", "N/A"])
def test_a_missing_label_is_no_class(tmp_path, word, write):
    with pytest.raises(InputError, match="no label for item 'c'"):
        read_table(write(tmp_path, f"item,label,m\na,yes,yes\nb,no,no\nc,{word},{word}\n"))


def test_a_class_may_be_called_like_a_missing_answer_if_named(tmp_path, write):
    path = write(tmp_path, "item,label,m\na,yes,NA\nb,NA,NA\n")
    assert read_table(path, classes=["yes", "NA"]).answers[:, 0].tolist() == [1, 1]


def test_minus_one_can_be_a_class(tmp_path, write):
    t = read_table(write(tmp_path, "item,label,m\na,-1,1\nb,1,-1\nc,1,\n"))
    assert t.classes == ("-1", "1")
    assert t.answers[:, 0].tolist() == [1, 0, -1]


def test_named_classes_allow_answers_never_right(tmp_path, write):
    path = write(tmp_path, "item,label,m\na,A,C\nb,B,A\n")
    assert read_table(path, classes=["A", "B", "C"]).answers[:, 0].tolist() == [2, 0]


def test_other_answers_as_missing(tmp_path):
    path = tmp_path / "dirty.csv"
    path.write_text("item,label,m,n\n1,yes,yes,ERROR: 429\n2,no,no,maybe\n3,no,,no\n")
    with pytest.raises(InputError, match="count as missing with --other missing"):
        read_table(path)
    with pytest.warns(InputWarning, match="2 of 6 answers are none of the classes.*ERROR: 429"):
        table = read_table(path, other="missing")
    assert table.answers.tolist() == [[1, -1], [0, -1], [-1, 0]]
    with pytest.raises(InputError, match="error or missing is needed"):
        read_table(path, other="skip")
    labels = tmp_path / "label.csv"
    labels.write_text("item,label,m\n1,yes,yes\n2,no,no\n3,,no\n")
    with pytest.raises(InputError, match="no label for item '3'"):  # a label is never let go
        read_table(labels, other="missing")
