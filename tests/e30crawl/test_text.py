"""A post's HTML becomes clean text, its quotes relations, its pictures and files addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.parsers.document import parse
from e30crawl.parsers.media import attachments
from e30crawl.parsers.records import Media, Quote
from e30crawl.parsers.text import render

QUOTE_3 = (
    "<div style='margin:20px'><div class='smallfont'>{label}</div><table><tr><td class='alt2' style='border:1px inset'>"
    "<div>{by} <strong>{name}</strong> <a href='showthread.php?p={post}#post{post}'>go</a></div><div>{text}</div>"
    "</td></tr></table></div>"
)
QUOTE_39 = (  # of the Internet Brands fork today
    "<div style='margin:1rem'><div><label>{label}</label></div><div class='panel alt2' style='border:1px inset'>"
    "<div>{by} <strong>{name}</strong> <a href='showthread.php?p={post}#post{post}'>go</a></div><div>{text}</div>"
    "</div></div>"
)
QUOTE_4 = (
    "<div class='bbcode_container'><div class='bbcode_quote'><div class='quote_container'>"
    "<div class='bbcode_postedby'>{by} <strong>{name}</strong> <a href='x/5-y.html#post{post}'>go</a></div>"
    "<div class='message'>{text}</div></div></div></div>"
)


def body(html):
    document = parse(
        f"<html><body><div id='post'>{html}</div></body></html>", "http://b.example/forum/showthread.php?t=5"
    )
    return document.by_id["post"], document


def content(html):
    return render(*body(html))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("  one\n two <b>three</b>&nbsp;four ", "one two three four"),
        ("one<br />\n<br />\ntwo", "one\n\ntwo"),
        ("one<br><br><br><br>two", "one\n\ntwo"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("a<div>b</div>c", "a\nb\nc"),
        ("do:<ul><li>drain</li><li>fill</li></ul>", "do:\n- drain\n- fill"),
        ("<ul><li><p>one</p></li><li><div>two</div></li></ul>end", "- one\n- two\nend"),
        ("<ol><li><p>one</p><p>more</p></li><li>\n<p></p><p>two</p></li></ol>", "- one\n\nmore\n- two"),
        ("<ul><li></li><li>two</li></ul>end", "-\n- two\nend"),
        ("<ul><li><ul><li>one</li></ul></li></ul>end", "- one\nend"),
        ("<ul><li><pre>a\n  b</pre></li></ul>end", "- a\n  b\nend"),
        ("<ul><li><div class='bbcode_quote'><div class='message'>so</div></div>yes</li></ul>", "-\n\n> so\n\nyes"),
        ("<div class='bbcode_quote'><ul><li></li></ul></div>yes", "> -\n\nyes"),
        ("<table><tr><td>M6</td><td>9 Nm</td></tr></table>", "M6 9 Nm"),
        ("<pre>a\n  b\n\nc</pre>d", "a\n  b\n\nc\nd"),
        ("a<script>x()</script><!-- hidden -->b<style>y</style>", "ab"),
        ("spoiler: <div style='display:none'>shown</div>", "spoiler:\nshown"),
        ("it&#146;s 80&deg;C", "it’s 80°C"),
        ("", ""),
    ],
)
def test_text(html, text):
    assert content(html).text == text


@pytest.mark.parametrize("form", [QUOTE_3, QUOTE_39, QUOTE_4])
@pytest.mark.parametrize(("label", "by"), [("Quote:", "Originally Posted by"), ("Zitat:", "Zitat von")])
def test_a_quote_is_marked_and_known(form, label, by):
    read = content(form.format(label=label, by=by, name="Ann", post=77, text="cold<br>start") + "Mine too.")
    assert read.text == "> cold\n> start\n\nMine too."
    assert read.quotes == (Quote(77, "Ann"),)


@pytest.mark.parametrize("form", [QUOTE_3, QUOTE_39, QUOTE_4])
def test_quotes_nest(form):
    inner = form.format(label="Quote:", by="Originally Posted by", name="Ann", post=1, text="why?")
    outer = form.format(label="Quote:", by="Originally Posted by", name="Bob", post=2, text=inner + "because")
    read = content(outer + "I see")
    assert read.text == "> > why?\n\n> because\n\nI see"
    assert read.quotes == (Quote(2, "Bob"), Quote(1, "Ann"))


def test_a_quote_without_a_name_is_still_a_quote():
    box = "<div><div class='smallfont'>{}:</div><table><tr><td style='border:1px inset'>so</td></tr></table></div>"
    assert content(box.format("Quote")).quotes == (Quote(None, None),)
    assert content(box.format("Quote")).text == "> so"
    assert content("<div class='bbcode_quote'><div class='message'>so</div></div>").text == "> so"
    spoiler = content(box.format("Spoiler"))
    assert (spoiler.text, spoiler.quotes) == ("Spoiler:\nso", ())


LABELS = """Quote Zitat Cita Citation Citazione Citat Citaat Citação Cytat Sitat Lainaus Idézet Citace Цитата Цитат
Alıntı Trích Παράθεση ציטוט اقتباس 引用"""


@pytest.mark.parametrize("word", LABELS.split())
def test_a_quote_without_a_name_in_any_language(word):
    boxes = (
        "<div><div class='smallfont'>{}:</div><table><tr><td style='border:1px inset'>so</td></tr></table></div>",
        "<div><div><label>{} :</label></div><div class='panel alt2' style='border:1px inset'>so</div></div>",
        "<blockquote><font size='1'>{}:</font><hr>so<hr></blockquote>",
    )
    for box in boxes:
        read = content(box.format(word) + "Mine too.")
        assert (read.text, read.quotes) == ("> so\n\nMine too.", (Quote(None, None),))


@pytest.mark.parametrize("label", ["Citadel", "Code", "PHP", "Spoiler", ""])
def test_another_box_is_no_quote(label):
    assert content(f"<blockquote><font size='1'>{label}:</font><hr>so</blockquote>").quotes == ()
    assert content("<blockquote>so</blockquote>").quotes == ()


@pytest.mark.parametrize(
    "by",
    [
        "Originally posted by", "Original geschrieben von", "Originalmente publicado por", "Escrito originalmente por",
        "Posté à l'origine par", "Originariamente inviato da", "Oorspronkelijk geplaatst door",
        "Ursprungligen skrivet av", "Oprindeligt skrevet af", "Opprinnelig lagt inn av", "Originalmente postado por",
        "Oryginalnie napisane przez", "Alunperin kirjoittanut", "Eredetileg írta", "Původně napsáno od",
        "Изначально написано",
    ],
)  # fmt: skip
def test_who_was_quoted_in_vbulletin_2_in_any_language(by):
    read = content(f"<blockquote><font size='1'>Zitat:</font><hr><i>{by} Ann B </i><br><b>so</b><hr></blockquote>Yes.")
    assert (read.text, read.quotes) == ("> so\n\nYes.", (Quote(None, "Ann B"),))
    imported = f"<div><div class='smallfont'>Quote:</div><table><tr><td>{by} Ann B:<br>so</td></tr></table></div>"
    assert content(imported).quotes == (Quote(None, "Ann B"),)


@pytest.mark.parametrize("line", ["Original parts by Bosch", "Original Teile von Bosch", "Geschrieben von Ann"])
def test_a_first_line_that_names_somebody_is_quoted_as_well(line):
    read = content(f"<div class='bbcode_quote'><div class='message'>{line}<br>so</div></div>")
    assert (read.text, read.quotes) == (f"> {line}\n> so", (Quote(None, None),))


def test_what_stands_around_a_post_is_no_quote():
    quote = "<div style='border: 1px inset'><div>Originally Posted by <strong>Ann</strong></div><i>so</i></div>"
    page = f"<html><body><div><div class='smallfont'>Page 2</div><div id='post'>{quote}</div></div></body></html>"
    document = parse(page, "http://b.example/forum/showthread.php?t=5")
    read = render(document.by_id["post"], document)
    assert (read.text, read.quotes) == ("> so", (Quote(None, "Ann"),))


def test_code_is_no_quote():
    read = content(
        "<div><div class='smallfont'>Code:</div><pre class='alt2' style='border:1px inset'>a\n b</pre></div>"
    )
    assert (read.text, read.quotes) == ("Code:\na\n b", ())


def test_a_typed_attribution_of_an_imported_post():
    typed = "<table><tr><td><i>Originally posted by Ann B </i><br>so</td></tr></table>"
    read = content(f"<div><div class='smallfont'>Quote:</div>{typed}</div>")
    assert (read.text, read.quotes) == ("> so", (Quote(None, "Ann B"),))


def test_pictures_without_smilies_spacers_avatars_and_counters():
    read = content(
        "<img src='http://pics.example/a.jpg' alt=''><img src='images/smilies/wink.gif'>"
        "<img class='inlineimg' src='b.gif'><img src='http://ads.example/seen' width='0' height='1'>"
        "<a class='avatar'><img class='avatar-u9-s' src='data/avatars/s/0/9.jpg'></a>"
        "<img src='spacer.gif' data-original='/real.jpg' alt='bracket'><img src='data:image/png;base64,AA'>"
        "<img src='http://pics.example/a.jpg'><img src='attachment.php?attachmentid=9'>"
    )
    assert read.images == (Media("http://pics.example/a.jpg"), Media("http://b.example/real.jpg", "bracket"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("images/attach/jpg.gif", False),
        ("http://www.b.example/images/blue/buttons/quote.gif", False),
        ("skins_2/ranks/stars3.png", False),
        ("images/smilies/wink.gif", False),
        ("images/misc/spacer.gif", False),
        ("http://emoji.tapatalk.example/emoji3.png", False),
        ("http://www.e30.example/attach/2009/car.jpg", True),
        ("http://www.e30.example/images/attach/car.png", True),
        ("http://www.e30.example/buttons/horn.gif", True),
        ("http://www.e30.example/ranks/finish.jpg", True),
        ("http://www.e30.example/smilies/on-the-dash.jpg", True),
        ("http://www.e30.example/clear.png", True),  # what lamps look like
        ("http://b.example/attach/2009/car.jpg", True),
        ("http://b.example/images/attach/2009/car.jpg", True),
        ("http://b.example/images/ranks/finish.jpg", True),
    ],
)
def test_only_what_decorates_the_board_is_no_picture(url, shown):
    assert [each.url for each in content(f"<img src='{url}'>").images] == ([url] if shown else [])


@pytest.mark.timeout(30)  # in quadratic time it takes minutes
def test_a_long_address_of_a_picture_takes_no_longer():
    url = f"http://b.example{'/img' * 100_000}"
    assert content(f"<img src='{url}'>").images == (Media(url),)


@pytest.mark.parametrize(
    ("html", "addresses"),
    [
        ('<iframe src="//www.youtube.com/embed/abc?wmode=opaque"></iframe>', ["http://www.youtube.com/embed/abc?wmode=opaque"]),
        ('<iframe class="lazy" src="about:blank" data-src="/v/1"></iframe>', ["http://b.example/v/1"]),
        ('<object data="http://v.example/1"><param name="movie" value="http://v.example/1"></object>', ["http://v.example/1"]),
        ('<object><param name="wmode" value="x"><param name="Movie" value="/1.swf"><embed src="/1.swf"></object>', ["http://b.example/1.swf"]),
        ('<embed src="http://v.example/2">', ["http://v.example/2"]),
        ('<video controls><source src="v.mp4"><source src="v.webm">No video</video>', ["http://b.example/forum/v.mp4"]),
        ('<a class="video-frame h" href="https://youtu.be/x"><img src="t.jpg"></a>', ["https://youtu.be/x"]),
        ('<iframe></iframe><iframe src="javascript:x()"></iframe>', []),
        ('<embed src="http://v.example/2"> again <embed src="http://v.example/2">', ["http://v.example/2"]),
    ],
)  # fmt: skip
def test_videos_and_frames_leave_their_address(html, addresses):
    read = content(f"before {html} after")
    assert list(read.embeds) == addresses
    assert (read.text.replace(" again", ""), read.images) == ("before after", ())


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="http://x.example/m/Manual%20S14.PDF"><b>the</b> manual</a>', ("Manual%20S14.PDF", "the manual")),
        ('<a href="http://x.example/m/tune.bin?dl=1"></a>', ("tune.bin?dl=1", None)),
        ('<a href="http://x.example/m/get.php?file=a.zip">a</a>', ("get.php?file=a.zip", "a")),
        ('<a href="http://x.example/m/big.jpg"><img src="http://x.example/m/small.jpg"></a>', ("big.jpg", None)),
        ('<a href="http://x.example/m/a.jpg"><img src="http://x.example/m/a.jpg"></a>', None),  # shown already
        ('<a href="http://x.example/m/index.html">a page</a>', ("index.html", "a page")),
        ('<a href="http://x.zip">a site</a>', ("http://x.zip", "a site")),
        ('<a href="ftp://x.example/tis.iso">TIS</a>', ("ftp://x.example/tis.iso", "TIS")),
        ('<a href="showthread.php?t=82#post9">here</a>', ("http://b.example/forum/showthread.php?t=82#post9", "here")),
        ('<a href="http://o.example/members/9-ann">her page</a>', ("http://o.example/members/9-ann", "her page")),
        ('<a href="/attachments/x/4826d14-pan.jpg">ours</a>', None),
        ('<a href="http://www.b.example/forum/member.php?u=9">@Ann</a>', None),
        ('<a href="members/9-ann">@Ann</a>', None),
        ('<a href="#torque">below</a>', None),
        ('<a name="torque">25 Nm</a>', None),
        ('<a href="javascript:show()">show</a>', None),
        ('<a href="mailto:a@x.example/m/a.pdf">mail</a>', None),
        ('<a href="http://x.example/v"><iframe src="http://x.example/v"></iframe></a>', None),  # among the embeds
    ],
)
def test_what_a_text_links_to(link, expected):
    files = [(file.url.removeprefix("http://x.example/m/"), file.name) for file in content(link).links]
    assert files == ([expected] if expected else [])


LONG = "http://www.x.example/a/very/long/way/to/the/e30/m20.html"


@pytest.mark.parametrize(
    ("href", "said", "text"),
    [
        (LONG, "http://www.x.example/a/very/long/way...e/e30/m20.html", LONG),
        (LONG, "<b>http://www.x.example/a/very/long/way...e/e30/m20.html</b>", LONG),
        (LONG, "www.x.example/a/very…m20.html", LONG),
        (LONG, "HTTP://WWW.X.example/a/very...", LONG),
        ("ftp://x.example/tis/images/2008/disk.iso", "ftp://x.example/tis/im...isk.iso", "ftp://x.example/tis/images/2008/disk.iso"),
        ("http://x.example/M%C3%BCller/manual.html", "http://x.example/Müller/man...html", "http://x.example/M%C3%BCller/manual.html"),
        ("/proxy.php?link=http%3A%2F%2Fx.example%2Fvery%2Flong&amp;hash=0f", "http://x.exam...y/long", "http://x.example/very/long"),
        ("showthread.php?t=82&amp;page=3#post9", "http://b.example/for...3#post9", "http://b.example/forum/showthread.php?t=82&page=3#post9"),
        (LONG, "here", "here"),
        (LONG, "see...", "see..."),
        (LONG, "...", "..."),
        (LONG, "http://www.y.example/a/very...m20.html", "http://www.y.example/a/very...m20.html"),
        (LONG, "http://www.x.example/a/very...m21.html", "http://www.x.example/a/very...m21.html"),
        (LONG, LONG, LONG),
    ],
)  # fmt: skip
def test_a_shortened_address_is_whole(href, said, text):
    read = content(f'at <a href="{href}">{said}</a>.')
    assert read.text == f"at {text}."
    assert len(read.links) == 1
    assert content(f'<a href="{href}"><img src="/a.jpg">{said}</a>').images == (Media("http://b.example/a.jpg"),)


@pytest.mark.timeout(30)  # in quadratic time it takes minutes
def test_a_text_that_is_no_shortened_address_takes_no_longer():
    said = f"http://{'...' * 60_000} x"
    assert content(f'<a href="{LONG}">{said}</a>').text == said


def test_attachments_once_and_at_full_size():
    html = (
        "<fieldset><a href='/attachments/x/4826d14-y-pan.jpg'><img src='spacer.gif' alt='Name:\tpan 1.jpg\nViews:\t50'"
        " data-original='attachment.php?attachmentid=4826&amp;thumb=1'></a></fieldset>"
        "<a href='attachment.php?attachmentid=7&amp;d=12'>list.pdf</a> (24.1 KB) <a href='http://[bad/attachment.php'>no</a>"
        "<img src='attachment.php?attachmentid=8&amp;stc=1' alt=''><a href='showthread.php?t=5'>thread</a>"
    )
    assert attachments(*body(html)) == (
        Media("http://b.example/attachments/x/4826d14-y-pan.jpg", "pan 1.jpg"),
        Media("http://b.example/forum/attachment.php?attachmentid=7&d=12", "list.pdf"),
        Media("http://b.example/forum/attachment.php?attachmentid=8&stc=1"),
    )


TAGS = st.sampled_from(["div", "p", "br", "pre", "li", "td", "b", "div class='bbcode_quote'", "div class='smallfont'"])


@given(st.lists(st.tuples(TAGS, st.text("ab \n>", max_size=6), st.booleans())))
def test_every_word_survives_in_order(pieces):
    html = "".join(
        f"<{tag}>{text.replace('>', '&gt;')}" + f"</{tag.split()[0]}>" * closed for tag, text, closed in pieces
    )
    letters = [letter for _, text, _ in pieces for letter in text if letter in "ab"]
    assert [letter for letter in content(html).text if letter in "ab"] == letters
