# %% [markdown]
# # Why ensembles saturate
#
# After this notebook you can say for your own pool how strongly errors move together, how low an
# ensemble's error can go because of it, which of the textbook formulas holds for your pool, and what no
# rule that repeats a model's answer can gain.
#
# The pool is real: 18 classifiers on film reviews, every tenth of 25,000. A part is *simulated*, and
# says so.

# %%
import os
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ensel import error_floor, load_dataset
from ensel.error_model import (
    co_failure,
    phi_coefficient,
    simulate,
    tetrachoric,
    uniform_floor,
    uniform_information_limit,
    uniform_majority_error,
)
from ensel.figures.style import RC

warnings.filterwarnings("ignore", message="IProgress")  # no widgets: no progress bars
# %matplotlib inline
# %config InlineBackend.print_figure_kwargs = {"dpi": 100, "bbox_inches": "tight"}
# CI runs with fewer items and resamples; what you see here was made without it.
QUICK = bool(os.environ.get("ENSEL_NOTEBOOK_QUICK"))
STEP, N_BOOT, N_SIMULATED = (50, 10, 4000) if QUICK else (10, 100, 100_000)

imdb = load_dataset("imdb")
one_each = [f"{model}#1" for model in dict.fromkeys(imdb.models)]
pool = imdb.subset(items=slice(0, None, STEP), queries=one_each)
pool

# %% [markdown]
# ## Errors move together
#
# Were errors independent, the share of items that all of ten models with 10 % error get wrong would be
# one in ten thousand million. The correlation to look at is the **tetrachoric** one: that of the normal
# variables behind the errors. The plain (phi) correlation of the 0/1 errors depends on how often
# models err, so it cannot be compared from pair to pair.

# %%
wrong = pool.answers != pool.labels[:, None]
found = tetrachoric(wrong)
rows, columns = np.triu_indices(pool.n_queries, 1)
rho, error = found.correlation[rows, columns], found.standard_error[rows, columns]
# Skewed near 1: the interval is taken on the atanh scale.
half = 1.96 * error / (1 - rho**2)
pairs = pd.DataFrame(
    {
        "first": np.array(one_each)[rows], "second": np.array(one_each)[columns],
        "tetrachoric": rho, "low": np.tanh(np.arctanh(rho) - half),
        "high": np.tanh(np.arctanh(rho) + half), "phi": phi_coefficient(wrong)[rows, columns],
    }
).sort_values("tetrachoric", ascending=False)  # fmt: skip
print(
    f"mean over {len(pairs)} pairs: tetrachoric {pairs['tetrachoric'].mean():.2f}, phi {pairs['phi'].mean():.2f}"
)
pd.concat([pairs.head(4), pairs.tail(4)]).round(2)

# %% [markdown]
# ## One correlation, simulated: where the floor comes from
#
# A *simulated* pool of equal models: each errs with probability eps, every pair with tetrachoric
# correlation rho. Conditional on a common factor (how hard the question is) errors are independent;
# more models average the rest away, never the factor. So the error of endless models is not 0 but
#
# $$P_\text{err} \to \Phi\left(\Phi^{-1}(\varepsilon) / \sqrt{\rho}\right)$$
#
# (Theorem 4.4 of arXiv 2602.08003, as reported). We sweep rho and hold three things beside each other:
# votes on simulated items, the exact formula for N models, and the floor.

# %%
EPS, SIZES = 0.2, np.array([1, 3, 5, 9, 15, 25])
swept = []
for rho in [0.0, 0.1, 0.3, 0.5, 0.7, 0.9]:
    items = simulate(N_SIMULATED, [EPS] * SIZES.max(), rho, random_state=7)
    mistakes = items.answers != items.labels[:, None]
    exact = uniform_majority_error(SIZES, EPS, rho)
    for size, formula in zip(SIZES, exact, strict=True):
        outvoted = mistakes[:, :size].sum(axis=1) > size / 2
        swept.append(
            {
                "rho": rho, "size": size, "simulated": outvoted.mean(),
                "standard error": outvoted.std() / np.sqrt(len(outvoted)), "formula": formula,
            }
        )  # fmt: skip
swept = pd.DataFrame(swept)
off = (swept["simulated"] - swept["formula"]).abs() / swept["standard error"]
print(
    f"simulated votes off the formula by at most {off.max():.1f} standard errors, {len(off)} comparisons"
)

# %%
with mpl.rc_context(RC):
    figure = Figure(figsize=(6.4, 2.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    shades = mpl.colormaps["viridis"](np.linspace(0, 0.85, swept["rho"].nunique()))
    for shade, (rho, part) in zip(shades, swept.groupby("rho"), strict=True):
        left.plot(part["size"], 100 * part["formula"], color=shade)
        left.text(26, 100 * part["formula"].iloc[-1], f"rho {rho:g}", fontsize=7, va="center")
        left.errorbar(part["size"], 100 * part["simulated"], 196 * part["standard error"], fmt="o",
                      color=shade, markersize=3)  # fmt: skip
        left.axhline(
            100 * float(uniform_floor(EPS, rho)), color=shade, linestyle=":", linewidth=0.8
        )
    left.set_xlabel("equal models")
    left.set_ylabel("error of the majority (%)")
    left.set_xlim(0, 32)
    left.set_title(f"simulated, eps = {EPS}; dotted: floor", fontsize=8)
    grid = np.linspace(0.01, 1, 100)
    for eps in (0.1, 0.2, 0.3):
        right.plot(grid, [uniform_information_limit(eps, rho) for rho in grid], label=f"{eps:g}")
    right.set_xlabel("rho")
    right.set_ylabel("information of endless models (bits)")
    right.set_ylim(0, 1)
    right.legend(title="eps", fontsize=6)
    right.set_title("the same in bits (formula)", fontsize=8)
figure

# %% [markdown]
# Where errors are correlated, the first few models bring most of what endless ones would:

# %%
for rho, part in swept[swept["rho"] > 0].groupby("rho"):
    by_size = part.set_index("size")["formula"]
    share = (EPS - by_size[5]) / (EPS - float(uniform_floor(EPS, rho)))
    print(
        f"rho {rho:.1f}: floor {100 * float(uniform_floor(EPS, rho)):4.1f} %; five models reach {100 * share:.0f} % of the gain"
    )

# %% [markdown]
# ## The four lines of a real pool
#
# Real models are not equal, and no pair's correlation is another's. `error_floor` fits a Gaussian copula
# to the errors (all tetrachoric correlations, error rates of each class where that predicts better) and
# gives four lines, each with its assumption in words.

# %%
floor = error_floor(pool, n_boot=N_BOOT)
lines = ["mean_error", "best_single_error", "mean_tetrachoric", "uniform_floor", "vote_limit",
         "bayes_error", "all_wrong_predicted"]  # fmt: skip
pd.DataFrame(floor.estimates, index=["value", "low", "high"]).T.loc[lines].round(4)

# %%
from ensel.error_model.floor_result import ASSUMPTIONS

for name, words in ASSUMPTIONS.items():
    print(f"{name:<14} {words}")
print("\nwarnings:", *floor.warnings, sep="\n- ")

# %%
floor.figure()

# %% [markdown]
# Read it so: (a) is the number of the textbook pool of *average* models, and no floor of a pool with a
# good model in it. (b) is where an equal-weight vote of endless copies ends. (c) is what the best
# possible rule could get from these queries *if* errors follow the fitted model; the black bar checks
# that on held-out items. Where that rule does clearly worse even on the items that it was fitted to, the
# model is refuted: (c) is then what it believes, no floor, and is drawn pale. (d) is what real ensembles get. The more (c) lies below (d), the more could be
# gained by a better rule; the flatter (d), the less by more models.

# %%
values = {name: floor.estimates[name].value for name in lines}
print(f"(a) {values['uniform_floor']:.3f} against the best single query {values['best_single_error']:.3f}:",
      "no floor of this pool" if values["uniform_floor"] > values["best_single_error"] else
      "below the best single query")  # fmt: skip
rule = floor.rule_held_out
print(
    f"(c) {values['bayes_error']:.3f}; its own rule on held-out items {rule.value:.3f} [{rule.low:.3f}, {rule.high:.3f}]"
)
print(
    f"(d) top-k + weighted, by size: {(floor.curve['held_out_top_k'].dropna()).round(3).tolist()}"
)

# %% [markdown]
# ## Who fails with whom
#
# The matrix behind the floors, ordered so that those who err alike stand together.

# %%
floor.figures()["error_correlation"]

# %% [markdown]
# ## Items that nobody gets right
#
# A Gaussian copula has no tail dependence: it may underprice "everyone is wrong". So look.

# %%
failed = co_failure(pool.answers, pool.labels)
print(
    f"all {pool.n_queries} wrong: {len(failed.items)} of {failed.n_items:,} items, "
    f"{100 * failed.observed:.2f} % [{100 * failed.low:.2f}, {100 * failed.high:.2f}]; "
    f"the copula says {100 * values['all_wrong_predicted']:.2f} %"
)
floor.figures()["co_failure"]

# %% [markdown]
# ## A ceiling on any gain
#
# A rule that outputs some member's answer is wrong wherever all are wrong. So at level 95 %, whatever is
# learned from however many labels, **no such rule gains more over the best single query than**
# (1 − beta_low) − acc_low (arXiv 2606.27288, second version). With five queries instead of eighteen the
# ceiling is lower. (The five are chosen by accuracy on these items; the ceiling allows for choosing
# the best single query, not for choosing the five.)

# %%
best_five = np.argsort(-pool.accuracies.to_numpy())[:5]
for what, columns in (("all queries", slice(None)), ("the five most accurate", best_five)):
    failures = co_failure(pool.answers[:, columns], pool.labels)
    best = pool.accuracies.to_numpy()[columns].max()
    print(
        f"{what:<23} all wrong {100 * failures.observed:5.2f} %; best single {100 * best:.1f} %; "
        f"no rule gains more than {100 * failures.gain_ceiling:.1f} points"
    )

# %% [markdown]
# An item that everyone gets wrong may have a wrong label. List them, do not hide them:

# %%
floor.all_wrong_items.head()

# %% [markdown]
# Your own pool: `error_floor(PredictionTable.read("answers.csv"))`, or
# `ensel floor answers.csv --figures pictures`.
