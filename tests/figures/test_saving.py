"""Pictures are written whole or not at all, in the format of their name."""

import matplotlib.pyplot as plt
import pytest

from ensel import InputError
from ensel.figures.saving import save_figure


@pytest.fixture
def figure():
    drawn = plt.figure()
    yield drawn
    plt.close(drawn)


@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG"), (".PDF", b"%PDF"), (".svg", b"<?xml")]
)
def test_the_name_says_the_format(figure, tmp_path, suffix, start):
    path = tmp_path / f"figure{suffix}"
    save_figure(figure, path)
    assert path.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [path]


def test_no_folder_is_an_input_error(figure, tmp_path):
    with pytest.raises(InputError, match="cannot write here"):
        save_figure(figure, tmp_path / "absent" / "figure.png")
