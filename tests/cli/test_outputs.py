"""Results do not destroy what is there."""


def test_outputs_do_not_replace_inputs_or_one_another(run, pool_csv, tmp_path):
    before = pool_csv.read_bytes()
    for arguments in (
        ("select", pool_csv, "--budget", 1, "--save", pool_csv),
        ("info", pool_csv, "--json", pool_csv),
        ("select", pool_csv, "--budget", 1, "--save", tmp_path / "x", "--json", tmp_path / "x"),
    ):
        code, _, err = run(*arguments)
        assert code == 2
        assert len(err.splitlines()) == 1
    assert pool_csv.read_bytes() == before
    assert not (tmp_path / "x").exists()
