"""The joint distribution of label and answers."""

from itertools import product

import numpy as np
import pytest

from ensel.error_model import fit_factors
from ensel.error_model.mixture import mixture
from ensel.error_model.posterior import log_joint


@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_joint_distribution_sums_to_one(n_classes):
    R = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    mixed = mixture(fit_factors(R), np.array([[-1.0, -0.5, -0.2]]))
    patterns = np.array(list(product(range(n_classes), repeat=3)))
    prior = np.full(n_classes, 1 / n_classes)
    assert np.exp(log_joint(mixed, prior, 0.4, patterns)).sum() == pytest.approx(1, abs=1e-9)
