"""A question asks about the part that its quote speaks of."""

import pytest

from vlm3_dataset.filters.claims.parts import is_of_another_part


@pytest.mark.parametrize(
    ("question", "told", "quoted"),
    [
        ("What was stamped on the thermostat?", "It was stamped 91C / 99C.", "Old fan switch was stamped 91C / 99C."),
        ("What did the rotor arm measure?", "It measured 6 kohm.", "HT leads measured 6 kohm each, they were ok."),
        ("How tight are the manifold bolts?", "To 10 Nm.", "Rocker cover bolts I do to 10 Nm."),
        ("What is a cylinder head gasket?", "It was 9 euros.", "Valve cover gasket was hard, new one 9 euros."),
        ("How is the speed sensor changed?", "In 30 min.", "Changed the reference sensor, 30 min from below."),
        ("How did he find a dripping fuel injector?", "It was wet.", "Cold start valve could drip, took it out."),
    ],
)
def test_another_part_is_caught(question, told, quoted):
    assert is_of_another_part(question, told, quoted)


@pytest.mark.parametrize(
    ("question", "told", "quoted"),
    [
        ("What was stamped on the fan switch?", "It was stamped 91C / 99C.", "Old fan switch was stamped 91C / 99C."),
        ("What cured a noisy alternator?", "A new belt cured it.", "The belt had gone hard, a new belt cured it."),
        ("Which temperature sensor failed?", "The blue one.", "Blue temp sensor was dead."),
        (
            "Why does a fuel pump howl?",
            "The in-tank strainer was clogged.",
            "Strainer of the in-tank pump was clogged.",
        ),
        (
            "Do owners reuse head bolts?",
            "One had them stretch on a turbo engine.",
            "On my turbo engine. Bolts stretched.",
        ),
        ("What does it cost?", "It was 9 euros.", "Valve cover gasket, 9 euros."),
        ("What did new plug leads do?", "They cured it.", "leads. Mine were old, new ones and it was gone."),
    ],
)
def test_the_same_part_or_one_that_the_answer_names_passes(question, told, quoted):
    assert not is_of_another_part(question, told, quoted)
