"""Tell whether a text takes parts off or puts them on: "install the bolts" for "remove the bolts" is wrong."""

import re
from collections.abc import Iterator

from evaluation.scorers.procedure.actions import ACTION_STEMS, with_remove_verb
from evaluation.scorers.procedure.procedure import REFUSES
from evaluation.scorers.reading import inflection
from vlm3_dataset.language.stems import stems

# What takes a part off and what puts it on, each in verbs that say only this, and in others that may say it.
_EITHER_WAY = ("press", "push", "slide", "drive", "knock", "use")
_OFF = ("remove", "withdraw", "detach", "unscrew", "unbolt", "dismantle", "disassemble", "extract")
_ON = ("install", "mount", "insert", "attach", "assemble", "refit", "reattach")
_OFF_OR_SO = (
    *_OFF, *_EITHER_WAY, "undo", "pull", "lift", "pry", "drain", "release", "loosen", "slacken", "draw", "come",
)  # fmt: skip
_ON_OR_SO = (*_ON, *_EITHER_WAY, "fit", "put", "place", "screw", "seat", "set", "position", "go")
_WAYS = tuple(
    tuple(
        re.compile(rf"\b(?:{'|'.join(form for verb in of for form in inflection.verb_forms(verb))})\b", re.IGNORECASE)
        for of in verbs
    )
    for verbs in ((_OFF, _OFF_OR_SO), (_ON, _ON_OR_SO))
)
_PART = re.compile(r"[.;,:]\s|\n|\b(?:and|then|before|after|with)\b", re.IGNORECASE)
_IT = re.compile(r"\b(?:it|its|them|they|ones?)\b", re.IGNORECASE)


def conflicts(reference: str, answer: str, _question: str) -> Iterator[str]:
    """Yield what a reference takes off and an answer puts on, or the other way: "install the bolts" for "remove"."""
    own, told = (
        [(part, stems(part)) for part in _PART.split(with_remove_verb(text)) if not REFUSES.search(part)]
        for text in (reference, answer)
    )
    for (plain, any_way), (other_plain, other_way) in (_WAYS, _WAYS[::-1]):
        things = {word for part, words in own if plain.search(part) and not other_way.search(part) for word in words}
        things -= {word for part, words in own if not plain.search(part) and other_way.search(part) for word in words}
        things -= ACTION_STEMS
        turned = any(things & words and other_plain.search(part) and not any_way.search(part) for part, words in told)
        if turned and not any(any_way.search(part) and (things & words or _IT.search(part)) for part, words in told):
            yield f"{plain.search(reference)[0]} turned round".lower()
