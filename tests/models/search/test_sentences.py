"""Which words of a search say what is sought, and which only for whom, what for, where, when, or what to do with it."""

import pytest

from models.search.analysis import analyse
from models.search.sentences import AROUND, DOING, STRONG, WEAK, weighed


def weights(text: str) -> dict[str, int]:
    tokens = analyse(text)
    return {
        text[token.start : token.end]: counts
        for token, counts in zip(tokens, weighed(text, tokens), strict=True)
        if token.term
    }


@pytest.mark.parametrize(
    ("text", "sought", "around"),
    [
        ("Ich suche einen Saal für unser Vereinsfest", "Saal", "Vereinsfest"),
        ("ich suche einen saal für unser vereinsfest", "saal", "vereinsfest"),
        ("Für unsere Jugendgruppe brauchen wir eine Turnhalle am Vormittag", "Turnhalle", "Jugendgruppe"),
        ("wir brauchen einen Raum zum Proben", "Raum", "Proben"),
        ("Unser Chor sucht einen Raum", "Raum", "Chor"),
        ("Wo kann mein Kind rudern?", "rudern", "Kind"),
        ("Ich bin Rentner und möchte Hausaufgaben betreuen", "Hausaufgaben betreuen", "Rentner"),
        ("Gibt es in Detmerode einen Lesekreis?", "Lesekreis", "Detmerode"),
        ("Wer kennt Spiele für Kinder und Senioren?", "Spiele", "Kinder Senioren"),
        ("raum für geburtstag", "raum", "geburtstag"),
        # What help is wanted with is what is sought; and so is what stands behind a comma.
        ("Wer kann mir mit meinem Handy helfen", "Handy", ""),
        ("Wer hilft uns bei der Steuererklärung?", "Steuererklärung", ""),
        ("Ich suche nach einem Proberaum", "Proberaum", ""),
        ("Für Kinder, bitte Fahrräder", "Fahrräder", "Kinder"),
        # No sentence: where and who is all that is said.
        ("Sport in Fallersleben", "Sport Fallersleben", ""),
        ("Chor Ehmen", "Chor Ehmen", ""),
        # Where nothing else is sought, what stands around it is.
        ("Ich möchte etwas für Tiere tun", "Tiere", ""),
        ("mein Kind", "Kind", ""),
    ],
)
def test_what_is_sought_counts_more_than_what_stands_around_it(text: str, sought: str, around: str) -> None:
    found = weights(text)
    assert {word: found[word] for word in sought.split()} == dict.fromkeys(sought.split(), STRONG)
    assert {word: found[word] for word in around.split()} == dict.fromkeys(around.split(), AROUND)


def test_what_is_to_be_done_with_a_thing_says_little_beside_it_and_all_by_itself() -> None:
    assert weights("Laptop spenden") == {"Laptop": STRONG, "spenden": DOING}
    assert weights("Ich habe einen alten Laptop zu verschenken") == {
        "alten": WEAK,
        "Laptop": STRONG,
        "verschenken": DOING,
    }
    assert weights("spenden") == {"spenden": STRONG}
    assert weights("Wir freuen uns über eine Spende") == {"freuen": WEAK, "Spende": STRONG}


def test_everyday_words_count_least_and_nothing_counts_in_a_text_without_words() -> None:
    assert weights("Verein") == {"Verein": WEAK}
    assert weights("Hilfe im Garten") == {"Hilfe": WEAK, "Garten": STRONG}
    assert weights("?!") == weights("und für") == weights("") == {}
