"""What an owner only heard, or was not sure of, is told as such."""

import pytest

from tests.vlm3_dataset.filters.claims.test_claims import GUESSED, replied
from vlm3_dataset.filters.claims import claims
from vlm3_dataset.schema import QA, Claim, Post, Thread

HEARD = "hearsay is told as a fact"


@pytest.mark.parametrize(
    "quote",
    [
        "bloke at work told me the later one never rattles",
        "A mate's dad who worked there reckons the later one never rattles",
        "Read somewhere that the later one never rattles, dont quote me",
        "Been told by a chap at the Essen show that the later one never rattles",
        "guy in our club swears the later one never rattles",
    ],
)
def test_what_somebody_was_told_is_hearsay(quote):
    assert replied(quote, "The later one never rattles.") == HEARD
    assert replied(quote, "Owners have heard that the later one never rattles.") is None


@pytest.mark.parametrize(
    "answer",
    [
        "An owner has read that the gap is 0.8 mm.",
        "In his handbook an owner finds a gap of 0.8 mm.",
        "An owner has a gap of 0.8 mm written down.",
        "Somebody wrote that the gap is 0.8 mm.",
    ],
)
def test_whoever_names_where_it_was_read_does_not_tell_it_as_a_fact(answer):
    assert replied("my mate says the gap is 0.8 mm", answer) is None


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        ("MOT man reckons cats only work above 300C", "An owner says that cats only work above 300C."),
        ("Someone on a swedish board wrote they leak onto the ECU", "They leak onto the ECU, says an owner."),
        ("my glass man told me the normal glass could be glued in", "The normal glass could be glued in."),
        ("My old foreman set them loose, thats what he said", "One owner says to set them loose."),
    ],
)
def test_that_an_owner_says_so_does_not_tell_that_he_only_heard_it(quote, answer):
    assert replied(quote, answer) == HEARD


def test_a_pair_tells_what_was_heard_beside_the_authors_own():
    quote, answer = "mine is a 93 and was flat like a tape", "One owner's is a 93 and was flat like a tape."
    claim = Claim(answer, 2, quote, "first-hand", "", "2010-05-01")
    posts = (Post(1, "Owner 1", "", "Which rubber?"), Post(2, "Owner 2", "", f"They say it changed in 94, {quote}."))
    qa = QA("What was the rubber like?", answer, quote, "experience", "claude", "m", "v", claims=(claim,))
    assert claims.refuse(qa, Thread("b", 1, "Engine", "Gasket", "", posts)) is None


@pytest.mark.parametrize(
    ("quote", "answer", "reason"),
    [
        ("Heard the M20 one fits too", "The M20 one fits too.", HEARD),
        ("Supposed to be 24 Nm but I never checked", "It is 24 Nm.", HEARD),
        ("It is supposed to be 24 Nm", "It is 24 Nm.", HEARD),
        ("Allegedly the M20 one fits too", "The M20 one fits too.", HEARD),
        ("My friend says it fits, and I havent tried it", "It fits.", HEARD),
        ("24 Nm, not 100% sure though", "It is 24 Nm.", GUESSED),
        ("24 Nm, not entirely certain", "It is 24 Nm.", GUESSED),
        ("24 Nm from memory", "It is 24 Nm.", GUESSED),
        ("24 Nm, but check that", "It is 24 Nm.", GUESSED),
        ("Should be 24 Nm, never measured", "It is 24 Nm.", GUESSED),
        ("Heard the M20 one fits too", "Owners have heard that the M20 one fits too.", None),
        ("24 Nm, not 100% sure though", "It is 24 Nm, but he was not sure.", None),
        ("24 Nm, not 100% sure though", "An owner thinks that it is 24 Nm.", None),
        ("Supposed to be 24 Nm but I never checked", "It is supposed to be 24 Nm; he never checked.", None),
        # What the ear itself has heard is no hearsay, and what was not measured may be another thing.
        ("Heard a knock from the rear, it was the mount", "A knock from the rear was the mount.", None),
        ("I heard the relay click", "The relay clicked.", None),
        ("I never checked the pump. The relay was dead.", "The relay was dead.", None),
    ],
)
def test_a_doubt_is_kept_however_short_it_is_said(quote, answer, reason):
    assert replied(quote, answer) == reason
