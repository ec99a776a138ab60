"""Who enters a comparison: names and users' own objects, made policies at the front door."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sklearn.base import clone

from ensel.exceptions import InputError
from ensel.heldout.settings import ADAPTIVE, CLOSED_SETTING, OWN_ANSWER, SINGLE, VERIFIER, Setting
from ensel.policies import EstimatorPolicy, FixedSet
from ensel.registry import OPEN_SELECTORS, SELECTORS, SEQUENCES, VERIFIER_SELECTORS

OURS = {*SELECTORS, *OPEN_SELECTORS, *VERIFIER_SELECTORS, *SEQUENCES}
OWN = "own"
"""What stands in the place of a vote's name where a method brings its own."""


@dataclass(frozen=True)
class Candidate:
    """A policy with the names that it has in results. Candidates of one name are equal.

    Attributes
    ----------
    method, vote : str
    budget : int
        Most queries an item.
    money : float or None
        What the queries of a set may cost together.
    mean_budget : float or None
        Most queries an item on average, of what asks in sequence.
    policy : Policy
        Not fitted, and never changed.
    n_draws : int
        Draws to average over, where the choice of queries is random.
    """

    method: str
    vote: str
    budget: int
    money: float | None = None
    mean_budget: float | None = None
    policy: Any = field(default=None, compare=False, repr=False)
    n_draws: int = field(default=1, compare=False, repr=False)

    @property
    def family(self) -> tuple[str, str]:
        """Method and vote, whatever the budget."""
        return self.method, self.vote

    @property
    def is_own(self) -> bool:
        """Whether the method is a user's own."""
        return self.method not in OURS

    @property
    def is_sequence(self) -> bool:
        """Whether it is one of ours that asks in sequence, so that its cost differs by item."""
        return self.method in SEQUENCES

    @property
    def is_single(self) -> bool:
        """Whether it is the single best query."""
        return self.method == SINGLE

    @property
    def title(self) -> str:
        """Method and vote in words; a query by itself does not vote."""
        silent = self.vote in (OWN_ANSWER, OWN)
        return self.method if silent else f"{self.method} + {self.vote}"


def named_candidates(
    families: Iterable[tuple[str, str]],
    budgets: Sequence[int],
    money: float | None = None,
    setting: Setting = CLOSED_SETTING,
    mean_budget: float | None = None,
) -> tuple[Candidate, ...]:
    """Policies by the names of their methods and votes, at every budget.

    The single best query is one candidate, of budget 1, with its own answer in a vote's place.

    Parameters
    ----------
    families : iterable of (method, vote)
    budgets : sequence of int
    money : float, optional
    setting : Setting
        Which methods and votes there are.
    mean_budget : float, optional
        Most queries an item on average, of the adaptive method.

    Returns
    -------
    tuple of Candidate

    Examples
    --------
    >>> [c.title for c in named_candidates([("top-k", "map")], [1, 3])]
    ['top-k + map', 'top-k + map']
    """
    entrants: dict[Candidate, None] = {}
    selectors: dict[str, Any] = {}
    votes: dict[str, Any] = {}
    for method, vote in families:
        if method == SINGLE:
            entrants[single_best(money, setting)] = None
            continue
        if method in setting.sequences:
            limit = mean_budget if method == ADAPTIVE else None
            for budget in budgets:
                policy = setting.sequence(method, budget, money, limit)
                entrants[Candidate(method, vote, budget, money, limit, policy)] = None
            continue
        if method not in selectors:
            selectors[method] = setting.selector(method, money)
        if vote not in votes:
            votes[vote] = None if vote == VERIFIER else setting.votes[vote]()
        for budget in budgets:
            policy = setting.policy_of(selectors[method], votes[vote], budget)
            draws = selectors[method].n_draws
            entrants[Candidate(method, vote, budget, money, policy=policy, n_draws=draws)] = None
    return tuple(entrants)


def grid(
    methods: Iterable[str],
    votes: Iterable[str],
    budgets: Iterable[int],
    setting: Setting = CLOSED_SETTING,
    mean_budget: float | None = None,
) -> tuple[Candidate, ...]:
    """Every method with every vote at every budget; the single best query once.

    What asks in sequence has one vote, its own.

    Parameters
    ----------
    methods, votes : iterable of str
    budgets : iterable of int
    setting : Setting
    mean_budget : float, optional
        Most queries an item on average, of the adaptive method.

    Returns
    -------
    tuple of Candidate

    Examples
    --------
    >>> len(grid(["single-best", "top-k"], ["map", "logit"], [1, 2, 3]))  # 1 + 2 x 3
    7
    """
    votes = tuple(votes)
    families = [
        (method, vote)
        for method in methods
        for vote in ([setting.vote_of(method)] if method in setting.sequences else votes)
    ]
    return named_candidates(families, tuple(budgets), setting=setting, mean_budget=mean_budget)


def single_best(money: float | None = None, setting: Setting = CLOSED_SETTING) -> Candidate:
    """The single best query, answering for itself.

    Parameters
    ----------
    money : float, optional
        Most that it may cost.
    setting : Setting

    Notes
    -----
    One answer needs no verifier, whatever its errors: it is taken as it stands.
    """
    policy = setting.single_policy(money)
    return Candidate(SINGLE, OWN_ANSWER, 1, money, policy=policy)


def method_at(
    method: str, budget: int, money: float | None = None, setting: Setting = CLOSED_SETTING
) -> Candidate:
    """A method at one budget, with the vote that it is matched with.

    Parameters
    ----------
    method : str
    budget : int
        Of no account to the single best query.
    money : float, optional
    setting : Setting

    Returns
    -------
    Candidate

    Examples
    --------
    >>> method_at("greedy-mi", 3).title
    'greedy-mi + map'
    """
    if method == SINGLE:
        return single_best(money, setting)
    return named_candidates([(method, setting.vote_of(method))], [budget], money, setting)[0]


def own_candidates(
    methods: Mapping[str, Any],
    votes: Sequence[str],
    budgets: Sequence[int],
    *,
    n_queries: int,
    after: str | None = "top-k",
    setting: Setting = CLOSED_SETTING,
) -> tuple[Candidate, ...]:
    """Users' own methods as candidates, under the names that they give them.

    - A *policy* enters as it is; one with a parameter `budget`, at every budget.
    - A *selector* (it has ``get_support``) enters with every vote, at every budget if it has one.
    - A *pipeline* with a step that has a `budget` enters at every budget; one without, once.
    - A *classifier* over answers votes on what a named selector buys, at every budget; with
      ``after=None`` on the whole pool, and costs as much.

    Parameters
    ----------
    methods : mapping of str to estimator
    votes : sequence of str
        Of selectors.
    budgets : sequence of int
    n_queries : int
        Size of the pool.
    after : str, optional
        Method that buys for bare classifiers.
    setting : Setting
        Where codes mean nothing beyond an item, classifiers have nothing to learn from; where a
        verifier picks, only selectors have a part.

    Returns
    -------
    tuple of Candidate

    Raises
    ------
    InputError
        If a name is one of ensel's own, or an object is nothing that could be fitted and asked.
    """
    entrants: list[Candidate] = []
    for name, method in methods.items():
        _check_own(name, method)
        _check_fits(name, method, setting)
        if hasattr(method, "fit") and hasattr(method, "asked"):
            entrants += _sized(name, method, budgets, n_queries, lambda policy: policy)
        elif hasattr(method, "get_support"):
            entrants += _with_votes(name, method, votes, budgets, n_queries, setting)
        elif hasattr(method, "steps"):
            entrants += _sized(name, method, budgets, n_queries, EstimatorPolicy)
        elif after is None:
            entrants.append(Candidate(name, OWN, n_queries, policy=EstimatorPolicy(method)))
        else:
            setting.selectors.checked(after)
            selector = setting.selector(after)
            entrants += [
                Candidate(name, OWN, budget, policy=setting.policy_of(selector, method, budget))
                for budget in budgets
            ]
    return tuple(entrants)


def _check_fits(name: str, method: Any, setting: Setting) -> None:
    is_selector = hasattr(method, "get_support")
    if setting.verifier is not None and not is_selector:
        raise InputError(
            f"method {name!r}: a {type(method).__name__} votes, and a verifier picks the answer; a "
            "selector is needed"
        )
    if setting.is_open and not is_selector and not hasattr(method, "asked"):
        raise InputError(
            f"method {name!r}: a {type(method).__name__} learns from codes, which mean nothing "
            "beyond an item of open answers; a selector or a policy is needed"
        )


def _check_own(name: str, method: Any) -> None:
    if name in OURS:
        raise InputError(f"method {name!r} is ensel's own; give yours another name")
    if not isinstance(name, str):
        raise InputError(f"method {name!r}: the name of a method is a text")
    if isinstance(method, type):
        raise InputError(
            f"method {name!r}: the class {method.__name__} is given; an instance is needed, "
            f"{method.__name__}()"
        )
    ways = ("asked", "get_support", "predict")
    if not hasattr(method, "fit") or not any(hasattr(method, way) for way in ways):
        raise InputError(
            f"method {name!r}: a {type(method).__name__} is no selector, classifier, policy or "
            "pipeline that ends in a classifier; one of these is needed"
        )


def _sized(
    name: str, method: Any, budgets: Sequence[int], n_queries: int, wrap: Any
) -> list[Candidate]:
    """One candidate for each budget where the method takes one, else one for the whole pool."""
    parameters = method.get_params() if hasattr(method, "get_params") else {}
    places = [key for key in parameters if key.split("__")[-1] == "budget"]
    if isinstance(method, FixedSet) and not hasattr(method.selector, "budget"):
        places = []  # a set whose selector takes no budget asks as many at every one
    if not places:
        return [Candidate(name, OWN, n_queries, policy=wrap(unfitted(method)))]
    # A copy first: what the user holds is not changed.
    return [
        Candidate(
            name,
            OWN,
            budget,
            policy=wrap(unfitted(method).set_params(**dict.fromkeys(places, budget))),
        )
        for budget in budgets
    ]


def unfitted(method: Any) -> Any:
    """A copy of a method to be fitted: scikit-learn's clone, or any other object's own copy."""
    return clone(method) if hasattr(method, "get_params") else copy.deepcopy(method)


def _with_votes(
    name: str,
    selector: Any,
    votes: Sequence[str],
    budgets: Sequence[int],
    n_queries: int,
    setting: Setting,
) -> list[Candidate]:
    """A selector with every vote, at every budget where it takes one."""
    takes_budget = "budget" in selector.get_params()
    entrants = []
    for vote in votes:
        fitted_by = None if vote == VERIFIER else setting.votes[vote]()
        for budget in budgets if takes_budget else [n_queries]:
            policy = setting.policy_of(selector, fitted_by, budget if takes_budget else None)
            draws = getattr(selector, "n_draws", 1)
            entrants.append(Candidate(name, vote, budget, policy=policy, n_draws=draws))
    return entrants
