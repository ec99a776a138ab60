"""How low an ensemble's error can go: the front door of the four error floors.

Each line has its assumption in words (`ensel.error_model.floor_result.ASSUMPTIONS`) and a module of
its own:

- error floor (a), the textbook number of a uniform pool: `ensel.error_model.uniform`;
- error floor (b), the limit of a vote of endless copies: `ensel.error_model.vote_limit`;
- error floor (c), the best rule for these very queries: `ensel.error_model.bayes_error`, and its
  best subsets of each size: `ensel.error_model.subsets`; it is one only where its own rule does not
  refute it: `ensel.error_model.rule_held_out`;
- error floor (d), real ensembles on items they have not seen: `ensel.heldout.comparison.compare`.

Beside them stand co-failure, `ensel.error_model.co_failure`, the gain ceiling,
`ensel.error_model.gain_ceiling`, and how many opinions the pool is, `ensel.error_model.opinions`.
Numbers and intervals come from `floor_bootstrap`, lines by ensemble size from `floor_curve`, and
warnings from `floor_warnings`, all in this folder.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ensel.error_model.co_failure import co_failure
from ensel.error_model.copula import MOST_COMPARED, GaussianCopulaErrors
from ensel.error_model.families import families_of
from ensel.error_model.floor_bootstrap import Resampling, estimates_with_intervals
from ensel.error_model.floor_curve import floor_curve
from ensel.error_model.floor_result import Floor
from ensel.error_model.floor_warnings import Findings, floor_warnings
from ensel.error_model.joint_failure import joint_failure
from ensel.error_model.opinions import count_opinions
from ensel.error_model.opinions_result import Opinions
from ensel.error_model.rule_held_out import rule_held_out
from ensel.exceptions import InputError
from ensel.heldout.checks import check_labelled
from ensel.heldout.intervals import Estimate
from ensel.heldout.merging import KEEP, MERGE, count_once
from ensel.heldout.splits import check_seed
from ensel.table.kinds import CLOSED
from ensel.table.prediction_table import PredictionTable

RESAMPLES = 100
FEW_RESAMPLES = 10
"""Of pools beyond `MOST_COMPARED` queries, where each resample takes seconds."""


def error_floor(
    table: PredictionTable,
    *,
    families: Sequence[tuple[str, str]] | None = None,
    cluster: str | None = None,
    n_boot: int | None = None,
    copies: str = MERGE,
    seed: int = 0,
    progress: bool | None = None,
) -> Floor:
    """Say how low the error of an ensemble of this pool can go.

    Parameters
    ----------
    table : PredictionTable
        Labelled, at least two queries that are sometimes right and sometimes wrong.
    families : sequence of (pattern, family), optional
        As `ensel.error_model.read_families` gives it; default the column `family` of the queries,
        else the shipped mapping.
    cluster : str, optional
        Column of `items`, such as ``"subject"``, whose groups the bootstrap draws whole.
    n_boot : int, optional
        Bootstrap replicates behind the intervals; default 100, or 10 for more than 150 queries.
    copies : str
        ``"merge"``: copies of a query count as one, before anything is learned
        (`PredictionTable.copies` says which they are; labels are not looked at). ``"keep"``: each
        counts.
    seed : int
        From 0; the same seed gives the same numbers.
    progress : bool, optional
        Show a progress bar; default only on a terminal.

    Returns
    -------
    Floor
        Errors are rates, in [0, 1].

    Raises
    ------
    InputError
        Unlabelled or one-class table, fewer than two usable queries, an unknown cluster column.

    See Also
    --------
    ensel.error_model.uniform_floor : Line (a).
    ensel.error_model.vote_limit : Line (b).
    ensel.error_model.bayes_error : Line (c).
    ensel.compare : Line (d).
    ensel.error_model.co_failure : Items that all queries get wrong, and the gain ceiling.
    ensel.error_model.count_opinions : How many independent votes this pool is worth.

    References
    ----------
    Gaussian copula on errors, and line (a): arXiv 2602.08003 (the formula as reported by others),
    https://arxiv.org/abs/2602.08003. Co-failure and the gain ceiling: arXiv 2606.27288, second
    version, https://arxiv.org/abs/2606.27288. Lines (b) and (c): derived for this project.

    Examples
    --------
    >>> from ensel.error_model import simulate
    >>> pool = simulate(2000, [0.2] * 5, 0.5, random_state=0)
    >>> round(error_floor(pool, n_boot=20).estimates["uniform_floor"].value, 2)
    0.12
    """
    check_labelled(table)
    check_seed(seed)
    table, merged = count_once(table, copies)
    if n_boot is None:
        n_boot = RESAMPLES if table.n_queries <= MOST_COMPARED else FEW_RESAMPLES
    if n_boot < 2:
        raise InputError(f"{n_boot} resamples; at least 2 are needed for an interval")
    if cluster is not None:
        _check_cluster(table, cluster)
    resampling = Resampling(_families(table, families), cluster, n_boot, seed, progress)

    # Many small products of matrices: threads would spend their time waiting for each other.
    with threadpool_limits(limits=1, user_api="blas"):
        result = dataclasses.replace(_floor(table, resampling), copies=merged)
        sound = _sound_items(table)
        if sound is None:
            return result
        again = _floor(table.subset(items=sound), resampling)
    return dataclasses.replace(result, ok_items=again)


def _families(table: PredictionTable, families: Sequence[tuple[str, str]] | None) -> list[str]:
    """Family of each query: by the given patterns, as the table says, or by the shipped list."""
    if families is not None:
        return families_of(table.models.tolist(), list(families))
    if "family" in table.queries:
        return [str(name) for name in table.queries["family"]]
    return families_of(table.models.tolist())


def _check_cluster(table: PredictionTable, cluster: str) -> None:
    if cluster not in table.items:
        columns = ", ".join(map(str, table.items.columns)) or "none"
        raise InputError(
            f"{table.name}: no item column {cluster!r} to cluster by; it has: {columns}"
        )
    of_item = table.items[cluster]
    if of_item.isna().any() or of_item.nunique() < 2:
        raise InputError(
            f"{table.name}: item column {cluster!r} has {of_item.nunique()} groups and "
            f"{int(of_item.isna().sum())} items without one; every item in one of two groups or "
            "more is needed"
        )


def _sound_items(table: PredictionTable) -> np.ndarray | None:
    """Items whose label the source calls ok; None where that is all of them, or too few."""
    if "error_type" not in table.items:
        return None
    ok: np.ndarray = (table.items["error_type"] == "ok").to_numpy()
    if ok.all() or ok.sum() < 2 or len(np.unique(table.known_labels[ok])) < 2:
        return None
    return ok


def _floor(table: PredictionTable, resampling: Resampling) -> Floor:
    """All four lines of one table."""
    if table.kind != CLOSED:
        return _floor_of_verdicts(table, resampling)
    X, y = table.answers, table.known_labels.astype(np.int64)
    seed, progress = resampling.seed, resampling.progress
    model = GaussianCopulaErrors(n_classes=table.n_classes).fit(X, y)
    bayes = model.bayes_error(random_state=seed)
    estimates = estimates_with_intervals(table, model, bayes.error, resampling)
    point = {name: estimate.value for name, estimate in estimates.items()}
    failed = co_failure(X, y, groups=resampling.groups(table))
    rule = rule_held_out(table, model, seed)
    excess = estimates["rule_excess"]
    findings = Findings(table.query_names, model, point, failed, rule, excess)

    return Floor(
        dataset=table.name,
        n_models=table.n_queries,
        n_items=table.n_items,
        estimates=estimates,
        bayes_error_se=bayes.standard_error,
        co_failure=failed,
        all_wrong_items=_all_wrong_items(table, failed.items),
        curve=floor_curve(table, model, point, seed=seed, progress=progress),
        growth=joint_failure(table, model, seed),
        families=resampling.families,
        model=model,
        query_names=table.query_names,
        rule_held_out=rule,
        warnings=floor_warnings(findings),
        opinions=_opinions(table, resampling),
    )


def _floor_of_verdicts(table: PredictionTable, resampling: Resampling) -> Floor:
    """What right and wrong alone say: all but line (c), which needs to know the wrong answers.

    Line (b) takes all wrong answers of an item for one and the same, the worst that a vote could
    meet. Line (d) is of votes on open answers; verdicts alone have none.
    """
    verdicts = table.verdicts()
    X, y = verdicts.answers, verdicts.known_labels.astype(np.int64)
    model = GaussianCopulaErrors(n_classes=2).fit(X, y)
    unknown = Estimate(math.nan, math.nan, math.nan)
    estimates = estimates_with_intervals(verdicts, model, math.nan, resampling)
    estimates["bayes_error"] = estimates["rule_excess"] = unknown
    point = {name: estimate.value for name, estimate in estimates.items()}
    failed = co_failure(X, y, groups=resampling.groups(table))
    warnings = floor_warnings(Findings(table.query_names, model, point, failed, unknown, unknown))

    return Floor(
        dataset=table.name,
        n_models=table.n_queries,
        n_items=table.n_items,
        estimates=estimates,
        bayes_error_se=0.0,
        co_failure=failed,
        all_wrong_items=_all_wrong_items(table, failed.items),
        curve=floor_curve(table, model, point, seed=resampling.seed, progress=resampling.progress),
        growth=joint_failure(verdicts, model, resampling.seed),
        families=resampling.families,
        model=model,
        query_names=table.query_names,
        rule_held_out=unknown,
        warnings=[FROM_VERDICTS, *warnings],
        real_ensembles=("top-k + weighted", "greedy-mi + logit"),
        opinions=_opinions(table, resampling),
    )


FROM_VERDICTS = (
    "only right and wrong count here: (b) takes all wrong answers of an item for one and the same, "
    "and (c) is left out, since it needs to know which wrong answers agree"
)


def _opinions(table: PredictionTable, resampling: Resampling) -> Opinions:
    """How many opinions the pool is; intervals redraw what those of the floors redraw."""
    groups = resampling.groups(table)
    return count_opinions(table, groups=groups, copies=KEEP, seed=resampling.seed)


def _all_wrong_items(table: PredictionTable, positions: np.ndarray) -> pd.DataFrame:
    """Items that every query gets wrong, and whether the source doubts their labels."""
    rows = pd.DataFrame({"item": table.items.index[positions]})
    if "error_type" in table.items:
        rows["error_type"] = table.items["error_type"].to_numpy()[positions]
        rows["suspect"] = rows["error_type"] != "ok"
    return rows
