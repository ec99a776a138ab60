"""Labels from a second file."""

import pytest

from ensel import InputError, InputWarning, read_table


def test_long_with_samples_and_labels_file(tmp_path, write):
    long = "item,model,sample,answer\na,m,1,x\na,m,2,y\nb,m,1,y\nb,m,2,y\n"
    labels = write(tmp_path, "item,label\nb,y\na,x\n", "labels.csv")
    t = read_table(write(tmp_path, long), labels_file=labels)
    assert t.query_names == ["m#1", "m#2"]
    assert t.models.tolist() == ["m", "m"]
    assert t.queries["sample"].tolist() == [1, 2]
    assert t.labels.tolist() == [0, 1]


def test_labelled_items_without_answers_are_named(tmp_path, write):
    labels = write(tmp_path, "item,label\na,x\nb,y\nc,x\n", "labels.csv")
    with pytest.warns(InputWarning, match="1 labelled items have no answer of any query.*: c"):
        t = read_table(write(tmp_path, "item,model,answer\na,m,x\nb,m,x\n"), labels_file=labels)
    assert t.items.index.tolist() == ["a", "b", "c"]
    assert t.answers[:, 0].tolist() == [0, 0, -1]


def test_labels_must_not_contradict(tmp_path, write):
    labels = write(tmp_path, "item,label\na,x\nb,y\n", "labels.csv")
    with pytest.raises(InputError, match="contradicts the labels file"):
        read_table(write(tmp_path, "item,label,m\na,y,x\nb,y,y\n"), labels_file=labels)
