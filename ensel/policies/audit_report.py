"""What an audit says, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ensel.policies.certificates import LOSS

if TYPE_CHECKING:
    from ensel.policies.drift import Audit


def sentence(audit: Audit) -> str:
    """What was found, what was promised, and whether the two agree.

    Parameters
    ----------
    audit : Audit

    Returns
    -------
    str
    """
    what = "the loss to" if audit.kind == LOSS else "the disagreement with"
    what, promised = f"{what} asking everything", f"{_percent(audit.promise)} at most"
    waiting = f"; {audit.n_waiting:,} await a label" if audit.n_waiting else ""
    if audit.n_audited == 0:
        return f"No audited question counts so far{waiting}: whether {what} is {promised} is open."

    evidence = f"e-value {audit.e_value:.3g}, alarm at {audit.alarm_level:.3g}{waiting}"
    interval = f"{_percent(audit.rate_low)} to {_percent(audit.rate_high)}"
    found = f"{_percent(audit.rate)} ({100 * audit.confidence:g} % interval {interval})"
    if not audit.alarm:
        return (
            f"On {_questions(audit.n_audited)}, {what} is {found}; {promised} was "
            f"promised: no alarm ({evidence})."
        )
    below, equal, above = audit.watch.counts_lately.tolist()
    n_lately = below + equal + above
    return (
        f"Alarm since audited question {audit.alarm_at:,}: {what} is no longer the promised "
        f"{promised}. On the last {_questions(n_lately)} it is "
        f"{_percent((above - below) / n_lately)}, on all {audit.n_audited:,} {found} ({evidence})."
    )


def _questions(number: int) -> str:
    return f"{number:,} audited question{'' if number == 1 else 's'}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
