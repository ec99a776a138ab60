"""Studies of the method itself: ablation, temperature mixes, regret, the committed figures."""
