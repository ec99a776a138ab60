# %% [markdown]
# # Estimating information without fooling yourself
#
# After this notebook you can tell how much of an information estimate is real: you will know the bias
# of counting, a null to hold it against, what the usual correction mends and what it does not, a bound
# that cannot flatter, and the message "n is too small for this many patterns".
#
# What is estimated is I(Y; X_S), in bits: how much the pattern of answers of the queries S tells about the
# label. A label of K equally likely classes has log2 K bits to tell.

# %%
import os
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ensel import load_dataset
from ensel.choosing import assess_information
from ensel.figures.style import RC
from ensel.information import (
    fano_error_bound,
    hellman_raviv_error_bound,
    mutual_information,
    pattern_ids,
)
from ensel.selection import GreedyMI
from ensel.voting import LogitVote

warnings.filterwarnings("ignore", message="IProgress")  # no widgets: no progress bars
# %matplotlib inline
# %config InlineBackend.print_figure_kwargs = {"dpi": 100, "bbox_inches": "tight"}
# CI runs with fewer repetitions; what you see here was made without it.
QUICK = bool(os.environ.get("ENSEL_NOTEBOOK_QUICK"))
N_DRAWS = 5 if QUICK else 40

# %% [markdown]
# ## Noise that seems to know everything
#
# *Simulated*: six queries that answer at random, four classes, 200 items. There is nothing to know.

# %%
rng = np.random.default_rng(0)
noise, labels = rng.integers(0, 4, (200, 6)), rng.integers(0, 4, 200)
print(f"{mutual_information(noise, labels):.2f} bits of {np.log2(4):.0f}")

# %% [markdown]
# Counting (the plug-in estimate) saw 200 items fall into nearly 200 patterns; each pattern has one item,
# and so "knows" its label. To first order the bias is (m_xy - m_x - m_y + 1) / (2 n ln 2) bits, m the
# numbers of cells that can occur: of pattern and label, of patterns, of labels. Miller-Madow subtracts it
# with the cells that *did* occur, and is no help once most patterns are seen once or never:

# %%
rows = []
for n in [100, 200, 500, 1000, 2000, 5000, 10_000]:
    for k in [1, 3, 5]:
        drawn = [
            (rng.integers(0, 4, (n, k)), rng.integers(0, 4, n)) for _ in range(max(N_DRAWS // 4, 3))
        ]
        plug_in = [mutual_information(X, y) for X, y in drawn]
        corrected = [mutual_information(X, y, correction="miller-madow") for X, y in drawn]
        rows.append(
            {
                "queries": k, "items": n, "plug-in": np.mean(plug_in),
                "Miller-Madow": np.mean(corrected),
            }
        )  # fmt: skip
simulated = pd.DataFrame(rows)
simulated.pivot(index="items", columns="queries", values=["plug-in", "Miller-Madow"]).round(3)

# %% [markdown]
# With three queries and a thousand items the correction works. With five queries (1,024 patterns of
# answers, times four labels) ten thousand items are not enough for it. The truth is 0.
#
# ## The same on a real pool, where something is known
#
# Real classifiers on film reviews, two classes. All 25,000 reviews stand in for the truth; small samples
# of them are what a user has. The queries were chosen once, on other items.

# %%
imdb = load_dataset("imdb")
order = np.random.default_rng(1).permutation(imdb.n_items)
apart, rest = order[:5000], order[5000:]
eight = GreedyMI(budget=8).fit(imdb.answers[apart], imdb.labels[apart]).order_
print(", ".join(imdb.query_names[j] for j in eight))

X, y = imdb.answers[:, eight], imdb.labels.astype(int)
reference = mutual_information(X[rest], y[rest], correction="miller-madow")
n_patterns = len(np.unique(pattern_ids(X[rest])))
print(f"about {reference:.3f} bits by {len(rest):,} items in {n_patterns} patterns")


# %%
def held_out_losses(answers, labels, n_folds=5, seed=0):
    """Log loss (nats) of a vote fitted without the item."""
    fold = np.random.default_rng(seed).permutation(len(labels)) % n_folds
    loss = np.empty(len(labels))
    for f in range(n_folds):
        learn, test = fold != f, fold == f
        vote = LogitVote(n_classes=2).fit(answers[learn], labels[learn])
        p = vote.predict_proba(answers[test])[np.arange(test.sum()), labels[test]]
        loss[test] = -np.log(np.maximum(p, 1e-6))
    return loss


rows = []
for n in [50, 100, 200, 500, 1000, 2000]:
    for draw in range(N_DRAWS):
        sample = np.random.default_rng([n, draw]).choice(rest, size=n, replace=False)
        answers, truth = X[sample], y[sample]
        found = assess_information(
            answers, truth, held_out_losses(answers, truth), n_shuffles=20, seed=draw
        )
        rows.append(
            {
                "items": n, "plug-in": found.plug_in, "held-out bound": found.held_out.value,
                "shuffled labels": found.null_mean, "said too few": found.too_few,
                "Miller-Madow": mutual_information(answers, truth, correction="miller-madow"),
                "bound: low end below reference": found.held_out.low <= reference,
            }
        )  # fmt: skip
curve = pd.DataFrame(rows)
curve.groupby("items").mean().round(3)

# %%
with mpl.rc_context(RC):
    figure = Figure(figsize=(4.8, 3.0), layout="constrained")
    axis = figure.subplots()
    axis.axhline(
        reference, color="black", linewidth=0.8, label=f"{len(rest):,} items, Miller-Madow"
    )
    for name, color, mark in [("plug-in", "#D55E00", "s"), ("Miller-Madow", "#E69F00", "^"),
                              ("held-out bound", "#0072B2", "o"), ("shuffled labels", "#7F7F7F", "x")]:  # fmt: skip
        each = curve.groupby("items")[name]
        axis.errorbar(each.mean().index, each.mean(), each.std(), label=name, color=color, marker=mark,
                      capsize=2)  # fmt: skip
    axis.set_xscale("log")
    axis.set_ylim(bottom=0)
    axis.set_xlabel("labelled items")
    axis.set_ylabel("information of eight queries (bits)")
    figure.legend(loc="outside lower center", ncols=3, fontsize=7)
    axis.set_title(f"imdb; means and standard deviations over {N_DRAWS} samples", fontsize=8)
figure

# %% [markdown]
# - The **plug-in** is too high on few items and falls as they grow. More labels make it *worse* looking.
# - **Shuffled labels** know nothing, so what they "tell" is bias. It is the null, not the bias to subtract:
#   informative queries and their label fall into fewer cells, and are less biased.
# - The **held-out bound**, I ≥ H(Y) − cross-entropy of a vote on items it has not seen, comes from below and
#   rises. It may lie below the truth (the vote wastes something), but a vote that has learned nothing
#   cannot look good, but for luck: on one sample it has an interval, which on 50 items fails more often
#   than it says (last column: its low end should be below the reference in 97.5 % of samples).
#
# ## All in one call
#
# `assess_information` gives the three beside each other and says when n is too small for this many
# patterns: when shuffled labels reach a tenth of the estimate. ("Each fold buying anew" is what `select`
# does; here the eight queries are given.)

# %%
for n in (100, 1000, 10_000):
    sample = rest[:n]
    print(
        f"n = {n:,}: {assess_information(X[sample], y[sample], held_out_losses(X[sample], y[sample]))}\n"
    )

# %% [markdown]
# And on the noise from above, with its p-value (the share of shuffles that reach the estimate):

# %%
evidence = assess_information(noise, labels)
print(evidence)
print(f"p = {evidence.p_value:.2f}")

# %% [markdown]
# ## Choosing fools you once more
#
# So far the queries were given. A selector takes the best of many noisy estimates, so the estimate of what
# it chose is too high even where each alone is fair. *Simulated*: 60 queries that answer at random, 300
# items; the best three of them by greedy information, on the items that chose them and on others.

# %%
rows = []
for draw in range(N_DRAWS):
    rng = np.random.default_rng([9, draw])
    X0, y0 = rng.integers(0, 2, (600, 60)), rng.integers(0, 2, 600)
    chosen = GreedyMI(budget=3).fit(X0[:300], y0[:300]).order_
    fixed = [0, 1, 2]
    rows.append(
        {
            "three given, any items": mutual_information(X0[:300][:, fixed], y0[:300]),
            "three chosen, same items": mutual_information(X0[:300][:, chosen], y0[:300]),
            "three chosen, other items": mutual_information(X0[300:][:, chosen], y0[300:]),
        }
    )
pd.DataFrame(rows).agg(["mean", "std"]).T.round(4)

# %% [markdown]
# Hence in `select`, each fold buys its queries anew before it is judged.
#
# ## What bits say about error
#
# With H = H(Y | X) = H(Y) − I: Fano's inequality gives the least error any rule can have, Hellman and
# Raviv's the most the best rule needs. The interval is wide: bits rank queries, they do not replace
# measured accuracy. And an error in the bits goes straight through:

# %%
h_label = mutual_information(y[:, None], y)
rows = []
for name, bits in {
    "reference": reference,
    "plug-in, 50 items": curve[curve["items"] == 50]["plug-in"].mean(),
    "held-out bound, 2,000 items": curve[curve["items"] == 2000]["held-out bound"].mean(),
}.items():
    left = float(np.clip(h_label - bits, 0, 1))
    rows.append(
        {
            "bits from": name, "bits": bits, "error at least (Fano)": float(fano_error_bound(left, 2)),
            "best rule at most (Hellman-Raviv)": float(hellman_raviv_error_bound(left)),
        }
    )  # fmt: skip
pd.DataFrame(rows).round(3)

# %% [markdown]
# From the plug-in on 50 items one would promise errors that these queries cannot reach. A *lower* bound
# on the information gives an upper bound on the best rule's error (the last column), never a floor.
#
# An estimator of your own? Notebook 5 tests it.
