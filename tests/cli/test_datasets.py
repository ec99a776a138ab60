"""``ensel datasets``."""


def test_datasets_lists_all(run):
    code, out, _ = run("datasets")
    assert code == 0
    for name in ("imdb", "mmlu-full", "medmcqa-temperatures"):
        assert name in out
