"""Answers of a labeler about forty threads of ours: good ones pass, and each planted fault is caught."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.vlm3_dataset.filters.claims.answers import FAULTS, GOOD, dropped, faulty, good
from vlm3_dataset.filters.claims import claims
from vlm3_dataset.schema import QA, Claim, Post, Thread


@pytest.mark.parametrize("number", range(len(GOOD)))
def test_a_good_answer_passes(number):
    assert dropped(*good(number)) is None


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught(name):
    found = [each for number in range(len(GOOD)) if (each := faulty(name, number))]
    missed = [each[0].answer for each in found if dropped(*each) is None]
    assert len(found) >= 10
    assert len(missed) <= 0.05 * len(found), missed


def test_of_all_faults_together_hardly_any_passes():
    found = [each for name in FAULTS for number in range(len(GOOD)) if (each := faulty(name, number))]
    assert sum(dropped(*each) is not None for each in found) >= 0.95 * len(found)


def test_it_says_which_rule_was_broken():
    reasons = Counter(
        claims.refuse(*each) for number in range(len(GOOD)) if (each := faulty("quote of another post", number))
    )
    assert reasons.most_common(1)[0][0] == "a quote is of another post"


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (20, "The seals inside the brake booster let fluid past; a new booster cured it."),
        (23, "An owner ran the Bosch X5DC gapped to 0.7 mm for 20,000 km without a misfire."),
        (26, "A carbon airbox is worth 8 hp."),
        (28, "The strainer was clogged and the pump had only 10.2 V."),
        (29, "Put a dab of Drei Bond 1209 into the corners of the front half moons, 9 Nm."),
        (33, "One owner runs 1.25 litres of 75W-90 GL-5."),
        (38, "Set the cable first, then the star wheel until it drags, then back 3 teeth."),
        (39, "It was the rear bearing; a new 6202 bearing made it quiet."),
    ],
)
def test_an_answer_that_is_nearly_right_goes(number, answer):
    qa, thread = good(number)
    told = replace(qa, answer=answer, claims=(replace(qa.claims[0], statement=answer),))
    assert claims.refuse(told, thread)


@pytest.mark.parametrize(
    "answer", ["I am unable to see it; refer to the specifications.", "The image does not show it, see the manual."]
)
def test_talk_about_what_cannot_be_seen_is_a_reason_too(answer):
    qa, thread = good(0)
    assert claims.refuse(replace(qa, answer=answer), thread) == "a refusal or talk about the image"


NAMED = [
    # what the post says, and how an answer may spell it
    ("Feed comes in on pin 15 of C101, black/white wire.", "It comes in on pin 15 of C101, on the black/white wire."),
    ("Feed comes in on pin 15 of C101, black/white wire.", "On C101, pin 15, BK/WT."),
    ("Fuse 11 had blown twice.", "F11 had blown twice."),
    ("You need special tool 11 3 010 for the chain.", "Special tool 113010 is needed for the chain."),
    ("It was relay K2, the pump relay.", "Relay K2, the pump relay."),
    ("I used part 11 31 1 312 166 and it fits.", "Part 11311312166 fits."),
    ("Cylinder 3 had no spark.", "No spark on cylinder 3."),
    ("Loctite 270 on the flywheel bolts.", "Loctite 270 on the bolts of the flywheel."),
    ("The ground G103 was corroded.", "Ground G103 was corroded."),
    ("Gear 3 of the 265 gearbox grinds.", "Gear 3 of the Getrag 265 grinds."),
]
CHANGED = {
    "15": "14", "C101": "C107", "black/white": "black/red", "BK/WT": "BK/RD", "F11": "F12", "113010": "113020",
    "K2": "K3", "11311312166": "11311312176", "cylinder 3": "cylinder 2", "270": "243", "G103": "G104",
    "Gear 3": "Gear 4",
}  # fmt: skip


def named(answer, quote, question="What had failed, and what does an owner say of it?", others=()):
    opening = Post(1, "Owner 1", "2012-01-01", "It does not run as it should on my gearbox 265. What is it?")
    posts = (opening, Post(2, "Owner 2", "2012-01-02", quote), *others)
    claim = Claim(answer, 2, quote, "first-hand")
    qa = QA(question, answer, quote, "electrical", "claude", "m", "v", claims=(claim,))
    return qa, Thread("b", 1, "Electrics", "No go", "", posts)


@pytest.mark.parametrize(("quote", "answer"), NAMED)
def test_a_name_that_the_quote_gives_passes_in_any_spelling(quote, answer):
    assert claims.names(*named(answer, quote)) is None


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        (quote, answer.replace(old, new))
        for quote, answer in NAMED
        for old, new in CHANGED.items()
        if old in answer
    ],
)  # fmt: skip
def test_another_name_is_caught(quote, answer):
    reason = claims.names(*named(answer, quote))
    assert reason
    assert reason.endswith("is in the answer but not in the quotes")


def test_every_changed_name_was_asked_for():
    assert all(any(old in answer for _, answer in NAMED) for old in CHANGED)


def test_a_name_of_another_post_is_not_in_the_quote():
    other = Post(3, "Owner 3", "2012-01-03", "Mine was fuse 12.")
    assert claims.names(*named("Fuse 12 had blown.", "It had blown twice.", others=[other]))


def test_what_is_asked_about_need_not_be_quoted_unless_the_quote_names_another():
    asked = "What hangs on fuse 11?"
    other = Post(3, "Owner 1", "2012-01-03", "And what hangs on fuse 11?")
    assert claims.names(*named("Fuse 11 feeds the pump.", "It feeds the pump.", asked, [other])) is None
    assert claims.names(*named("Fuse 11 feeds the pump.", "Fuse 12 feeds the pump.", asked, [other]))


def test_a_name_in_the_question_stands_in_the_thread():
    reason = claims.names(*named("It feeds the pump.", "It feeds the pump.", "What hangs on fuse 11?"))
    assert reason == "11 is in the question but not in the thread"


def test_the_car_may_be_named_by_the_question_alone():
    assert claims.names(*named("On an E30 the amplifier.", "It was the amplifier.", "What fails on an E30?")) is None


def test_each_statement_has_its_names_in_its_own_quote():
    qa, thread = named("Fuse 11 and fuse 12 had blown.", "Fuse 11 had blown.")
    thread = replace(thread, posts=(*thread.posts, Post(3, "Owner 3", "2012-01-03", "Fuse 12 had blown.")))
    swapped = (
        Claim("Fuse 12 had blown.", 2, "Fuse 11 had blown.", "first-hand"),
        Claim("Fuse 11 had blown.", 3, "Fuse 12 had blown.", "first-hand"),
    )
    assert claims.names(replace(qa, claims=swapped), thread)


def replied(quote, answer, *others, question="What had failed, and what does an owner say of it?", date="2010-05-03"):
    """A pair about the second post of a thread, and further posts: (author, text, posts it answers)."""
    opening = Post(1, "Owner 1", "2010-05-01", "It does not run as it should on my 88 M3. What is it?")
    posts = (opening, Post(2, "Owner 2", date, quote), *(
        Post(number, f"Owner {author}", "2010-06-01", text, tuple(quotes))
        for number, (author, text, quotes) in enumerate(others, 3)
    ))  # fmt: skip
    claim = Claim(answer, 2, quote, "first-hand", "", date)
    qa = QA(question, answer, quote, "troubleshooting", "claude", "m", "v", claims=(claim,))
    return claims.refuse(qa, Thread("b", 1, "Engine", "Advice on the M3", "", posts))


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        ("Failed on my 88 M3 at 112k miles, rails and tensioner.", "On a 1988 M3 the rails failed at 112,000 miles."),
        ("Rail had a groove 1.5 mm deep.", "The rail had a groove 1.5mm deep."),
        ("900 quid last year, it bent 5 valves.", "It bent 5 valves, which cost 900 pounds in 2009."),
        ("I replaced both, 944.606.115.00, and it ran.", "With 944.606.115.00 replaced it ran."),
        ("had 2 cm between 1 and 4 on the carbtune and it ran ok", "It ran ok with 2 cm between cylinders 1 and 4."),
        ("ET20s on 215/40 and no rub at all.", "With ET20 wheels on 215/40 there was no rubbing."),
        ("Could be the relay. Mine had dry joints, resoldered it.", "A relay had dry joints and was resoldered."),
        ("2nd gear is not cured, maybe half better.", "2nd gear is half better, and not cured."),
    ],
)  # fmt: skip
def test_a_figure_may_be_written_otherwise(quote, answer):
    assert replied(quote, answer) is None


GUESSED = "a guess is told as a fact"
CORRECTED, AGAINST = "its author corrects it later", "another post contradicts it, and the answer does not say so"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ((2, "Should have said: every 3 years not 4", []), CORRECTED),
        ((2, "Oops, that 4 was off another car.", []), CORRECTED),
        ((2, "Mistake from me: it is every 4 years on the M20 only.", []), CORRECTED),
        ((2, "Looked it up, wrong: the belt of mine rattles at 3 years.", []), CORRECTED),
        ((2, "Did 4 more laps today.", []), None),
        ((3, "Made no difference on mine.", [2]), AGAINST),
        ((3, "No rattle here with the same belt.", [2]), AGAINST),
        ((3, "Mine measured no difference in length.", []), None),  # of something else
    ],
)
def test_what_the_thread_says_against_it(other, reason):
    assert (
        replied(
            "I do my belt every 4 years, it rattles else", "The belt is done every 4 years, else it rattles.", other
        )
        == reason
    )


def test_a_later_value_of_the_same_unit_corrects_too():
    correction = (2, "Correction: the wrench was lying, it is 78 Nm.", [])
    assert replied("Breakaway now 95 Nm.", "The breakaway was 95 Nm.", correction) == CORRECTED
    assert replied("Length now 95 mm.", "The length was 95 mm.", correction) is None


@pytest.mark.parametrize(
    ("quote", "answer", "reason"),
    [
        ("A new board is £92 from the dealer", "In 2010 a new board was €92 from the dealer.", "92 euros is in"),
        ("Paid 92 eur for the board", "In 2010 an owner paid €92 for the board.", None),
        ("Upholsterer quoted 350", "An upholsterer quoted 350.", "a price or an offer is told without its year"),
        ("Upholsterer quoted 350", "An upholsterer quoted 350 in 2010.", None),
        *(
            (f"A new set is {told} from the dealer", f"A new set is {told} from the dealer.", "a price or an offer")
            for told in ("300 dm", "£300", "$300", "300 eur", "300 quid", "300 bucks", "300 kr", "6 euro")
        ),
        ("lh was worn w/o the shim", "The left one was worn without the shim.", None),
        ("lh was worn w/o the shim", "The right one was worn without the shim.", "a quote says the opposite side"),
        ("When HOT it must resist, turn it by hand", "It must resist when turned by hand.", "a condition of a quote"),
        ("When HOT it must resist, turn it by hand", "When hot it must resist if turned by hand.", None),
        ("15 min on LHD, the linkage is in the way on RHD", "It takes 15 min.", "a condition of a quote"),
        ("It fits if you cut two slots in the cushion", "It fits an owner's car.", "a condition of a quote"),
        ("It fits if you cut two slots in the cushion", "It fits if two slots are cut in the cushion.", None),
        ("Pump new ($85), hose new, no smell", "A new pump and hose left no smell.", None),  # without the price
        ("It clunks if the nut bottoms on the thread", "It clunks if the nut bottoms on the thread.", None),
        ("dead after 3 wks, it isnt the clock", "It was dead after 3 weeks, and it is not the clock.", None),
        ("Use dish soap, not grease", "Owners use dish soap or grease.", "a denial is lost or added"),
        ("Use dish soap, not grease", "Owners use dish soap and no grease.", None),
        ("The wobble was all bushes. I'd guess, cant prove it", "The wobble was all bushes.", GUESSED),
        ("The interval is 20.000 km?", "The interval is 20.000 km.", GUESSED),
        ("Could be the relay. The fuse was loose.", "The fuse was loose.", None),
    ],
)
def test_what_an_answer_keeps_of_its_quote(quote, answer, reason):
    found = replied(quote, answer)
    assert found is None if reason is None else found.startswith(reason), found
