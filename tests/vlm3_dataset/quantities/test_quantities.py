"""What counts as a quantity in workshop text, and where it stands."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.vlm3_dataset.labelers.rules.found import only
from vlm3_dataset.quantities import Quantity, find, numbers, within


def said(quantity: Quantity) -> tuple:
    """A quantity without its place."""
    return quantity.kind, quantity.side, tuple(map(str, quantity.values)), quantity.unit


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("65 Nm", "65", "Nm"),
        ("65Nm", "65", "Nm"),
        ("65 N·m", "65", "Nm"),
        ("65 N.m", "65", "Nm"),
        ("65 Newton-metres", "65", "Nm"),
        ("250 dNm", "250", "dNm"),
        ("2,4 da N.m", "2.4", "daNm"),
        ("20 cm.N", "20", "Ncm"),
        ("25 Nrn", "25", "Nm"),
        ("60 lb. in. for", "60", "in-lb"),
        ("70 lbs. per sq. in.", "70", "psi"),
        ("122 cu in", "122", "cu in"),
        ("1,275 c.c.", "1275", "cc"),
        ("7,5 dl", "7.5", "dl"),
        ("64 b.h.p.", "64", "hp"),
        ("0.22 µF", "0.22", "µF"),
        ("15 mils", "15", "thou"),
        ("eleven hundred and thirty grams", "1130", "g"),
        ("three point one volts", "3.1", "V"),
        ("eighty thousandths of a millimetre", "80", "µm"),
        ("seven hundred revolutions a minute", "700", "rpm"),
        ("20 000 ohms", "20000", "Ω"),
        ("80 0C", "80", "°C"),
        ("8 ft. 0 3/8 in.", "96.375", "in"),
        ("13' 5 1/2\"", "161.5", "in"),
        ("3 lb 8 oz", "56", "oz"),
        ("2 hrs 30 mins", "150", "min"),
        ("8 deg. 30 min.", "8.5", "°"),
        ("1 gal. 6 pt.", "14", "US pint"),
        ("47 lb-ft", "47", "ft-lb"),
        ("47 ft.lbs.", "47", "ft-lb"),
        ("1° 30' 15\"", "1.504166666666666666666666667", "°"),
        ("-1°30'15''", "-1.504166666666666666666666667", "°"),
        ("47 foot pounds", "47", "ft-lb"),
        ("89 in. lbs", "89", "in-lb"),
        ("4.8 mkp", "4.8", "kgm"),
        ("2,5 bar", "2.5", "bar"),
        ("300 mBar", "300", "mbar"),
        ("36 lb/sq.in.", "36", "psi"),
        ("2.5 kg/cm²", "2.5", "kg/cm2"),
        ("0,05 mm", "0.05", "mm"),
        (".05mm", ".05", "mm"),
        ("19-mm spanner", "19", "mm"),
        ("250 µm", "250", "µm"),
        ('0.020"', "0.020", "in"),
        ('0.020 " thick', "0.020", "in"),
        ("0.020 in. thick", "0.020", "in"),
        ("3/16 in drill", "0.1875", "in"),
        ("7/100 mm", "0.07", "mm"),
        ("2½ turns", "2.5", "turn"),
        ("2 1/2 turns", "2.5", "turn"),
        ("10¹/₂ mm", "10.5", "mm"),
        ("¹⁄₂ mm", "0.5", "mm"),
        ("10<sup>1</sup>/<sub>2</sub> mm", "10.5", "mm"),
        ("two and a half turns", "2.5", "turn"),
        ("half a turn", "0.5", "turn"),
        ("three-quarters of a turn", "0.75", "turn"),
        ("forty-five degrees", "45", "°"),
        ("a hundred and twenty Nm", "120", "Nm"),
        ("45° V", "45", "°"),
        ("95 °C", "95", "°C"),
        ("95 degrees Celsius", "95", "°C"),
        ("-18 °C", "-18", "°C"),
        ("minus 18 °C", "-18", "°C"),
        ("+ 35 C = hot", "35", "°C"),
        ("6.750 U/min", "6750", "rpm"),
        ("6,750 1/min", "6750", "rpm"),
        ("6 750 min⁻¹", "6750", "rpm"),
        ("1.200 miles", "1200", "mile"),
        ("1,25 l oil", "1.25", "litre"),
        ("5 imp. pints", "5", "imp pint"),
        ("5 qts", "5", "US quart"),
        ("7.5 amp", "7.5", "A"),
        ("7.5A fuse", "7.5", "A"),
        ("12 V supply", "12", "V"),
        ("1.4 kW", "1.4", "kW"),
        ("2.3 kohm", "2.3", "kΩ"),
        ("254.4 cc/min", "254.4", "cc/min"),
        ("235 km/h", "235", "km/h"),
        (r"$65\,\text{N}\cdot\text{m}$", "65", "Nm"),
        ("**65** Nm", "65", "Nm"),
        ("| 65 | Nm |", "65", "Nm"),
        ("６５ Nm", "65", "Nm"),
        ("65&nbsp;Nm", "65", "Nm"),
        ("<b>65</b> Nm", "65", "Nm"),
        ("65¹ Nm", "65", "Nm"),
        ("65<sup>1</sup> Nm", "65", "Nm"),
        ("50² mm", "50", "mm"),
        ("2302 cm³", "2302", "cc"),
        ("2302 cm^3", "2302", "cc"),
        ("6 750 min^-1", "6750", "rpm"),
        (r"$90^{\circ}$", "90", "°"),
        ("drain plug -25 Nm", "25", "Nm"),
        ("12 daN·m", "12", "daNm"),
        ("12 m.daN", "12", "daNm"),
        ("118 kgf·cm", "118", "kgcm"),
        ("42 cmkp", "42", "kgcm"),
        ("60 kg-cm", "60", "kgcm"),
        ("65 牛·米", "65", "Nm"),
        (r"\SI{65}{\newton\metre}", "65", "Nm"),
        (r"65~\mathrm{N\,m}", "65", "Nm"),
        ("40 N/mm²", "40", "N/mm2"),
        ("2 kg/mm2", "2", "kg/mm2"),
        ("18 N/mm", "18", "N/mm"),
        ("1.2 atü", "1.2", "kg/cm2"),
        ("48 cmHg", "48", "cmHg"),
        ("-450 mmHg", "-450", "mmHg"),
        ("depth: -0.3 mm", "-0.3", "mm"),
        ("0·35 mm", "0.35", "mm"),
        ("(·035 in)", ".035", "in"),
        ("1.5 mm² wire", "1.5", "mm2"),
        ("3 dm³", "3", "litre"),
        ("0.8 Vol.-% CO", "0.8", "%"),
        ("900 tr/mn", "900", "rpm"),
        ("900 giri/min", "900", "rpm"),
        ("28 mpg", "28", "mpg"),
        ("4300 K", "4300", "K"),
        ("0.975 k ohms", "0.975", "kΩ"),
        ("∞ Ω", "Infinity", "Ω"),
        ("Nm 65", "65", "Nm"),
        ("m.daN 6,5", "6.5", "daNm"),
        ("Torque [Nm]: 65", "65", "Nm"),
        ("Torque (Nm): 65", "65", "Nm"),
        ("torque in Nm: 65", "65", "Nm"),
        ('{"torque_nm": 65}', "65", "Nm"),
        ('{"torque": 65, "unit": "Nm"}', "65", "Nm"),
        ("Ω ≈ 0", "0", "Ω"),
        ("[V]: 14", "14", "V"),
    ],
)
def test_a_value_is_read_however_it_is_printed(text, value, unit):
    assert said(only(text)) == ("value", "", (str(Decimal(value)),), unit)


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("0,10–0,15 mm", "range", "0.10 0.15"),
        ("0.15 - 0.10 mm", "range", "0.10 0.15"),
        ("2.8...3.2 bar", "range", "2.8 3.2"),
        ("between 40 and 45 Nm", "range", "40 45"),
        ("from 40 Nm up to 45 Nm", "range", "40 45"),
        ("min. 40 Nm, max. 45 Nm", "range", "40 45"),
        ("40 Nm min / 45 Nm max", "range", "40 45"),
        ("0.25 mm min. 0.30 mm max.", "range", "0.25 0.30"),
        ("at least 40 Nm and at most 45 Nm", "range", "40 45"),
        ("two to three turns", "range", "2 3"),
        ("0,10÷0,15 mm", "range", "0.10 0.15"),
        ("bar 2,8÷3", "range", "2.8 3"),
        ("Torque [Nm]: 40 - 45", "range", "40 45"),
        ("8 à 10 mm", "range", "8 10"),
        ("da 8 a 10 mm", "range", "8 10"),
        ("zwischen 8 und 10 mm", "range", "8 10"),
        ("tra 8 e 10 mm", "range", "8 10"),
        ("entre 8 et 10 mm", "range", "8 10"),
        ("-20 to -30 kPa", "range", "-30 -20"),
        ("88 °C / 95 °C max.", "range", "88 95"),
        ("-5...+5 deg", "range", "-5 5"),
        ("-10 °C to -5 °C", "range", "-10 -5"),
        ("40 ± 3 Nm", "tolerance", "40 3 3"),
        ("880 (+/- 50) rpm", "tolerance", "880 50 50"),
        ("875 gr. +- 25 gr.", "tolerance", "875 25 25"),
        ("40 Nm ± 10 %", "tolerance", "40 4 4"),
        ("0.8 mm plus or minus 50 µm", "tolerance", "0.8 0.05 0.05"),
        ("40 +0.5/-0.2 mm", "tolerance", "40 0.5 0.2"),
        ("40 mm -0.2/+0.5", "tolerance", "40 0.5 0.2"),
        ("40 +0.5 -0.2 mm", "tolerance", "40 0.5 0.2"),
        ("40 +2/0 Nm", "tolerance", "40 2 0"),
        ("37 - 0.1 mm", "tolerance", "37 0 0.1"),
        ("50 + 2 Nm", "tolerance", "50 2 0"),
        ("70.00 -0.010 -0.030 mm", "tolerance", "70 -0.01 0.03"),
        ("70 -0.010/-0.030 mm", "tolerance", "70 -0.01 0.03"),
        ("70 +0.030 +0.010 mm", "tolerance", "70 0.03 -0.01"),
        ("± 0.2 mm", "tolerance", "0 0.2 0.2"),
        ("+0.2/-0.1 mm", "tolerance", "0 0.2 0.1"),
        ("-0.1/+0.2 mm", "tolerance", "0 0.2 0.1"),
        ("0/-0.2 mm", "tolerance", "0 0 0.2"),
        ("0/+0.2 mm", "tolerance", "0 0.2 0"),
        ("+0.2/0 mm", "tolerance", "0 0.2 0"),
        ("-0.2/0 mm", "tolerance", "0 0 0.2"),
        ("-1°30' to -0°30'", "range", "-1.5 -0.5"),
        ("M14 x 1.5", "thread", "14 1.5"),
        ("M8", "thread", "8"),
        ("M12×1,75", "thread", "12 1.75"),
        ("M 12 x 1.75", "thread", "12 1.75"),
        ("M12-1.75", "thread", "12 1.75"),
        ("40 Nm, tolerance ± 3 Nm", "tolerance", "40 3 3"),
        ("SAE 15W-50", "code", "15 50"),
        ("SAE 20W", "code", "20"),
        ("5/16-18 UNC", "thread", "0.3125 18"),
        ("M10x1x45-10.9", "thread", "10 1"),
        ("P195/65R14 89H", "code", "195 65 14"),
        ("165 SR 13", "code", "165 13"),
        ("200/60 VR 390", "code", "200 60 390"),
        ("7J x 15 H2", "code", "7 15"),
        ("5 1/2 J x 14", "code", "5.5 14"),
        ("P21/5W", "code", "21 5"),
        ("75W80", "code", "75 80"),
        ("SAE 90", "code", "90"),
        ("DOT 5.1", "code", "5.1"),
        ("205/55 VR 15", "code", "205 55 15"),
        ("1-5-3-6-2-4", "code", "1 5 3 6 2 4"),
    ],
)
def test_kinds(text, kind, values):
    quantity = only(text)
    assert quantity.kind == kind
    assert [str(value.normalize() + 0) for value in quantity.values] == [
        str(Decimal(value).normalize() + 0) for value in values.split()
    ]


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("max. 0.2 mm", "max"),
        ("maximum permissible wear: 0.2 mm", "max"),
        ("0.2 mm (max.)", "max"),
        ("do not turn by more than 0.2 mm", "max"),
        ("no disc may be worn below 0.2 mm", "min"),
        ("not if it is more than 0.2 mm", "min"),
        ("do not exceed 0.2 mm", "max"),
        ("less than or equal to 0.2 mm", "max"),
        ("greater than or equal to 0.2 mm", "min"),
        ("equal to or less than 0.2 mm", "max"),
        ("must not exceed a total of 0.2 mm", "max"),
        ("no more than 0.2 mm", "max"),
        ("pressure should not drop by more than 0.2 mm", "max"),
        ("must not deviate from each other by more than 0.2 mm", "max"),
        ("not to drop below 0.2 mm", "min"),
        ("drops by more than 0.2 mm", "min"),
        ("≤ 0.2 mm", "max"),
        ("0.2 mm or less", "max"),
        ("min 0.2 mm", "min"),
        ("not less than 0.2 mm", "min"),
        ("if it exceeds 0.2 mm", "min"),
        ("> 0.2 mm", "min"),
        ("höchstens 0,2 mm", "max"),
        ("al massimo 0,2 mm", "max"),
        ("mindestens 0,2 mm", "min"),
        ("au moins 0,2 mm", "min"),
        ("0.2 mm at the least", "min"),
        ("0.2 mm at the very most", "max"),
        ("not before 0.2 mm", "min"),
        ("not until 0.2 mm", "min"),
        ("no later than 0.2 mm", "max"),
        ("no sooner than 0.2 mm", "min"),
        ("0.2 mm at the latest", "max"),
        ("0.2 mm at the earliest", "min"),
    ],
)
def test_bounds(text, side):
    assert said(only(text)) == ("bound", side, ("0.2",), "mm")


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("The pump gives 10 bar max. at 3000 rpm.", "max|"),
        ("10 bar max. 3000 rpm", "|max"),  # as "min. 0.25 mm max. 0.30 mm" has them
        ("10 bar max., 3000 rpm", "max|"),
        ("10 bar max.\n3000 rpm", "max|"),
        ("10 bar min at 850 rpm, max. 12 bar", "min||max"),
        ("0.2 mm max. 2 bar min.", "max|min"),
        ("25 Nm max. (18 ft-lb) at 20 °C", "max|max|"),
        ("25 Nm (18 ft-lb) max.", "max|max"),
        ("0.5 mm (0.020 in.) or less", "max|max"),
        ("10 bar (20 Nm) max.", "|max"),
        ("25 Nm (15 ft-lb) max.", "|max"),  # not one value in two units
        ("play 10 mm max. torque 25 Nm", "|max"),
        ("play 10 mm max. permissible torque 25 Nm", "|max"),
        ("10 bar max. under load 25 Nm", "max|"),
    ],
)
def test_a_bound_behind_a_value_is_not_that_of_the_next(text, sides):
    assert "|".join(quantity.side for quantity in find(text)) == sides


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40, 60 and 80 Nm", "40 Nm|60 Nm|80 Nm"),
        ("100/212 °C/°F", "100 °C|212 °F"),
        ("22/16 Nm/ft-lb", "22 Nm|16 ft-lb"),
        ("25/18 Nm (ft-lb)", "25 Nm|18 ft-lb"),
        ("25 - 30/18 - 22 Nm/ft-lb", "25 Nm|18 ft-lb"),
        ("30/60 km/h", "30 km/h|60 km/h"),
        ("22, 24, 26 or 28 Nm", "22 Nm|24 Nm|26 Nm|28 Nm"),
        ("40, 60, 80 Nm", "40 Nm|60 Nm|80 Nm"),
        ("2.0 / 2.3 bar", "2.0 bar|2.3 bar"),
        ("4345 x 1680 x 1370 mm", "4345 mm|1680 mm|1370 mm"),
        ("20 Nm + 90°", "20 Nm|90 °"),
        ("60° + 60° + 30°", "60 °|60 °|30 °"),
        ("24 Nm/18 ft-lb", "24 Nm|18 ft-lb"),
        ("M10x60 mm", "10 |60 mm"),
        ("M6/M8 bolts", "6 |8 "),
        ("In 1989, 24 Nm", "24 Nm"),
        ("steps 1, 2 and 24 Nm", "24 Nm"),
        ("bolts 1 and 2 to 24 Nm", "24 Nm"),
        ("pins 3, 4 and 12 V", "12 V"),
        ("12 V 5W/21W", "12 V|5 W|21 W"),
        ("5W 12 V", "5 W|12 V"),
        ("5/16-18 UNC x 1 1/2 in.", "0.3125 |1.5 in"),
        ("60° after 30 Nm", "60 °|30 Nm"),
        ("min. 900 cm3/30 s, min. 12 V", "900 cc|30 s|12 V"),
    ],
)
def test_one_unit_serves_a_list_and_nothing_else(text, expected):
    assert "|".join(f"{quantity.values[0]} {quantity.unit}" for quantity in find(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "E30 M3 S14 320is",
        "M20 engine and M30/M60",
        "E34 M5, 528e-M5",
        "page 11-3, Fig. 12, step 1, item 4",
        "control unit 0 261 200 071",
        "Special Tool 11 2 010",
        "0261200071",
        "12 bolts in total",
        "5 in total",
        "pin 18 A diagnosis lead",
        "ratio 3.25",
        "07/85 - 12/90",
        "1st, 2nd and 3rd",
        "",
        "one in four",
        'set it to "24" exactly',
        "shaft 30 h6, 30 h 6, 30 H7/g6",
        "4.7 K resistor",
        "min: 0.25",
        "Nm 1 Drain plug",
    ],
)
def test_what_is_no_quantity(text):
    assert find(text) == ()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("not 28 Nm but 24 Nm", "24"),
        ("24 Nm, never 28 Nm", "24"),
        ("24 Nm instead of the old value of 28 Nm", "24"),
        ("neither 28 nor 30 Nm", ""),
        ("it isn't 28 Nm (21 ft-lb)", ""),
        ("28 Nm is wrong, 24 Nm is right", "24"),
        ("The page does not say 28 Nm.", ""),
        ("I don't think it is 28 Nm.", ""),
        ("Under no circumstances use 28 Nm", ""),
        ("28 Nm? No.", ""),
        ("28 Nm. Sorry, I meant 24 Nm.", "24"),
        ("~~28 Nm~~ **24 Nm**", "24"),
        ("do not reuse the bolts; 24 Nm", "24"),
        ("do not grease the threads before tightening to 24 Nm", "24"),
    ],
)
def test_rejected_values_are_marked(text, kept):
    assert " ".join(str(quantity.values[0]) for quantity in find(text) if not quantity.negated) == kept


@pytest.mark.parametrize(
    "text",
    [
        "10^3 rpm",
        "10 ^ 3 rpm",
        "10³ rpm",
        "6 x 10^3 rpm",
        "6.5·10³ rpm",
        "10^-3 mm",
        "10⁻³ mm",
        "$10^{3}$ rpm",
        "10$^3$ rpm",
        "10**3 rpm",
        "10<sup>3</sup> rpm",
        "8 10 10^3 mm",
        "50^2 mm",
        "24$^{1}$ Nm",
    ],
)
def test_a_power_is_never_read_as_its_digits(text):
    assert find(text) == numbers(text) == ()


def test_numbers_without_a_unit_are_told_apart():
    found = numbers("Step 2: fit eight bolts (3) at a ratio of 10.5, see page 11-3.")
    assert [(str(number.values[0]), number.dimension, number.unit) for number in found] == [
        ("2", "label", ""),
        ("8", "count", "bolt"),
        ("3", "label", ""),
        ("10.5", "number", ""),
        ("11", "label", ""),
        ("3", "label", ""),
    ]


def test_a_ratio_is_one_number_also_at_the_end_of_a_sentence():
    assert [str(number.values[0]) for number in numbers("The ratio is 9.8:1.")] == ["9.8"]


# What the words of the table's second column ask of the first quantity found.
SPAN = frozenset({"range", "tolerance"})
MEANT = {r"rim|tyre$|visc": {"code"}, r"thread": {"thread"}, r"max": {"bound"}, r"tol|range|fit:|\d\.\.": SPAN}


@pytest.mark.real
def test_the_strings_of_real_manuals_are_of_the_kind_they_mean(shared):
    rows = [line.split("\t") for line in (shared / "cases" / "quantity_strings.tsv").read_text().splitlines()[1:]]
    wrong = []
    for printed, meant in rows:
        kinds = next((kinds for words, kinds in MEANT.items() if re.search(words, meant)), None)
        found = find(printed)
        if kinds and not (found and found[0].kind in kinds):
            wrong.append((printed, kinds, found))
    assert wrong == []


def meant_numbers(meant):
    """The numbers of the table's second column; a quotient only where it is a thread's."""
    plain = re.sub(r"\(.*?\)|\bnot .*|=.*|\d+ times|strength \S+", " ", meant)
    plain = re.sub(r"(?<=\d)\.\.(?=\.?\d)", " ", plain)
    if "nothing" in plain:
        return []
    if "thread" not in plain:
        plain = plain.replace("/", " / ")
    return [abs(Fraction(number)) for number in re.findall(r"(?<![A-LN-Za-wyz\d])\d*\.?\d+(?:/\d+)?", plain)]


@pytest.mark.real
def test_the_strings_of_real_manuals_have_the_values_they_mean(shared):
    rows = [line.split("\t") for line in (shared / "cases" / "quantity_strings.tsv").read_text().splitlines()[1:]]
    wrong, count = [], 0
    for printed, meant in rows:
        found = find(printed)
        given = [abs(float(value)) for one in found for value in (*one.values, *one.interval)]
        for number in meant_numbers(meant):
            count += 1
            asked = float(number), float(number) / 60  # minutes of arc
            if not any(one == pytest.approx(each) for one in given for each in asked):
                wrong.append((printed, float(number), given))
    assert (wrong, count) == ([], 129)


@pytest.mark.real
def test_the_real_torque_tables_are_read(shared):
    pymupdf = pytest.importorskip("pymupdf")
    with pymupdf.open(shared / "data_src" / "00 - Torque Specs" / "BMW_Torque_Specs.pdf") as document:
        text = "\n".join(page.get_text() for page in document)
    printed = len(re.findall(r"^\d+(?:[.,]\d+)?\s*\n\s*(?:Nm|°)\s*$", text, re.MULTILINE))
    found = [quantity for quantity in find(text) if quantity.unit in {"Nm", "°"}]
    assert printed > 500
    assert len(found) >= printed


@pytest.mark.parametrize("text", ["2,8.,,3,2 bar", "2,8..,3,2 bar", "2,8 . . ,3,2 bar", "2,8...3,2 bar"])
def test_three_dots_as_ocr_reads_them(text):
    (quantity,) = find(text)
    assert [str(value) for value in quantity.values] == ["2.8", "3.2"]


@pytest.mark.parametrize(
    ("told", "given", "inside"),
    [
        ("0.05 mm", "0.03 to 0.07 mm", True),
        ("0.09 mm", "0.03 to 0.07 mm", False),
        ("18 ft-lb", "20 to 30 Nm", True),
        ("25 ft-lb", "20 to 30 Nm", False),
        ("25 Nm", "15 to 22 ft-lb", True),
        ("35 Nm", "15 to 22 ft-lb", False),
        ("44 psi", "2.8 to 3.2 bar", True),
        ("50 psi", "2.8 to 3.2 bar", False),
        ("190 °F", "80 to 100 °C", True),
        ("220 °F", "80 to 100 °C", False),
        ("0.002 in", "0.03 to 0.07 mm", True),
        ("0.001 to 0.002 in", "0.02 to 0.06 mm", True),
        ("0.001 to 0.003 in", "0.02 to 0.06 mm", False),
        ("max. 0.002 in", "0.02 to 0.06 mm", True),
        ("1.1 lb", "480 to 520 g", True),
        ("2.2 lb", "480 to 520 g", False),
        # An end is rounded to the digits told: 2.8 bar are 40.6 psi; but two inches are never 60 mm.
        ("41 psi", "2.4 to 2.8 bar", True),
        ("42 psi", "2.4 to 2.8 bar", False),
        ("2 in", "60 to 70 mm", False),
        ("18 ft-lb", "20 to 30 mm", False),
        ("0.03 mm", "max. 0.05 mm", True),
        ("0.05 mm", "max. 0.05 mm", True),
        ("0.06 mm", "max. 0.05 mm", False),
        ("11 bar", "min. 10 bar", True),
        ("160 psi", "min. 10 bar", True),
        ("9 to 11 bar", "min. 10 bar", False),
    ],
)
def test_a_range_holds_a_value_of_any_unit(told, given, inside):
    assert within(find(told)[0], find(given)[0]) is inside


@pytest.mark.parametrize(
    "text",
    ["see Fig. 10 A", "a 1988 M3", "the 16V cylinder head", "3.0 V6 24V", "1O.8 N.m"],
)
def test_what_only_looks_like_a_quantity(text):
    assert find(text) == ()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Fig. 3: 24 Nm", [("value", "", ("24",), "Nm")]),
        ("a 24V starter", [("value", "", ("24",), "V")]),
        ("mind. 1 MΩ", [("bound", "min", ("1",), "MΩ")]),
        ("non superiore a 0,15 mm", [("bound", "max", ("0.15",), "mm")]),
        ("nicht unter 0,8 mm", [("bound", "min", ("0.8",), "mm")]),
        ("1.5mm以上", [("bound", "min", ("1.5",), "mm")]),
        ("5 mm under 10 kgf", [("value", "", ("5",), "mm"), ("value", "", ("10",), "kgf")]),
        ("keep it under 10 kgf", [("bound", "max", ("10",), "kgf")]),
        ("19.00 0/-0.013 mm", [("tolerance", "", ("19.00", "0", "0.013"), "mm")]),
        ("2 h and 30 min", [("value", "", ("150",), "min")]),
        ("1 h, 30 min", [("value", "", ("1",), "h"), ("value", "", ("30",), "min")]),
    ],
)
def test_the_notation_of_other_manuals(text, meant):
    assert list(map(said, find(text))) == meant
