"""Several samples of the single best model."""

import numpy as np

from ensel.selection.base import QuerySelector
from ensel.selection.market import Market


class SelfMoA(QuerySelector):
    """Buy k samples of the one model whose samples are most accurate on average.

    The offline form of Self-MoA [1]_: where an aggregator's own words are not
    cached, r calls of the best model are r queries, voted. The best model is chosen on the
    training items. Its samples are bought most accurate first; at one temperature they are
    exchangeable, across temperatures this picks the better ones.

    Buys fewer than the budget where the model has fewer samples: `unspent_` says how many less.
    `gains_` are the samples' training accuracies. Parameters and attributes: `QuerySelector`.

    References
    ----------
    .. [1] arXiv 2502.00674.

    Examples
    --------
    >>> X = [[0, 0, 1], [1, 1, 1], [1, 0, 0]]
    >>> selector = SelfMoA(budget=3).fit(X, [0, 1, 1], models=["a", "a", "b"])
    >>> selector.order_.tolist(), selector.unspent_
    ([0, 1], 1)
    """

    def _buy(self, market: Market, budget: int) -> tuple[list[int], list[float]]:
        scores = market.accuracies
        of_model = np.unique(market.models, return_inverse=True)[1]
        n_samples = np.bincount(of_model)
        model_scores = np.bincount(of_model, weights=scores) / n_samples
        # Among equal models the query-level tie rule decides: better best sample, cheaper, drawn.
        ties = market.ties(scores)
        best = ties.best(model_scores[of_model], market.open([]))
        own = of_model == of_model[best]
        order = market.ranked(ties, np.where(own, scores, -np.inf), budget)
        return order, [float(scores[j]) for j in order]
