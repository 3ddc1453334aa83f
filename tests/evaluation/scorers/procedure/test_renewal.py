"""A part that must be replaced is not used again, nor the other way round."""

import pytest

from evaluation.scorers.identifiers import score

MAY = "May the bolts be reused?"
HEAD = "Can the head bolts be reused?"


@pytest.mark.parametrize(
    ("reference", "answer", "question", "right"),
    [
        ("Always replace the nuts.", "The nuts can be used again.", "", False),
        ("Always replace the nuts.", "The nuts may be reused.", "", False),
        ("Always replace the nuts.", "Fit new nuts every time.", "", True),
        ("Always replace the nuts.", "The old nuts go back on.", "", False),
        ("Always replace the nuts.", "Put back the existing nuts.", "", False),
        ("No, replace the nuts.", "Never: the nuts are renewed.", "May the nuts be reused?", True),
        ("Yes, grease the nuts.", "Certainly not: the nuts stay clean.", "Are the nuts greased?", False),
        ("Always replace the nuts.", "Never reuse the nuts.", "", True),
        ("Always replace the nuts.", "The nuts must not be used again.", "", True),
        ("Always replace the nuts.", "Renew the nuts.", "", True),
        ("Always replace the nuts.", "The nuts are single-use.", "", True),
        ("Always fit a new gasket.", "The old gasket can be refitted.", "", False),
        ("No, always fit new bolts.", "I see no reason why the old ones couldn't go straight back in.", HEAD, False),
        ("Always fit a new gasket.", "The gasket must be replaced.", "", True),
        ("The split pin must be renewed every time.", "The split pin is reusable.", "", False),
        ("Use new bolts.", "The old bolts are fine.", "", False),
        ("With new clips only", "The old clips may be used again.", "", False),
        ("With new clips only", "Never reuse the clips.", "", True),
        ("Use new bolts.", "You can use the old bolts.", "", False),
        ("Use new bolts.", "Use new ones, never the old bolts.", "", True),
        ("The O-rings are single-use.", "The O-rings can be reused after cleaning.", "", False),
        ("The O-rings are single-use.", "They cannot be reused.", "", True),
        ("Discard the old washers.", "Keep the old washers and refit them.", "", False),
        ("Discard the old washers.", "Throw the old washers away and fit new ones.", "", True),
        ("Renew the copper washers.", "The copper washers need not be replaced.", "", False),
        ("Renew the copper washers.", "There is no need to renew the copper washers.", "", False),
        ("Do not reuse the clips.", "The clips can be used several times.", "", False),
        ("Do not reuse the clips.", "The clips can be used only once.", "", True),
        ("Stretch bolts must not be used again.", "Stretch bolts may be used twice.", "", False),
        ("Stretch bolts must not be used again.", "Use new stretch bolts.", "", True),
        ("The bolts may be reused.", "The bolts must be replaced.", MAY, False),
        ("The bolts may be reused.", "Never reuse the bolts.", "", False),
        ("The bolts may be reused.", "Yes, they can be used again.", MAY, True),
        ("The bolts may be reused.", "Yes.", MAY, True),
        ("The bolts may be reused.", "They need not be replaced.", MAY, True),
        ("The filter can be cleaned and used again.", "The filter must be replaced.", "", False),
        ("The filter can be cleaned and used again.", "The filter is reusable after cleaning.", "", True),
        ("No, always use new ones.", "Yes, they can be reused.", HEAD, False),
        ("No, always use new ones.", "They must be replaced.", HEAD, True),
        ("Yes, if they are shorter than 120 mm.", "No, always replace them.", HEAD, False),
        ("Yes, if they are shorter than 120 mm.", "They can be used again if shorter than 120 mm.", HEAD, True),
        ("No, always replace the bolts.", "No, but they can be used again.", HEAD, False),
        ("No, always replace the bolts.", "No; you may reuse them.", HEAD, False),
        ("No, always replace the bolts.", "No, fit new ones. The gasket is paper, it can be reused.", HEAD, True),
        ("No, always replace the bolts.", "No, they cannot be used again.", HEAD, True),
        ("Yes, they can be used again.", "Yes, but always replace them.", HEAD, False),
        ("No.", "Yes.", HEAD, False),
        ("No.", "No.", HEAD, True),
        ("No, only on the M20.", "Yes, on all engines.", "Does the cover have a seal?", False),
        # of two parts both are right, and what is replaced only if it is worn is neither
        ("Always replace the bolts.", "Fit new bolts. The cover gasket can be reused.", "", True),
        ("Always replace the bolts.", "Fit a new cover gasket. The bolts can be reused.", "", False),
        ("Always replace the bolts.", "Replace the gasket, but the bolts may be used again.", "", False),
        ("Never reuse the bolts.", "Fit new bolts; replace the seal if necessary.", "", True),
    ],
)
def test_score(reference: str, answer: str, question: str, right: bool):
    assert (score(reference, answer, question=question) == 1) is right


@pytest.mark.parametrize(
    ("reference", "question"),
    [
        ("Replace the relay.", "What must be replaced?"),  # another relay must not pass for being new
        ("Check the seal and replace it if necessary.", ""),
        ("The sensor was replaced by a switch.", ""),
        ("No. 7 cylinder", ""),
    ],
)
def test_a_reference_about_something_else_is_not_scored_for_it(reference: str, question: str):
    assert score(reference, "Use it again.", question=question) != 1
