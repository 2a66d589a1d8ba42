"""The founding event with its workshops and its fair, and what comes next."""

from models import AccessibilityFeature, EventKind, EventStatus
from resolvers.demo.shapes import Gathering, Moment

# Saturday, eight weeks ago.
_FOUNDING_WEEK = -8
_SATURDAY = 5

FOUNDING = Gathering(
    "auftakt",
    "Auftakt des Engagement-Netzwerks",
    """Wolfsburg gründet sein Engagement-Netzwerk: 95 Mitwirkende aus Vereinen, Verbänden, Initiativen, Schulen und
    der Bürgerschaft unterschreiben die gemeinsame Erklärung. Über 170 Menschen sind dabei.

    Am Vormittag geht es nach der Begrüßung in vier Workshops, aus denen die Arbeitsgruppen des Netzwerks entstehen.
    Am Nachmittag zeigt der Markt der Möglichkeiten, was in der Stadt schon gelingt. Dazwischen bleibt Zeit für
    Suppe, Gespräche und ein Lied, das alle können.

    – 10.00 Uhr Begrüßung und Unterzeichnung
    – 10.45 Uhr Workshops
    – 12.15 Uhr Mittagspause
    – 13.30 Uhr Markt der Möglichkeiten
    – 16.00 Uhr Ausklang

    Der Eintritt ist frei. Im großen Saal wird den ganzen Tag in Gebärdensprache gedolmetscht.""",
    EventKind.MEETING,
    "demokratie nachbarschaft",
    Moment(_FOUNDING_WEEK, _SATURDAY, 10),
    360,
    announced=92,
    place="hallenbad",
    accessibility=(AccessibilityFeature.SIGN_LANGUAGE,),
    capacity=200,
)

# Of each working group one workshop; who took part in it became the group.
WORKSHOPS = (
    Gathering(
        "auftakt-schulen",
        "Workshop: Junge Menschen beteiligen – wie Schulen und Vereine zusammenfinden",
        """Was hält Jugendliche davon ab, sich zu engagieren? Meist nicht die fehlende Lust, sondern die fehlende
        Einladung. Schülerinnen und Schüler berichten, was sie sich von Vereinen wünschen, und entwickeln mit ihnen
        drei Ideen, die sich im laufenden Schuljahr umsetzen lassen.""",
        EventKind.WORKSHOP,
        "jugend bildung",
        Moment(_FOUNDING_WEEK, _SATURDAY, 10, 45),
        90,
        announced=92,
        place="hallenbad",
        group="schulen",
        parent="auftakt",
        capacity=40,
    ),
    Gathering(
        "auftakt-anerkennung",
        "Workshop: Danke sagen, aber richtig",
        """Blumenstrauß, Urkunde, Ehrenamtskarte: Welche Anerkennung kommt an und welche nicht? Wir sammeln
        Beispiele, sprechen über Öffentlichkeitsarbeit ohne Hochglanz und schreiben die erste gemeinsame
        Pressemitteilung.""",
        EventKind.WORKSHOP,
        "kultur soziales",
        Moment(_FOUNDING_WEEK, _SATURDAY, 10, 45),
        90,
        announced=92,
        place="hallenbad",
        group="anerkennung",
        parent="auftakt",
        capacity=30,
    ),
    Gathering(
        "auftakt-suche-biete",
        "Workshop: Suchen und finden – was ein gutes Brett können muss",
        """An vier Tischen entstehen Einträge auf Papier: Wer sucht was, wer bietet was, und welche Angaben fehlen am
        häufigsten? Am Ende hängt eine Wand voller Zettel und an jedem dritten schon eine Antwort.""",
        EventKind.WORKSHOP,
        "digitales nachbarschaft",
        Moment(_FOUNDING_WEEK, _SATURDAY, 10, 45),
        90,
        announced=92,
        place="hallenbad",
        group="suche-biete",
        parent="auftakt",
        capacity=30,
    ),
    Gathering(
        "auftakt-qualifizierung",
        "Workshop: Fit fürs Ehrenamt",
        """Welche Kurse brauchen Vereine wirklich, wann haben Ehrenamtliche Zeit und wer im Netzwerk kann was
        weitergeben? Eine Bestandsaufnahme mit Klebepunkten, aus der das erste Kursprogramm wird.""",
        EventKind.WORKSHOP,
        "bildung gesundheit",
        Moment(_FOUNDING_WEEK, _SATURDAY, 10, 45),
        90,
        announced=92,
        place="hallenbad",
        group="qualifizierung",
        parent="auftakt",
        capacity=30,
    ),
)

FAIR = Gathering(
    "markt",
    "Markt der Möglichkeiten",
    """Zwölf Stände mit Beispielen, die Schule machen dürfen:

    – Reparaturtreff Zweites Leben: Bringt einen kaputten Toaster mit und nehmt einen heilen wieder mit nach Hause.
    – Gesamtschule am Kanal: das Fach „Verantwortung“, vorgestellt von denen, die es belegt haben.
    – Lesepaten Seitenweise: Vorlesesessel mit Zuhörgarantie.
    – Lebensmittelretter Restlos: Suppe aus dem, was gestern übrig war.
    – Kletterfreunde Klieversberg: inklusives Klettern an der mobilen Wand.
    – Rettungsgemeinschaft Allerstadt: Wiederbelebung in fünf Minuten üben.
    – Frauentreff Rosengarten: Fahrradkurs für Erwachsene, die Strecke führt einmal um das Becken.
    – Imkerverein Barnbruchswiesen: Schaukasten mit lebenden Bienen und Honig zum Probieren.
    – Silbersurfer Allerland: Sprechstunde für störrische Telefone.
    – Lebenswege inklusiv: Wir prüfen eure Texte auf Leichte Sprache.
    – Bürgerstiftung Allerland: Förderantrag in zwanzig Minuten, mit Hilfe.
    – Digitalwerkstatt Offener Code: aus drei alten Laptops wird einer, der geht.

    Das leere Schwimmbecken ist die Marktgasse, am Beckenrand spielt das Blasorchester Klangwinkel.""",
    EventKind.FAIR,
    "nachbarschaft kultur soziales",
    Moment(_FOUNDING_WEEK, _SATURDAY, 13, 30),
    150,
    announced=92,
    place="hallenbad",
    parent="auftakt",
)

# They had registered for the founding event and could not come, or had said so in time.
FOUNDING_NO_SHOWS = ("judo", "Bernd Ostermeier", "freiraum", "Zoltán Bereczky", "energie")
FOUNDING_CANCELLED = ("tanz", "Karsten Döllinger", "ukraine")
# They signed the declaration by letter.
FOUNDING_ABSENT = ("hospiz", "Ottilie Brandes", "wohnen", "senioren", "Oksana Melnyk", "kirche")

EVENTS = (
    Gathering(
        "treffen-schulen-1",
        "Erstes Treffen der Arbeitsgruppe Schulen",
        """Wir lernen uns kennen, sehen uns die Ideen vom Auftakt an und verteilen Aufgaben. Jugendliche sind
        herzlich eingeladen, eine Teilnahme lässt sich als Schulzeit anrechnen.""",
        EventKind.MEETING,
        "bildung jugend",
        Moment(-6, 2, 16, 30),
        90,
        announced=49,
        place="gesamtschule",
        host="gesamtschule",
        group="schulen",
        capacity=35,
        registrations=(
            "Ines Schönfelder",
            "Dilan Aksoy",
            "Mareike Tönnies",
            "Leonie Bachstein",
            "Aylin Kessler",
            "pfadfinder",
            "imker",
            "lesepaten",
            "Yasmin Haddad",
            "Inga Petersohn",
            "rudern",
        ),
    ),
    Gathering(
        "treffen-schulen-2",
        "Treffen der Arbeitsgruppe Schulen: Einsatzstellen vorstellen",
        """31 Einsatzstellen für Schülerinnen und Schüler liegen vor. Jede wird in einer Minute vorgestellt, danach
        entscheiden wir, welche wir zuerst anbieten. Bitte meldet euch an, damit genug Stühle da sind.""",
        EventKind.MEETING,
        "bildung jugend",
        Moment(1, 2, 16, 30),
        90,
        announced=14,
        place="gesamtschule",
        host="gesamtschule",
        group="schulen",
        capacity=35,
        registrations=(
            "Ines Schönfelder",
            "Dilan Aksoy",
            "gymnasium",
            "tsv",
            "feuer",
            "Lennart Osterkamp",
            "schach",
            "wiese",
            "grundschule",
        ),
    ),
    Gathering(
        "werkstattabend",
        "Werkstattabend: Einträge für das Brett schreiben",
        """Bringt mit, was bei euch am Schwarzen Brett hängt, wir machen daraus gute Einträge. Ihr könnt vorbeikommen
        oder euch per Video zuschalten. Für Getränke ist gesorgt, Laptops leihen wir aus.""",
        EventKind.WORKSHOP,
        "digitales nachbarschaft",
        Moment(1, 3, 18),
        120,
        announced=10,
        place="netzwerkbuero",
        online_url="https://treffen.offener-code.example/werkstattabend",
        host="digital",
        group="suche-biete",
        capacity=25,
        registrations=(
            "Henrike Ahlers",
            "Jannik Rehberg",
            "Tobias Wendlandt",
            "nachbarn",
            "seniorennetz",
            "Carolin Weißgerber",
            "lebensmittel",
        ),
        cancelled=("klettern",),
    ),
    Gathering(
        "redaktionsrunde",
        "Redaktionsrunde „Gesicht zeigen“",
        """Wir planen die nächsten sechs Porträts, verteilen Interviews und sehen uns die ersten Fotos an. Wer gern
        schreibt oder fotografiert, ist auch ohne Vorkenntnisse willkommen.""",
        EventKind.MEETING,
        "kultur",
        Moment(2, 1, 17, 30),
        90,
        announced=8,
        place="druckerei",
        host="druckerei",
        group="anerkennung",
        registrations=("Franziska Lübbecke", "Thorben Evers", "Eberhard Plate", "atelier"),
    ),
    Gathering(
        "erste-hilfe",
        "Erste Hilfe für Vereine: Auffrischung in drei Stunden",
        """Stabile Seitenlage, Wiederbelebung, Umgang mit dem Defibrillator: Geübt wird in kleiner Runde an Puppen
        und aneinander. Bitte bequeme Kleidung tragen. Für Menschen mit Behinderung passen wir die Übungen an.

        Die acht Plätze sind schnell vergeben, die Warteliste lohnt sich trotzdem: Erfahrungsgemäß springt noch
        jemand ab.""",
        EventKind.TRAINING,
        "gesundheit rettung-und-hilfe",
        Moment(2, _SATURDAY, 9, 30),
        180,
        announced=21,
        place="rettungswache",
        host="rettung",
        group="qualifizierung",
        capacity=8,
        registrations=(
            "Aylin Kessler",
            "klettern",
            "familien",
            "Lennart Osterkamp",
            "wiese",
            "besuch",
            "Björn Kähler",
            "garten",
            "judo",
            "Tobias Wendlandt",
            "chor",
            "Hülya Sarıkaya",
        ),
        cancelled=("rudern",),
    ),
    Gathering(
        "vereinsrecht",
        "Vereinsrecht kompakt: Satzung, Vorstand, Haftung",
        """Wofür haftet der Vorstand, wann braucht es eine Mitgliederversammlung und was gehört in eine Satzung? Der
        Abend richtet sich an alle, die ein Amt haben oder bald eines übernehmen. Eigene Fragen bitte vorab
        einreichen.""",
        EventKind.TRAINING,
        "bildung",
        Moment(3, 1, 18),
        150,
        announced=18,
        place="vorsfelde",
        host="kanzlei",
        group="qualifizierung",
        capacity=20,
        registrations=(
            "Bernd Ostermeier",
            "foerderverein",
            "buergerforum",
            "Volkan Demirtaş",
            "imker",
            "theater",
            "Annegret Fuhse",
            "piazza",
            "tunesisch",
            "Hanno Brüggemann",
        ),
    ),
    Gathering(
        "putztag",
        "Gemeinsam anpacken: Putztag am Allersee",
        """Drei Gruppen zu Fuß, eine im Kanu: Wir sammeln Müll rund um den See. Handschuhe, Zangen und Säcke stellen
        wir, feste Schuhe bringt bitte jede und jeder selbst mit. Danach gibt es Suppe der Lebensmittelretter.

        Kinder ab acht Jahren sind in Begleitung willkommen.""",
        EventKind.OTHER,
        "umwelt nachbarschaft",
        Moment(3, _SATURDAY, 10),
        210,
        announced=16,
        place="allersee",
        host="aller",
        registrations=(
            "Hanno Brüggemann",
            "rudern",
            "pfadfinder",
            "jugendforum",
            "Karsten Döllinger",
            "lebensmittel",
            "Jörg Wiesenhaver",
            "garten",
            "Mohammed Al-Khatib",
        ),
    ),
    Gathering(
        "foerdermittel",
        "Fördermittel finden und beantragen (online)",
        """Welche Töpfe gibt es für kleine Vereine, und wie wird aus einer Idee ein Antrag, der überzeugt? Mit
        Beispielen aus der Praxis der Bürgerstiftung Allerland: zwei bewilligten und einem, der abgelehnt wurde.""",
        EventKind.TRAINING,
        "bildung",
        Moment(4, 3, 19),
        90,
        announced=11,
        online_url="https://treffen.buergerstiftung-allerland.example/foerdermittel",
        host="stiftung",
        group="qualifizierung",
        capacity=60,
        registrations=(
            "foerderverein",
            "atelier",
            "chor",
            "frauen",
            "ukraine",
            "wiese",
            "repair",
            "geschichte",
            "rolli",
            "buecher",
            "band",
        ),
    ),
    Gathering(
        "bilder",
        "Fotos, Posts und Presse: gesehen werden ohne Werbeetat",
        """Am Vormittag üben wir mit dem eigenen Telefon: Licht, Ausschnitt, Einwilligung. Nach der Pause schreiben
        wir eine Meldung, die eine Redaktion gern nimmt. Bitte eine eigene Geschichte mitbringen.""",
        EventKind.WORKSHOP,
        "kultur digitales",
        Moment(4, _SATURDAY, 10),
        240,
        announced=9,
        place="atelier",
        host="atelier",
        group="anerkennung",
        capacity=16,
        registrations=("tier", "gehoerlos", "Nadine Quast", "schach", "Wiebke Harmsdorf", "tsv"),
    ),
    Gathering(
        "kassenwarte",
        "Stammtisch der Kassenwartinnen und Kassenwarte",
        """Kein Vortrag, nur Austausch: Welche Software taugt etwas, wie geht das mit der Spendenquittung, und wer
        prüft die Kassenprüfung? Im Raum liegen Muster zum Mitnehmen.""",
        EventKind.MEETING,
        "bildung nachbarschaft",
        Moment(5, 0, 19),
        120,
        announced=7,
        place="detmerode",
        host="nachbarn",
        capacity=18,
        registrations=("Bernd Ostermeier", "Emre Yıldız", "Sabine Grothe", "klettern"),
    ),
    Gathering(
        "radtour",
        "Radtour zu den Orten des Engagements",
        """Eine gemütliche Runde über 18 Kilometer mit sechs Stationen, vom Gemeinschaftsgarten bis zum Ruderhaus.
        Unterwegs stellen sich Mitwirkende vor, am Ende gibt es Kuchen.""",
        EventKind.OTHER,
        "nachbarschaft sport umwelt",
        Moment(2, 6, 14),
        210,
        announced=25,
        status=EventStatus.CANCELLED,
        reason="""Die Kanalbrücke auf der Strecke ist bis auf Weiteres gesperrt, eine gute Umleitung für eine große
        Gruppe haben wir nicht gefunden. Wir holen die Tour nach.""",
        place="garten",
        host="garten",
        capacity=30,
        registrations=("Mohammed Al-Khatib", "frauen", "Leonie Bachstein", "Karsten Döllinger", "geschichte"),
    ),
    Gathering(
        "boerse",
        "Ehrenamtsbörse in der Bürgerscheune",
        """Zwanzig Vereine aus dem Nordosten der Stadt stellen sich vor. Wer etwas tun möchte, aber noch nicht weiß,
        was, findet hier in zehn Minuten eine Aufgabe, die passt. Mit Kinderprogramm und Kaffee.""",
        EventKind.FAIR,
        "nachbarschaft soziales",
        Moment(7, _SATURDAY, 11),
        300,
        announced=6,
        place="vorsfelde",
        host="buergerforum",
        registrations=("tsv", "feuer", "tier", "inklusiv", "Annegret Fuhse", "besuch"),
    ),
    Gathering(
        "netzwerktreffen",
        "Netzwerktreffen: Was wir bisher geschafft haben",
        """Die vier Arbeitsgruppen berichten, danach ist Zeit für Gespräche ohne Tagesordnung. Die
        Koordinierungsstelle stellt die ersten Zahlen des Bretts vor und nimmt Wünsche mit.""",
        EventKind.MEETING,
        "demokratie nachbarschaft",
        Moment(8, 3, 18),
        150,
        announced=5,
        place="rathaus",
        capacity=120,
        registrations=(
            "Henrike Ahlers",
            "Petra Löwenhagen",
            "Ines Schönfelder",
            "Franziska Lübbecke",
            "Dilan Aksoy",
            "Gerhard Möhring",
            "stiftung",
            "repair",
            "lesepaten",
        ),
    ),
    Gathering(
        "danke",
        "Danke-Abend: Wolfsburg feiert sein Ehrenamt",
        """Ein Abend für Menschen, ohne die in dieser Stadt vieles stillstünde. Geehrt wird, wer von anderen
        vorgeschlagen wurde, mit handgedruckten Urkunden, kurzen Filmen und langem Applaus. Danach spielt eine Band
        aus dem Proberaum Nordkopf.

        Gebärdensprache und eine ruhige Sitzreihe sind eingeplant.""",
        EventKind.CEREMONY,
        "kultur musik",
        Moment(11, 4, 18, 30),
        180,
        announced=4,
        place="hallenbad",
        accessibility=(AccessibilityFeature.SIGN_LANGUAGE,),
        group="anerkennung",
        capacity=220,
        registrations=("Franziska Lübbecke", "Detlef Nowatzki", "band", "druckerei", "gehoerlos"),
    ),
    Gathering(
        "zukunft",
        "Zukunftswerkstatt: Das Netzwerk in fünf Jahren",
        """Entwurf, noch nicht veröffentlicht. Ein Samstag mit Moderation, großen Papierbögen und der Frage, was in
        fünf Jahren selbstverständlich sein soll. Ort und Dauer sind noch offen.""",
        EventKind.WORKSHOP,
        "demokratie",
        Moment(14, _SATURDAY, 10),
        360,
        announced=3,
        status=EventStatus.DRAFT,
        host="buergerforum",
        capacity=50,
    ),
)
