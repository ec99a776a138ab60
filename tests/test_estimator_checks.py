"""scikit-learn's own checks on every selector and vote."""

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from ensel.registry import OPEN_SELECTORS, SELECTORS, VERIFIER_SELECTORS, VOTES

METHODS = list(
    dict.fromkeys(
        make
        for registry in (SELECTORS, VERIFIER_SELECTORS, OPEN_SELECTORS, VOTES)
        for make in registry.values()
    )
)

EXPECTED_FAILURES = {
    "check_positive_only_tag_during_fit": (
        "answers are class codes from 0, and -1 for a missing one: codes below -1 are refused"
    ),
    "check_classifiers_classes": (
        "labels that are names stand for the codes 0, 1 ...: a code beyond the names is refused"
    ),
    "check_sample_weight_equivalence_on_dense_data": (
        "its answers are fractions, which are no codes; test_weights.py holds the law for codes"
    ),
}
NOT_FOR_US = {"check_array_api_input"}  # runs only where SCIPY_ARRAY_API is set


def _name(check) -> str:
    return getattr(check, "func", check).__name__


def _cases():
    for make in METHODS:
        estimator = make()
        if "budget" in estimator.get_params():
            estimator.set_params(budget=1)  # some checks have one column
        for tried, check in estimator_checks_generator(estimator):
            name = _name(check)
            if name in NOT_FOR_US:
                continue
            marks = (
                [pytest.mark.xfail(reason=EXPECTED_FAILURES[name], strict=True)]
                if name in EXPECTED_FAILURES
                else []
            )
            # Some checks run twice with other arguments: number them.
            yield pytest.param(tried, check, id=f"{make.__name__}-{name}", marks=marks)


@pytest.mark.parametrize(("estimator", "check"), list(_cases()))
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("make", METHODS)
def test_bad_codes_are_refused(make):
    estimator = make()
    for X in ([[0.5, 1.0], [1.0, 0.0]], [[0, -2], [1, 0]]):
        with pytest.raises(ValueError, match=r"whole numbers|answer code -2"):
            estimator.fit(X, [0, 1])
