"""The summary of regret and its picture call the same things by the same names."""

from ensel.figures import style
from ensel.studies.regret import LABELS, MEAN


def test_every_number_of_labels_has_its_mark_in_this_order():
    assert tuple(style.REGRET_STYLE) == LABELS
    assert style.MEAN == MEAN
