"""Addresses of mail, telephones and websites as people type them."""

import pytest

from resolvers.addresses import ascii_email, read_email, read_phone, read_url


@pytest.mark.parametrize(
    "typed",
    [
        "05361 281234",
        "05361/28-12-34",
        "(05361) 28.12.34",
        "05361 – 281234",
        "+49 5361 281234",
        "+49 (0) 5361 281234",
        "0049 5361 281234",
        "0049 (0)5361 / 281234",
        "\u202a+49\u00a05361 281234\u202c",
        "０５３６１　２８１２３４",
        "＋４９（５３６１）２８１２３４",
        "٠٥٣٦١ ٢٨١٢٣٤",
    ],
)
def test_a_telephone_number_has_the_digits_that_were_typed(typed: str) -> None:
    assert read_phone(typed) == "+495361281234"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+39 06 1234 5678", "+390612345678"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("+1 800 356 9377", "+18003569377"),
        ("0171/1234567", "+491711234567"),
        ("05361 281234-0", "+4953612812340"),
    ],
)
def test_telephone_numbers_of_elsewhere(typed: str, stored: str) -> None:
    assert read_phone(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "05361 281234 App. 12",
        "05361 281234 x12",
        "05361 281234;ext=12",
        "05361 281234#12",
        "0800 FLOWERS",
        "1-800-FLOWERS",
        "Tel. 05361 281234",
        "tel:+495361281234",
        "05361 281234 oder 281235",
        "05361 281234, 281235",
        "05361 281234 / 05361 281235",
        "05361 2812 / 2813",
        "05361 281234\n05361 281235",
        "+49 5361 281234 +49 5361 281235",
        "²05361 281234",
        "05361 28123½",
        "++495361281234",
        "+49",
        "00000 123456",
        "110",
        "()",
        "+1 (0) 202 555 0123",
        "0" * 50,
    ],
)
def test_what_is_more_or_less_than_a_telephone_number_is_none(typed: str) -> None:
    assert read_phone(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "https://verein.example",
        "http://www.verein.example/über-uns/?x=ä&u=a@b#:@",
        "https://verein.example:8443/a:b",
        "HTTPS://Verein.Example/",
        "https://müller-verein.de",
        "https://straße.de",
        "https://xn--mller-verein-dlb.de",
        "https://1.verein.example",
    ],
)
def test_a_public_web_address_stays_as_it_was_typed(typed: str) -> None:
    assert read_url(typed) == typed


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        # Letters of other scripts that look like ours are shown as what they are.
        ("https://sp\u0430rkasse.de/x", "https://xn--sprkasse-26g.de/x"),
        ("https://vere\u0131n.de", "https://xn--veren-q4a.de"),
        ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai"),
        ("https://ｖｅｒｅｉｎ．ｄｅ/x", "https://verein.de/x"),
        ("https://verein\u3002de", "https://verein.de"),
        ("https://mu\u0308ller.de", "https://müller.de"),
    ],
)
def test_a_host_is_what_it_looks_like(typed: str, stored: str) -> None:
    assert read_url(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "https://user:pw@verein.de",
            "https://user@verein.de",
            "https://@verein.de",
            "https://verein.de@evil.example",
        ),
        *("https://.", "https://..", "https:///x", "https://", "https:verein.de", "https:/verein.de", "//verein.de"),
        *("https://sparkasse.de\\evil", "https:\\\\verein.de", "https://verein.de/a\\b", "https://verein.de/<script>"),
        *('https://verein.de/"onload=x', "https://verein.de/`x`", "https://verein.de/a b", "https://verein.de/\tx"),
        *("https://verein .de", "https://ver\nein.de", "https://verein.de/\u00a0x", "https://verein.de/\u2028x"),
        *("https://localhost", "https://localhost:8000/x", "https://verein", "https://drucker.local", "http://x.test"),
        *("http://nas.home.arpa", "http://x.internal", "http://x.onion", "http://fritz.lan"),
        *(
            "http://127.0.0.1",
            "http://127.1",
            "http://0x7f.1",
            "http://2130706433",
            "http://192.168.0.1/",
            "http://1.1.1.1",
        ),
        *("http://[::1]", "http://[2606:4700::1111]/", "http://[verein.de]", "http://[", "http://１２７.0.0.1"),
        *("https://verein.de:0", "https://verein.de:", "https://verein.de:x", "https://verein.de:99999", "https://:80"),
        *("https://verein.de:-1", "https://verein.de:８０", "https://verein.de:80:80"),
        *("https://verein.de.", "https://verein..de", "https://-verein.de", "https://verein-.de", "https://a_b.de"),
        *("https://" + "a" * 64 + ".de", "https://" + "a." * 130 + "de", "https://verein.d", "https://verein.123"),
        *(
            "https://ver%65in.de",
            "https://verein.de%2f@x.de",
            "https://verein.de%00",
            "https://xn--a.de",
            "https://☃.net",
        ),
        *("https://verein.de／@x.example", "https://example.com\uff0fevil.de", "https://ver\u202eein.de"),
        *("javascript:alert(1)", "data:text/html,x", "ftp://verein.de", "mailto:a@b.de", "verein.de", "www.verein.de"),
    ],
)
def test_what_is_no_public_web_address_is_none(typed: str) -> None:
    assert read_url(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "info@müller-verein.de",
        "INFO@MÜLLER-VEREIN.DE",
        "info@mu\u0308ller-verein.de",
        "info@xn--mller-verein-dlb.de",
        "Info@XN--MLLER-Verein-dlb.DE",
    ],
)
def test_a_mail_address_has_one_spelling_and_one_for_mail_servers(typed: str) -> None:
    address = read_email(typed)
    assert address == "info@müller-verein.de"
    assert ascii_email(address) == "info@xn--mller-verein-dlb.de"


def test_an_address_that_not_every_mail_server_can_deliver_to_is_none_but_stays_known() -> None:
    assert read_email("jürgen@example.org") is None
    assert read_email("Jürgen@example.org", known=True) == "jürgen@example.org"
    assert ascii_email("jürgen@müller.de") == "jürgen@xn--mller-kva.de"


@pytest.mark.parametrize(
    "typed",
    [
        "a@b",
        "a@localhost",
        "a@[127.0.0.1]",
        '"a b"@example.org',
        "a@b@example.org",
        "a@xn--a.de",
        "a\u200bb@example.org",
    ],
)
def test_what_is_no_mail_address_is_none(typed: str) -> None:
    assert read_email(typed) is None
    assert read_email(typed, known=True) is None
