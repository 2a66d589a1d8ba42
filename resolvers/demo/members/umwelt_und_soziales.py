"""Associations and initiatives for nature, neighbours and those who need help."""

from models import Audience
from resolvers.demo.shapes import Organisation

ORGANISATIONS = (
    Organisation(
        "garten",
        "Gemeinschaftsgarten Zwei Teiche",
        "zwei-teiche.example",
        "teichbreite",
        "umwelt nachbarschaft integration",
        """Auf 1.800 Quadratmetern wachsen Tomaten, Freundschaften und gelegentlich Unkraut. Mittwochs und samstags
        gärtnern wir gemeinsam, die Ernte wird geteilt.""",
        ("Sabine Grothe",),
    ),
    Organisation(
        "aller",
        "Initiative Saubere Aller",
        "saubere-aller.example",
        "alt-wolfsburg",
        "umwelt sport",
        """Mit Kanus, Greifzangen und Handschuhen holen wir heraus, was nicht in den Fluss gehört: zuletzt 412 Kilo
        Müll und ein Tretroller an einem einzigen Tag.""",
        ("Hanno Brüggemann",),
        Audience.EVERYONE,
    ),
    Organisation(
        "imker",
        "Imkerverein Barnbruchswiesen e. V.",
        "imker-barnbruch.example",
        "sandkamp",
        "umwelt bildung",
        """Dreißig Imkerinnen und Imker mit rund 160 Völkern. Wir beraten bei Schwärmen im Garten, pflegen
        Blühstreifen und zeigen Schulklassen, wie Honig entsteht.""",
        ("Jörg Wiesenhaver",),
        Audience.EVERYONE,
        phone="127",
        phone_audience=Audience.EVERYONE,
    ),
    Organisation(
        "tier",
        "Tierhilfe Pfotenfreunde e. V.",
        "pfotenfreunde.example",
        "wendschott",
        "tierschutz jugend",
        """Wir vermitteln Pflegestellen, gehen mit Hunden älterer Menschen spazieren und helfen, wenn das Futtergeld
        knapp wird.""",
        ("Annegret Fuhse",),
    ),
    Organisation(
        "repair",
        "Reparaturtreff Zweites Leben e. V.",
        "reparaturtreff-zweites-leben.example",
        "westhagen",
        "umwelt nachbarschaft digitales",
        """Toaster, Nachttischlampe, Lieblingshose: Jeden zweiten Samstag reparieren wir gemeinsam, was sonst im Müll
        landen würde. Etwa zwei von drei Stücken gehen heil wieder nach Hause.""",
        ("Tobias Wendlandt",),
        Audience.EVERYONE,
        phone="133",
        phone_audience=Audience.MEMBERS,
    ),
    Organisation(
        "energie",
        "Bürgerenergie Drömlingsrand eG",
        "buergerenergie-droemling.example",
        "velstove",
        "umwelt bildung",
        """Eine Genossenschaft von 240 Haushalten, die Solaranlagen auf Vereinsheime und Schulen bringt und beim
        Sparen von Strom und Wärme berät.""",
        ("Karsten Döllinger",),
    ),
    Organisation(
        "lebensmittel",
        "Lebensmittelretter Restlos e. V.",
        "restlos.example",
        "hellwinkel",
        "soziales umwelt",
        """Was Bäckereien und Märkte abends übrig haben, holen wir ab und verteilen es noch am selben Tag. Rund 60
        Freiwillige sind mit Lastenrad und Kleinbus unterwegs.""",
        ("Nadine Quast",),
        Audience.EVERYONE,
        phone="140",
    ),
    Organisation(
        "besuch",
        "Besuchsdienst Sofaecke e. V.",
        "besuchsdienst-sofaecke.example",
        "rothenfelde",
        "senioren soziales nachbarschaft",
        """Eine Stunde zuhören kann die Woche verändern. Unsere Ehrenamtlichen besuchen Menschen, die wenig Besuch
        bekommen, zu Hause und in Einrichtungen.""",
        ("Petra Löwenhagen",),
        phone="145",
        phone_audience=Audience.EVERYONE,
    ),
    Organisation(
        "hospiz",
        "Hospizkreis Abendlicht e. V.",
        "hospizkreis-abendlicht.example",
        "hohenstein",
        "soziales gesundheit",
        """Wir begleiten Sterbende und ihre Angehörigen, beraten zur Vorsorge und laden monatlich ins Trauercafé.
        Alle Begleiterinnen und Begleiter werden sorgfältig ausgebildet.""",
        ("Ulrike Zschoch",),
    ),
    Organisation(
        "kleider",
        "Kleiderstube Fadenspule",
        "kleiderstube-fadenspule.example",
        "laagberg",
        "soziales umwelt familie",
        """Gut erhaltene Kleidung, Schulranzen und Kinderwagen gegen eine kleine Spende. Dienstags nähen wir
        gemeinsam und machen aus Altem Neues.""",
        email_audience=Audience.EVERYONE,
        has_website=False,
    ),
    Organisation(
        "frauen",
        "Frauentreff Rosengarten e. V.",
        "frauentreff-rosengarten.example",
        "westhagen",
        "integration familie bildung",
        """Frühstück, Beratung, Fahrradkurse und ein Raum, in dem Frauen aus siebzehn Ländern einander stärken.
        Während der Kurse betreuen wir die Kinder.""",
        ("Hülya Sarıkaya",),
    ),
    Organisation(
        "waerme",
        "Wärmestube Kachelofen e. V.",
        "waermestube-kachelofen.example",
        "stadtmitte",
        "soziales gesundheit",
        """Ein warmes Essen, eine Dusche, eine Postadresse: Unsere Tür steht werktags von 9 bis 15 Uhr allen offen,
        die keine Wohnung haben oder allein nicht zurechtkommen.""",
        email_audience=Audience.EVERYONE,
        phone="152",
    ),
    Organisation(
        "familien",
        "Familienpaten Huckepack e. V.",
        "familienpaten-huckepack.example",
        "eichelkamp",
        "familie soziales",
        """Im ersten Jahr mit einem Kind ist vieles zu viel. Unsere Patinnen und Paten entlasten Familien für ein
        paar Stunden in der Woche, verlässlich und kostenlos.""",
        ("Katrin Mühlbach",),
    ),
    Organisation(
        "freiraum",
        "Selbsthilfekreis Freiraum",
        "selbsthilfe-freiraum.example",
        "hageberg",
        "gesundheit soziales",
        """Gesprächsgruppen für Menschen mit Depression, Angst oder Abhängigkeit und für ihre Angehörigen. Was im
        Kreis gesagt wird, bleibt im Kreis.""",
        email_audience=Audience.NOBODY,
        has_website=False,
    ),
    Organisation(
        "nachbarn",
        "Nachbarschaftshilfe Klingelknopf e. V.",
        "klingelknopf.example",
        "detmerode",
        "nachbarschaft senioren soziales",
        """Einkaufen, Glühbirnen wechseln, zum Arzt begleiten: Im Nachbarschaftsladen kommen Hilfe und Hilfesuchende
        ohne Umwege zusammen.""",
        ("Sabine Grothe", "Mohammed Al-Khatib"),
        Audience.EVERYONE,
        phone="160",
        phone_audience=Audience.EVERYONE,
    ),
    Organisation(
        "senioren",
        "Seniorenkreis Kaffeekanne",
        "seniorenkreis-kaffeekanne.example",
        "suelfeld",
        "senioren nachbarschaft",
        """Kaffeetafel, Gedächtnistraining und jedes Jahr drei Ausflüge mit dem Bus. Jüngere sind willkommen: Bei uns
        ist man mit 60 noch der Nachwuchs.""",
        ("Rolf-Dieter Stuckmann",),
        has_website=False,
    ),
    Organisation(
        "kirche",
        "Kirchengemeinde St. Aurelia Kreuzheide",
        "st-aurelia.example",
        "kreuzheide",
        "soziales nachbarschaft musik",
        """Offenes Gemeindehaus mit Mittagstisch, Krabbelgruppe, Jugendband und einer Orgel, die auch Filmmusik kann.
        Unsere Räume stellen wir gern Gruppen aus dem Stadtteil zur Verfügung.""",
        email_audience=Audience.EVERYONE,
        phone="166",
    ),
)
