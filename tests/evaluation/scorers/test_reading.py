"""A value is read whatever form a model gives it, and another value in the same form is not the same."""

import pytest

from evaluation.scorers.numeric import score
from evaluation.scorers.reading import quantities

FORMS = [
    ("24 Nm", '{"torque_nm": 24}', 1),
    ("24 Nm", '{"torque": 24, "unit": "Nm"}', 1),
    ("24 Nm", '{"torque": {"value": 24, "unit": "Nm"}}', 1),
    ("24 Nm", '{"torque": "24 Nm"}', 1),
    ("24 Nm", '{"torque (Nm)": "24"}', 1),
    ("24 Nm", '{"torque_nm": 42}', 0),
    ("0.25-0.30 mm", '{"clearance_mm": "0.25-0.30"}', 1),
    ("90°", '{"angle_deg": 90}', 1),
    ("80 °C", '{"temp_deg_c": 80}', 1),
    ("18 ft-lb", '{"torque_ft_lb": 18}', 1),
    ("24 Nm", '```json\n{\n  "torque_nm": 24,\n  "bolt": "M8"\n}\n```', 1),
    ("24 Nm", "| Bolt | Torque (Nm) |\n|---|---|\n| M8 | 24 |\n", 1),
    ("24 Nm; 47 Nm", "| Bolt | Torque [Nm] |\n|:--|--:|\n| M8 | 24 |\n| M10 | 47 |", 1),
    ("24 Nm", "| Bolt | Torque in Nm |\n|---|---|\n| M8 | 25 |\n", 0),
    ("0.25-0.30 mm", "Part | Gap, mm\n---|---\nvalve | 0.25-0.30", 1),
    ("24 Nm", "Torque [Nm]: 24", 1),
    ("24 Nm", "Torque (Nm): 24", 1),
    ("24 Nm", "Torque in Nm: 24", 1),
    ("24 Nm", "Torque (Nm) = 24", 1),
    ("24 Nm", "Tightening torque, Nm: 24", 1),
    ("24 Nm", "Torque [Nm]: 42", 0),
    ("24 Nm", "$24\\,\\mathrm{Nm}$", 1),
    ("24 Nm", "\\(24~\\text{Nm}\\)", 1),
    ("24 Nm", "$\\boxed{24 \\text{ Nm}}$", 1),
    ("24 Nm", "\\qty{24}{\\newton\\metre}", 1),
    ("0.25 mm", "\\SI{0.25}{\\milli\\metre}", 1),
    ("90°", "$90^\\circ$", 1),
    ("24 Nm", "$24 \\; \\mathrm{N \\cdot m}$", 1),
    ("24 Nm", "- **Torque:** 24 Nm\n- **Tool:** socket", 1),
    ("24 Nm", "1. 24 Nm", 1),
    ("2.8-3.2 bar", "zwischen 2,8 und 3,2 bar", 1),
    ("2.8-3.2 bar", "entre 2,8 et 3,2 bar", 1),
    ("2.8-3.2 bar", "da 2,8 a 3,2 bar", 1),
    ("2.8-3.2 bar", "de 2,8 à 3,2 bar", 1),
    ("2.8-3.2 bar", "von 2,8 bar bis 3,2 bar", 1),
    ("max. 0.5 mm", "höchstens 0,5 mm", 1),
    ("max. 0.5 mm", "al massimo 0,5 mm", 1),
    ("max. 0.5 mm", "au plus 0,5 mm", 1),
    ("max. 0.5 mm", "nicht mehr als 0,5 mm", 1),
    ("max. 0.5 mm", "non più di 0,5 mm", 1),
    ("max. 0.5 mm", "pas plus de 0,5 mm", 1),
    ("max. 0.5 mm", "almeno 0,5 mm", 0),
    ("max. 0.5 mm", "au moins 0,5 mm", 0),
    ("min. 0.5 mm", "mindestens 0,5 mm", 1),
    ("min. 0.5 mm", "maximal 0,5 mm", 0),
    ("max. 0.5 mm", "0,5 mm maximum", 1),
    ("max. 0.5 mm", "minimum 0.5 mm", 0),
    ("max. 0.5 mm", "no less than 0.5 mm", 0),
    ("min 2.0 mm", "no more than 2.0 mm", 0),
    ("max. 42 Nm", "Under no circumstances exceed 42 Nm", 1),
    ("min. 42 Nm", "Under no circumstances exceed 42 Nm", 0),
    ("max. 42 Nm", "42 Nm must not be exceeded", 1),
    ("max 42 Nm", "must never fall below 42 Nm", 0),
    ("30 Nm, then 60°", "60° after 30 Nm", 1),
    ("30 Nm, then 60°", "Before the 60°, apply 30 Nm", 1),
    ("30 Nm, then 60°", "first 60°, then 30 Nm", 0),
    ("30 Nm, then 60°", "After 30 Nm turn 60°", 1),
    ("91°C to 99°C maximum", "91/99 °C max.", 1),
    ("91°C to 99°C maximum", "91°C / 99°C max.", 1),
    ("91°C to 99°C maximum", "91°C to 99°C max", 1),
    ("Ω ≈ 0", "Ω ≈ 0", 1),
    ("Ω ≈ 0", "about 0 ohms", 1),
    ("Ω ≈ 0", "≈ 0 Ω", 1),
    ("Ω ≈ 0", "Ω ≈ 5", 0),
    ("0.1 mm", "minus 0.1 mm", 0),
    ("-0.1 mm", "-0.1 mm", 1),
    ("-0.1 mm", "0.1 mm", 0),
    ("0.1 mm", "- 0.1 mm", 1),
    ("10.5:1", "The ratio is 10.5:1.", 1),
    ("10.5:1", "10.5:1", 1),
    ("10.5:1", "1:10.5", 0),
    ("front 2.2 bar, rear 2.4 bar", "Rear: 2.2 bar. Front: 2.4 bar.", 0),
    ("front 2.2 bar, rear 2.4 bar", "2.4 bar at the rear, 2.2 bar at the front", 1),
    ("intake 0.25 mm, exhaust 0.30 mm", "inlet 0.30 mm, exhaust 0.25 mm", 0),
    ("A = 6.2 mm, B = 8.5 mm", "A: 8.5 mm, B: 6.2 mm", 0),
    ("A = 6.2 mm, B = 8.5 mm", "A is 6.2 mm and B is 8.5 mm", 1),
    ("42 Nm", "42 N m", 1),
    ("42 Nm", "Answer: 42Nm.", 1),
    ("4.75 litres", "4.75 litres (4.5 l and 0.25 l for the filter)", 1),
    ("0.0015 mm", "1.5e-3 mm", 1),
    ("0.0015 mm", "1.5 x 10^-3 mm", 1),
    ("0.0015 mm", "$1.5 \\times 10^{-3}$ mm", 1),
    ("110 Nm", "one hundred and ten newton metres", 1),
    ("42 Nm", "42 newton-meters", 1),
    ("20 Nm", "20牛米", 1),
]


@pytest.mark.parametrize(("expected", "answer", "points"), FORMS)
def test_a_form_is_read(expected: str, answer: str, points: float):
    assert score(expected, answer) == points


@pytest.mark.parametrize("answer", ['{"torque_nm": 24}', "| Torque (Nm) |\n|---|\n| 24 |\n", "von 20 bis 24 Nm"])
def test_a_quantity_keeps_its_place_in_the_answer(answer: str):
    (found,) = quantities(answer)
    assert answer[found.start : found.end] == found.text
    assert "24" in found.text
