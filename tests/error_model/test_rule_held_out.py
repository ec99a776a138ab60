"""The rule behind error floor (c), on items it has not seen."""


def test_the_rule_of_the_floor_is_judged_on_held_out_items(mmlu_floor):
    """What (c) promises, its own rule cannot keep on real items; the result says how far off."""
    rule, bayes = mmlu_floor.rule_held_out, mmlu_floor.estimates["bayes_error"]
    assert rule.low < rule.value < rule.high
    assert rule.value > bayes.value
    assert mmlu_floor.to_dict()["rule_held_out"] == rule.value
