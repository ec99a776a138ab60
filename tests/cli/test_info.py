"""``ensel info``."""

import json

from ensel import describe, load_dataset, read_table
from ensel.error_model import count_opinions


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


def test_says_how_many_opinions(run, pool_csv):
    code, out, _ = run("info", pool_csv)
    assert code == 0
    assert "6 models are about " in out
    assert "their majority would be right on" in " ".join(out.split())
    assert out.count("gain ceiling") == 1
    assert "most similar" in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_json_is_the_description_and_the_opinions(run, pool_csv):
    code, out, _ = run("info", pool_csv, "--json", "-")
    assert code == 0
    data, table = json.loads(out), read_table(pool_csv)
    assert data.pop("opinions") == count_opinions(table).to_dict()
    assert data == json.loads(describe(table).to_json())


def test_one_query_alone(run, tmp_path):
    path = tmp_path / "pool.csv"
    path.write_text("item,label,m\n1,a,a\n2,b,a\n3,a,a\n")
    code, out, _ = run("info", path)
    assert code == 0
    assert "opinion" not in out


def test_labels_of_one_class_will_do(run, tmp_path):
    path = tmp_path / "pool.csv"
    path.write_text("item,label,m,n,o\n1,a,a,b,b\n2,a,b,a,b\n3,a,a,a,a\n4,a,b,b,a\n")
    code, out, err = run("info", path)
    assert (code, err) == (0, "")
    assert "3 models are about three opinions" in out
