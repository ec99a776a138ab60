"""Styles: every method has one, its own where the package knows it."""

from ensel.figures.style import METHOD_STYLE, OTHER_STYLES, RULE_STYLE, method_styles, pool_style
from ensel.policies.stopping import RULES
from ensel.registry import SELECTORS, SEQUENCES, VERIFIER_SEQUENCES


def test_every_method_of_the_package_has_its_own_style():
    assert set(METHOD_STYLE) == {*SELECTORS, *SEQUENCES, *VERIFIER_SEQUENCES}
    looks = [(style["color"], style["marker"]) for style in METHOD_STYLE.values()]
    assert len(set(looks)) == len(looks)


def test_what_asks_in_sequence_is_a_mark_of_its_own_shape():
    styles = [METHOD_STYLE[name] for name in SEQUENCES]
    assert {style["linestyle"] for style in styles} == {""}
    assert len({style["marker"] for style in styles}) == len(styles)  # survives grey


def test_every_learned_rule_has_a_style():
    assert set(RULE_STYLE) == set(RULES)


def test_methods_of_others_are_told_apart():
    styles = method_styles(["mine", "top-k", "yours", "mine"])
    assert styles["top-k"] == METHOD_STYLE["top-k"]
    assert [styles["mine"], styles["yours"]] == list(OTHER_STYLES[:2])


def test_a_dataset_of_others_is_grey():
    assert pool_style("somebody's") == {"color": "#7F7F7F", "marker": "."}
