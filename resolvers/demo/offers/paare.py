"""Entries that fit one of the others: who seeks and who provides are to find each other on this board, too."""

from models import OfferCategory as Kind
from models import OfferDirection
from resolvers.demo.shapes import Entry

_SEEK = OfferDirection.SEEK
_PROVIDE = OfferDirection.PROVIDE

ENTRIES = (
    Entry(
        owner="Inga Petersohn",
        direction=_PROVIDE,
        category=Kind.HELPING_HANDS,
        title="Lesestunde am Vormittag",
        description="""Als Großmutter von fünf Enkeln habe ich Übung im Vorlesen. In einer Grundschule in der Nähe
        hätte ich eine Stunde in der Woche Zeit, ein Führungszeugnis liegt vor.""",
        topics="bildung familie",
        days=50,
        district="detmerode",
        minimum_age=60,
        hours=1,
    ),
    Entry(
        owner="Sabine Grothe",
        direction=_PROVIDE,
        category=Kind.HELPING_HANDS,
        title="Reißverschlüsse einsetzen, Säume kürzen, Knöpfe annähen",
        description="""Meine Nähmaschine steht zu oft still. Ich nähe gern in Gesellschaft und zeige anderen, wie man
        Jacken und Hosen wieder flott macht. Samstags habe ich fast immer Zeit.""",
        topics="nachbarschaft",
        days=49,
        district="detmerode",
        hours=2,
    ),
    Entry(
        owner="Nadine Quast",
        direction=_PROVIDE,
        category=Kind.HELPING_HANDS,
        title="Kleinbus fahren nach Feierabend",
        description="""Ich habe den Führerschein der Klasse B und bin oft mit dem Kleinbus unterwegs gewesen. Eine
        Tour am Abend, etwa montags, übernehme ich gern, zu zweit oder allein.""",
        topics="soziales",
        days=48,
        district="hellwinkel",
        minimum_age=34,
        hours=2,
    ),
    Entry(
        owner="Claudia Rautenberg",
        direction=_PROVIDE,
        category=Kind.HELPING_HANDS,
        title="Eine Partie Schach und ein Gespräch am Nachmittag",
        description="""Ich besuche ältere Menschen, die nicht mehr gut aus dem Haus kommen, und spiele mit ihnen, was
        sie mögen. Einmal in der Woche passt es mir gut.""",
        topics="senioren nachbarschaft",
        days=47,
        district="rothenfelde",
        hours=2,
    ),
    Entry(
        owner="Jörg Wiesenhaver",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Apfelbäume: Ich zeige den richtigen Schnitt",
        description="""Nach vierzig Jahren Baumpflege erkläre ich Gruppen am Baum, welcher Ast bleibt und welcher geht.
        Eigene Scheren und eine Leiter bringe ich mit.""",
        topics="umwelt",
        days=46,
        district="sandkamp",
    ),
    Entry(
        owner="Ulrike Zschoch",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Supervision für Ehrenamtliche, vier Abende im Jahr",
        description="""Ich bin ausgebildete Supervisorin und begleite Teams, die Gesprächsgruppen leiten. Für Vereine
        arbeite ich ohne Honorar.""",
        topics="gesundheit soziales",
        days=45,
        district="hohenstein",
    ),
    Entry(
        owner="Gerhard Möhring",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Arzt im Ruhestand hat zwei Stunden im Monat frei",
        description="""Dreißig Jahre Hausarztpraxis, und zu Hause wird es mir zu still. Ich höre zu, versorge Wunden
        und sage, wohin man sich wenden kann. Am liebsten als feste Sprechstunde.""",
        topics="gesundheit",
        days=44,
        district="stadtmitte",
        hours=0.5,
    ),
    Entry(
        owner="Hanno Brüggemann",
        direction=_PROVIDE,
        category=Kind.ROOM,
        title="Halbe Garage, trocken und abschließbar",
        description="""Zwölf Quadratmeter mit Regal. Zelte, Kisten oder Kulissen stehen hier trocken, heran kommt man
        mit dem Anhänger. Geld möchte ich dafür nicht.""",
        topics="jugend nachbarschaft",
        days=43,
        district="nordsteimke",
    ),
    Entry(
        owner="grundschule",
        direction=_PROVIDE,
        category=Kind.ROOM,
        title="Unsere Klassenräume stehen samstags leer",
        description="""Drei Räume mit Tafel und kleinen Stühlen, vormittags von 9 bis 13 Uhr. Der Bus hält vor der
        Tür. Gruppen, die mit Kindern lernen, sind uns besonders willkommen.""",
        topics="bildung familie",
        days=42,
        district="detmerode",
    ),
    Entry(
        owner="Giulia Ferrante",
        direction=_PROVIDE,
        category=Kind.MATERIAL,
        title="Sofa aus braunem Cord zu verschenken",
        description="""Es ist von 1974, hat drei Kinder und zwei Umzüge überlebt und darf nun gehen. Wer es für eine
        Bühne oder einen Gruppenraum brauchen kann, holt es mit dem Anhänger ab.""",
        topics="kultur",
        days=41,
        district="stadtmitte",
    ),
    Entry(
        owner="Katrin Mühlbach",
        direction=_PROVIDE,
        category=Kind.MATERIAL,
        title="Zwei Ranzen und ein Turnbeutel",
        description="""Meine Töchter sind der Grundschule entwachsen. Beide Schulranzen sind gut erhalten, Träger und
        Verschlüsse heil.""",
        topics="familie bildung",
        days=40,
        district="eichelkamp",
    ),
    Entry(
        owner="pfadfinder",
        direction=_PROVIDE,
        category=Kind.TRAINING,
        title="Kurs zur Jugendleiterkarte in den Ferien",
        description="""In sechs Tagen zur Juleica: Recht, Spiele, Konflikte, und wie man eine Jugendgruppe
        leitet. Noch fünf Plätze, Schulung und Übernachtung sind für Vereine im Netzwerk kostenlos.""",
        topics="jugend bildung",
        days=39,
        district="nordsteimke",
        minimum_age=15,
    ),
    Entry(
        owner="buecher",
        direction=_SEEK,
        category=Kind.EXPERTISE,
        title="Prüferin oder Prüfer für den Jahresabschluss",
        description="""Zwölf Bücherschränke, ein Konto, zweihundert Belege: Für den Bericht an die
        Mitgliederversammlung fehlt uns ein Kassenprüfer.""",
        topics="bildung kultur",
        days=38,
        district="moerse",
    ),
    Entry(
        owner="senioren",
        direction=_SEEK,
        category=Kind.TRAINING,
        title="Hilfe mit dem Smartphone für unseren Kaffeekreis",
        description="""Zwanzig Damen und Herren, jeder ein anderes Gerät. Wer kommt in unsere Gruppe und beantwortet
        Fragen zu Fotos, Nachrichten und Betrug?""",
        topics="senioren digitales",
        days=37,
        district="suelfeld",
    ),
    Entry(
        owner="atelier",
        direction=_SEEK,
        category=Kind.MATERIAL,
        title="Garnituren und ein Pavillon für den Tag der offenen Tür",
        description="""Wenn unser Atelier alle einlädt, möchten wir draußen sitzen: sechs Bierzeltgarnituren und ein
        Pavillon würden reichen. Wir holen ab und bringen alles sauber zurück.""",
        topics="kultur nachbarschaft",
        days=36,
        district="schillerteich",
    ),
    Entry(
        owner="tanz",
        direction=_SEEK,
        category=Kind.TRAINING,
        title="Auffrischung in Erster Hilfe für zwölf Übungsleiterinnen",
        description="""Unsere Lizenzen laufen aus, neun Unterrichtseinheiten brauchen wir. Am besten kommt jemand an
        einem Samstag zu uns ins Vereinsheim.""",
        topics="gesundheit sport",
        days=35,
        district="rabenberg",
    ),
    Entry(
        owner="familien",
        direction=_SEEK,
        category=Kind.EXPERTISE,
        title="Arabisch gesucht: Gespräche mit Kita und Schule",
        description="""Drei unserer Patenfamilien verstehen beim Elterngespräch noch nicht alles. Wer kommt mit und
        übersetzt, werktags am Nachmittag?""",
        topics="integration familie",
        days=34,
        district="eichelkamp",
        languages="ar de",
    ),
    Entry(
        owner="hospiz",
        direction=_SEEK,
        category=Kind.OTHER,
        title="Ein ruhiger Hund für unsere Gäste",
        description="""Manche unserer Gäste hatten ihr Leben lang Tiere. Gesucht wird ein geprüfter Besuchshund mit
        Mensch, der für eine Stunde zum Streicheln kommt.""",
        topics="tierschutz senioren",
        days=33,
        district="hohenstein",
        hours=1,
    ),
)
