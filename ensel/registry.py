"""Names to classes, imported when first asked for: the one list of methods and of votes.

A registry maps a name to an address, ``"module:attribute"``. Addresses may point up: whoever looks
one up asks by name, and needs no import.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

from ensel.exceptions import InputError, shorten

READ_AS = "read_as"
"""Where a saved policy's `about` says how the answers that it learned from were read."""


def resolve(address: str) -> Any:
    """Import what an address names.

    Parameters
    ----------
    address : str
        ``"module:attribute"``.

    Examples
    --------
    >>> resolve("math:pi") > 3
    True
    """
    module, _, attribute = address.partition(":")
    return getattr(import_module(module), attribute)


class Registry(Mapping[str, Any]):
    """Classes by name, in a fixed order.

    Parameters
    ----------
    what : str
        What the names are of, for messages: ``"method"``.
    addresses : mapping of str to str
        ``"module:Class"`` of each name.

    Examples
    --------
    >>> VOTES["majority"].__name__
    'MajorityVote'
    >>> VOTES.listed
    'majority, weighted, map, logit'
    """

    def __init__(self, what: str, addresses: Mapping[str, str]) -> None:
        self.what = what
        self.addresses = dict(addresses)

    def __getitem__(self, name: str) -> Any:
        return resolve(self.addresses[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.addresses)

    def __len__(self) -> int:
        return len(self.addresses)

    def __contains__(self, name: object) -> bool:
        return name in self.addresses  # a mapping's own would import the class to see

    @property
    def listed(self) -> str:
        """All names, separated by commas."""
        return ", ".join(self)

    def checked(self, names: str | Iterable[str] | None) -> list[str]:
        """Check names, each once, in their order; None stands for all of them.

        Parameters
        ----------
        names : str or iterable of str, optional

        Returns
        -------
        list of str

        Raises
        ------
        InputError
            If a name is unknown, or there is none.
        """
        chosen = list(self if names is None else [names] if isinstance(names, str) else names)
        unknown = [name for name in chosen if name not in self]
        if unknown or not chosen:
            near = difflib.get_close_matches(str(unknown[0]), self, n=1) if unknown else []
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise InputError(
                f"no {self.what} {shorten(unknown)!r}; {hint}{self.what}s: {self.listed}"
            )
        return list(dict.fromkeys(chosen))

    def name_of(self, kind: type) -> str | None:
        """The name of a class; None where it has none."""
        address = f"{kind.__module__}:{kind.__qualname__}"
        return next((name for name, own in self.addresses.items() if own == address), None)


SELECTORS = Registry(
    "method",
    {
        "single-best": "ensel.selection.top_k:SingleBest",
        "random": "ensel.selection.random:Random",
        "top-k": "ensel.selection.top_k:TopK",
        "mrmr": "ensel.selection.mrmr:MRMR",
        "jmi": "ensel.selection.jmi:JMI",
        "greedy-mi": "ensel.selection.greedy_mi:GreedyMI",
        "greedy-logit": "ensel.selection.greedy_logit:GreedyLogit",
        "gain-per-cost": "ensel.selection.greedy_logit:GainPerCost",
        "self-moa": "ensel.selection.self_moa:SelfMoA",
        "exact-mi": "ensel.selection.exact:ExactMI",
    },
)
"""Selectors by the name they have on the command line and in results."""

VERIFIER_SELECTORS = Registry(
    "method",
    {
        **{name: SELECTORS.addresses[name] for name in ("single-best", "random", "top-k")},
        "greedy-coverage": "ensel.selection.coverage:GreedyCoverage",
        "self-moa": SELECTORS.addresses["self-moa"],
        "exact-coverage": "ensel.selection.exact_coverage:ExactCoverage",
    },
)
"""Selectors for answers that a verifier picks from: right or wrong is all that they look at."""

OPEN_SELECTORS = Registry(
    "method",
    {
        **{name: SELECTORS.addresses[name] for name in ("single-best", "random", "top-k")},
        "mrmr": "ensel.selection.claims:ClaimsMRMR",
        "greedy-mi": "ensel.selection.claims:ClaimsMI",
        "greedy-logit": "ensel.selection.claims:ClaimsLogit",
        "self-moa": SELECTORS.addresses["self-moa"],
    },
)
"""Selectors for tables whose options differ between items: no code means anything to them."""

VOTES = Registry(
    "vote",
    {
        "majority": "ensel.voting.majority:MajorityVote",
        "weighted": "ensel.voting.weighted:WeightedVote",
        "map": "ensel.voting.map:MAPVote",
        "logit": "ensel.voting.logit:LogitVote",
    },
)
"""Votes by the name they have on the command line and in results."""

OPEN_VOTES = Registry(
    "open vote",
    {
        "majority": "ensel.voting.open_majority:OpenMajority",
        "weighted": "ensel.voting.open_weighted:OpenWeighted",
        "logit": "ensel.voting.open_logit:OpenLogit",
    },
)
"""Votes where every item has options of its own, by their names."""

SAVED_VOTES = Registry(
    "vote",
    {
        **VOTES.addresses,
        "own-answer": "ensel.voting.own_answer:OwnAnswer",
        **{f"open-{name}": address for name, address in OPEN_VOTES.addresses.items()},
    },
)
"""Votes that a saved policy may hold: those above, and what one query says by itself."""

POLICIES = Registry(
    "kind",
    {
        "fixed-set": "ensel.policies.fixed_set:FixedSet",
        "verified-set": "ensel.policies.verified_set:VerifiedSet",
        "verified-sequence": "ensel.policies.verified_sequence:VerifiedSequence",
        "sequential": "ensel.policies.sequential:Sequential",
        "certified-sequential": "ensel.policies.certified:CertifiedSequential",
    },
)
"""Kinds of policies, by the name that they have in a file."""

SEQUENCES = Registry(
    "method",
    {
        "adaptive": "ensel.policies.stopping:LearnedRule",
        "adaptive-consistency": "ensel.policies.published_rules:AdaptiveConsistency",
        "esc": "ensel.policies.published_rules:EarlyStopping",
        "cannot-be-overturned": "ensel.policies.published_rules:CannotBeOverturned",
        "fixed-confidence": "ensel.policies.published_rules:FixedConfidence",
    },
)
"""Rules for asking in sequence, by the name of the method that stops by them."""

VERIFIER_SEQUENCES = Registry(
    "method", {"adaptive": "ensel.policies.verified_sequence:VerifiedSequence"}
)
"""Asking in sequence where a verifier picks."""

READERS = Registry(
    "reader",
    {
        "letters": "ensel.readers.letters:Letters",
        "words": "ensel.readers.words:Words",
        "verbatim": "ensel.readers.verbatim:Verbatim",
        "numbers": "ensel.readers.numerals:Numbers",
        "math": "ensel.readers.formulas:Formulas",
    },
)
"""Readers of open answers by name."""
