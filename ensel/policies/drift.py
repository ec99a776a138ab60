"""Whether a policy that stops early still keeps its promise, on live questions.

What was promised of the questions that it was tested on need not hold of those that come next:
models change, and so do questions. So a small random share of live questions is *audited*: after
the policy has settled, the rest of its queries are asked too, and the early answer is compared with
that of asking everything.

The evidence is the wealth of somebody who bets that the rate is above the promise
(`ensel.policies.rate_watch`). If the promise holds, that wealth ever reaches 20 with probability
1/20 at most (Ville's inequality), however often one looks.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from ensel.exceptions import InputError, shorten
from ensel.policies.audit_report import sentence
from ensel.policies.audited_answers import loss_of, queries_of, replayed, same
from ensel.policies.certificates import DISAGREEMENT, LOSS
from ensel.policies.live import Answers
from ensel.policies.rate_watch import RateWatch
from ensel.policies.saved_audits import DAMAGE, read_audit, write_audit

LEAST = {LOSS: -1, DISAGREEMENT: 0}
"""What an audited question can say least: asking everything was the mistake, or both agree."""
PARAMETERS = ("share", "promise", "kind", "confidence", "seed")


class Audit:
    """Watches a policy that stops early, by asking everything on a random share of questions.

    It does not say what to answer: `policy.answer` does.

    Parameters
    ----------
    policy : Policy
        Fitted, or loaded from a file; anything with `query_names`, `next` and `answer`.
    share : float
        Share of questions to audit, above 0 and up to 1.
    promise : float, optional
        The rate is promised to be at most so much, in (0, 1). Default: what the policy's
        certificate promises.
    kind : str, optional
        ``"loss"``: accuracy lost to asking everything, which needs labels of audited questions;
        ``"disagreement"``: how often the early answer differs from that of asking everything.
        Default: the certificate's kind, else disagreement.
    confidence : float
        A promise that holds is called broken with probability 1 - `confidence` at most, for all
        time together. Also of the interval of the rate.
    seed : int
        Says which questions are audited.

    Attributes
    ----------
    n_audited : int
        Questions that count.
    n_waiting : int
        Recorded questions whose label is awaited.
    n_differ : int
        Recorded questions on which early and full answer differ, whatever the kind.
    alarm_at : int or None
        `n_audited` when the alarm was raised. It stays raised.
    queries : tuple of str
        What is asked of audited questions.
    watch : RateWatch
        The evidence.

    See Also
    --------
    ensel.policies.certified.certify : Where a promise comes from, and may come from again.
    ensel.policies.rate_watch.RateWatch : What is made of the numbers.

    References
    ----------
    Betting: I. Waudby-Smith, A. Ramdas, JRSS B 86 (2024), 1-27. Ville's inequality for e-processes:
    A. Ramdas, P. Grünwald, V. Vovk, G. Shafer, Statistical Science 38 (2023), 576-601.

    Examples
    --------
    Everything is asked of the audited questions, here of all.

    >>> from ensel.policies import Sequential
    >>> X = [[0, 0, 1], [1, 0, 1], [1, 1, 0], [0, 0, 0]]
    >>> policy = Sequential(threshold=1.0).fit(X, [0, 1, 1, 0])
    >>> audit, answers = Audit(policy, share=1, promise=0.05), {}
    >>> while wave := audit.next("question 1", answers):
    ...     answers |= {name: 0 for name in wave}
    >>> audit.record("question 1", answers), len(answers), audit.alarm
    (0, 3, False)
    """

    def __init__(
        self,
        policy: Any,
        share: float = 0.01,
        promise: float | None = None,
        kind: str | None = None,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> None:
        self.policy = policy
        self.queries = queries_of(policy)
        self.kind, self.promise = _promise_of(policy, kind, promise)
        self.share, self.confidence, self.seed = share, confidence, seed
        self._check_parameters()
        self.watch = RateWatch(self.promise, LEAST[self.kind])
        self.alarm_at: int | None = None
        self.n_differ = 0
        self._labelled: dict[str, bool] = {}

    def _check_parameters(self) -> None:
        for name in ("share", "promise", "confidence"):
            value = getattr(self, name)
            is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
            if not is_number or not 0 < value <= 1 or (value == 1 and name != "share"):
                needed = "above 0 and up to 1" if name == "share" else "between 0 and 1"
                raise InputError(f"{name} {value!r}: a number {needed} is needed")
            setattr(self, name, float(value))
        if isinstance(self.seed, bool) or not isinstance(self.seed, int | np.integer):
            raise InputError(f"seed {self.seed!r}: a whole number is needed")
        self.seed = int(self.seed)

    # -- asking -----------------------------------------------------------------------------------

    def is_audited(self, question_id: str | int) -> bool:
        """Whether everything is asked of a question: the same in every process, for the same seed.

        Parameters
        ----------
        question_id : str or int
            7 and "7" are the same question.

        Returns
        -------
        bool
            By a keyed hash, so that which questions are audited depends on nothing that is in them.

        Raises
        ------
        InputError
            If the id is neither text nor a whole number.
        """
        name, key = _name_of(question_id), str(self.seed).encode()[-64:]
        digest = hashlib.blake2b(name.encode(), key=key, digest_size=8).digest()
        return int.from_bytes(digest) < self.share * 2**64

    def next(self, question_id: str | int, answers: Answers, n: int = 1) -> tuple[str, ...]:
        """What to ask now: what the policy asks; where audited, then all of its other queries.

        Parameters
        ----------
        question_id : str or int
        answers : mapping of str to answer
            As in `Policy.next`.
        n : int
            Most queries of one wave.

        Returns
        -------
        tuple of str
            Query names; empty where nothing more is to be asked.

        Raises
        ------
        InputError
            If an answer is of a query that the policy does not know, or the id is none.
        """
        audited = self.is_audited(question_id)
        wanted: tuple[str, ...] = self.policy.next(answers, n)
        if wanted or not audited:
            return wanted
        return tuple(name for name in self.queries if name not in answers)[:n]

    # -- recording --------------------------------------------------------------------------------

    def record(
        self, question_id: str | int, answers: Answers, label: Any = None, n: int = 1
    ) -> int | None:
        """Take in an audited question of which everything was asked.

        What the policy would have answered is replayed: it is asked again what it wants to know, in
        waves of `n`, and told nothing else.

        Parameters
        ----------
        question_id : str or int
            May be recorded once; where labels are awaited, once more with its label.
        answers : mapping of str to answer
            Of all queries that the policy may ask.
        label : optional
            The right answer, spelled as answers are: what a loss needs, and disagreement does not
            look at. Which labels come, and when, must not depend on what the answers were.
        n : int
            Queries of a wave, as they were asked.

        Returns
        -------
        int or None
            Of a loss: 1 where only asking everything was right, -1 where only the early answer was,
            else 0, and None until there is a label. Of disagreement: 1 or 0.

        Raises
        ------
        InputError
            If the question is not audited, or recorded already; an answer is absent or unknown; or
            the label is none that the policy knows.
        """
        name = _name_of(question_id)
        if not self.is_audited(question_id):
            raise InputError(
                f"question {name!r} is not audited; record those that is_audited names"
            )
        if self._labelled.get(name) or (name in self._labelled and label is None):
            raise InputError(f"question {name!r} is recorded already; a question counts once")
        self._check_complete(name, answers)
        early, full = replayed(self.policy, answers, n)
        differs = not same(self.policy, early, full)
        value: int | None = int(differs)
        if self.kind == LOSS:
            value = None if label is None else loss_of(self.policy, early, full, label)

        if name not in self._labelled:
            self.n_differ += differs
        self._labelled[name] = value is not None
        if value is not None:
            self.watch.add(value)
            if self.alarm_at is None and self.e_value >= self.alarm_level:
                self.alarm_at = self.n_audited
        return value

    def _check_complete(self, name: str, answers: Any) -> None:
        if not isinstance(answers, Mapping):
            raise InputError(f"{type(answers).__name__} given; answers by query name are needed")
        absent = [query for query in self.queries if query not in answers]
        if absent:
            raise InputError(
                f"question {name!r}: {shorten(absent)} not asked; audits ask everything"
            )

    # -- what follows -----------------------------------------------------------------------------

    @property
    def n_audited(self) -> int:
        """Questions that count."""
        return int(self.watch.counts.sum())

    @property
    def n_waiting(self) -> int:
        """Recorded questions whose label is awaited."""
        return sum(not labelled for labelled in self._labelled.values())

    @property
    def e_value(self) -> float:
        """Evidence against the promise: 1 at the start, large where the promise is broken."""
        return self.watch.e_value

    @property
    def alarm_level(self) -> float:
        """The e-value that raises the alarm: 20 at a confidence of 95 %."""
        return 1 / (1 - self.confidence)

    @property
    def alarm(self) -> bool:
        """Whether the e-value has ever reached `alarm_level`."""
        return self.alarm_at is not None

    @property
    def rate(self) -> float:
        """Loss or disagreement on the audited questions; NaN where there are none."""
        return self.watch.mean

    @property
    def rate_low(self) -> float:
        """Lower end of its interval, which holds at all times together."""
        return self.watch.bounds(self.confidence)[0]

    @property
    def rate_high(self) -> float:
        """Upper end of its interval."""
        return self.watch.bounds(self.confidence)[1]

    def report(self) -> str:
        """What the audits say, in a sentence.

        Returns
        -------
        str
        """
        return sentence(self)

    # -- files ------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write readable JSON, whole or not at all; the policy is not in it.

        Parameters
        ----------
        path : path-like
        """
        data = {
            **{name: getattr(self, name) for name in PARAMETERS},
            "queries": list(self.queries),
            "alarm_at": self.alarm_at,
            "n_differ": self.n_differ,
            "blocks": self.watch.blocks,
            "recorded": [name for name, labelled in self._labelled.items() if labelled],
            "waiting": [name for name, labelled in self._labelled.items() if not labelled],
        }
        write_audit(data, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str], policy: Any) -> Self:
        """Go on with what `save` wrote.

        Parameters
        ----------
        path : path-like
        policy : Policy
            The one that was audited.

        Returns
        -------
        Audit

        Raises
        ------
        InputError
            If the file holds no audit, a damaged one, or one of a policy with other queries.
        """
        data, own = read_audit(path), queries_of(policy)
        try:
            asked = tuple(data["queries"])
            audit = cls(policy, **{name: data[name] for name in PARAMETERS})
            audit._take_state(data)
        except DAMAGE as error:
            raise InputError(f"{path}: a damaged audit ({error}); start a new one") from error
        if asked != own:
            raise InputError(
                f"{path}: an audit of a policy that asks {shorten(asked, 10)}; this one asks "
                f"{shorten(own, 10)}"
            )
        return audit

    def _take_state(self, data: Mapping[str, Any]) -> None:
        """What was recorded so far; ValueError and its like where it does not hold together."""
        self.watch.take_blocks(data["blocks"])
        recorded, waiting = (map(str, data[name]) for name in ("recorded", "waiting"))
        self._labelled = dict.fromkeys(waiting, False) | dict.fromkeys(recorded, True)
        n_counted = sum(self._labelled.values())
        if not n_counted == len(data["recorded"]) == self.n_audited:
            raise ValueError(f"{n_counted} questions recorded, {self.n_audited} counted")
        self.alarm_at, self.n_differ = data["alarm_at"], int(data["n_differ"])
        if self.alarm_at is not None and not 0 < int(self.alarm_at) <= self.n_audited:
            raise ValueError(f"an alarm at {self.alarm_at} of {self.n_audited}")


def _promise_of(policy: Any, kind: str | None, promise: float | None) -> tuple[str, float]:
    """What is promised: as given, else by the policy's certificate."""
    if kind is not None and kind not in LEAST:
        raise InputError(f"kind {kind!r}: one of {', '.join(LEAST)} is needed")
    certified_kind, loss = _certified(policy)
    if promise is not None:
        return kind or certified_kind or DISAGREEMENT, promise
    if loss is None or kind not in (None, certified_kind):
        what = kind or "loss or disagreement"
        raise InputError(f"the policy has no certificate of {what}; give the promise to audit")
    return str(certified_kind), loss


def _certified(policy: Any) -> tuple[str | None, float | None]:
    """Kind and loss of a policy's certificate; None where nothing is certified."""
    own = getattr(policy, "certificate_", None)
    if own is not None:
        return (own.kind, own.loss) if own.certified else (None, None)
    noted = getattr(policy, "about", {}).get("certificate")
    if not isinstance(noted, Mapping) or not noted.get("certified", True):
        return None, None
    return noted["kind"], noted["loss"]


def _name_of(question_id: str | int) -> str:
    if isinstance(question_id, bool) or not isinstance(question_id, str | int | np.integer):
        raise InputError(f"question id {question_id!r}: text or a whole number is needed")
    return str(question_id)
