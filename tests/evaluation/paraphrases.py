"""Random quantities, each with another way to say it and with something else: what the numeric score must tell apart.

    python -m tests.evaluation.paraphrases 20000

The conversion factors and spellings are written down here once more, so that a slip in the table under test shows.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

PASS = 0.85


@dataclass(frozen=True, slots=True)
class Case:
    kind: str
    expected: str
    same: str
    other: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit with its spellings, the range of values that stand on pages, their decimals, and its conversions."""

    spellings: tuple[str, ...]
    low: int
    high: int
    decimals: tuple[int, ...]
    into: tuple[tuple[Decimal, tuple[str, ...]], ...] = ()
    bounds: bool = True


D = Decimal
NM = Scale(
    ("Nm", "N·m", "N.m", "N m", "nm", "newton metres", "newton-meters", "Newton meters", r"\text{Nm}"),
    4, 250, (0, 0, 0, 1),
    ((1 / D("1.3558179483314"), ("ft-lb", "ft. lbs.", "lb-ft", "lbf ft", "ft lb", "foot-pounds", "ft·lb")),
     (1 / D("0.112984829"), ("in-lb", "in. lbs.", "inch-pounds")),
     (1 / D("9.80665"), ("kgm", "mkg", "kgf·m", "kpm"))),
)  # fmt: skip
SCALES = (
    NM,
    Scale(("mm", "millimetres", "millimeters", "MM"), 1, 200, (0, 1, 2),
          ((1 / D("25.4"), ("in", '"', "in.", "inches")), (1 / D(10), ("cm",)))),
    Scale(("mm",), 0, 1, (2, 3), ((D(1000), ("µm", "μm", "microns")), (1 / D("25.4"), ("in", "inches")))),
    Scale(("bar", "bars"), 1, 12, (1, 1, 0),
          ((D("14.503774"), ("psi", "p.s.i.", "lb/in2")), (D(100), ("kPa",)), (D("0.1"), ("MPa",)),
           (1 / D("0.980665"), ("kg/cm²", "kp/cm2")))),
    Scale(("°C", "deg C", "degrees Celsius", "° C", "ºC"), 20, 140, (0,)),
    Scale(("rpm", "1/min", "U/min", "min-1", "r.p.m.", "revolutions per minute", "/min"), 500, 7900, (0,)),
    Scale(("°", "degrees", " deg", "º"), 10, 270, (0,), ((1 / D(360), ("turn", "turns")),), bounds=False),
    Scale(("litres", "liters", "l", "L", "litre", "ltr"), 1, 9, (1, 2),
          ((1 / D("0.946352946"), ("US quarts", "quarts", "qts")), (1 / D("1.1365225"), ("Imp. quarts",)),
           (D(1000), ("cc", "ml", "cm³")))),
    Scale(("kg", "kilograms", "kilos"), 1, 90, (0, 1), ((1 / D("0.45359237"), ("lb", "lbs", "pounds")),)),
    Scale(("V", "volts", "Volt"), 5, 15, (0, 1), ((D(1000), ("mV",)),)),
    Scale(("Ω", "ohms", "Ohm"), 20, 900, (0, 1), ((1 / D(1000), ("kΩ", "kohm", "k ohms")),)),
    Scale(("kW", "kilowatts"), 50, 190, (0,), ((1 / D("0.73549875"), ("PS",)), (1 / D("0.745699872"),
    ("hp", "bhp")))),
    Scale(("km/h", "kph"), 10, 250, (0,), ((1 / D("1.609344"), ("mph", "miles per hour")),)),
    Scale(("seconds", "s", "sec", "secs"), 2, 90, (0,)),
    Scale(("%", "percent", "per cent"), 1, 60, (0, 1)),
    Scale(("A", "amps", "amperes", "Amp"), 2, 60, (0, 1), ((D(1000), ("mA",)),)),
)  # fmt: skip

ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SENTENCES = (
    "{}",
    "{}.",
    "It is {}.",
    "**{}**",
    "Answer: {}",
    "The manual says {} for the E30 M3.",
    "On page 11-3, item 4, it is {} (see Fig. 12).",
    "1. Clean the 6 bolts.\n2. Then: {}",
    "According to the table: {}; replace the seal.",
    "Part number 11 12 1 312 567 takes {}.",
    "| S14 | {} |",
    "The specified value is {}, as printed.",
    "You should use {}, with new bolts.",
)


def words(number: int) -> str:
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    rest = f" and {words(number % 100)}" if number % 100 else ""
    return f"{ONES[number // 100]} hundred{rest}"


class Maker:
    """Makes cases from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.kinds: tuple[Callable[[], Case], ...] = (
            self.value, self.value, self.conversion, self.range, self.tolerance, self.bound, self.thread, self.stages,
            self.listed, self.fraction, self.pair, self.negated, self.code, self.count, self.size,
            self.percent, self.hundredths, self.socket, self.either,
        )  # fmt: skip

    def cases(self, count: int) -> Iterator[Case]:
        for _ in range(count):
            case = self.random.choice(self.kinds)()
            sentences = [text for text in SENTENCES if case.kind != "count" or "bolts" not in text]
            same, other = (self.one(*sentences).format(text) for text in (case.same, case.other))
            yield Case(case.kind, case.expected, same, other)

    # parts

    def one(self, *choices: str) -> str:
        return self.random.choice(choices)

    def amount(self, scale: Scale, decimals: int | None = None) -> Decimal:
        places = self.random.choice(scale.decimals) if decimals is None else decimals
        span = 10**places
        least = max(1, scale.low * span)
        return D(self.random.randint(least, max(least + 20, scale.high * span))).scaleb(-places)

    def scale(self, *, bounds: bool = False) -> Scale:
        return self.random.choice([scale for scale in SCALES if scale.bounds or not bounds])

    def printed(self, number: Decimal, *, plain: bool = False) -> str:
        """A number in one of the ways it is written; `plain` where words would not stand."""
        whole = number == number.to_integral_value()
        forms = [f"{number}"]
        if not whole:
            forms += [f"{number}".replace(".", ","), f"{number}0"]
            if number < 1:
                forms.append(f"{number}"[1:])
        if whole and number < 1000 and not plain:
            forms += [words(int(number)), f"{number}.0" if number.as_tuple().exponent == 0 else f"{number}0"]
        if whole and number >= 1000:
            forms += [f"{number:,}", f"{number:,}".replace(",", "\u2009")]
        return self.random.choice(forms)

    def with_unit(self, number: str, spelling: str) -> str:
        if spelling in {"°", "º", '"', "%"}:
            return number + spelling if number[-1].isdigit() else f"{number} {spelling.replace('°', 'degrees')}"
        if spelling.startswith(" "):
            return number + spelling
        if spelling == "/min" or not number[-1].isdigit():
            return f"{number} {spelling}"
        glue = [" ", " ", "\u00a0", "\u202f"]
        if spelling[0].isalpha() and len(spelling) > 1 and not spelling.startswith(("min-1", "U/")):
            glue.append("")
        return number + self.random.choice(glue) + spelling

    def spelled(self, scale: Scale) -> str:
        spelling = self.one(*scale.spellings)
        return {"º": "°"}.get(spelling, spelling)

    def changed(self, number: Decimal) -> Decimal:
        """Another number of as many decimals: near, far, or with two digits swapped."""
        step = D(1).scaleb(number.as_tuple().exponent)
        digits = str(number)
        swapped = D(digits[:-2] + digits[-1] + digits[-2]) if len(digits) > 1 and digits[-2:].isdigit() else number
        options = [number + step, number + 2 * step, number * 10, number + 10 * step, swapped]
        if number > 3 * step:
            options.append(number - step)
        return self.random.choice([option for option in options if option != number and option > 0])

    def forms(self, scale: Scale, number: Decimal, *, plain: bool = False) -> str:
        spelling = self.spelled(scale)
        short = spelling in {"l", "L", "s", "V", "A", "m"}
        return self.with_unit(self.printed(number, plain=plain or short), spelling)

    # kinds

    def value(self) -> Case:
        scale = self.scale()
        number = self.amount(scale)
        expected = self.with_unit(str(number), self.one(*scale.spellings[:3]))
        if self.random.random() < 0.2:
            other = self.random.choice([one for one in SCALES if one.spellings[0] != scale.spellings[0]])
            return Case("value", expected, self.forms(scale, number), self.forms(other, number))
        return Case("value", expected, self.forms(scale, number), self.forms(scale, self.changed(number)))

    def conversion(self) -> Case:
        scale = self.random.choice([one for one in SCALES if one.into])
        number = self.amount(scale)
        factor, spellings = self.random.choice(scale.into)
        exact = number * factor
        places = next(n for n in range(8) if abs(_rounded(exact, n) - exact) <= exact * D("0.03"))
        places += self.random.randint(0, 2)
        right = _rounded(exact, places)
        step = D(1).scaleb(-places)
        wrong = right + max(step, _rounded(right * D("0.15"), places)) * self.random.choice([1, 2])
        spelling = self.one(*spellings)
        expected = self.with_unit(str(number), scale.spellings[0])
        return Case("conversion", expected, self.with_unit(str(right), spelling), self.with_unit(str(wrong), spelling))

    def range(self) -> Case:
        scale = self.scale(bounds=True)
        low = self.amount(scale)
        high = low + D(self.random.randint(1, 30)).scaleb(low.as_tuple().exponent)
        unit = self.spelled(scale)
        a, b = self.printed(low, plain=True), self.printed(high, plain=True)
        end = self.with_unit(b, unit)
        both = self.with_unit(a, unit)
        same = self.one(
            f"{a}-{end}", f"{a} – {end}", f"{a} to {end}", f"between {a} and {end}", f"from {a} to {end}",
            f"{both} to {end}", f"min. {both}, max. {end}", f"at least {both} and at most {end}",
            f"{low}...{high}{end.removeprefix(b)}", f"not less than {both} and not more than {end}",
            f"minimum {both}, maximum {end}",
        )  # fmt: skip
        middle = (low + high) / 2
        wrong_end = self.with_unit(str(self.changed(high) if self.changed(high) > low else high + high), unit)
        other = self.one(
            both, end, self.with_unit(str(middle), unit), f"{a} to {self.with_unit(str(high * 2), unit)}",
            f"{self.changed(high) + low} to {self.with_unit(str(high * 3), unit)}", f"{a}-{wrong_end}",
            f"at least {both}", f"up to {end}",
        )  # fmt: skip
        return Case("range", self.with_unit(f"{low}-{high}", scale.spellings[0]), same, other)

    def tolerance(self) -> Case:
        scale = self.random.choice([NM, *SCALES[1:4]])
        number = self.amount(scale) + 10
        part = D(self.random.randint(1, 9)).scaleb(number.as_tuple().exponent)
        unit = self.spelled(scale)
        n, p = self.printed(number, plain=True), self.printed(part, plain=True)
        low, high = number - part, number + part
        same = self.one(
            f"{n} ± {self.with_unit(p, unit)}", f"{n} +/- {self.with_unit(p, unit)}",
            f"{n}±{self.with_unit(p, unit)}",
            f"{low} to {self.with_unit(str(high), unit)}", f"{n} plus or minus {self.with_unit(p, unit)}",
            f"{self.with_unit(n, unit)} ± {self.with_unit(p, unit)}", self.with_unit(n, unit),
        )  # fmt: skip
        other = self.one(
            f"{n} ± {self.with_unit(str(part * 2), unit)}",
            f"{number + 3 * part} ± {self.with_unit(p, unit)}",
            self.with_unit(str(low), unit),
            self.with_unit(str(high), unit),
            f"{number} to {self.with_unit(str(high), unit)}",
        )
        expected = self.with_unit(f"{number} ± {part}", scale.spellings[0])
        return Case("tolerance", expected, same, other)

    def bound(self) -> Case:
        scale = self.scale(bounds=True)
        number = self.amount(scale)
        text = self.forms(scale, number, plain=True)
        most = [
            f"max. {text}", f"maximum {text}", f"at most {text}", f"do not exceed {text}", f"not more than {text}",
            f"up to {text}", f"{text} max.", f"no more than {text}", f"must not exceed {text}", f"≤ {text}",
            f"{text} or less", f"{text} at the most", f"a maximum of {text}", f"should never exceed {text}",
        ]  # fmt: skip
        least = [
            f"min. {text}", f"minimum {text}", f"at least {text}", f"not less than {text}", f"{text} min.",
            f"no less than {text}", f"≥ {text}", f"{text} or more", f"must not be less than {text}",
            f"a minimum of {text}", f"must be at least {text}", f"not below {text}",
        ]  # fmt: skip
        sides = (("max.", most, least), ("min.", least, most))
        word, right, wrong = self.random.choice(sides)
        changed = self.forms(scale, self.changed(number), plain=True)
        other = self.one(*wrong, f"{word} {changed}", changed)
        return Case("bound", f"{word} {self.with_unit(str(number), scale.spellings[0])}", self.one(*right, text), other)

    def thread(self) -> Case:
        size, pitch = self.random.choice(
            [
                (8, "1"),
                (8, "1.25"),
                (10, "1"),
                (10, "1.5"),
                (12, "1.5"),
                (12, "1.25"),
                (14, "1.5"),
                (18, "1.5"),
                (24, "2"),
            ]
        )
        comma = pitch.replace(".", ",")
        same = self.one(
            f"M{size}x{pitch}", f"M{size} x {pitch}", f"M{size}×{comma}", f"M {size} x {pitch}", f"m{size}x{pitch}",
            f"M{size} × {pitch}0" if "." in pitch else f"M{size} × {pitch}.0", f"an M{size}x{comma} thread",
        )  # fmt: skip
        other = self.one(f"M{size}x{'1.75' if size > 8 else '0.75'}", f"M{size + 1}x{pitch}", f"M{size}")
        return Case("thread", f"M{size}x{pitch}", same, other)

    def stages(self) -> Case:
        first, second = self.random.randint(10, 60), self.random.randint(61, 120)
        angle = self.random.randint(20, 180)
        same = self.one(
            f"first {first} Nm, then {second} Nm, then {angle}°",
            f"1st stage {first} Nm, 2nd stage {second} Nm, 3rd stage {angle} degrees",
            f"{first} Nm + {second} Nm + {angle}°",
            f"Stage 1: {first} Nm; stage 2: {second} Nm; stage 3: turn by {angle}°",
            f"{first} Nm, followed by {second} Nm and finally {angle}°",
            f"{words(first)} Nm, then {words(second)} Nm, then {words(angle)} degrees",
        )
        other = self.one(
            f"first {second} Nm, then {first} Nm, then {angle}°",
            f"first {first} Nm, then {angle}°",
            f"first {first} Nm, then {second} Nm, then {angle + 5}°",
            f"first {first} Nm, then {second + 1} Nm, then {angle}°",
            f"{angle}°, then {first} Nm, then {second} Nm",
            f"first {first} Nm, then {second} Nm",
        )
        return Case("stages", f"1st: {first} Nm, 2nd: {second} Nm, 3rd: {angle}°", same, other)

    def listed(self) -> Case:
        a, b, c = sorted(self.random.sample(range(10, 200), 3))
        same = self.one(
            f"{a}, {b} and {c} Nm", f"{a} Nm, {b} Nm and {c} Nm", f"{a}/{b}/{c} Nm", f"{c} Nm, {b} Nm, {a} Nm",
            f"{words(a)}, {words(b)} and {words(c)} Nm",
        )  # fmt: skip
        other = self.one(f"{a} and {c} Nm", f"{a}, {b} and {c + 1} Nm", f"{a}, {b}, {c} or {c + 7} Nm", f"{a} Nm")
        return Case("listed", f"{a}, {b} and {c} Nm", same, other)

    def fraction(self) -> Case:
        whole = self.random.randint(1, 5)
        part, forms = self.random.choice(
            [("0.5", ("½", " 1/2", " and a half")), ("0.25", ("¼", " 1/4", " and a quarter")),
             ("0.75", ("¾", " 3/4", " and three quarters"))]
        )  # fmt: skip
        unit = self.one("litres", "turns", "mm", "bar")
        number = D(whole) + D(part)
        form = self.one(*forms)
        start = words(whole) if "and" in form else str(whole)
        other = self.one(
            f"{number + D('0.25')} {unit}",
            f"{whole} {unit}",
            f"{part} {unit}",
            f"{whole + 1}{self.one(*forms[:2])} {unit}",
        )
        return Case("fraction", f"{number} {unit}", f"{start}{form} {unit}", other)

    def pair(self) -> Case:
        number = self.random.randint(10, 200)
        pounds = _rounded(D(number) / D("1.3558179483314"), 0)
        same = self.one(
            f"{number} Nm", f"{pounds} ft-lb", f"{number} Nm ({pounds} ft-lb)", f"{pounds} ft. lbs. ({number} Nm)",
            f"{number} Nm / {pounds} lb-ft", f"{number} Nm, which is about {pounds} ft-lb",
        )  # fmt: skip
        other = self.one(
            f"{number} ft-lb", f"{number + 1} Nm", f"{pounds} Nm", f"{number} Nm ({pounds * 2} ft-lb)",
            f"{number} Nm or {number + 10} Nm",
        )  # fmt: skip
        return Case("pair", f"{number} Nm ({pounds} ft-lb)", same, other)

    def negated(self) -> Case:
        number, wrong = self.random.sample(range(10, 200), 2)
        same = self.one(
            f"{number} Nm, not {wrong} Nm", f"not {wrong} but {number} Nm", f"{number} Nm instead of {wrong} Nm",
            f"{number} Nm rather than {wrong} Nm", f"never {wrong} Nm; use {number} Nm",
            f"It isn't {wrong} Nm, it is {number} Nm",
        )  # fmt: skip
        other = self.one(
            f"not {number} Nm but {wrong} Nm", f"{wrong} Nm, not {number} Nm", f"{wrong} Nm instead of {number} Nm",
            f"never {number} Nm", f"neither {number} nor {wrong} Nm",
        )  # fmt: skip
        return Case("negated", f"{number} Nm", same, other)

    def code(self) -> Case:
        cold, hot = self.random.choice((0, 5, 10, 15, 20)), self.random.choice((30, 40, 50, 60))
        same = self.one(
            f"{cold}W-{hot}", f"SAE {cold}W{hot}", f"{cold}w{hot}", f"{cold} W {hot}", f"SAE {cold} W-{hot}"
        )
        other = self.one(f"{cold}W-{hot + 10}", f"{cold + 5}W-{hot}", f"SAE {hot}")
        return Case("code", f"{cold}W-{hot}", same, other)

    def count(self) -> Case:
        number = self.random.randint(2, 16)
        noun = self.one("bolts", "screws", "nuts", "studs")
        same = self.one(f"{number} {noun}", f"{words(number)} {noun}", f"{number} hex {noun}", words(number))
        other = self.one(f"{number + 1} {noun}", f"{words(number + 1)} {noun}", words(number + 3))
        return Case("count", f"{number} {noun}", same, other)

    def size(self) -> Case:
        bore, stroke = D(self.random.randint(700, 999)) / 10, D(self.random.randint(400, 690)) / 10
        same = self.one(
            f"{bore} x {stroke} mm", f"{bore} mm x {stroke} mm", f"{bore}×{stroke} mm",
            f"{bore} mm bore and {stroke} mm stroke",
            f"{bore} by {stroke} mm".replace(".", ","),
        )  # fmt: skip
        other = self.one(f"{bore} mm", f"{bore} x {stroke + 1} mm", f"{bore + D('0.1')} x {stroke} mm")
        return Case("size", f"{bore} x {stroke} mm", same, other)

    def percent(self) -> Case:
        number, share = self.random.randint(2, 20) * 10, self.random.choice((5, 10, 20))
        part = D(number) * share / 100
        unit = self.one("Nm", "mm", "bar")
        low, high = (f"{D(number) + sign * part:f}" for sign in (-1, 1))
        same = self.one(
            f"{number} {unit} ± {share} %",
            f"{number} {unit} +/-{share}%",
            f"{low} to {high} {unit}",
            f"{number} {unit}",
        )
        other = self.one(f"{number + 1} {unit} ± {share} %", f"{number} {unit} ± {share + 1} %", f"{low} {unit}")
        return Case("percent", f"{number} {unit} ± {share} %", same, other)

    def hundredths(self) -> Case:
        number = self.random.randint(1, 99)
        value = D(number) / 100
        same = self.one(
            f"{number}/100 mm", f"{value:.2f} mm", f"{value * 1000:.0f} µm", f"{value:.2f}".replace(".", ",") + "mm"
        )
        other = self.one(f"{number}/10 mm" if number % 10 else f"{number} mm", f"{number + 1}/100 mm", f"{number} mm")
        return Case("hundredths", f"{value:.2f} mm", same, other)

    def socket(self) -> Case:
        number = self.random.randint(8, 32)
        same = self.one(f"a {number}-mm socket", f"a {number} mm wrench", f"{number}mm", f"a {number} millimetre key")
        other = self.one(f"a {number + 1}-mm socket", f"a {number}-inch socket", f"M{number}", f"{number}")
        return Case("socket", f"{number} mm", same, other)

    def either(self) -> Case:
        a, b = self.random.sample(range(10, 200), 2)
        unit = self.one("Nm", "mm", "°C")
        other = self.one(
            f"{a} {unit} or {b} {unit}",
            f"either {a} or {b} {unit}",
            f"{b} {unit}, {b + 1} {unit} or {a} {unit}",
            f"about {b} {unit}",
        )
        same = self.one(f"about {a} {unit}", f"approx. {a} {unit}", f"exactly {a} {unit}", f"just {a} {unit}, no more")
        return Case("either", f"{a} {unit}", same, other)


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(D(1).scaleb(-places), ROUND_HALF_EVEN)


def misjudged(count: int, seed: int) -> tuple[list[Case], list[Case]]:
    """The cases whose other quantity passes, and those whose paraphrase does not get full marks."""
    from evaluation.scorers.numeric import score

    passes, misses = [], []
    for case in Maker(seed).cases(count):
        if (score(case.expected, case.other) or 0) > PASS:
            passes.append(case)
        if score(case.expected, case.same) != 1:
            misses.append(case)
    return passes, misses


if __name__ == "__main__":
    amount = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    wrong_passes, wrong_misses = misjudged(amount, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    for name, found in (("false pass", wrong_passes), ("false miss", wrong_misses)):
        for case in found[:40]:
            print(f"{name}  {case.kind}: {case.expected!r}  {case.other if name == 'false pass' else case.same!r}")
        print(f"{name}: {len(found)} of {amount}, {dict(Counter(case.kind for case in found))}")
    sys.exit(bool(wrong_passes or wrong_misses))
