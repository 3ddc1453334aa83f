"""Questions that look alike and are two, and questions in other words that are one; all of a pair have one answer.

The first of each list, as far as the remark goes, are those that the measurement of the vectors named; the others are
of the same kinds.
"""

APART = (
    ("What is tool KV381054S0 used for?", "What is tool KV381052S0 used for?"),
    ("Which bolts are tightened in step 3?", "Which bolts are tightened in step 4?"),
    ("What is the boost pressure of turbo models?", "What is the boost pressure of non-turbo models?"),
    ("What is the torque of the front wheel bearing nut?", "What is the torque of the rear wheel bearing nut?"),
    # ours from here
    ("What is the lift of the intake valves?", "What is the lift of the exhaust valves?"),
    ("What is the compression of a hot engine?", "What is the compression of a cold engine?"),
    ("How do you remove the release bearing?", "How do you install the release bearing?"),
    ("What is the wear limit of the 1st baulk ring?", "What is the wear limit of the 2nd baulk ring?"),
    ("Which connector is at the left headlight?", "Which connector is at the right headlight?"),
    ("What is the minimum thickness of the brake disc?", "What is the maximum thickness of the brake disc?"),
    ("What is the torque of the upper damper bolt?", "What is the torque of the lower damper bolt?"),
    ("How much oil does the S14 engine take?", "How much oil does the M20 engine take?"),
)
ONE = (
    ("When must the timing belt be replaced?", "At what interval is the timing belt renewed?"),
    # ours from here
    ("What is the torque of the flywheel bolts?", "To what torque are the flywheel bolts tightened?"),
    ("What is the oil capacity of the gearbox?", "How much oil does the gearbox hold?"),
    ("What is the idle speed of the engine?", "At what speed should the engine idle?"),
    ("What is the firing order of the engine?", "In which order do the cylinders of the engine fire?"),
    ("What colour is the ground wire of the fuel pump?", "Which colour does the fuel pump's ground wire have?"),
    ("What is the clearance of the intake valves?", "How large must the clearance of the intake valves be?"),
    ("What is the wear limit of the clutch disc?", "How far may the clutch disc be worn?"),
)
