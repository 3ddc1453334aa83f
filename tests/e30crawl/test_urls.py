"""One page, many addresses: what each of them is, and which of them are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.urls import (
    OTHER,
    Target,
    UrlKind,
    canonical,
    classify,
    identity,
    member_id,
    page_url,
    same_board,
    surely_apart,
)

HASH = "0123456789abcdef0123456789abcdef"

CANONICAL = [
    (f"http://B.example/showthread.php?s={HASH}&t=5", "http://b.example/showthread.php?t=5"),
    ("http://b.example/showthread.php?s=&threadid=5", "http://b.example/showthread.php?threadid=5"),
    ("http://b.example:80/showthread.php?t=5&page=1#post9", "http://b.example/showthread.php?t=5"),
    ("https://b.example:443/?styleid=3&langid=2", "https://b.example/"),
    ("https://b.example:8443/forum.php", "https://b.example:8443/forum.php"),
    ("http://b.example", "http://b.example/"),
    ("http://b.example/showthread.php?page=2&t=5&highlight=oil&mode=hybrid", "http://b.example/showthread.php?page=2&t=5"),
    ("http://b.example/showthread.php?t=5&goto=lastpost&pp=40", "http://b.example/showthread.php?t=5"),
    ("http://b.example/attachment.php?attachmentid=7&stc=1&d=1430397200&thumb=1",
     "http://b.example/attachment.php?attachmentid=7"),
    ("http://b.example/forumdisplay.php?sort=views&order=desc&daysprune=-1&f=4",
     "http://b.example/forumdisplay.php?f=4"),
    ("http://b.example/forum/engine?filter_time=time_all&page=2", "http://b.example/forum/engine?page=2"),
    ("http://b.example/showthread.php?5-Slug/page2&viewfull=1", "http://b.example/showthread.php?5-Slug/page2"),
    ("http://b.example/forum/x-47/page-50/page-70/", "http://b.example/forum/x-47/page-70/"),
    ("http://gravatar.example/a?s=80", "http://gravatar.example/a?s=80"),  # a size, no session
    ("http://b.example/threads/oil.5/unread", "http://b.example/threads/oil.5/"),
    ("http://b.example/threads/oil.5/latest?nested_view=1&sortby=newest#replies", "http://b.example/threads/oil.5/"),
    ("http://b.example/threads/oil.5/page-1", "http://b.example/threads/oil.5/"),
    ("http://b.example/threads/oil.5/page-2?nested_view=0", "http://b.example/threads/oil.5/page-2?nested_view=0"),
    ("http://b.example/index.php?threads/oil.5/&order=asc&page=2", "http://b.example/index.php?threads/oil.5/&page=2"),
    ("http://b.example/forums/cars.4/?order=title&direction=asc&last_days=7", "http://b.example/forums/cars.4/"),
    ("http://b.example/attachments/pan-jpg.7/?width=1920&auto=webp", "http://b.example/attachments/pan-jpg.7/"),
    ("mailto:me@b.example", "mailto:me@b.example"),
    ("http://[broken", "http://[broken"),
]  # fmt: skip

KINDS = [
    # vB2 and vB3
    ("/", Target(UrlKind.HOME)),
    ("/forum/index.php?s=" + HASH, Target(UrlKind.HOME)),
    ("/forums/", Target(UrlKind.HOME)),
    ("/forum.php#cars", Target(UrlKind.HOME)),
    ("/forumdisplay.php?f=4", Target(UrlKind.FORUM, 4)),
    ("/forumdisplay.php?f=4&order=desc&page=3", Target(UrlKind.FORUM, 4, 3)),
    ("/forumdisplay.php?s=&forumid=4&pagenumber=2", Target(UrlKind.FORUM, 4, 2)),
    ("/showthread.php?t=82935&page=2", Target(UrlKind.THREAD, 82935, 2)),
    ("/showthread.php?s=&threadid=9&perpage=40&pagenumber=2", Target(UrlKind.THREAD, 9, 2)),
    ("/showthread.php?goto=newpost&t=9", Target(UrlKind.THREAD, 9)),
    ("/showthread.php?p=77#post77", Target(UrlKind.POST, 77)),
    ("/showthread.php?t=9&p=77", Target(UrlKind.POST, 77)),
    ("/showthread.php?postid=77", Target(UrlKind.POST, 77)),
    ("/showpost.php?p=77&postcount=3", Target(UrlKind.POST, 77)),
    ("/attachment.php?attachmentid=55&d=1229061153", Target(UrlKind.ATTACHMENT, 55)),
    ("/attachment.php?postid=90074", Target(UrlKind.ATTACHMENT)),
    # vB4
    ("/forumdisplay.php/380-Air-Force/page2", Target(UrlKind.FORUM, 380, 2)),
    ("/forumdisplay.php?380-Air-Force", Target(UrlKind.FORUM, 380)),
    ("/forums/46-Name/page2", Target(UrlKind.FORUM, 46, 2)),
    ("/showthread.php/9687-A-Slug/page2", Target(UrlKind.THREAD, 9687, 2)),
    ("/showthread.php?9687-A-Slug/page2", Target(UrlKind.THREAD, 9687, 2)),
    ("/showthread.php/9687-A-Slug?p=365266&viewfull=1#post365266", Target(UrlKind.POST, 365266)),
    ("/threads/123-Slug", Target(UrlKind.THREAD, 123)),
    ("/threads/123-Slug/page2?p=5&viewfull=1", Target(UrlKind.POST, 5)),
    # vB5
    ("/forum/cars/m3/727744-some-topic", Target(UrlKind.THREAD, 727744)),
    ("/forum/cars/m3/727744-some-topic/page2", Target(UrlKind.THREAD, 727744, 2)),
    ("/forum/cars/m3/727744-some-topic?p=731647#post731647", Target(UrlKind.POST, 731647)),
    ("/forum/cars/m3", Target(UrlKind.FORUM)),
    ("/forum/cars/m3/page4", Target(UrlKind.FORUM, None, 4)),
    ("/filedata/fetch?id=3141&d=1554824243&type=thumb", Target(UrlKind.ATTACHMENT, 3141)),
    ("/filedata/fetch?filedataid=12", Target(UrlKind.ATTACHMENT)),
    ("/board/filedata/fetch?photoid=3142&type=thumb", Target(UrlKind.ATTACHMENT, 3142)),
    ("/forum/s14/faqs/no-start?page=2", Target(UrlKind.FORUM, None, 2)),
    ("/forum/s14/general/1330282-some-title?page=3", Target(UrlKind.THREAD, 1330282, 3)),
    ("/board/forum/e30-technical-forums/24v-engine-swaps/page2", Target(UrlKind.FORUM, None, 2)),
    ("/board/forum/e30-technical-forums/24v-engine-swaps/m50-52/56173-s52-swap", Target(UrlKind.THREAD, 56173)),
    # vBSEO and its relatives
    ("/engine/856-oil-pump.html", Target(UrlKind.THREAD, 856)),
    ("/engine/856-oil-pump-2.html", Target(UrlKind.THREAD, 856, 2)),
    ("/engine/856-oil-pump-post2840.html#post2840", Target(UrlKind.POST, 2840)),
    ("/forums/885-post3.html", Target(UrlKind.POST, 885)),
    ("/engine/whats-a-325-a.html", OTHER),  # no id anywhere
    ("/engine/1513-password-march-14-a.html", Target(UrlKind.THREAD, 1513)),
    ("/passion/my-m2-460615.html", Target(UrlKind.THREAD, 460615)),
    ("/passion/my-m2-460615-3.html", Target(UrlKind.THREAD, 460615, 3)),
    ("/t78242-slug.html", Target(UrlKind.THREAD, 78242)),
    ("/f42-name.html", Target(UrlKind.FORUM, 42)),
    ("/forums/forum111/index2.html", Target(UrlKind.FORUM, 111, 2)),
    ("/comedy-central/index11.html", Target(UrlKind.FORUM, None, 11)),
    ("/questions/linux-software-2/webmin-82935/page2.html", Target(UrlKind.THREAD, 82935, 2)),
    ("/attachments/forum-slug/35986d1226083046-thread-slug-file.jpg", Target(UrlKind.ATTACHMENT, 35986)),
    ("/attachments/forum-slug/35986d1226083046t-thread-slug-file.jpg", Target(UrlKind.ATTACHMENT, 35986)),
    # XenForo
    ("/threads/oil.123/", Target(UrlKind.THREAD, 123)),
    ("/threads/oil.123", Target(UrlKind.THREAD, 123)),
    ("/threads/2024-the-year.123/", Target(UrlKind.THREAD, 123)),
    ("/threads/v1.5-beta.123/page-2", Target(UrlKind.THREAD, 123, 2)),
    ("/threads/123/", Target(UrlKind.THREAD, 123)),
    ("/threads/123/page-2", Target(UrlKind.THREAD, 123, 2)),
    ("/threads/oil.123/?page=2", Target(UrlKind.THREAD, 123, 2)),
    ("/threads/oil.123/page-2?nested_view=0", Target(UrlKind.THREAD, 123, 2)),
    ("/threads/oil.123/page-2#post-456", Target(UrlKind.THREAD, 123, 2)),
    ("/community/threads/oil.123/unread", Target(UrlKind.THREAD, 123)),
    ("/board/threads/oil.123/latest", Target(UrlKind.THREAD, 123)),
    ("/t/oil.123/page-58", Target(UrlKind.THREAD, 123, 58)),
    ("/f/cars.33/", Target(UrlKind.FORUM, 33)),
    ("/forum/index.php?threads/oil.123/page-2", Target(UrlKind.THREAD, 123, 2)),
    ("/?threads/oil.123/&page=3", Target(UrlKind.THREAD, 123, 3)),
    ("/forum/index.php?forums/cars.4/&order=title", Target(UrlKind.FORUM, 4)),
    ("/forum/forums/cars.4/page-66", Target(UrlKind.FORUM, 4, 66)),
    ("/categories/cars.9/", Target(UrlKind.FORUM, 9)),
    ("/forums/announcements/", Target(UrlKind.FORUM)),
    ("/threads/oil.123/post-456", Target(UrlKind.POST, 456)),
    ("/threads/oil.123/?post_id=456&nested_view=1&sortby=oldest#post-456", Target(UrlKind.POST, 456)),
    ("/posts/456/", Target(UrlKind.POST, 456)),
    ("/community/goto/post?id=456#post-456", Target(UrlKind.POST, 456)),
    ("/index.php?goto/post&id=456", Target(UrlKind.POST, 456)),
    ("/attachments/pan-jpg.55/", Target(UrlKind.ATTACHMENT, 55)),
    ("/attachments/55/?hash=0", Target(UrlKind.ATTACHMENT, 55)),
    ("/index.php?attachments/pan-jpg.55/", Target(UrlKind.ATTACHMENT, 55)),
    # vBulletin's, although they end in a dot and a number
    ("/threads/123-Bosch-4.0", Target(UrlKind.THREAD, 123)),
    ("/forums/46-E30-3.0/", Target(UrlKind.FORUM, 46)),
    # what must never be walked into, or cannot be told from the address
    *(
        (path, OTHER)
        for path in (
            "/comedy-central/", "/27-5-650b/", "/36706-tate16t.html", "/member.php?u=4", "/members/42491.html",
            "/forum/members/22414-herm", "/member/1712-buckeye", "/forums/members/list/index2.html", "/memberlist.php",
            "/search.php?searchid=1", "/calendar.php?month=3", "/newreply.php?do=newreply&p=4", "/login.php?do=login",
            "/printthread.php?t=4", "/misc.php?do=whoposted&t=4", "/external.php?type=RSS2&forumids=4",
            "/forumdisplay.php?do=markread", "/forumdisplay.php?f=4&prefixid=x", "/showthread.php?t=abc",
            "/showthread.php", "/forumdisplay.php?f=-1", "/archive/index.php/t-123.html", "/user/artistik-48730/",
            "/threads/oil.123/reply?quote=4", "/threads/oil.123/add-reply", "/posts/4/react?reaction_id=1",
            "/forums/cars.4/index.rss", "/forums/-/create-thread", "/forums/cars.4/?prefix_id=3", "/goto/post?id=x",
            "/members/ann.9/", "/whats-new/posts/77/", f"/data/attachments/386/386227-{HASH}.jpg",
            f"/d2/attachments/268/268279-{HASH}.jpg", "/tags/oil/", "/index.php?members/ann.9/",
            "/announcement.php?f=4", "/images/5-smile.html", "/core/image.php?userid=4", "/forum/search",
            "/showthread.php?t=" + "9" * 5000,
        )
    ),
]  # fmt: skip

PAGES = [
    ("showthread.php?t=5", "showthread.php?page=3&t=5"),
    ("showthread.php?t=5&page=2", "showthread.php?page=3&t=5"),
    ("showthread.php?threadid=5", "showthread.php?pagenumber=3&threadid=5"),
    ("forumdisplay.php?f=5", "forumdisplay.php?f=5&page=3"),
    ("showthread.php?5-Slug", "showthread.php?5-Slug/page3"),
    ("showthread.php/5-Slug", "showthread.php/5-Slug/page3"),
    ("threads/5-Slug", "threads/5-Slug/page3"),
    ("forums/5-Slug/", "forums/5-Slug/page3"),
    ("forum/a/b/5-slug", "forum/a/b/5-slug/page3"),
    ("forum/a/b", "forum/a/b/page3"),
    ("engine/5-oil-pump.html", "engine/5-oil-pump-3.html"),
    ("passion/my-m2-460615.html", "passion/my-m2-460615-3.html"),
    ("comedy-central/", "comedy-central/index3.html"),
    ("q/linux-2/webmin-82935/", "q/linux-2/webmin-82935/page3.html"),
    ("threads/oil.5/", "threads/oil.5/page-3"),
    ("threads/5/", "threads/5/page-3"),
    ("threads/oil.5/?nested_view=0", "threads/oil.5/page-3?nested_view=0"),
    ("community/forums/cars.4/", "community/forums/cars.4/page-3"),
    ("board/index.php?threads/oil.5/", "board/index.php?threads/oil.5/page-3"),
    ("board/index.php?forums/cars.4/page-2", "board/index.php?forums/cars.4/page-3"),
]


@pytest.mark.parametrize(("url", "expected"), CANONICAL)
def test_canonical(url, expected):
    assert canonical(url) == expected


@pytest.mark.parametrize(("path", "expected"), KINDS)
def test_kinds(path, expected):
    assert classify("http://b.example" + path) == expected


@pytest.mark.parametrize("url", ["javascript:void(0)", "", "#top", "ftp://b.example/showthread.php?t=4", "http://[bad"])
def test_what_is_no_web_address_is_other(url):
    assert classify(url) == OTHER


@pytest.mark.parametrize(("first", "third"), PAGES)
def test_page_addresses(first, third):
    first, third = "http://b.example/" + first, "http://b.example/" + third
    assert page_url(first, 3) == third
    assert page_url(third, 3) == third
    assert page_url(page_url(third, 1), 3) == third
    assert classify(third).page == 3


@pytest.mark.parametrize(
    ("key", "urls"),
    [
        ("thread:5:1", ["showthread.php?t=5", f"showthread.php?s={HASH}&t=5&page=1", "threads/5-Old", "x/5-new.html"]),
        ("thread:5:2", ["showthread.php?t=5&page=2", "threads/5-Old/page2", "x/5-new-2.html", "forum/a/5-b/page2"]),
        ("forum:4:1", ["forumdisplay.php?f=4", "forumdisplay.php?f=4&sort=views&order=asc", "forums/4-Name"]),
        (
            "attachment:55",
            ["attachment.php?attachmentid=55&d=1", "attachments/x/55d1-name.jpg", "filedata/fetch?id=55"],
        ),
        ("thread:5:2", ["threads/new.5/page-2", "c/threads/old.5/?page=2", "index.php?threads/new.5/page-2#post-7"]),
        ("forum:4:1", ["forums/cars.4/", "categories/cars.4/", "index.php?forums/4/"]),
        ("attachment:55", ["attachments/pan-jpg.55/", "attachments/55/", "attachments/pan-jpg.55/?width=640"]),
        ("post:9", ["posts/9/", "threads/new.5/post-9", "goto/post?id=9#post-9", "threads/new.5/unread?post_id=9"]),
        ("post:9", ["showthread.php?p=9#post9", "showpost.php?p=9", "x/5-new-post9.html"]),
    ],
)
def test_ids_outlive_slugs(key, urls):
    assert {identity("http://b.example/" + url) for url in urls} == {key}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://b.example/member.php?u=4", 4),
        ("http://b.example/member.php/13985-Rainmaker", 13985),
        ("http://b.example/members/71187_predator.html", 71187),
        ("http://b.example/member/1712-buckeye", 1712),
        ("http://b.example/user/artistik-48730/", 48730),
        ("http://b.example/36706-tate16t.html", 36706),
        ("http://b.example/search.php?do=finduser&userid=7", 7),
        ("http://b.example/users/transgalactic/", None),
        ("http://b.example/members/ann-b.12/", 12),
        ("http://b.example/members/2024.12/", 12),
        ("http://b.example/members/3ox.12/", 12),
        ("http://b.example/members/12/", 12),
        ("http://b.example/c/index.php?members/ann.12/", 12),
        ("http://b.example/members/v1.5.html", None),
        (None, None),
    ],
)
def test_member_links(url, expected):
    assert member_id(url) == expected


BOARD = "http://www.b.example/club/forums/"


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://b.example:443/club/forums", True),
        ("http://b.example/club/index.php", True),
        ("http://b.example/club/showthread.php?t=5&page=2", True),
        ("http://b.example/club/showthread.php/5-Slug", True),
        ("http://b.example/club/threads/5-slug", True),
        ("http://b.example/club/forum/engine/5-slug", True),
        ("http://b.example/club/f4/", True),
        ("http://b.example/club/engine/1234-title.html", True),
        ("http://b.example/club/threads/oil.5/page-2", True),
        ("http://b.example/club/index.php?threads/oil.5/", True),
        ("http://b.example/club/categories/cars.5/", True),
        ("http://b.example/club/posts/5/", True),
        ("http://b.example/threads/oil.5/", False),
        ("http://b.example/club2/threads/oil.5/", False),
        ("http://b.example/", False),
        ("http://b.example/showthread.php?t=5", False),
        ("http://b.example/club2/", False),
        ("http://b.example/club/old/showthread.php?t=5", False),
        ("http://b.example/engine/1234-title.html", False),
        ("http://b.example:8000/club/forums/", False),
        ("http://c.example/club/forums/", False),
    ],
)
def test_a_board_is_a_folder_of_a_site(url, same):
    assert same_board(BOARD, url) is same_board(url, BOARD) is same


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("http://b.example/new/showthread.php?t=1", "http://b.example/old/showthread.php?t=1", True),
        ("http://b.example/new/", "http://b.example/old/engine/12-title.html", True),
        ("http://b.example/new/", "http://b.example/new/engine/12-title.html", False),
        ("http://b.example/engine/12-title.html", "http://b.example/brakes/13-title.html", False),  # neither says
        ("http://b.example/engine/12-title.html", "http://c.example/engine/13-title.html", True),
        ("http://www.b.example/", "http://b.example/showthread.php?t=1", False),
    ],
)
def test_boards_that_share_a_site_are_told_apart_where_their_addresses_say(one, other, apart):
    assert surely_apart(one, other) is surely_apart(other, one) is apart


PARTS = st.sampled_from(
    [
        "s=",
        f"s={HASH}",
        "t=5",
        "page=1",
        "page=2",
        "goto=newpost",
        "5-Slug",
        "5-Slug/page2",
        "&",
        "=",
        "a=b",
        "threads/oil.5/page-2",
        "attachments/5/",
        "goto/post",
        "nested_view=0",
        "nested_view=1",
        "post_id=9",
        "%zz",
        "ü",
    ]
)
ADDRESSES = st.builds(
    "{}://{}{}?{}#{}".format,
    st.sampled_from(["http", "HTTPS", "ftp"]),
    st.sampled_from(["b.example", "B.Example:80", "b.example:443", "b.example::80:", "u:p@B.example", "[::1]:80", ""]),
    st.text("/abfpage-0123456789.html", max_size=30).map(lambda path: "/" + path)
    | st.builds(
        "/{}/{}{}{}".format,
        st.sampled_from(["threads", "c/forums", "posts", "attachments", "t"]),
        st.sampled_from(["oil.", "5-oil.", "v1.0.", ""]),
        st.integers(0, 99),
        st.sampled_from(["", "/", "/page-2", "/page-1", "/page-0/", "/latest", "/post-7", "/x"]),
    ),
    st.lists(PARTS, max_size=5).map("&".join),
    st.text(max_size=5),
)


@given(ADDRESSES | st.text())
def test_canonical_is_stable_and_keeps_the_identity(url):
    once = canonical(url)
    assert canonical(once) == once
    assert identity(once) == identity(url)


@given(ADDRESSES | st.text(), st.integers(-1, 9))
def test_any_address_can_be_asked(url, number):
    classify(url)
    assert isinstance(page_url(url, number), str)
