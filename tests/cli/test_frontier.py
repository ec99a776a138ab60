"""``ensel frontier``."""

PRICES = """\
model,input,output
bow-nb,1,1
bigram-svm,2,2
char-logreg,3,3
svd-knn,4,4
lexicon,0,0
decision-tree,1,1
"""


def test_frontier_of_a_file_with_prices(run, pool_csv, tmp_path):
    (tmp_path / "prices.csv").write_text(PRICES)
    priced = ("--prices", tmp_path / "prices.csv", "--tokens", "500,200")
    figure = tmp_path / "f.png"
    code, out, err = run(
        "frontier", pool_csv, *priced, "--money", "0,1.5", "--budget", 2, "--figure", figure
    )
    assert (code, err) == (0, "")
    assert "in USD per 1,000 questions" in out
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert max(len(line) for line in out.splitlines() if "figure:" not in line) <= 80
