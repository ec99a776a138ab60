"""``ensel info``."""

from ensel import load_dataset


def test_info(run, tmp_path):
    table = load_dataset("imdb").subset(items=slice(0, None, 50))
    table.to_parquet(tmp_path / "pool.parquet")
    code, out, _ = run("info", tmp_path / "pool.parquet")
    assert code == 0
    assert "... and 66 less accurate ones" in out
    assert "Mean correlation of errors" in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_warns_of_constant_and_duplicate_columns(run, tmp_path):
    path = tmp_path / "pool.csv"
    rows = [f"{i},{i % 2},{i % 2},{i % 2},1" for i in range(40)]
    path.write_text("\n".join(["item,label,a,b,c", *rows]) + "\n")
    code, _, err = run("info", path)
    assert code == 0
    assert "warning: pool.csv: constant answers: c" in err
    assert "warning: pool.csv: duplicate columns: b = a" in err
