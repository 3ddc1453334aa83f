"""Bytes become text as browsers read them; where what is declared cannot be right, the page says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.parsers.charset import charset_doubt, decode


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b'<meta charset="ISO-8859-1">\x80 5 \x96 6', None, ("\u20ac 5 \u2013 6", "cp1252")),
        ('<meta charset="ISO-8859-1">80 °C'.encode(), None, ("80 °C", "utf-8")),
        ("привет".encode("cp1251"), "text/html; charset=windows-1251", ("привет", "cp1251")),
        ("80 °C".encode("latin-1"), None, ("80 °C", "cp1252")),
        (b"\xef\xbb\xbfhi", "text/html; charset=ISO-8859-1", ("hi", "utf-8")),
        (b"caf\xe9 ok", "text/html; charset=utf-8", ("caf\ufffd ok", "utf-8")),
    ],
)
def test_charset(body, content_type, expected):
    text, encoding = decode(body, content_type)
    assert (text.rpartition(">")[2], encoding) == expected


RUSSIAN = (
    "Привет всем! Подскажите, как правильно отрегулировать клапана мотора S14? Замок BMW новый. Спасибо, Иван Петров."
)
GERMAN = (
    "Grüße, ich möchte die Ventile einstellen. GROßE Schläuche müssen natürlich auch überprüft werden, don´t worry."
)
TURKISH = (
    "Arkadaşlar merhaba, büyük düğün öncesi çığlık gibi ses geliyor, şanzıman yağı değişti. İstanbul'dan görüşürüz."
)
CZECH = "Příště přijedu s žížalou a vyčistím škrtící klapky. Už zítra půjdeme řešit ventilovou vůli, děkuji."
POLISH = "Cześć, mam problem z żółtą kontrolką. Przyjechałem wczoraj i było źle, proszę o pomoc, dziękuję."
GREEK = "Γεια σας, ψάχνω ανταλλακτικά για το αυτοκίνητό μου BMW στην Αθήνα."
SPANISH = "¿Qué tal? Niño, ¿dónde está la bujía? 1.800 cm³ y 30º"
CHINESE = "大家好，我的车发动机有问题，请帮忙看看。"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN.upper(), "windows-1251"),
        (RUSSIAN, "utf-8"),
        (GERMAN, "iso-8859-1"),
        (TURKISH, "windows-1254"),
        (CZECH, "windows-1250"),
        (POLISH, "iso-8859-2"),
        (GREEK, "iso-8859-7"),
        (SPANISH, "iso-8859-1"),
        (CHINESE, "gbk"),
        ("plain", "koi8-r"),
    ],
)
def test_a_charset_that_is_right_is_not_doubted(text, charset):
    assert charset_doubt(*decode(text.encode(charset), f"text/html; charset={charset}")) is None


@pytest.mark.parametrize(
    ("text", "charset", "declared"),
    [
        (RUSSIAN, "windows-1251", "koi8-r"),
        (RUSSIAN, "koi8-r", "windows-1251"),
        (RUSSIAN, "windows-1251", "windows-1254"),
        (RUSSIAN, "windows-1251", "iso-8859-1"),
        (RUSSIAN, "cp866", "windows-1251"),
        (RUSSIAN, "iso-8859-5", "windows-1251"),
        (GERMAN, "windows-1252", "koi8-r"),
        (GERMAN, "windows-1252", "windows-1251"),
        (GERMAN, "windows-1252", "utf-8"),
        (TURKISH, "windows-1254", "koi8-r"),
        (GREEK, "windows-1253", "iso-8859-1"),
        (POLISH, "windows-1250", "iso-8859-1"),
        (CHINESE, "gbk", "iso-8859-1"),
    ],
)
def test_a_charset_that_is_declared_wrongly_is_doubted(text, charset, declared):
    said, encoding = decode(text.encode(charset), f"text/html; charset={declared}")
    assert charset_doubt(said, encoding).startswith(f"read as {encoding}, ")


@given(st.text())
def test_no_text_raises(text):
    charset_doubt(text, "cp1252")


def test_a_sign_between_letters_is_no_text_and_an_accent_of_its_own_is():
    """The accent is what some boards print for an umlaut; the paragraph sign is what a wrong charset makes of one."""
    assert "2 of 2 characters" in charset_doubt("Gr§n und M§nchen", "cp1252")
    assert charset_doubt("Gru¨n und Mu¨nchen", "cp1252") is None
