"""What deserves a look."""


def test_trouble_is_named(table):
    t = table(answers=[[0, 0, 1], [1, 1, 1], [2, 2, 1], [0, 0, 1]])
    assert t.constant_queries() == ["q#2"]
    assert t.duplicate_queries() == [("p", "q#1")]
    assert [line.split(":")[0] for line in t.trouble()] == ["constant answers", "duplicate columns"]
