"""List what other languages, and rarer words of English, say for the words and units that the quantities know."""

CHINESE = {  # in which Qwen answers now and then
    "牛·米": "Nm", "牛.米": "Nm", "牛米": "Nm", "牛顿米": "Nm", "牛顿·米": "Nm", "毫米": "mm",
    "厘米": "cm", "千帕": "kPa", "巴": "bar", "摄氏度": "°C", "度": "°", "升": "litres", "转/分": "rpm",
    "伏": "V", "安": "A", "欧姆": "Ω", "公斤": "kg", "秒": "s", "分钟": "min",
}  # fmt: skip
WORDS = {  # what binds values in other languages, and which way a bound goes
    "at least": r"mind\.|mindestens|wenigstens|almeno|au moins|al menos|minimal|como mínimo|mínimo"
    r"|frühestens(?: nach)?|(?:the )?(?:lower limit|floor)(?: is| of|:)|ab(?=\s\d)|upwards of|starting (?:at|from)",
    "at most": "höchstens|spätestens(?: nach)?|maximal|al massimo|au plus|au maximum|como máximo|máximo"
    "|(?:the )?(?:upper limit|ceiling)(?: is| of|:)|capped at",
    "no more than": "nicht mehr als|nicht über|non più di|non oltre|non superare|non superiore a|non deve superare"
    "|non deve essere superiore a|pas plus de|ne pas dépasser|ne doit pas dépasser"
    "|ne doit pas être supérieure? à|ohne zu überschreiten"
    "|no más de|no debe superar",
    "no less than": "nicht weniger als|nicht unter|non meno di|non inferiore a|non deve essere inferiore a"
    "|pas moins de"
    "|ne doit pas être inférieure? à|no menos de|not fall short of",
    "more than": "in excess of",
    "less than": "weniger als|minore di|inferiore a|meno di|moins de|menos de",
    "not exceed": "under no circumstances exceed|in no case exceed|on no account exceed|by no means exceed",
    "±": "give or take|plus-minus|plus oder minus|più o meno|plus ou moins",
    "then": "dann|danach|anschließend|poi|quindi|puis|ensuite|luego|después",
    "and then": "and (?:finally|lastly|at last)",
    "or": "oder|oppure|ou",
    "with a tolerance of": "mit (?:einer )?(?:toleranz|abweichung) von|con (?:una )?tolleranza di"
    "|con uno scarto(?: ammesso)? di|avec une tolérance de",
}
UNITS = {  # behind a number
    "°C": r"(?:grad|gradi|degrés?|grados)\s(?:celsius|c|centigradi|centígrados)",
    "°": "grad|gradi|degrés?|grados",
    "s": "sekunden?|second[oi]|secondes?|segundos?",
    "min": "minuten?|minut[oi]|minutos?",
    "h": "stunden?|ore|heures?|horas?",
    "months": "monaten?|mes[ei]|mois|meses",
    "years": "jahren?|ann[oi]|ans|años?",
    "rpm": r"(?:umdrehungen|giri|tours|vueltas|revs|turns)\s(?:pro|al|par|por|a|per)\s(?:minute?o?|min)",
    "litres": "litri|litros",
}
FOREIGN_UNIT = "|".join(UNITS.values())
NUMBERS = {  # before one of these units
    "2": "zwei|due|deux|dos", "3": "drei|tre|trois|tres", "4": "vier|quattro|quatre|cuatro",
    "5": "fünf|cinque|cinq|cinco",
    "6": "sechs|sei|seis", "7": "sieben|sette|sept|siete", "8": "acht|otto|huit|ocho", "9": "neun|nove|neuf|nueve",
    "10": "zehn|dieci|dix|diez", "12": "zwölf|dodici|douze|doce", "15": "fünfzehn|quindici|quinze|quince",
    "20": "zwanzig|venti|vingt|veinte", "30": "dreißig|trenta|trente|treinta",
}  # fmt: skip
COLOURS = {
    english: f"{german}(?:e[mnrs]?)?"
    for english, german in {
        "black": "schwarz", "brown": "braun", "blue": "blau", "green": "grün", "grey": "grau", "red": "rot",
        "violet": "violett", "white": "weiß", "yellow": "gelb",
    }.items()
}  # fmt: skip
