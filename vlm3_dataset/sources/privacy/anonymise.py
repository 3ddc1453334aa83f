"""Remove people from a post before its words are used anywhere. Pure.

    scrub("Thanks redwood, call me on 0171 1234567", pseudonyms(["tillie_k", "redwood"]))
    ->  "Thanks Owner 2, call me on [telephone]"

Names become pseudonyms that stay the same within a thread; what leads to a person, a home, an account or one car is
replaced by its kind, such as [telephone]. The patterns are those of `contacts`, `particulars`, `members` and `names`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from vlm3_dataset.sources.privacy import contacts, particulars
from vlm3_dataset.sources.privacy.first_names import is_word
from vlm3_dataset.sources.privacy.members import without_members
from vlm3_dataset.sources.privacy.names import is_ordinary, people_in
from vlm3_dataset.sources.privacy.towns import without_towns

Replace = str | Callable[[re.Match[str]], str]


def _without_handle(found: re.Match[str]) -> str:
    """Return what says where an account is, and not its name; after a bare "is" a word of English is none."""
    label, said = found[1], found[2]
    is_bare = said.startswith(" ") and not contacts.NAMES_ONE.search(label)
    is_mine = found.string[: found.start()].casefold().endswith("my ")
    return found[0] if is_bare and not is_mine and is_word(said.strip(" .-").casefold()) else f"{label} [handle]"


SHORT = re.compile(r"[_\d.\- ]")
SHORTEST = 5  # letters of a member's name that are enough to call him by

DIGITS = tuple("0123456789")
PATTERNS: tuple[tuple[tuple[str, ...] | re.Pattern[str], re.Pattern[str], Replace], ...] = (
    # One of these must stand in a text, in small letters, for its pattern to find anything; "" where none is needed.
    (("/maps", "maps.", "goo.gl", "what3", "w3w", "streetmap"), contacts.MAP, "[place]"),
    (("/",), contacts.URL, lambda url: "[profile]" if contacts.PROFILE.search(url[0]) else url[0]),
    (("my ",), contacts.OWN_SITE, r"\1[profile]"),
    (("@",), contacts.MAIL, "[mail]"),
    (contacts.HOST_END, contacts.SPELLED_MAIL, "[mail]"),
    (("add ", "put ", "append "), contacts.ADDED_MAIL, r"\1[mail]"),
    (DIGITS, particulars.IBAN, "[account]"),
    (("",), particulars.LABELLED_ACCOUNT, r"\1[account]"),
    (DIGITS, particulars.CARD, "[account]"),
    (("ip",), contacts.LABELLED_NETWORK, r"\1[network address]"),
    (DIGITS, contacts.NETWORK, "[network address]"),
    ((":",), contacts.HEX_NETWORK, "[network address]"),
    (contacts.PROVIDERS, contacts.HOST, "[network address]"),
    (DIGITS, particulars.VIN, "[chassis number]"),
    (DIGITS, particulars.LABELLED_VIN, r"\1\2\3\4\5\6\7[chassis number]"),
    (DIGITS, particulars.LABELLED_NUMBER, r"\1[number]"),
    (particulars.PLATE_WORDS, particulars.LABELLED_PLATE, r"\1\2\3[number plate]"),
    (("plate",), particulars.ON_PLATE, "[number plate]"),
    (DIGITS, particulars.PLATE, "[number plate]"),
    (DIGITS, particulars.BRITISH_PLATE, "[number plate]"),
    (("plate",), particulars.SMALL_PLATE, r"\1[number plate]"),
    (DIGITS, particulars.BIRTHDAY, r"\1\2[birthday]"),
    (("///", "+", "grid ref"), particulars.MAP_CODE, "[place]"),
    (DIGITS, particulars.COORDINATES, "[place]"),
    (DIGITS, particulars.STREET, "[address]"),
    ((" on ", " in ", " at ", " off "), particulars.LABELLED_STREET, r"\1[address]"),
    (DIGITS, particulars.GERMAN_WAY, r"\1[address]"),
    (DIGITS, particulars.POST_CODE, "[place]"),
    (DIGITS, particulars.LABELLED_PLACE, r"\1[place]"),
    (("",), particulars.HOME, r"\1[place]"),
    (("",), contacts.TELEPHONE, "[telephone]"),
    (DIGITS, contacts.LABELLED_TELEPHONE, r"\1[telephone]"),
    (contacts.SERVICE, contacts.SELLER, r"\1[handle]"),
    (contacts.SERVICE, contacts.HANDLE, _without_handle),
    (contacts.SERVICE, contacts.ON_WORD, r"\1[handle]"),
    (contacts.SERVICE, contacts.SHOP, r"\1[handle]"),
    (("name", "user", " id", "member"), contacts.MEMBER, r"\1[handle]"),
    ((".",), contacts.DOTTED, r"\1[handle]"),
    (("u/",), contacts.ON_REDDIT, "[handle]"),
)


def pseudonyms(authors: Iterable[str | None]) -> dict[str, str]:
    """Return the stand-in of each author of a thread by the folded name: Owner 1 is who wrote first.

    A name that folding spells in other letters (Spaßvogel) is there in its own small letters, too.
    """
    printed = [unicodedata.normalize("NFC", " ".join(name.split())) for name in authors if name and name.strip()]
    known = {name: f"Owner {number}" for number, name in enumerate(dict.fromkeys(map(folded, printed)), 1)}
    known |= {name.lower(): known[folded(name)] for name in printed}
    # tillie_k is called Tillie
    short = {SHORT.split(name)[0]: owner for name, owner in reversed(known.items())}
    return {name: owner for name, owner in short.items() if len(name) >= SHORTEST and not is_ordinary(name)} | known


def folded(name: str) -> str:
    """Return a name as others spell it, too: in small letters, a Turkish i with or without its dot as i, ß as ss."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().replace("i\u0307", "i").replace("ı", "i").split())


def scrub(text: str, stand_ins: Mapping[str, str]) -> str:
    """Return a text of a thread without what could lead to a person, a home or a car.

    `stand_ins` are the thread's `pseudonyms`; other people's names become "[name]".
    """
    text = unicodedata.normalize("NFC", text)  # a letter and its accent may come as two signs
    lower = text.casefold()
    for needed, pattern, instead in PATTERNS:
        if needed.search(lower) if isinstance(needed, re.Pattern) else any(map(lower.__contains__, needed)):
            text = pattern.sub(instead, text)
    if stand_ins:
        text = without_members(text, frozenset(stand_ins), lambda name: stand_ins[folded(name)])
    if "@" in text or "$" in text:
        text = contacts.MENTION.sub("[handle]", text)
    if "_" in text:
        text = contacts.UNDERSCORED.sub("[handle]", text)
    return without_towns(contacts.NAMED_TELEPHONE.sub(r"\1[telephone]", people_in(text)))
