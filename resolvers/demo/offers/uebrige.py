"""Entries that aren't on the board: begun, waiting, paused, or at their end."""

from models import OfferCategory as Kind
from models import OfferDirection, OfferStatus, ResponseStatus
from resolvers.demo.shapes import Entry, Response

_SEEK = OfferDirection.SEEK
_PROVIDE = OfferDirection.PROVIDE

ENTRIES = (
    Entry(
        owner="repair",
        direction=_SEEK,
        category=Kind.MATERIAL,
        title="Werkstattschrank mit Schubladen",
        description="""Für Schrauben, Sicherungen und alles, was „noch einmal gebraucht wird“. Höchstens zwei Meter
        hoch, Maße folgen.""",
        topics="umwelt",
        days=1,
        status=OfferStatus.DRAFT,
        district="westhagen",
    ),
    Entry(
        owner="judo",
        direction=_SEEK,
        category=Kind.HELPING_HANDS,
        title="Hilfe beim Turnier",
        description="""Für unser Kinderturnier suchen wir Hilfe am Kuchenstand und an den Wettkampftischen.""",
        topics="sport",
        days=3,
        status=OfferStatus.DRAFT,
        reason="""Bitte ergänzt Ort und Tag und schreibt dazu, ob auch Jugendliche helfen können. Dann
        veröffentlichen wir gern.""",
        district="laagberg",
    ),
    Entry(
        owner="tunesisch",
        direction=_PROVIDE,
        category=Kind.HELPING_HANDS,
        title="Begleitung zu Ämtern, auch auf Arabisch",
        description="""Sieben Ehrenamtliche begleiten Neuzugezogene zum Bürgerbüro, zur Schule oder zur Krankenkasse.
        Ein kurzer Anruf zwei Tage vorher genügt.""",
        topics="integration soziales",
        days=1,
        status=OfferStatus.IN_REVIEW,
        district="tiergartenbreite",
        languages="ar fr de",
    ),
    Entry(
        owner="Eberhard Plate",
        direction=_PROVIDE,
        category=Kind.OTHER,
        title="Stadtteilrundgang für neue Nachbarinnen und Nachbarn",
        description="""Neunzig Minuten durch euer eigenes Viertel, mit Geschichten, die kein Schild erzählt. Für
        Gruppen ab acht Personen, auf Wunsch mit Pausen auf jeder Bank.""",
        topics="kultur nachbarschaft",
        days=2,
        status=OfferStatus.IN_REVIEW,
    ),
    Entry(
        owner="klettern",
        direction=_SEEK,
        category=Kind.HELPING_HANDS,
        title="Sicherungspartnerinnen und -partner für die inklusive Gruppe",
        description="""Donnerstags von 17 bis 19 Uhr. Sichern bringen wir dir bei, Geduld bringst du mit. Wer schon
        einen Kletterschein hat, kann sofort anfangen.""",
        topics="sport inklusion",
        days=1,
        status=OfferStatus.IN_REVIEW,
        district="klieversberg",
        minimum_age=16,
        hours=2,
    ),
    Entry(
        owner="nachbarn",
        direction=_SEEK,
        category=Kind.HELPING_HANDS,
        title="Einkaufshilfen für Detmerode",
        description="""Acht ältere Menschen warten darauf, dass jemand einmal in der Woche für sie einkauft. Wir
        stellen Einkaufstrolleys und klären das Geld. Zurzeit haben wir genug Helferinnen und Helfer und machen eine
        Pause.""",
        topics="nachbarschaft senioren",
        days=43,
        status=OfferStatus.PAUSED,
        district="detmerode",
        hours=1.5,
    ),
    Entry(
        owner="energie",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Energie-Check für Vereinsheime",
        description="""Wir gehen mit euch durch das Haus, lesen Zähler und finden heraus, wo das Geld zum Fenster
        hinausfliegt. Zurzeit kommen wir kaum hinterher, ab nächstem Monat nehmen wir wieder Anfragen an.""",
        topics="umwelt",
        days=40,
        status=OfferStatus.PAUSED,
        district="velstove",
    ),
    Entry(
        owner="familien",
        direction=_SEEK,
        category=Kind.MATERIAL,
        title="Zwillingskinderwagen für eine Patenfamilie",
        description="""Unsere Patenfamilie in Eichelkamp hat Zwillinge bekommen und sucht einen gebrauchten Wagen,
        bei dem die Bremse funktioniert.""",
        topics="familie soziales",
        days=33,
        status=OfferStatus.FULFILLED,
        district="eichelkamp",
        responses=(
            Response(
                "kleider",
                31,
                "Bei uns steht seit gestern einer, blau und frisch gewaschen.",
                ResponseStatus.ACCEPTED,
            ),
        ),
    ),
    Entry(
        owner="lebensmittel",
        direction=_SEEK,
        category=Kind.MATERIAL,
        title="Kühlschrank für die Ausgabestelle",
        description="""Unser alter ist verstummt. Gesucht wird ein gebrauchter, sparsamer Kühlschrank ab 200 Litern,
        gern mit Gefrierfach. Tragen können wir selbst.""",
        topics="soziales umwelt",
        days=47,
        status=OfferStatus.FULFILLED,
        district="hellwinkel",
        responses=(
            Response(
                "wohnen", 45, "Aus einer Gemeinschaftsküche wird einer frei, drei Jahre alt.", ResponseStatus.ACCEPTED
            ),
            Response("Detlef Nowatzki", 44, "Ich hätte einen kleinen, 120 Liter.", ResponseStatus.DECLINED),
        ),
    ),
    Entry(
        owner="gymnasium",
        direction=_PROVIDE,
        category=Kind.HELPING_HANDS,
        title="Fünf Schülerinnen helfen beim Aufbau",
        description="""Unsere Technik-AG hilft an einem Wochenende beim Aufbau eines Festes, mit eigenem Werkzeug und
        guter Laune.""",
        topics="jugend bildung",
        days=50,
        status=OfferStatus.EXPIRED,
        available=(-30, -9),
        group="schulen",
    ),
    Entry(
        owner="piazza",
        direction=_SEEK,
        category=Kind.COOPERATION,
        title="Küche für einen Abend mit Pasta und Film",
        description="""Für unseren Filmabend suchten wir eine Küche, in der dreißig Leute Platz haben. Wir bringen
        Mehl, Eier und eine Nudelmaschine mit.""",
        topics="kultur integration",
        days=48,
        status=OfferStatus.EXPIRED,
        available=(-40, -15),
        languages="it de",
        district="stadtmitte",
    ),
    Entry(
        owner="hospiz",
        direction=_SEEK,
        category=Kind.ROOM,
        title="Ruhiger Raum für das Trauercafé",
        description="""Gesucht wurde ein Raum für den letzten Sonntag im Monat. Wir haben uns anders entschieden und
        bleiben vorerst, wo wir sind. Danke für alle Hinweise!""",
        topics="soziales gesundheit",
        days=29,
        status=OfferStatus.WITHDRAWN,
        district="hohenstein",
        responses=(Response("kirche", 27, "Unser Andachtsraum wäre frei und sehr still.", ResponseStatus.DECLINED),),
    ),
)
