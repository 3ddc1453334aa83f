"""Three hundred personal details of twelve kinds, planted in posts of our own making.

    python -m tests.vlm3_dataset.sources.privacy.details

Each is put into a sentence that also names figures of the trade: what of the detail is left is counted, and what of
the rest was damaged.
"""

import random
from collections import Counter
from dataclasses import dataclass

from vlm3_dataset.sources.privacy.anonymise import pseudonyms, scrub

EACH = 25  # of a kind
AUTHORS = (
    "tillie_k",
    "redwood",
    "J. Aldous",
    "HansM3",
    "piston4",
    "Bj\u00f6rn R.",
    "old shim",
    "E30Fritz",
    "mclaren_f1fan",
)
TRADE = (
    "Torque is 24 Nm (18 ft-lb), part 11 12 1 726 066.",
    "Sensor 0 261 200 071 reads 2.2-2.8 kOhm at 20 \u00b0C.",
    "Clearance +0.25 - 0.35 mm, measured 2013-05-25.",
    "Pressure plate 240 MM, built 09/1987 - 05/1991.",
    "Tool 11 2 010 and GL-5, 10W-60, 4.75 l.",
    "Main bearing 60.000 mm, DME 173, relay K1, pin X2-87, in May 2009.",
    "Bosch 0280150714 injectors flow 296 cc at 3.0 bar, idle 880 +/- 50 rpm.",
    "Paid $40 for 4 of them in 2011, about 168,000 km.",
)
FIRST = ("Steve", "Michael", "Klaus", "Giovanni", "Sarah", "Pierre", "Bob", "J\u00fcrgen", "Kevin", "Anna")
LAST = ("Miller", "O'Brien", "Schmidt", "Rossi", "van Dijk", "Weber", "Novak", "Garcia", "Smith-Jones", "Berg")


@dataclass(frozen=True, slots=True)
class Planted:
    kind: str
    text: str
    secrets: tuple[str, ...]  # what must be gone
    rest: str  # what must stay


def member(rng):
    name = rng.choice(AUTHORS)
    said = rng.choice(
        [
            "{} had the same on his car.",
            "As {} said above, look there.",
            "@{} what did you find?",
            "Thanks {}!",
            "I bought mine from {} last year.",
            "{}, you are right.",
        ]
    )
    return said.format(name), (name,)


def person(rng):
    first, last = rng.choice(FIRST), rng.choice(LAST)
    said, secrets = rng.choice(
        [
            (f"My name is {first} {last}.", (first, last)),
            (f"Ask for {first} at the counter.", (first,)),
            (f"The head was done by {first} {last} in town.", (first, last)),
            (f"My friend {first} has one too.", (first,)),
            (f"Mr. {last} was very kind.", (last,)),
            (f"Hi {first}, good question.", (first,)),
            (f"I spoke to {first} on the phone about it.", (first,)),
            (f"It works now.\nCheers,\n{first}", (first,)),
            (f"Hope that helps.\n- {first} {last}", (first, last)),
        ]
    )
    return said, secrets


def mail(rng):
    user = f"{rng.choice(FIRST).lower()}.{rng.randrange(10, 99)}".replace("\u00fc", "ue")
    host, end = rng.choice(["gmail", "web", "mail.example", "btinternet"]), rng.choice(["com", "de", "co.uk"])
    return rng.choice(["Mail me: {}", "write to {} please", "{} is best", "contact {} for the file"]).format(
        f"{user}@{host}.{end}"
    ), (user,)


def spelled_mail(rng):
    user = f"{rng.choice(FIRST).lower()}{rng.randrange(10, 99)}".replace("\u00fc", "ue")
    at, dot = rng.choice(
        [(" at ", " dot "), (" [at] ", " [dot] "), ("(at)", "(dot)"), (" AT ", " DOT "), ("[at]", ".")]
    )
    return f"Reach me under {user}{at}{rng.choice(['gmail', 'yahoo', 'gmx'])}{dot}com for pictures.", (user,)


def telephone(rng):
    def digits(count):
        return "".join(rng.choices("23456789", k=count))

    number = rng.choice(
        [
            f"+49 89 {digits(4)} {digits(4)}",
            f"({digits(3)}) {digits(3)}-{digits(4)}",
            f"{digits(3)}.{digits(3)}.{digits(4)}",
            f"089 / {digits(7)}",
            f"0171-{digits(7)}",
            f"07700 {digits(6)}",
            f"+44 20 {digits(4)} {digits(4)}",
            f"0172 {digits(7)}",
            f"+1-{digits(3)}-{digits(3)}-{digits(4)}",
            f"{digits(3)} {digits(3)} {digits(4)}",
        ]
    )
    return rng.choice(["Call {} after six.", "My number is {}.", "tel {}", "text me at {} please", "Shop: {}"]).format(
        number
    ), (number[-4:],)


def address(rng):
    number = rng.randrange(11, 99)
    place, secrets = rng.choice(
        [
            (f"{number} Elm Street, Springfield, IL 62704", ("Elm", "62704")),
            (f"{number}4 Old Mill Road", ("Mill",)),
            (f"Hauptstra\u00dfe {number}, 80331 M\u00fcnchen", ("Haupt", "80331")),
            (f"Lindenweg {number}, 50667 K\u00f6ln", ("Linden", "50667")),
            (f"{number} rue de la Paix, Paris", ("Paix",)),
            (f"Via Garibaldi {number}, Modena", ("Garibaldi",)),
            (f"{number} Church Lane, Oxford OX1 2JD", ("Church", "OX1")),
            (f"P.O. Box {number}77", (f"{number}77",)),
            (f"{number}12 W Sunset Blvd, Los Angeles, CA 90028", ("Sunset", "90028")),
        ]
    )
    return rng.choice(["Pick it up at {}.", "I live at {}.", "Send it to {}.", "the workshop is at {}."]).format(
        place
    ), secrets


def chassis(rng):
    number = "".join(rng.choices("0123456789", k=5))
    whole = f"WBSAK0{rng.randrange(1, 9)}0{rng.randrange(10, 99)}AE{number}"
    return rng.choice(
        [
            (f"chassis {whole}", (number,)),
            (f"VIN {whole.lower()} by the way", (number,)),
            (f"VIN ends in AE{number}", (number,)),
            (f"chassis number is AE{number}", (number,)),
            (f"my VIN: {number}A7", (number,)),
        ]
    )


def plate(rng):
    number = "".join(rng.choices("123456789", k=3))
    said, secret = rng.choice(
        [
            (f"seen in Munich, M-AB {number}4, red", f"AB {number}4"),
            (f"license plate is 7XYZ{number}", f"XYZ{number}"),
            (f"Number plate: K{number} ABC", f"K{number}"),
            (f"Kennzeichen M AB {number}", f"AB {number}"),
            (f"reg is F{number} WLK", f"F{number}"),
            (f"my plates say M{number} EVO", f"M{number}"),
        ]
    )
    return said, (secret,)


def handle(rng):
    name = f"{rng.choice(['shim', 'evo', 'dtm', 'gruppea'])}_{rng.choice(['doc', 'fan', 'guy'])}{rng.randrange(10, 99)}"
    return rng.choice(
        [
            "PayPal: {}",
            "paypal.me/{}",
            "my Instagram is {}",
            "eBay user {}",
            "skype {}",
            "Venmo @{}",
            "find me on Discord as {}",
            "eBay seller {} has them",
            "insta: @{}",
        ]
    ).format(name), (name,)


def place(rng):
    north, east = (
        f"{rng.randrange(40, 60)}.{rng.randrange(10000, 99999)}",
        f"{rng.randrange(10, 20)}.{rng.randrange(10000, 99999)}",
    )
    said, secrets = rng.choice(
        [
            (f"GPS {north}, {east}", (north, east)),
            (f"the garage is at {north} {east}", (north, east)),
            (
                f"parked at 48\u00b0 {north[3:5]}' 26\" N, 11\u00b0 {east[3:5]}' 12\" E",
                (f"{north[3:5]}'", f"{east[3:5]}'"),
            ),
        ]
    )
    return said, secrets


def birthday(rng):
    day = rng.choice(
        [
            f"{rng.randrange(13, 28)}.04.1968",
            f"{rng.randrange(13, 28)} June 1971",
            f"March {rng.randrange(13, 28)}, 1975",
        ]
    )
    return rng.choice(["born on {}", "my date of birth is {}", "DOB {}", "my birthday is {}"]).format(day), (day,)


def account(rng):
    number = "".join(rng.choices("123456789", k=8))
    said, secret = rng.choice(
        [
            (f"driver's license no. D{number}", number),
            (f"IBAN DE89 3704 0044 0532 {number[:4]} 00", number[:4]),
            (f"BMW CCA member #{number[:6]}", number[:6]),
            (f"account number: {number}", number),
            (f"passport no C{number}", number),
            (f"my profile is http://board.example/member.php?u={number[:5]}", number[:5]),
            (f"see https://www.facebook.com/shim.{number[:5]}", number[:5]),
        ]
    )
    return said, (secret,)


KINDS = (member, person, mail, spelled_mail, telephone, address, chassis, plate, handle, place, birthday, account)


def planted():
    rng = random.Random("details")
    found = []
    for kind in KINDS:
        for _ in range(EACH):
            before, after = rng.sample(TRADE, 2)
            said, secrets = kind(rng)
            lines = [before, said, after] if "\n" not in said else [before, after, said]
            found.append(Planted(kind.__name__, "\n".join(lines), tuple(secrets), f"{before}\n{after}"))
    return found


def left(one):
    gone = scrub(one.text, pseudonyms(AUTHORS))
    return [secret for secret in one.secrets if secret.casefold() in gone.casefold().replace(one.rest.casefold(), "")]


def damaged(one):
    gone = scrub(one.text, pseudonyms(AUTHORS))
    return [line for line in one.rest.splitlines() if line not in gone]


def main():
    every = planted()
    leaks, harmed = [one for one in every if left(one)], [one for one in every if damaged(one)]
    print(f"{len(every)} details of {len(KINDS)} kinds: {len(leaks)} left, {len(harmed)} posts damaged")
    print(Counter(one.kind for one in leaks), Counter(one.kind for one in harmed))
    for one in [*leaks, *harmed]:
        print(repr(one.text), "->", repr(scrub(one.text, pseudonyms(AUTHORS))))


if __name__ == "__main__":
    main()
