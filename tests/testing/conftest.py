"""What the tests of the laws share."""

import pytest

from ensel.testing import BrokenLaw


@pytest.fixture
def few():
    """Examples of each law."""
    return 15


@pytest.fixture
def broken():
    """The name of the law that a subject breaks first; the example must be small.

    Ten examples are to find it: laws that the subject keeps are tried at more elsewhere.
    """

    def broken_law(check, subject, **flags):
        with pytest.raises(BrokenLaw) as caught:
            check(subject, max_examples=10, **flags)
        table = caught.value.example["table"]
        assert table.answers.size <= 12  # tables of up to 48 answers are tried
        assert str(table.answers.tolist()) in str(caught.value)
        assert f"breaks {caught.value.law.name!r}" in str(caught.value)
        return caught.value.law.name

    return broken_law
