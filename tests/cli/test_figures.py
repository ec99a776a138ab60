"""``ensel figures``."""


def test_an_unknown_figure_is_named(run, tmp_path):
    code, out, err = run("figures", "--only", "nothing", "--output", tmp_path)
    assert (code, out) == (2, "")
    assert "no figure 'nothing'" in err


def test_no_worker_at_all(run, tmp_path):
    code, out, err = run("figures", "--jobs", 0, "--output", tmp_path)
    assert (code, out) == (2, "")
    assert "--jobs 0: a number from 1, or -1" in err
