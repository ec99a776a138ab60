"""``ensel floor``."""


def test_floor_prints_and_draws(run, pool_csv, tmp_path):
    pictures = tmp_path / "pictures"
    code, out, err = run("floor", pool_csv, "--boot", 3, "--figures", pictures)
    assert (code, err) == (0, "")
    assert "gain ceiling" in out
    assert "6 models are about " in out
    assert "certificate" not in out
    names = {"error_by_size", "error_correlation", "co_failure"}
    assert {path.stem for path in pictures.iterdir()} == names
    assert max(len(line) for line in out.splitlines() if "figures:" not in line) <= 80


def test_pictures_need_a_folder(run, pool_csv):
    code, out, err = run("floor", pool_csv, "--figures", pool_csv)
    assert (code, out) == (2, "")
    assert "is no folder" in err
