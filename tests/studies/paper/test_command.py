"""`ensel figures` says in one line what it cannot use, and draws stored results."""

import pytest

from ensel.cli import main


def test_unknown_names_are_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["figures", "--only", "regrets,money", "--output", str(tmp_path / "f")])
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "no figure 'regrets'; figures: accuracy" in error
    assert not (tmp_path / "f").exists()


def test_stored_results_that_are_no_table_are_one_line(tmp_path, capsys):
    (tmp_path / "regret.csv").write_text("")
    options = ["--output", str(tmp_path / "f"), "--results", str(tmp_path), "--jobs", "1"]
    with pytest.raises(SystemExit) as stop:
        main(["figures", "--only", "regret", *options])
    assert stop.value.code == 2
    assert "regret.csv: cannot be read as CSV" in capsys.readouterr().err


def test_the_command_draws_stored_results(tmp_path, capsys, cells):
    cells.to_csv(tmp_path / "regret.csv", index=False)
    folder = tmp_path / "figures"
    options = ["--output", str(folder), "--results", str(tmp_path), "--jobs", "1"]
    with pytest.raises(SystemExit) as stop:
        main(["figures", "--only", "regret", *options])
    assert not stop.value.code
    assert "built" in capsys.readouterr().out
    assert (folder / "regret.png").read_bytes().startswith(b"\x89PNG")
