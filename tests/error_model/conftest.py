"""Real pools fitted once for all tests of a module's neighbours."""

import pytest

from ensel import error_floor
from ensel.error_model import GaussianCopulaErrors


@pytest.fixture(scope="session")
def fitted(real):
    found = {}

    def fit(name):
        if name not in found:
            table = real(name)
            found[name] = GaussianCopulaErrors(n_classes=table.n_classes).fit(
                table.answers, table.labels
            )
        return found[name]

    return fit


@pytest.fixture(scope="session")
def mmlu_floor(real):
    return error_floor(real("mmlu"), n_boot=10, cluster="subject")
