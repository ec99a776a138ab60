"""The option that most queries gave, where every item has options of its own."""

import numpy as np

from ensel.voting.open import OpenVote
from ensel.voting.open_training import OpenTraining


class OpenMajority(OpenVote):
    """Plurality of open answers; every answer counts the same.

    The common weight w and the score b of "none of these" have the highest likelihood of which
    option was right in training, with normal priors of variance 1 and 100; w is at least 0. They
    say how much a vote of three to two is worth, and do not touch which option is chosen. A tie
    goes to the option with the backer most accurate in training, then to a seeded draw of queries.
    Parameters: `OpenVote`.

    See Also
    --------
    OpenWeighted : Better queries count for more.

    Examples
    --------
    >>> X = [[3, 3, 0], [1, 1, 1], [0, 2, 1], [5, 0, 5]] * 5  # each item has options of its own
    >>> vote = OpenMajority(n_classes=6).fit(X, [3, 1, 4, 5] * 5)
    >>> vote.predict([[4, 0, 4], [-1, -1, -1]])
    array([ 4, -1])
    >>> vote.none_proba([[1, 1, 1], [0, 1, 2]]).round(2)  # agreement, and none
    array([0.02, 0.57])
    """

    def _learn(self, training: OpenTraining) -> tuple[np.ndarray, np.ndarray]:
        weight, bias = training.fit_common()
        return np.full(len(training.models), weight), np.array([bias])
