# %% [markdown]
# # Ask until it is settled
#
# After this notebook you can have your models asked **one after another, until the answer is settled**:
# compare that with a fixed set at equal cost, see where questions stop, have a limit on what it loses
# tested, run it live around any client, and watch whether the promise still holds.
#
# You need: questions with known answers (some hundreds), and what each model said. It takes about a
# minute.

# %%
import os
import tempfile
import warnings

import numpy as np
import pandas as pd

from ensel import PredictionTable, compare, load_dataset, load_policy, select
from ensel.figures.sequences import stops_figure
from ensel.policies import Audit, CertifiedSequential, certify
from ensel.selection import GreedyLogit
from ensel.voting import LogitVote

warnings.filterwarnings("ignore", message="IProgress")  # no widgets: no progress bars
# %matplotlib inline
# %config InlineBackend.print_figure_kwargs = {"dpi": 100, "bbox_inches": "tight"}
# CI runs with fewer items and splits; what you see here was made without it.
QUICK = bool(os.environ.get("ENSEL_NOTEBOOK_QUICK"))
N_LABELLED, N_SPLITS, N_DRAWS = (600, 1, 3) if QUICK else (2000, 3, 10)

# Everything this notebook writes goes to a temporary folder.
folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)

# %% [markdown]
# ## The pool
#
# Real answers of 18 classifiers on film reviews, from the pool that comes with the package; a classifier
# stands for a model that you pay for by the call. We count queries, so its costs are left out. 2,000
# reviews have a label that we may look at. The others stand for the questions that come later.

# %%
embedded = load_dataset("imdb")
firsts = embedded.subset(queries=[name for name in embedded.query_names if name.endswith("#1")])
drawn = np.random.default_rng(0).permutation(firsts.n_items)


def reviews(items, models=None, labelled=True, name="reviews"):
    """Some reviews; `models` puts other classifiers behind some names."""
    columns = [f"{(models or {}).get(one, one)}#1" for one in firsts.models]
    answers = firsts.answers[items][:, [firsts.query_names.index(one) for one in columns]]
    labels = firsts.labels[items] if labelled else None
    ids = [f"review-{i}" for i in items]
    queries = list(firsts.models)
    return PredictionTable(
        answers, labels, classes=firsts.classes, queries=queries, items=ids, name=name
    )


everything = reviews(drawn)
labelled = reviews(drawn[:N_LABELLED])
later = reviews(drawn[N_LABELLED:])
(100 * everything.accuracies.sort_values(ascending=False)).round(1).head(8)

# %% [markdown]
# ## Fixed sets against asking in sequence
#
# A fixed set asks the same queries of every question. **adaptive** asks the same queries in the same
# order, and after each answer a rule says what stopping now is expected to cost; it stops where that is
# little. Rule and threshold are chosen on the training labels alone. Beside it stand rules of the
# literature, each with the vote and threshold that it comes with: Adaptive-Consistency and ESC were made
# for samples of *one* model and a majority vote, and are shown where that does not hold.
#
# Each mark stands at the number of queries that it asks *on average*; 2, 3, 5 and 8 are the most that it
# may ask.

# %%
rules = ["adaptive", "adaptive-consistency", "esc", "cannot-be-overturned", "fixed-confidence"]
comparison = compare(
    everything,
    methods=["single-best", "greedy-logit", *rules],
    votes=["logit"],
    budgets=[1, 2, 3, 5, 8],
    train=N_LABELLED,
    n_splits=N_SPLITS,
)
comparison.figure()

# %% [markdown]
# No fixed set asks 2.2 queries. The fair rival throws a coin for every question between the set of two
# and the set of three, so that it asks 2.2 on average: `diff_equal_queries` is the paired difference to
# that coin, in points, with its 95 % interval.

# %%
shown = comparison.sequence_rows.query("budget == 8").set_index("method")
points = shown.filter(like="diff_equal_queries") * 100
points.assign(mean_queries=shown["mean_queries"], accuracy=100 * shown["accuracy"]).round(2)

# %% [markdown]
# On these classifiers little is at stake: the best one alone is within half a point of all eight. Three
# rules of the literature lose to fixed sets, and that is mostly their votes, which learn less from labels
# than the logit vote of the sets does. On language models more is at stake:
# [what was measured](../docs/adaptive.md#what-was-measured).
#
# ## What would I do with my labels?
#
# `select(adaptive=True)`, or `ensel select answers.csv --budget 8 --adaptive --save policy.json`.

# %%
chosen = select(labelled, budget=8, adaptive=True, n_boot=N_DRAWS, n_again=N_DRAWS)
in_sequence = chosen.adaptive
print(in_sequence.instruction)
print(
    f"queries a question: {in_sequence.mean_queries.value:.2f}, "
    f"95 % [{in_sequence.mean_queries.low:.2f}, {in_sequence.mean_queries.high:.2f}]"
)
print(
    f"held-out accuracy:  {in_sequence.accuracy.percent}; asking all: {in_sequence.full_accuracy.percent}"
)
print(f"lost by stopping:   {in_sequence.loss_to_full.points}")
print(f"the same answer as asking all in {100 * in_sequence.agreement_with_full:.1f} %")

# %% [markdown]
# ## Where questions stop
#
# Held out. What is settled early are the easy questions; what is asked to the end stays hard, and is
# where a person should look.

# %%
stops_figure(in_sequence.stops.assign(dataset="reviews", n_items=labelled.n_items))

# %% [markdown]
# What comes later need no labels. Here we do know them, so we can look whether that was right.

# %%
in_sequence.policy.save("policy.json")
policy = load_policy("policy.json")
voted = policy.replay(later)
right = voted["label"].to_numpy() == np.array(later.classes)[later.labels]
print(
    f"asked {voted['asked'].mean():.2f} queries a question, {100 * right.mean():.1f} % right, on "
    f"{len(voted):,} new questions"
)
voted.head()

# %% [markdown]
# ## A certificate
#
# "Lost by stopping" above is an estimate. A certificate is a test: half of the labels teach, the other
# half, which none of that has seen, say which thresholds lose at most what you allow, from strict to
# loose. With 95 % confidence *both* hold on questions like these: the loss, and the mean number of
# queries. It is cautious, so it asks more than the policy above; with few labels or a small loss it may
# be that nothing can be vouched for. Then everything is asked, and it says how many labels would do.


# %%
def certified_with(n_labels, loss):
    taught = CertifiedSequential(GreedyLogit(budget=8), LogitVote(), 8, loss=loss)
    found = taught.fit_table(labelled.subset(items=slice(0, n_labels))).certificate_
    at_most = found.mean_queries if found.certified else 8.0
    return n_labels, 100 * loss, found.certified, round(at_most, 2), found.labels_needed


sizes = (200, N_LABELLED) if QUICK else (200, 600, N_LABELLED)
tested = pd.DataFrame(
    [certified_with(n, loss) for n in sizes for loss in (0.005, 0.01, 0.02)],
    columns=["labels", "points lost at most", "certified", "mean queries at most", "labels needed"],
)
tested.astype({"labels needed": "Int64"})

# %% [markdown]
# **Without labels.** How often the early answer differs from that of asking everything bounds the loss,
# and can be counted on answers alone, as many as you care to collect. The policy learned from all labels;
# these reviews are new to it.

# %%
n_fresh = 3000 if QUICK else 8000
fresh = reviews(drawn[N_LABELLED : N_LABELLED + n_fresh], labelled=False, name="fresh")
promised = certify(policy, fresh, loss=0.005)
certificate = promised.certificate_
print(
    f"certified: {certificate.certified}; differs in at most {100 * certificate.loss:g} % of questions, "
    f"asks {certificate.mean_queries:.2f} queries on average at most"
)


# %%
def found_on(table):
    """What is true of the certified policy on some questions."""
    answers = table.subset(queries=list(promised.query_names)).answers
    full, early = promised.full_proba(answers).argmax(axis=1), promised.predict(answers)
    return {
        "queries": promised.asked(answers).sum(axis=1).mean(),
        "differs %": 100 * (early != full).mean(),
        "right, stopping %": 100 * (early == table.labels).mean(),
        "right, asking all %": 100 * (full == table.labels).mean(),
    }


rest = drawn[N_LABELLED + n_fresh :]
pd.DataFrame({"new reviews": found_on(reviews(rest))}).T.round(2)

# %% [markdown]
# ## What it does not promise
#
# It promises something *of questions like those it was tested on, with these models, on average*. Behind
# the two names that are asked first we put others, as a provider may do overnight:
#
# - one weaker classifier behind the first name: the two differ more often, so more is asked, and stopping
#   loses nothing *to asking everything*; but both get worse. A certificate is not about accuracy.
# - two relatives (naive Bayes, both) behind the first two names: they agree where both are wrong, and the
#   promise is broken.

# %%
first, second = (promised.query_names[j] for j in promised.columns_[:2])
relatives = {first: "bow-nb", second: "bernoulli-nb"}
pd.DataFrame(
    {
        "as tested": found_on(reviews(rest)),
        f"{first} is now bow-nb": found_on(reviews(rest, {first: "bow-nb"})),
        "both are now naive Bayes": found_on(reviews(rest, relatives)),
    }
).T.round(2)

# %% [markdown]
# ## Live
#
# A policy is two functions of a plain dict. `next` says what to ask now, `answer` what to say. `ask` is
# yours: any client, any provider. Here it looks up what the classifier said.


# %%
def answers_of(table):
    """What each model says of each question."""
    words = np.array(table.classes, dtype=object)[table.answers]
    return {name: words[:, table.query_names.index(name)] for name in promised.query_names}


said = answers_of(reviews(rest))


def ask(model, question):
    return said[model][question]  # your client; None where there is no usable answer


def settle(question, wave=1):
    answers = {}
    while names := promised.next(answers, wave):
        answers |= {name: ask(name, question) for name in names}  # a wave can be asked at once
    return promised.answer(answers), answers


for question in range(3):
    answer, answers = settle(question)
    print(answer, f"after {len(answers)}: {', '.join(answers)}")

# %% [markdown]
# A wave of two or more saves time and costs queries: nothing is asked before the wave is back.

# %%
some = range(500)
pd.Series(
    {f"waves of {n}": np.mean([len(settle(q, n)[1]) for q in some]) for n in (1, 2, 4)}
).round(2)

# %% [markdown]
# ## Is the promise still kept?
#
# Of the questions that the policy settles early, what asking everything would have said is never seen. So
# `Audit` has everything asked of a small random share, and compares. It may look after every question:
# while the promise holds, it raises an alarm with probability 5 % at most, *ever*. Below, the two names
# change hands halfway. A fifth is audited, so that a notebook sees something; live, 1 % is the default.

# %%
audit = Audit(promised, share=0.2)
said_after = answers_of(reviews(rest, relatives))
change_at, log = len(rest) // 3, []
for question in filter(audit.is_audited, range(len(rest))):
    changed = question >= change_at
    if changed and log[-1][0] < change_at:
        print(f"before: {audit.report()}")
    answers = {}
    while names := audit.next(question, answers):
        answers |= {name: (said_after if changed else said)[name][question] for name in names}
    audit.record(question, answers)
    log.append((question, audit.e_value))
    if audit.alarm:
        break
print(f"after:  {audit.report()}")
print(f"{question - change_at:,} questions after the change, {audit.n_audited:,} audited in all")

# %%
path = pd.DataFrame(log, columns=["question", "evidence against the promise"]).set_index("question")
axis = path.plot(logy=True, figsize=(5, 2.4), legend=False, ylabel="e-value", xlabel="question")
axis.axhline(audit.alarm_level, color="black", linewidth=0.8)
_ = axis.axvline(change_at, color="grey", linestyle=":")

# %% [markdown]
# After an alarm: look at what changed, collect answers to new questions, and `certify` again.
#
# The same from the terminal:
#
# ```bash
# ensel compare answers.csv --methods single-best,greedy-logit,adaptive --figure sequence.pdf
# ensel select answers.csv --budget 8 --adaptive --save policy.json
# ensel select answers.csv --budget 8 --loss 1 --save certified.json
# ensel vote policy.json new_answers.csv -o labels.csv
# ```
#
# [docs/adaptive.md](../docs/adaptive.md) says what every printed line means, and where each rule is from.

# %%
os.chdir("/")
folder.cleanup()
