# %% [markdown]
# # Test your own estimator
#
# After this notebook you can hand a function of your own (an information estimate, a way to choose
# queries, or a vote) to `ensel.testing`, read the smallest table on which it breaks a law, mend it, and
# put the check into your test suite.
#
# Three functions with the bugs that are made most: a wrong base of the logarithm, a selector that is
# off by one, and a vote that looks at the labels it is judged on. Each looks right on one's own data.

# %%
import os
import warnings

import numpy as np

from ensel import load_dataset
from ensel.testing import BrokenLaw, check_information_estimator, check_selector, check_vote

warnings.filterwarnings("ignore", message="IProgress")  # no widgets: no progress bars
# CI tries fewer tables for each law.
MOST = 20 if os.environ.get("ENSEL_NOTEBOOK_QUICK") else 60
pool = load_dataset("imdb").subset(items=slice(0, None, 25))

# %% [markdown]
# ## An estimate of information, in the wrong unit
#
# I(Y; X) of the answer pattern, by counting. Where is the bug?


# %%
def information(answers, labels):
    _, pattern = np.unique(answers, axis=0, return_inverse=True)
    _, label = np.unique(labels, return_inverse=True)
    joint = np.zeros((pattern.max() + 1, label.max() + 1))
    np.add.at(joint, (pattern, label), 1 / len(labels))
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    seen = joint > 0
    return float((joint[seen] * np.log(joint[seen] / independent[seen])).sum())


print(f"{information(pool.answers[:, :3], pool.labels):.3f} of the first three classifiers")

# %% [markdown]
# A number between 0 and 1, as one expects of a label of two classes. Greedy selection would even choose
# the same queries with it: the base does not change which is largest. Compared with anyone else's bits,
# it is wrong.

# %%
try:
    check_information_estimator(information, plug_in=True, max_examples=MOST)
except BrokenLaw as broken:
    print(broken)

# %% [markdown]
# "A perfect copy of a fair label of two classes tells 1 bit": nats give ln 2 = 0.693. The first broken
# law is raised; `report=True` tries all of them.

# %%
report = check_information_estimator(information, plug_in=True, max_examples=MOST, report=True)
print("broken:", report.broken)
report.rows.groupby("result").size()

# %% [markdown]
# Most laws hold: order, copies, the chain rule do not know of a unit. That is why one needs the one that
# does. Mended:


# %%
def information_in_bits(answers, labels):
    return information(answers, labels) / np.log(2)


report = check_information_estimator(
    information_in_bits, plug_in=True, max_examples=MOST, report=True
)
print("broken:", report.broken)
print(f"{information_in_bits(pool.answers[:, :3], pool.labels):.3f} bits")

# %% [markdown]
# ## A selector that is off by one
#
# Buy the most accurate query, then ever the one that adds most information. Options that a function
# names (`random_state`, `costs`) are handed to it.


# %%
def gain_then_gain(answers, labels, budget, random_state=0, costs=None):
    n = answers.shape[1]
    drawn = np.random.default_rng(random_state).permutation(n)
    costs = np.zeros(n) if costs is None else costs
    right = (answers == labels[:, None]).mean(axis=0)
    bought = []
    while len(bought) <= budget and len(bought) < n:
        gain = np.array([information_in_bits(answers[:, [*bought, j]], labels) for j in range(n)])
        gain[bought] = -np.inf
        gain = gain.round(12)  # what differs by rounding is a tie
        bought.append(int(np.lexsort([drawn, costs, -right, -gain])[0]))
    return np.array(bought)


try:
    check_selector(gain_then_gain, max_examples=MOST // 4)
except BrokenLaw as broken:
    print(broken)

# %% [markdown]
# `while len(bought) <= budget` buys one query too many: on a held-out comparison it would look *better*
# than its rivals, since it asks more. (Ties: better query first, then the cheaper, then the seed. They
# have laws of their own.)


# %%
def greedy(answers, labels, budget, random_state=0, costs=None):
    return gain_then_gain(answers, labels, budget - 1, random_state, costs)


report = check_selector(greedy, max_examples=MOST // 4, report=True)
print("broken:", report.broken)
print("skipped:", report.skipped)
print([pool.query_names[j] for j in greedy(pool.answers[:, :10], pool.labels, 3)])

# %% [markdown]
# ## A vote that leaks
#
# A vote is handed labelled answers, and the answers to vote on. Where it has a parameter `train` it is
# handed a whole table instead, and in `train` the rows to learn from, as many experiments are written.
# This one weighs queries by accuracy, but reads the accuracies off *all* rows.


# %%
def vote_by_accuracy(right, answers, n_classes):
    odds = np.log((right + 0.01) / (1 - right + 0.01))
    score = (odds[None, :, None] * (answers[:, :, None] == np.arange(n_classes))).sum(axis=1)
    shares = np.exp(score - score.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def leaky(answers, labels, n_classes, train):
    right = (answers == labels[:, None]).mean(axis=0)  # of all rows
    return vote_by_accuracy(right, answers, n_classes)


report = check_vote(leaky, max_examples=MOST, report=True)
print("broken:", report.broken)
print(report.rows.set_index("law").loc["held-out labels", "detail"])

# %% [markdown]
# The law calls it twice, the labels outside `train` changed: the answers must be the same. Other broken
# laws are symptoms of the same leak. What the leak is worth on real data, when there are many queries and few labels to learn from:
#
# (the pool of 90 classifiers, 20 reviews to learn from, 200 random draws of them)


# %%
def honest(answers, labels, n_classes, train):
    right = (answers[train] == labels[train, None]).mean(axis=0)
    return vote_by_accuracy(right, answers, n_classes)


gains = []
for seed in range(200):
    rng = np.random.default_rng(seed)
    rows = rng.choice(
        pool.n_items, size=220, replace=False
    )  # 20 to learn from, 200 to be judged on
    answers, labels = pool.answers[rows], pool.labels[rows].astype(int)
    train, test = np.arange(20), np.arange(20, 220)
    right = {
        vote: (vote(answers, labels, 2, train).argmax(axis=1) == labels)[test].mean()
        for vote in (leaky, honest)
    }
    gains.append(right[leaky] - right[honest])
mean, error = np.mean(gains), np.std(gains, ddof=1) / np.sqrt(len(gains))
print(
    f"leaky less honest: {100 * mean:+.2f} points [{100 * (mean - 1.96 * error):+.2f}, "
    f"{100 * (mean + 1.96 * error):+.2f}] over draws from these {pool.n_items:,} reviews"
)
# %%
report = check_vote(honest, max_examples=MOST, report=True)
print(report)

# %% [markdown]
# ## In your test suite
#
# ```python
# def test_my_estimator_keeps_the_laws():
#     check_information_estimator(my_information, plug_in=True)
#
# def test_my_selector_keeps_the_laws():
#     check_selector(my_selector)
# ```
#
# Examples are random but the same every time. A law that your method does not promise is switched off by
# the name of the reason (`bias_corrected=True`, `prefix=False`, `ties=False`, ...). Laws and reasons:
# `docs/testing.md`. A check cannot see what a function knows beside its arguments, such as a table in an
# enclosing scope.
