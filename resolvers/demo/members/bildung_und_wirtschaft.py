"""Schools, associations of integration, education and rescue, and those who give from their means."""

from models import Audience
from resolvers.demo.shapes import Organisation

ORGANISATIONS = (
    Organisation(
        "piazza",
        "Italienischer Kulturkreis Passaparola e. V.",
        "passaparola.example",
        "stadtmitte",
        "integration kultur musik",
        """Seit den Sechzigerjahren gehört Italienisch zum Klang der Stadt. Wir pflegen Sprache, Küche und Musik, mit
        Filmabenden und einem Mittagstisch der Generationen.""",
        ("Giulia Ferrante",),
        Audience.EVERYONE,
    ),
    Organisation(
        "sprachcafe",
        "Sprachcafé Plaudertasse",
        "sprachcafe-plaudertasse.example",
        "schillerteich",
        "integration bildung",
        """Deutsch üben ohne Noten: An sechs Tischen wird zweimal in der Woche erzählt, gespielt und gelacht. Jede
        und jeder kann etwas beibringen, wir brauchen vor allem Zeit.""",
        ("Fatima El Amrani",),
        Audience.EVERYONE,
    ),
    Organisation(
        "tunesisch",
        "Tunesisch-Deutscher Freundeskreis Jasmin e. V.",
        "freundeskreis-jasmin.example",
        "tiergartenbreite",
        "integration jugend kultur",
        """Hausaufgabenhilfe, Fußball und ein Begegnungsfest mit Musik und Couscous. Wir begleiten Neuzugezogene zu
        Ämtern und übersetzen ins Arabische und Französische.""",
        ("Yasmin Haddad",),
    ),
    Organisation(
        "ukraine",
        "Ukrainehilfe Allerbrücke e. V.",
        "allerbruecke.example",
        "heiligendorf",
        "integration soziales familie",
        """Geflüchtete helfen Geflüchteten: beim Ankommen, bei der Wohnungssuche und in der Samstagsschule. Alle zwei
        Monate fährt ein Hilfstransport.""",
        ("Oksana Melnyk",),
    ),
    Organisation(
        "inklusiv",
        "Lebenswege inklusiv e. V.",
        "lebenswege-inklusiv.example",
        "reislingen",
        "inklusion bildung familie",
        """Freizeit, Wohnen und Arbeit für Menschen mit Lernschwierigkeiten. Unsere Prüfgruppe macht aus schwierigen
        Texten Leichte Sprache.""",
        ("Carolin Weißgerber",),
        Audience.EVERYONE,
        phone="171",
    ),
    Organisation(
        "gehoerlos",
        "Gehörlosentreff Sichtbar e. V.",
        "gehoerlosentreff-sichtbar.example",
        "rabenberg",
        "inklusion kultur",
        """Treffpunkt in Deutscher Gebärdensprache, mit Spieleabend, Sport und Beratung. Hörende sind willkommen: Im
        Schnupperkurs lernt man an vier Abenden die ersten hundert Gebärden.""",
        email_audience=Audience.EVERYONE,
    ),
    Organisation(
        "gesamtschule",
        "Gesamtschule am Kanal",
        "gesamtschule-am-kanal.example",
        "fallersleben",
        "bildung jugend",
        """1.050 Schülerinnen und Schüler, ein Fach namens „Verantwortung“: Der ganze achte Jahrgang engagiert sich
        zwei Stunden in der Woche in einem Verein oder einer Einrichtung.""",
        ("Ines Schönfelder",),
        Audience.EVERYONE,
        phone="180",
        phone_audience=Audience.EVERYONE,
    ),
    Organisation(
        "gymnasium",
        "Gymnasium am Steimker Feld",
        "gymnasium-steimker-feld.example",
        "steimker-berg",
        "bildung demokratie jugend",
        """Unsere Schülervertretung organisiert einen Sozialtag mit über 300 Einsätzen und sucht dafür Vereine, die
        junge Menschen einen Tag lang mitmachen lassen.""",
        ("Mareike Tönnies",),
    ),
    Organisation(
        "grundschule",
        "Grundschule Sonnenhügel",
        "grundschule-sonnenhuegel.example",
        "detmerode",
        "bildung familie",
        """Offene Ganztagsschule mit Kindern aus 28 Nationen. Im Ganztag ist Platz für AGs, die Vereine und
        Ehrenamtliche anbieten.""",
        ("Inga Petersohn",),
        Audience.EVERYONE,
    ),
    Organisation(
        "foerderverein",
        "Förderverein Sonnenhügel e. V.",
        "foerderverein-sonnenhuegel.example",
        "detmerode",
        "bildung familie",
        """Eltern und Ehemalige, die möglich machen, was im Schulhaushalt nicht steht: Klettergerüst, Schulgarten und
        Zuschüsse zur Klassenfahrt.""",
        ("Inga Petersohn",),
        has_website=False,
    ),
    Organisation(
        "jugendforum",
        "Jugendforum Rückenwind",
        "jugendforum-rueckenwind.example",
        "kreuzheide",
        "jugend demokratie",
        """Wir sind zwischen 13 und 22 und reden mit: bei Spielplätzen, Buslinien und der Frage, warum der Bolzplatz
        um acht schließt. Ein eigenes Budget haben wir auch.""",
        ("Dilan Aksoy", "Leonie Bachstein"),
        Audience.MEMBERS,
    ),
    Organisation(
        "lesepaten",
        "Lesepaten Seitenweise e. V.",
        "lesepaten-seitenweise.example",
        "wohltberg",
        "bildung senioren",
        """85 Lesepatinnen und Lesepaten an 14 Schulen und Kitas. Eine Stunde in der Woche, ein Kind, ein Buch: Mehr
        braucht es oft nicht.""",
        ("Claudia Rautenberg",),
        Audience.EVERYONE,
    ),
    Organisation(
        "wiese",
        "Abenteuerspielplatz Wilde Wiese e. V.",
        "wilde-wiese.example",
        "westhagen",
        "jugend familie umwelt",
        """Hütten bauen, Feuer machen, Kaninchen füttern. Bei uns dürfen Kinder, was anderswo zu gefährlich scheint,
        mit Werkzeug, Helm und Aufsicht.""",
    ),
    Organisation(
        "pfadfinder",
        "Pfadfinderstamm Graureiher",
        "stamm-graureiher.example",
        "nordsteimke",
        "jugend umwelt",
        """Drei Sippen, eine Meute und viel Lagerfeuer. Wir sind konfessionell offen und bilden unsere
        Gruppenleitungen selbst aus.""",
        ("Lennart Osterkamp",),
    ),
    Organisation(
        "feuer",
        "Förderkreis Löschteich Almke e. V.",
        "loeschteich-almke.example",
        "almke",
        "rettung-und-hilfe jugend nachbarschaft",
        """Wir unterstützen die Feuerwehr im Dorf und ihre Kinder- und Jugendgruppe mit Ausrüstung, Zeltlagern und
        Fahrten. Ohne Ehrenamt kommt niemand löschen.""",
        ("Bernd Ostermeier",),
        Audience.EVERYONE,
    ),
    Organisation(
        "rettung",
        "Rettungsgemeinschaft Allerstadt e. V.",
        "rettungsgemeinschaft.example",
        "reislingen",
        "rettung-und-hilfe gesundheit bildung",
        """Sanitätsdienste bei Festen und Wettkämpfen, Schulsanitätsdienst an fünf Schulen und Kurse in Erster Hilfe,
        auch für Menschen mit Behinderung.""",
        ("Gerhard Möhring",),
        Audience.EVERYONE,
        phone="190",
        phone_audience=Audience.EVERYONE,
    ),
    Organisation(
        "digital",
        "Digitalwerkstatt Offener Code e. V.",
        "offener-code.example",
        "hellwinkel",
        "digitales bildung jugend",
        """Freie Software, gespendete Rechner und Lötkolben. Wir richten alte Laptops für Familien her und
        programmieren mit Jugendlichen, was die Stadt brauchen kann.""",
        ("Henrike Ahlers", "Jannik Rehberg"),
        Audience.EVERYONE,
    ),
    Organisation(
        "seniorennetz",
        "Silbersurfer Allerland",
        "silbersurfer-allerland.example",
        "reislingen",
        "digitales senioren",
        """Ältere erklären Älteren das Smartphone: in Ruhe, mit Wiederholungen und ohne Fachwörter. Sprechstunden
        gibt es in sechs Stadtteilen.""",
        ("Rolf-Dieter Stuckmann",),
        Audience.EVERYONE,
    ),
    Organisation(
        "buergerforum",
        "Bürgerforum Scheunengespräch e. V.",
        "scheunengespraech.example",
        "vorsfelde",
        "demokratie nachbarschaft kultur",
        """Überparteilich und neugierig: Wir laden zu Gesprächen über das ein, was den Ort bewegt, und haben die alte
        Scheune zum Bürgerhaus ausgebaut.""",
        ("Annegret Fuhse",),
        Audience.EVERYONE,
    ),
    Organisation(
        "stiftung",
        "Bürgerstiftung Allerland",
        "buergerstiftung-allerland.example",
        "stadtmitte",
        "soziales bildung kultur",
        """Wir fördern Vorhaben mit 200 bis 5.000 Euro, unbürokratisch und viermal im Jahr. Wer noch nie einen Antrag
        geschrieben hat, bekommt von uns Hilfe dabei.""",
        ("Detlef Nowatzki",),
        Audience.EVERYONE,
        phone="202",
        phone_audience=Audience.EVERYONE,
    ),
    Organisation(
        "wohnen",
        "Wohnungsgenossenschaft Lindenbogen eG",
        "lindenbogen.example",
        "reislingen",
        "nachbarschaft senioren",
        """Gutes Wohnen hört nicht an der Wohnungstür auf. Im Haus der Generationen stellen wir drei Räume für
        Gruppen und Beratung bereit.""",
        email_audience=Audience.EVERYONE,
    ),
    Organisation(
        "kanzlei",
        "Steuerkanzlei Feldkamp & Yıldız",
        "feldkamp-yildiz.example",
        "fallersleben",
        "bildung soziales",
        """Zwei Tage im Monat arbeiten wir unentgeltlich für gemeinnützige Vereine: von der Gemeinnützigkeit bis zur
        Spendenbescheinigung.""",
        ("Emre Yıldız",),
    ),
    Organisation(
        "druckerei",
        "Druckerei Buntspecht GmbH",
        "druckerei-buntspecht.example",
        "sandkamp",
        "kultur umwelt",
        """Familienbetrieb mit zwanzig Beschäftigten. Restpapier und freie Maschinenzeiten geben wir an Vereine und
        Schulen weiter.""",
        ("Franziska Lübbecke",),
        Audience.EVERYONE,
    ),
)
