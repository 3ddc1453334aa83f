"""Set Scrapy up for e30crawl: slow, honest, and closed to everything but public web pages.

Figures behind "measured": Scrapy 2.19.0 on a loopback forum of 609 pages.
"""

from os import environ

BOT_NAME = "e30crawl"
SPIDER_MODULES = ["e30crawl.spiders"]
COMMANDS_MODULE = "e30crawl.commands"

# Who we are. The spider adds CONTACT (a mail address or a page) to the user agent, so that an owner can reach us.
USER_AGENT = "e30crawl/0.2"
CONTACT = ""
ROBOTSTXT_USER_AGENT = "e30crawl"  # the token an owner writes in robots.txt, whatever the contact says

# Politeness: 1.5 to 2.5 s between two requests to a host, and one at a time. Several hosts go side by side, because
# photos lie elsewhere; a host that makes us wait holds 2 of the 32 (frontier/queue.py).
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0.25  # Scrapy's 0.5 would make "2 s" often 1 s
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # a page first, then its rows; Scrapy would start 100 tasks for every response
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0  # start at DOWNLOAD_DELAY, which is the floor as well
AUTOTHROTTLE_MAX_DELAY = 120
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
ROBOTSTXT_OBEY = True

# Our middlewares, pipelines, extensions and the resolver: beside whatever a user adds, and hard to switch off.
ADDONS = {"e30crawl.addon.Addon": 0}
TWISTED_DNS_RESOLVER = "e30crawl.guard.PublicOnlyResolver"
GUARD_ALLOW: list[str] = []  # "host:port" of our own machines that may be fetched all the same: demo and tests

# Empty: SQLite in the board's folder. postgresql://user@host/database: workers on several machines share the boards.
# From the environment, because a command line with a password is seen by everybody on the machine.
FRONTIER_URL = environ.get("FRONTIER_URL", "")
FRONTIER_LEASE = 120.0  # seconds until another worker may take a board over whose worker has died
FRONTIER_RETRY_DELAY = 60.0  # seconds to the second try; four times as long before each further one

# Nothing but the web: Scrapy fetched file:///etc/hostname from an <img> and stored it (measured).
DOWNLOAD_HANDLERS = {"file": None, "data": None, "ftp": None, "s3": None}
HTTPPROXY_ENABLED = False  # behind a proxy the address is resolved where PublicOnlyResolver cannot look
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TIMEOUT = 60  # 180 by default; a stop waits this long for what is in flight
DOWNLOAD_MAXSIZE = 64 * 2**20  # a scanned manual as an attachment; the spider allows pages 16 MiB
DOWNLOAD_WARNSIZE = 0  # photos are large; nothing to warn of
TELNETCONSOLE_ENABLED = False  # on by default, a Python prompt on a port
REMOTE_CONTROL_ENABLED = False  # likewise, over HTTP

# On the first cookie tldextract would download the list of public suffixes, past robots.txt and every delay; without
# Scrapy's cookie middleware nothing calls it. We read as a guest, or with middlewares.BoardCookies.
COOKIES_ENABLED = False

LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 10.0  # seconds; 60 would leave whoever has started a crawl in doubt
MEMUSAGE_LIMIT_MB = 2048  # state is on disk: a crawl that grows so large has a bug, and a restart is free
