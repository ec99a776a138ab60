"""The command as a function, on a narrow terminal."""

import pytest

from ensel.cli import main


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def run(capsys):
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return call


@pytest.fixture
def pool_csv(tmp_path, small_pool):
    small_pool.to_csv(tmp_path / "pool.csv")
    return tmp_path / "pool.csv"
