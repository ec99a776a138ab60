"""Mathematics: one form by rules for text, and the library where two forms differ."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel import InputError, InputWarning, PredictionTable
from ensel.readers import formula_process, reader_named
from ensel.readers.formula_process import library_says_same
from ensel.readers.latex import plain_latex

READER = reader_named("math")
SYMBOLS = "0123456789.,/\\${}()[]^_+-= \n%°√²½πxabe"
PIECES = ["\\frac", "\\sqrt", "\\left(", "\\right]", "\\text{", "\\boxed{", "\\pm", "cm", "x=", "5"]


def same(a: str, b: str) -> bool:
    return READER.same(READER.key(a), READER.key(b))


@pytest.fixture
def library():
    pytest.importorskip("math_verify", reason="pip install 'ensel[math]'")


@pytest.fixture
def impatient(library, tmp_path, monkeypatch):
    """The process for the library, ended by the same limit after one second instead of five."""
    real, worker = str(formula_process.WORKER), tmp_path / "impatient.py"
    worker.write_text(
        "import importlib.util\n"
        f"spec = importlib.util.spec_from_file_location('worker', {real!r})\n"
        "worker = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(worker)\n"
        "worker.SECONDS = 1.0\n"
        "worker.main()\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(formula_process, "WORKER", worker)
    process = formula_process._Process()
    monkeypatch.setattr(formula_process, "_PROCESS", process)
    yield process
    process.end()


@pytest.mark.parametrize(
    "spellings",
    [
        (
            r"\frac 59",
            r"\frac{5}{9}",
            "5/9",
            r"$\dfrac{5}{9}$",
            r"\( \frac{5}{9} \)",
            r"\frac{10}{18}",
        ),
        ("x=5", "5", "x = 5.0", "$5$", r"\boxed{5}", "Answer: 5.", "+5"),
        ("90^\\circ", "90°", "90", "$90^{\\circ}$", "90 degrees"),
        ("864 \\mbox{ inches}^2", "864", "864 in²", "864 (square inches)"),
        (r"\$36", "36", "$36.00", "36 dollars", "$36"),
        ("10,\\!080", "10080", "10,080", "10{,}080"),
        ("137 \\frac{1}{2}", "137½", "137.5", r"\(137 \frac{1}{2}\) miles", "137 1/2", "275/2"),
        ("10\\%", "10%", "10"),
        ("(-2,1)", "(-2, 1)", r"\left( -2, 1 \right)", "$(-2,1)$"),
        (r"\text{Evelyn}", "Evelyn", "evelyn", "EVELYN."),
        (r"\text{(E)}", "(E)", "E"),
        ("16 \\sqrt{3}", "16√3", r"$16\sqrt3$"),
        ("-\\frac{\\pi}{6}", "$-\\frac{\\pi}{6}$", "\\(-\\dfrac{\\pi}{6}\\)"),
        ("y = 2x + 3", "$y=2x+3$"),
        ("40_9", "$40_9$", "40_{9}", "40₉"),
        ("\\cot x", "$\\cot x$", "cot x"),
        ("[3,4]", "x \\in [3,4]"),
    ],
    ids=lambda spellings: spellings[0],
)
def test_one_key_for_many_spellings(spellings):
    assert len({READER.key(text) for text in spellings}) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("40_9", "40"),
        ("2516_8", "2516"),
        ("(1,2)", "[1,2]"),
        ("(1,2)", "(2,1)"),
        ("(3/2, -13)", "(3, -25)"),
        ("(1,234)", "1234"),
        ("Carla", "Clara"),
        ("Evelyn", "5"),
        ("5 million", "5"),
        ("3 or more", "3"),
        ("3 xy", "3"),
        ("1, 2", "1, 2, 3"),
        ("1,68", "168"),
        ("3x=6", "6"),
        ("x^2=4", "4"),
        ("2t", "2"),
        ("3m", "3h"),
        ("x=1,y=2", "x=2,y=1"),
    ],
)
def test_what_is_different(library, a, b):
    assert not same(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("\\cot x", "$\\csc x \\cos x$"),
        ("11 \\sqrt{5} + 11", "$11(\\sqrt{5} + 1)$"),
        ("3 \\pm 2 \\sqrt{2}", "3 + 2√2, 3 - 2√2"),
        ("-2,1", "1, -2"),
        ("5x - 7y + 11z + 4 = 0", "$-5x + 7y - 11z - 4 = 0$"),
        ("10080", "7! * 2!"),
        ("-\\sqrt{3}", "-1.7320508075688772"),
        (
            "\\begin{pmatrix} 1/5 \\\\ -18/5 \\end{pmatrix}",
            "$\\begin{pmatrix} \\frac{2}{10} \\\\ -\\frac{36}{10} \\end{pmatrix}$",
        ),
        ("\\frac{3\\sqrt{3}}{4}", "$0.75\\sqrt{3}$"),
        ("(\\frac{1}{2}, \\sqrt{4})", "(0.5, 2)"),
        ("6 - 5i", "$-5i+6$"),
        ("2+4=6", "6"),
        ("2x", "x+x"),
        ("x=1,y=2", "y=2,x=1"),
        ("x=1,x=2", "2,1"),
    ],
)
def test_the_library_settles_the_rest(library, a, b):
    assert READER.key(a) != READER.key(b)
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize("text", ["", "?", " ", "$", "...", "\\left(", "x" * 3000])
def test_what_says_nothing_is_unreadable(text):
    assert READER.key(text) is None


@given(st.text() | st.text(SYMBOLS) | st.lists(st.sampled_from([*PIECES, *SYMBOLS])).map("".join))
def test_takes_any_text_and_comes_to_rest(text):
    plain = plain_latex(text)
    if plain is not None:
        assert plain_latex(plain) == plain
    key = READER.key(text)
    if isinstance(key, Fraction):
        assert READER.key(str(key)) == key
    elif key is not None:
        assert READER.key(key) == key


@given(st.fractions(max_denominator=10**6), st.fractions(max_denominator=10**6))
def test_numbers_are_compared_exactly(a, b):
    assert READER.key(str(a)) == a
    assert READER.same(a, b) == (a == b)


@given(
    st.lists(
        st.sampled_from(["1", "2", "\\sqrt{4}", "x", "\\frac{1}{2}", "(1,2)", "no"]), max_size=3
    ),
    st.lists(st.sampled_from(["1", "2", "0.5", "x+0", "\\sqrt{4}", "(1,\\sqrt{4})"]), max_size=3),
)
def test_same_is_symmetric(first, second):
    pytest.importorskip("math_verify")
    a, b = (READER.key(", ".join(parts)) or "z" for parts in (first, second))
    assert READER.same(a, b) == READER.same(b, a)
    assert READER.same(a, a)


def test_a_table_of_formulas(library):
    t = PredictionTable.open(
        [["5/9", "$\\frac59$", "0.5", "?"], ["2k", "k+k", "k^2", "k \\cdot k"]],
        ["\\frac 59", "2k"],
        queries=list("pqrs"),
        reader="math",
    )
    assert t.verdicts().answers.tolist() == [[1, 1, 0, -1], [1, 1, 0, 0]]
    assert t.spelled().iloc[1].tolist() == ["2k", "2k", "k^2", "k^2"]


def test_it_never_hangs_and_never_runs_what_it_reads(impatient, tmp_path, monkeypatch):
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with pytest.warns(InputWarning, match="takes too long: they count as different"):
        assert not library_says_same("9^{9^{9^{9}}}", "8^{9^{9^{9}}}")
    assert not library_says_same('open("x","w")', "1")
    assert not library_says_same('__import__("os").system("touch x")', "1")
    assert list(folder.iterdir()) == []
    # The process was ended; the next question starts another.
    assert library_says_same("x^2", "x x")


def test_what_is_endless_is_not_asked_again(impatient):
    """And what it was compared with is: it has no part in that."""
    process = impatient
    with pytest.warns(InputWarning, match="takes too long"):
        assert not process.ask(r"\frac{\sqrt2}{2}", "9^{9^{9^{9}}}")
    assert process._endless == {"9^{9^{9^{9}}}"}
    assert process._running is None
    assert not process.ask("1", "9^{9^{9^{9}}}")
    assert process._running is None
    assert process.ask(r"\frac{\sqrt2}{2}", r"\frac1{\sqrt2}")


def test_it_works_in_a_thread(library):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda n: library_says_same(f"{n}x", f"x+{n - 1}x"), range(2, 8))
        assert list(answers) == [True] * 6


def test_without_the_library_the_message_names_the_extra(monkeypatch):
    monkeypatch.setattr(formula_process.importlib.util, "find_spec", lambda name: None)
    assert same("1/2", "0.5")
    assert not same("1/2", "1/3")
    with pytest.raises(InputError, match=r"pip install 'ensel\[math\]'"):
        same("a + a + 0", "2a + 0")
