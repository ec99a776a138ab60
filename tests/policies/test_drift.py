"""Audits: everything is asked of a random share, and a promise that is broken is noticed."""

import hashlib
import json
import math

import numpy as np
import pytest

from ensel import InputError, PredictionTable
from ensel.policies import FixedSet, Sequential
from ensel.policies.certified import CertifiedSequential
from ensel.policies.drift import Audit
from ensel.selection import TopK
from ensel.voting import MajorityVote


class TrustsTheFirst:
    """Asks "a", and says what it says; asking everything is the majority of "a", "b" and "c"."""

    query_names = ("a", "b", "c")
    classes_ = np.array([0, 1])

    def next(self, answers, n=1):
        return ("a",) if "a" not in answers else ()

    def answer(self, answers):
        return type("Answer", (), {"label": answers["a"]})

    def full_answer(self, answers):
        return type("Answer", (), {"label": int(sum(answers.values()) >= 2)})


AGREE, DIFFER = {"a": 1, "b": 1, "c": 0}, {"a": 0, "b": 1, "c": 1}


def audit_of(policy=None, **parameters):
    return Audit(policy or TrustsTheFirst(), **{"share": 1, "promise": 0.1, **parameters})


def simulated(n=400, seed=0, accuracies=(0.9, 0.8, 0.8, 0.7)):
    """A table of four models with independent errors."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    right = rng.random((n, len(accuracies))) < accuracies
    X = np.where(right, y[:, None], (y[:, None] + rng.integers(1, 3, right.shape)) % 3)
    X[rng.random(X.shape) < 0.02] = -1
    return PredictionTable(
        X, y, classes=["red", "green", "blue"], queries=[f"q{j}" for j in range(len(accuracies))]
    )


def test_the_share_is_kept_and_anybody_finds_the_same():
    audits = [audit_of(share=0.1, seed=seed) for seed in (1, 1, 2)]
    picked = [{i for i in range(20_000) if audit.is_audited(i)} for audit in audits]
    assert len(picked[0]) == pytest.approx(2000, abs=4 * math.sqrt(20_000 * 0.09))
    assert picked[0] == picked[1]
    # Another seed audits others: .1 of the picked ones are picked by both.
    assert len(picked[0] & picked[2]) == pytest.approx(200, abs=4 * math.sqrt(200))
    # A larger share audits more of the same.
    assert picked[0] <= {i for i in range(20_000) if audit_of(share=0.2, seed=1).is_audited(i)}
    assert audits[0].is_audited(7) == audits[0].is_audited("7")
    assert all(audit_of(share=1).is_audited(f"question {i}") for i in range(100))


def test_the_same_in_every_process():
    """A keyed hash that Python does not salt: the definition, spelled out."""

    def place(name, seed):  # in [0, 1)
        return int(hashlib.blake2b(name, key=seed, digest_size=8).hexdigest(), 16) / 2**64

    audit = audit_of(share=0.3, seed=12)
    expected = [place(str(i).encode(), b"12") < 0.3 for i in range(200)]
    assert [audit.is_audited(i) for i in range(200)] == expected
    assert 0 < sum(expected) < 200


def test_everything_is_asked_only_of_audited_questions():
    audit = audit_of(share=0.5)
    audited = next(i for i in range(99) if audit.is_audited(i))
    plain = next(i for i in range(99) if not audit.is_audited(i))
    assert audit.next(plain, {}) == audit.next(audited, {}) == ("a",)
    assert audit.next(plain, {"a": 1}) == ()
    assert audit.next(audited, {"a": 1}) == ("b",)
    assert audit.next(audited, {"a": 1}, n=5) == ("b", "c")
    assert audit.next(audited, {"a": 1, "b": None, "c": 0}) == ()


def test_disagreement_by_hand():
    audit = audit_of()
    assert [audit.record(1, AGREE), audit.record(2, DIFFER)] == [0, 1]
    assert (audit.n_audited, audit.n_differ, audit.rate) == (2, 1, 0.5)
    # Bets b on a promise of .1: a zero costs .1 b, a one earns .9 b; half of the wealth is kept.
    bets = [0.25, 0.5, 1, 2, 4, 8]
    wealth = sum((1 - 0.1 * b) * (1 + 0.9 * b) for b in bets) / 6
    assert audit.e_value == pytest.approx(0.5 + 0.5 * wealth)
    assert audit.rate_low <= 0.5 <= audit.rate_high


def test_loss_by_hand():
    audit = audit_of(kind="loss")
    # Early 0, full 1: right is 1, so 1 is lost; right is 0, so it is gained. Both 1: nothing.
    recorded = [audit.record(1, DIFFER, 1), audit.record(2, DIFFER, 0), audit.record(3, AGREE, 0)]
    assert recorded == [1, -1, 0]
    assert (audit.n_audited, audit.n_differ, audit.rate) == (3, 2, 0)


def test_labels_may_come_later_and_count_once():
    audit = audit_of(kind="loss")
    assert audit.record("x", DIFFER) is None
    assert (audit.n_audited, audit.n_waiting, audit.n_differ) == (0, 1, 1)
    assert "1 await a label" in audit.report()
    with pytest.raises(InputError, match="question 'x' is recorded already"):
        audit.record("x", DIFFER)
    assert audit.record("x", DIFFER, 1) == 1
    assert (audit.n_audited, audit.n_waiting, audit.n_differ) == (1, 0, 1)
    with pytest.raises(InputError, match="question 'x' is recorded already"):
        audit.record("x", DIFFER, 1)


def test_silence_is_no_answer():
    """It is never right, and agrees with nothing but silence."""
    silent_first = {"a": None, "b": 1, "c": 1}

    class Stubborn(TrustsTheFirst):
        def answer(self, answers):
            return type("Answer", (), {"label": 1})

        def full_answer(self, answers):
            return type("Answer", (), {"label": 1})

    assert audit_of(Stubborn(), kind="loss").record(1, silent_first, 1) == 1
    assert audit_of(Stubborn()).record(1, silent_first) == 1
    assert audit_of(Stubborn()).record(1, dict.fromkeys("abc")) == 0


def test_an_alarm_stays():
    audit = audit_of(promise=0.05)
    for i in range(10):
        audit.record(i, DIFFER)
    assert audit.alarm
    raised = audit.alarm_at
    # Two ones: .5 + .5 mean((1 + .95 b)^2) = 10.6; three: 55.6.
    assert raised == 3
    assert audit.report().startswith(
        "Alarm since audited question 3: the disagreement with asking everything is no longer the "
        "promised 5 % at most. On the last 10 audited questions it is 100 %, on all 10 100 % (95 %"
    )
    for i in range(10, 400):
        audit.record(i, AGREE)
    assert audit.e_value < audit.alarm_level == pytest.approx(20)
    assert (audit.alarm, audit.alarm_at) == (True, raised)


def test_reports_without_an_alarm():
    audit = audit_of(kind="loss", promise=0.005)
    assert audit.report() == (
        "No audited question counts so far: whether the loss to asking everything is 0.5 % at most "
        "is open."
    )
    audit.record(1, AGREE, 1)
    assert audit.report().startswith(
        "On 1 audited question, the loss to asking everything is 0 % (95 % interval -"
    )
    assert audit.report().endswith(
        "0.5 % at most was promised: no alarm (e-value 0.999, alarm at 20)."
    )


@pytest.mark.parametrize("kind", ["loss", "disagreement"])
def test_a_policy_in_sequence_live_is_what_it_is_replayed(kind):
    """Over all questions, audits find what replay says of early and full answers."""
    train, fresh = simulated(seed=1), simulated(n=150, seed=2)
    policy = Sequential(vote=MajorityVote()).fit_table(train)
    policy.threshold_ = 0.2
    audit = audit_of(policy, kind=kind)
    found = []
    for i, row in enumerate(fresh.answers):
        known = {f"q{j}": None if c < 0 else fresh.classes[c] for j, c in enumerate(row)}
        answers = {}
        while wave := audit.next(i, answers):
            answers |= {name: known[name] for name in wave}
        assert set(answers) == {f"q{j}" for j in policy.columns_}
        label = fresh.classes[fresh.known_labels[i]]
        found.append(audit.record(i, dict(sorted(answers.items())), label))  # in any order

    early = policy.predict_proba(fresh.answers).argmax(axis=1)
    full = policy.full_proba(fresh.answers).argmax(axis=1)
    y = fresh.known_labels
    heard = (fresh.answers != -1).any(axis=1)
    lost = np.where(heard, (full == y).astype(int) - (early == y), 0)
    np.testing.assert_array_equal(found, lost if kind == "loss" else (early != full))
    assert 0 < np.abs(found).sum() < 75
    assert audit.n_differ == (early != full).sum()


def test_waves_are_replayed_as_waves():
    """Who asked three at once answered by three."""

    class UntilTwoAgree(TrustsTheFirst):
        def next(self, answers, n=1):
            given = list(answers.values())
            settled = any(given.count(one) == 2 for one in given)
            return () if settled else tuple(q for q in "abc" if q not in answers)[:n]

        def answer(self, answers):
            given = list(answers.values())
            return type("Answer", (), {"label": max(given, key=given.count)})

        def full_answer(self, answers):
            return type("Answer", (), {"label": answers["c"]})

    answers = {"a": 0, "b": 0, "c": 1}
    assert audit_of(UntilTwoAgree()).record(1, answers) == 1
    once = {"a": 0, "b": 1, "c": 1}
    assert audit_of(UntilTwoAgree()).record(1, once, n=3) == 0
    assert audit_of(UntilTwoAgree()).record(1, dict(reversed(once.items()))) == 0


def test_who_asks_everything_never_disagrees():
    table = simulated()
    policy = FixedSet(TopK(3), MajorityVote()).fit_table(table)
    audit = audit_of(policy)
    assert set(audit.queries) == {"q0", "q1", "q2"}
    for i, row in enumerate(table.answers[:50]):
        audit.record(i, {f"q{j}": None if c < 0 else table.classes[c] for j, c in enumerate(row)})
    assert (audit.rate, audit.n_audited) == (0, 50)


def test_open_answers_are_compared_as_they_are_read():
    class Open(TrustsTheFirst):
        reader = "numbers"

        def full_answer(self, answers):
            return type("Answer", (), {"label": answers["c"]})

    audit = audit_of(Open(), kind="loss")
    assert audit.record(1, {"a": "7", "b": "8", "c": "7.0"}, "7.00") == 0
    assert audit.record(2, {"a": "8", "b": "8", "c": "7.0"}, "7") == 1
    assert audit.n_differ == 1
    with pytest.raises(InputError, match="cannot be read as numbers"):
        audit.record(3, {"a": "8", "b": "8", "c": "7.0"}, "no idea")


def test_the_promise_of_a_certificate():
    table = simulated(n=1200, accuracies=(0.97, 0.96, 0.95, 0.95))
    certified = CertifiedSequential(vote=MajorityVote(), loss=0.1).fit_table(table)
    assert certified.certificate_.certified
    audit = Audit(certified)
    assert (audit.kind, audit.promise) == ("loss", 0.1)
    assert Audit(certified, promise=0.02, kind="disagreement").promise == 0.02
    with pytest.raises(InputError, match="no certificate of disagreement; give the promise"):
        Audit(certified, kind="disagreement")
    nothing = CertifiedSequential(vote=MajorityVote(), loss=0.0001).fit_table(table)
    with pytest.raises(InputError, match="no certificate of loss or disagreement"):
        Audit(nothing)
    noted = TrustsTheFirst()
    noted.about = {"certificate": {"kind": "disagreement", "loss": 0.03}}
    assert (Audit(noted).kind, Audit(noted).promise) == ("disagreement", 0.03)


def test_round_trip(tmp_path):
    audit = audit_of(kind="loss", promise=0.05, share=0.9, seed=4, confidence=0.9)
    rng = np.random.default_rng(0)
    names = [name for name in (f"frage {i} ä" for i in range(300)) if audit.is_audited(name)]
    for name in names:
        audit.record(name, DIFFER if rng.random() < 0.1 else AGREE, int(rng.random() < 0.5))
    audit.record(next(i for i in range(99) if audit.is_audited(i)), DIFFER)
    audit.save(tmp_path / "audit.json")
    back = Audit.load(tmp_path / "audit.json", TrustsTheFirst())
    for name in ("e_value", "alarm_at", "rate", "rate_low", "n_waiting", "n_differ", "promise"):
        assert getattr(back, name) == getattr(audit, name), name
    assert back.report() == audit.report()
    with pytest.raises(InputError, match="recorded already"):
        back.record(names[0], AGREE, 1)
    one_more = next(f"x{i}" for i in range(99) if audit.is_audited(f"x{i}"))
    assert back.record(one_more, DIFFER, 1) == audit.record(one_more, DIFFER, 1) == 1
    assert back.e_value == audit.e_value


def test_the_file_is_readable(tmp_path):
    audit = audit_of()
    audit.record("first", DIFFER)
    audit.save(tmp_path / "audit.json")
    lines = (tmp_path / "audit.json").read_text().splitlines()
    assert ' "blocks": [[0, 0, 1]],' in lines
    assert ' "recorded": ["first"],' in lines


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"blocks": [[0, 3, 0]]}, "1 questions recorded, 3 counted"),
        ({"blocks": [[1, 0, 0]]}, "blocks of other numbers"),
        ({"recorded": ["a", "a"]}, "1 questions recorded, 1 counted"),
        ({"share": 7}, "share 7: a number above 0 and up to 1"),
        ({"alarm_at": 5}, "an alarm at 5 of 1"),
        ({"blocks": None}, "a damaged audit"),
        ({"kind": ["loss"]}, "a damaged audit"),
        ({"queries": ["a", "z"]}, "an audit of a policy that asks a, z; this one asks a, b, c"),
        ({"ensel_audit": 9}, "audit version 9; this ensel reads 1"),
    ],
)
def test_damaged_files(tmp_path, change, message):
    path = tmp_path / "audit.json"
    audit = audit_of()
    audit.record("first", AGREE)
    audit.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=message):
        Audit.load(path, TrustsTheFirst())


def test_files_that_are_no_audits(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        Audit.load(tmp_path / "none.json", TrustsTheFirst())
    for text in ("{", "[]", "{}", "3"):
        (tmp_path / "other.json").write_text(text)
        with pytest.raises(InputError, match=r"no audit; a file that Audit\.save wrote"):
            Audit.load(tmp_path / "other.json", TrustsTheFirst())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: audit_of(share=0), "share 0: a number above 0 and up to 1"),
        (lambda: audit_of(share="1"), "share '1': a number"),
        (lambda: audit_of(promise=1), "promise 1: a number between 0 and 1"),
        (lambda: audit_of(promise=math.nan), "promise nan"),
        (lambda: audit_of(confidence=1.0), "confidence 1.0"),
        (lambda: audit_of(seed=0.5), "seed 0.5: a whole number"),
        (lambda: audit_of(kind="cost"), "kind 'cost': one of loss, disagreement"),
        (lambda: Audit(TrustsTheFirst()), "no certificate of loss or disagreement"),
        (lambda: audit_of(object()), "a object given; a fitted policy"),
        (lambda: audit_of(Sequential()), "a Sequential given; a fitted policy"),
        (lambda: audit_of().is_audited(1.5), "question id 1.5: text or a whole number"),
        (lambda: audit_of().next(None, {}), "question id None"),
        (lambda: audit_of().record(1, {"a": 1}), "question '1': b, c not asked"),
        (lambda: audit_of().record(1, [1, 2]), "list given; answers by query name"),
        (lambda: audit_of(kind="loss").record(1, AGREE, 5), "label 5; the policy knows 0, 1"),
        (lambda: audit_of(share=1e-9).record(1, AGREE), "question '1' is not audited"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_a_label_that_names_no_class_counts_for_nothing():
    policy = Sequential(vote=MajorityVote()).fit_table(simulated())
    audit = audit_of(policy, kind="loss")
    answers = dict.fromkeys((f"q{j}" for j in range(4)), "red")
    with pytest.raises(InputError, match="mauve"):
        audit.record(1, answers, "mauve")
    assert (audit.n_audited, audit.n_waiting) == (0, 0)
    assert audit.record(1, answers, "red") == 0
