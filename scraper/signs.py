"""The signs by which a page gives itself away as something else: tables, each entry with its reason or its source.

How they are looked for is `stand_ins`' business. Names and notices are matched in folded form: lower case, no marks.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a page is instead of the watched one."""

    NO_PAGE = "no web page"
    BLOCK = "block page"
    RATE_LIMIT = "rate limit page"
    MAINTENANCE = "maintenance page"
    ERROR = "error page"
    LOGIN = "login page"
    NOT_FOUND = "page for what is not there"
    HOME = "home page"
    PLACEHOLDER = "placeholder of a web server or of a parked domain"
    TRUNCATED = "truncated page"


FEW_WORDS = 80
"""A page with no more visible words is a notice: a real page's menu and footer alone have more."""

SOME_WORDS = 400
"""A notice in a site's own frame of menus and footers stays below; the watched page has over a thousand."""

ANY_WORDS = 10_000_000
"""For what no page of content can be, however long the menus around it are."""

NAMES: dict[Kind, tuple[str, ...]] = {
    Kind.BLOCK: (
        # what servers and CDNs call a refusal: "403 Forbidden", CloudFront's "403 ERROR", Akamai's "Access Denied"
        r"(error )?40[1356]( (error|forbidden|unauthori[sz]ed|access denied|not acceptable))*",
        r"(sucuri website firewall )?(access|permission)( to this \w+)?( has been| is)? denied",
        r"forbidden|blocked|request (blocked|denied|rejected)|(error )?the request could not be satisfied",
        # words for the visitor: Cloudflare's "Sorry, you have been blocked", Wordfence's limits
        r"(sorry )?(you have|your (request|access|ip|ip address) has) been (blocked|denied|rejected)",
        r"your access to this (site|service|page) has been (temporarily )?limited.*",
        # challenges: Cloudflare's three titles, bunny.net's, Imperva's, and captchas of any make
        r"just a moment|attention required( cloudflare)?|checking your browser.*",
        r"establishing a secure connection|pardon our interruption|ddos protection.*",
        r"(security|human|bot|robot) (check|verification|challenge)|captcha|challenge validation",
        r"(please )?(verify|verifying|confirm)( that)? you are (a )?human.*|are you (a )?(robot|human)",
    ),
    Kind.RATE_LIMIT: (
        # the status (RFC 6585) or its meaning
        r"(error )?429( (error|too many requests))*|too many requests",
        r"(rate|request) limit(ed| exceeded| reached)|you are being rate limited",
    ),
    Kind.MAINTENANCE: (
        # "We’ll be back soon", "Scheduled maintenance", "Down for maintenance", "The site is temporarily offline"
        r"(sorry )?(we (will )?|well )?be (right )?back( (soon|shortly|later|online))*|back soon",
        r"((site|website|system|service|scheduled|planned|essential) )*maintenance( (mode|page|work|in progress))?",
        r"((site|website|system|service|is|currently) )*(under|undergoing|down for|closed for) (\w+ )?maintenance",
        r"((sorry|this|the|our) )*(site|website|service) is( (currently|temporarily|now))* (down|offline|unavailable)",
        # WordPress's own while it updates itself, and what hosters put up before a site is ready
        r"briefly unavailable for scheduled maintenance.*|(site )?under construction|coming soon",
    ),
    Kind.ERROR: (
        # a status 5xx in words, by a server that says 200
        r"(http )?(error )?5\d\d( (error|(internal )?server error|bad gateway|service unavailable|gateway time ?out))*",
        r"service (temporarily )?unavailable|(internal )?server error|bad gateway|gateway time ?out",
        # WordPress's two, GOV.UK's design system's, and the plainest
        r"error establishing a database connection|there has been a critical error on (this|your) website",
        r"sorry there is a problem with the service|something went wrong",
        r"error|(an|unexpected) error( has)? occurred|application error",
    ),
    Kind.LOGIN: (
        # the page is there for those who are let in
        r"(please )?(log|sign) ?in( (to|with) .*)?|(login|authentication) required|session (expired|timed out)",
    ),
    Kind.NOT_FOUND: (
        # "Page not found", "Sorry, this page does not exist", "The requested page could not be found"
        r"((oops|sorry|error|404|410|this|that|the|requested) )*(page|content|file)( (was|is))? not (found|available)",
        r"((oops|sorry|this|that|the|requested) )*page (cannot|cant|could not|couldnt) be found",
        r"((oops|sorry|this|that|the|requested) )*page (does not exist|doesnt exist|no longer exists|has been removed)",
        r"(error )?4(04|10)( (error|not found|gone))*|not found|nothing found",
        # of the page, not of what an inspection "could not find"
        r"((sorry|oops) )*we (cant|cannot|couldnt|could not) find ((the|that|this|your) page|what you)( .*)?",
        r"((sorry|oops) )*the page you (were|are) looking for( .*)?",
    ),
    Kind.PLACEHOLDER: (
        # registrars and hosters, in place of a site that has lapsed
        r"((this|domain|site|website|account|name|is|has|been|may be) )*(for sale|parked|expired|suspended)",
        r"buy this domain|.* domain is for sale",
        # a server that knows no site yet: nginx, Apache, IIS
        r"welcome to nginx|apache2?( \w+)? default page( it works)?|it works|iis windows( server)?",
    ),
}
"""Patterns for the whole of a name, the title or an H1, of a page that has at most `most_words(kind)` words."""

NOTICES: tuple[tuple[Kind, str], ...] = (
    # Akamai: "You don't have permission to access … on this server. Reference #18.…", and likes of it
    (Kind.BLOCK, r"you dont have permission to access|your request has been blocked|reference( id)? \d+ [0-9a-f]{6,}"),
    # F5; Imperva; Cloudflare, twice
    (Kind.BLOCK, r"your support id is|incapsula incident id"),
    (Kind.BLOCK, r"enable javascript and cookies to continue|cloudflare ray id"),
    # Google's and others' words for it
    (Kind.RATE_LIMIT, r"you have (sent|made) too many requests|unusual traffic from your"),
    # "The website is undergoing scheduled maintenance", "The service is down for essential maintenance work"
    (Kind.MAINTENANCE, r"(site|website|service|system) is (currently |temporarily )?undergoing (\w+ ){0,3}maintenance"),
    (
        Kind.MAINTENANCE,
        r"(site|website|service|system) is (currently )?(down|offline|closed) for (\w+ ){0,3}maintenance",
    ),
    # under a heading that is the site's name or "Oops!"
    (Kind.NOT_FOUND, r"the page you (requested|are looking for|were looking for) (cannot|cant|could|does|doesnt|was)"),
    (Kind.PLACEHOLDER, r"this domain( name)? (is|may be|has) (for sale|parked|expired)"),
)
"""The kind, and what a page of `FEW_WORDS` says anywhere in its text."""

MARKS: tuple[tuple[Kind, int, str, str], ...] = (
    # only Cloudflare's challenges and errors have these; its other scripts are on ordinary pages too
    (Kind.BLOCK, ANY_WORDS, "Cloudflare", "window._cf_chl_opt"),
    (Kind.BLOCK, SOME_WORDS, "Cloudflare", "cf-error-details"),
    # AWS WAF's challenge and captcha; its script for ordinary pages has no such variable
    (Kind.BLOCK, SOME_WORDS, "AWS WAF", "window.gokuprops"),
    # scripts and addresses that are on ordinary pages too, but those have words
    (Kind.BLOCK, FEW_WORDS, "Imperva", "_incapsula_resource"),
    (Kind.BLOCK, FEW_WORDS, "Akamai", "errors.edgesuite.net"),
    (Kind.BLOCK, FEW_WORDS, "bunny.net", "bunny-shield"),
    (Kind.BLOCK, FEW_WORDS, "DataDome", "captcha-delivery.com"),
    (Kind.BLOCK, FEW_WORDS, "HUMAN", "px-captcha"),
    (Kind.PLACEHOLDER, FEW_WORDS, "Sedo", "sedoparking.com"),
    (Kind.PLACEHOLDER, FEW_WORDS, "ParkingCrew", "parkingcrew.net"),
)
"""The kind, the most words that the page may have, the maker, and what its make shows in the source, lower case."""

HEADERS = (("x-amzn-waf-action", "AWS WAF"), ("cf-mitigated", "Cloudflare"))
"""Sent with a challenge or block instead of the page, and never with a page: so say the makers' manuals."""


def most_words(kind: Kind) -> int:
    """How long a page may be to be judged by its name: no article is called "Page not found", one may be "Error"."""
    return ANY_WORDS if kind is Kind.NOT_FOUND else SOME_WORDS
