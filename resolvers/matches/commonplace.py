"""Words that say little of what an entry is about, beside those that say little anywhere (`is_everyday`).

A list of the board's own, instead of counting how many entries have a word: so a score stays as it is whatever else
comes onto the board. Whom something is for is among them, as most entries are for children, the young or the old:
topics say that. So are numbers, times, and what a meeting is called.
"""

from functools import cache

from models.search.analysis import is_everyday, spelled, stem

_WORDS = """
kind kinder jugend jugendliche jugendlich schüler schülerin schule schulen klasse klassen lehrkraft lehrer eltern
mutter vater tochter sohn familie familien frau frauen mann männer herr herren dame damen senior senioren älter ältere
alt junge nachbar nachbarn nachbarschaft gast gäste freund freunde mensch menschen person personen leute kraft
ehrenamt ehrenamtlich ehrenamtliche amtlich ehre freiwillig gemeinnützig verein vereine heim vereinsheim gruppe
gruppen kreis team schulklasse stadt stadtteil dorf haus raum räume ort eins zwei drei vier fünf sechs sieben acht
neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert zweite zweiten dritte halb halbe voll paar ganz woche
wochen monat monate jahr jahre halbjahr stunde stunden minute minuten uhr zeit tag tage abend abende morgen vormittag
nachmittag mittag feierabend wochenende werktag werktags ferien montag dienstag mittwoch donnerstag freitag samstag
sonntag termin termine sprechstunde sprechen kurs kurse schulung treffen treff besuch besuchen fest feste feier
veranstaltung projekt angebot hilfe helfen fach übung übungen leiten leitung leiter übungsleiter übungsleiterin
begleiten begleitung gespräch gespräche zeigen erklären lernen üben bringen holen abholen abholung zurück sauber
anhänger bus führerschein führungszeugnis seite seiten karte karten buch bücher frage fragen bühne erhalten gut schön
ruhig fertig frei kostenlos geschenkt verschenken leihen verleihen geben nehmen stellen stehen liegen gehen kommen
fahren arbeiten machen
"""


@cache
def _stems() -> frozenset[str]:
    return frozenset(stem(spelled(word)) for word in _WORDS.split())


def is_commonplace(term: str) -> bool:
    """Whether a term says little of what an entry is about: numbers too."""
    return term in _stems() or is_everyday(term) or term.isdigit() or len(term) == 1
