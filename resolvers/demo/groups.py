"""The four working groups of the network, who takes part, and their news."""

from models import GroupPostKind, JoinPolicy, PostAudience
from resolvers.demo.shapes import Post, WorkingGroup

GROUPS = (
    WorkingGroup(
        "schulen",
        "Zusammenarbeit mit Schulen – junge Menschen beteiligen",
        """Schulen und Vereine wollen dasselbe: dass junge Menschen erleben, wie viel sie bewegen können. Die
        Arbeitsgruppe bringt beide an einen Tisch, sammelt Einsatzstellen für Sozialtage und das Fach „Verantwortung“
        und sorgt dafür, dass Jugendliche nicht nur helfen, sondern mitentscheiden.

        Wir treffen uns alle drei Wochen reihum in Schulen und Vereinsheimen. Schülerinnen und Schüler sind
        ausdrücklich eingeladen.""",
        "bildung jugend demokratie",
        JoinPolicy.OPEN,
        ("Ines Schönfelder", "Dilan Aksoy"),
        (
            "gesamtschule",
            "gymnasium",
            "grundschule",
            "jugendforum",
            "Mareike Tönnies",
            "Inga Petersohn",
            "Aylin Kessler",
            "tsv",
            "Lennart Osterkamp",
            "pfadfinder",
            "Leonie Bachstein",
            "lesepaten",
            "Claudia Rautenberg",
            "imker",
            "schach",
            "feuer",
            "Yasmin Haddad",
            "band",
            "wiese",
            "Zoltán Bereczky",
            "rudern",
        ),
        posts=(
            Post(
                "Ines Schönfelder",
                49,
                "Die Arbeitsgruppe nimmt ihre Arbeit auf",
                """Beim Auftakt im Hallenbad haben sich rund zwanzig Mitwirkende für diese Arbeitsgruppe eingetragen:
                Schulen, Vereine, Einzelne und ein Jugendforum, das uns gleich ins Stammbuch schrieb: „Redet nicht
                über uns, redet mit uns.“

                Deshalb gibt es zwei Koordinatorinnen: Dilan Aksoy für die Jugendlichen und Ines Schönfelder für die
                Schulen. Wer dazukommen möchte, tritt der Gruppe einfach bei.""",
            ),
            Post(
                "Mareike Tönnies",
                38,
                "Protokoll des ersten Treffens",
                """Anwesend: 17 Mitwirkende, darunter sechs Jugendliche. Ort: Aula der Gesamtschule am Kanal.

                – Einsatzstellen: Vereine beschreiben künftig auf einer Seite, was Jugendliche bei ihnen tun können,
                wer sie begleitet und was sie dafür mitbringen müssen.
                – Versicherung: Über die Schule sind die Jugendlichen während des Fachs „Verantwortung“ abgesichert.
                Für die Zeit danach klärt die Koordinierungsstelle den Schutz.
                – Fahrtkosten: Die Bürgerstiftung Allerland prüft, ob sie Busfahrkarten übernehmen kann.

                Nächster Schritt: Bis zum kommenden Treffen bringt jeder Verein eine Einsatzstelle mit.""",
                kind=GroupPostKind.MINUTES,
                audience=PostAudience.GROUP,
            ),
            Post(
                "Dilan Aksoy",
                24,
                "Beschluss: Jugendliche bekommen die Hälfte der Stimmen",
                """Wir haben abgestimmt, einstimmig bei einer Enthaltung: Wenn die Arbeitsgruppe über Geld oder
                Veranstaltungen entscheidet, haben Jugendliche zusammen genauso viele Stimmen wie Erwachsene, auch
                wenn weniger von ihnen da sind.

                Das gilt zunächst für ein Jahr. Danach schauen wir gemeinsam, ob es sich bewährt hat.""",
                kind=GroupPostKind.DECISION,
            ),
            Post(
                "Ines Schönfelder",
                6,
                "31 Einsatzstellen sind beisammen",
                """Vom Bienenstand bis zum Schulsanitätsdienst: 31 Plätze für Schülerinnen und Schüler haben uns
                Vereine gemeldet. Danke! Es fehlen noch Angebote in Detmerode, Westhagen und in den Ortsteilen im
                Süden.

                Beim nächsten Treffen sehen wir uns die Liste gemeinsam an und überlegen, wie sie auf die
                Suche-Biete-Plattform kommt.""",
            ),
        ),
    ),
    WorkingGroup(
        "anerkennung",
        "Anerkennung und Öffentlichkeitsarbeit",
        """Wer sich engagiert, soll gesehen werden. Wir planen den jährlichen Danke-Abend, werben für eine
        Ehrenamtskarte mit echten Vorteilen und erzählen in Zeitung, Schaufenstern und sozialen Medien, was in
        Wolfsburg ehrenamtlich geschieht.

        Gesucht sind Menschen, die schreiben, fotografieren, gestalten oder gute Geschichten kennen.""",
        "kultur soziales",
        JoinPolicy.ON_REQUEST,
        ("Franziska Lübbecke",),
        (
            "druckerei",
            "atelier",
            "Thorben Evers",
            "theater",
            "Wiebke Harmsdorf",
            "Eberhard Plate",
            "buergerforum",
            "Detlef Nowatzki",
            "blas",
            "Nadine Quast",
            "tier",
            "gehoerlos",
        ),
        requested=("Giulia Ferrante", "tanz"),
        posts=(
            Post(
                "Franziska Lübbecke",
                47,
                "Was wir uns vorgenommen haben",
                """Drei Vorhaben für das erste Jahr:

                – ein Danke-Abend, der nicht aus Reden besteht
                – die Reihe „Gesicht zeigen“: jede Woche ein kurzes Porträt eines engagierten Menschen
                – ein Zeichen, an dem man Mitwirkende erkennt, für Ladentür, Vereinsheim und Briefkopf

                Wer eine Idee hat oder jemanden kennt, der ein Porträt verdient, schreibt uns bitte.""",
            ),
            Post(
                "Thorben Evers",
                31,
                "Protokoll: Programm für den Danke-Abend",
                """Der Abend soll höchstens zwei Stunden dauern und im Sitzen, im Stehen und auf der Tanzfläche Spaß
                machen. Geehrt werden Menschen, die von anderen vorgeschlagen wurden. Niemand bekommt eine Urkunde,
                die nach Kopierer riecht: Das Offene Atelier druckt jedes Blatt von Hand.

                Offen: Gebärdensprachdolmetschung (Angebot liegt vor, Finanzierung noch nicht), Musik, Imbiss.""",
                kind=GroupPostKind.MINUTES,
            ),
            Post(
                "Franziska Lübbecke",
                17,
                "Beschluss: So sieht unser Zeichen aus",
                """Aus elf Entwürfen hat die Gruppe den von Schülerinnen und Schülern der Gesamtschule gewählt: zwei
                Hände, die zusammen ein W bilden. Die Druckerei Buntspecht druckt 500 Aufkleber kostenlos.

                Ab nächster Woche liegen sie im Netzwerkbüro. Für alle Mitwirkenden sind je fünf Stück vorgesehen.""",
                kind=GroupPostKind.DECISION,
            ),
            Post(
                "Detlef Nowatzki",
                4,
                "Vorschläge für den Danke-Abend gesucht",
                """Kennt ihr jemanden, ohne den bei euch nichts laufen würde und der nie auf einem Foto zu sehen ist?
                Genau diese Menschen suchen wir. Drei Sätze genügen.

                Vorschlagen dürfen alle, auch Vereine. Einzige Bedingung: Niemand schlägt sich selbst vor.""",
            ),
        ),
    ),
    WorkingGroup(
        "suche-biete",
        "Suche-Biete-Plattform",
        """Der eine Verein sucht eine Halle, der andere hat sie dienstags leer stehen. Diese Arbeitsgruppe baut das
        Brett, auf dem beide sich finden: für Hände, Wissen, Räume, Material und Geld.

        Wir entscheiden, welche Angaben ein Eintrag braucht, testen mit Menschen, die selten am Rechner sitzen, und
        sammeln Wünsche für die nächste Ausbaustufe.""",
        "digitales nachbarschaft",
        JoinPolicy.ON_REQUEST,
        ("Henrike Ahlers",),
        (
            "digital",
            "Jannik Rehberg",
            "repair",
            "Tobias Wendlandt",
            "nachbarn",
            "Sabine Grothe",
            "Rolf-Dieter Stuckmann",
            "seniorennetz",
            "inklusiv",
            "Carolin Weißgerber",
            "klettern",
            "lebensmittel",
            "Karsten Döllinger",
            "stiftung",
        ),
        requested=("Mohammed Al-Khatib", "kleider", "Hanno Brüggemann"),
        invited=("Björn Kähler",),
        posts=(
            Post(
                "Henrike Ahlers",
                48,
                "Protokoll: Was ein Eintrag braucht",
                """Wir haben zwölf Aushänge aus Vereinsheimen nebeneinandergelegt und gefragt, was fehlt. Meistens
                fehlte: wo, wann, wie lange, an wen wende ich mich.

                – Pflicht sind nur Richtung, Art, Überschrift und Beschreibung.
                – Stadtteil, Zeiten, Sprachen und Mindestalter sind freiwillig, aber erwünscht.
                – Einträge laufen nach 90 Tagen ab und lassen sich mit einem Klick verlängern.""",
                kind=GroupPostKind.MINUTES,
            ),
            Post(
                "Henrike Ahlers",
                36,
                "Beschluss: Der erste Eintrag wird angesehen",
                """Damit das Brett vertrauenswürdig bleibt, sieht die Koordinierungsstelle den ersten Eintrag jedes
                Mitglieds an, bevor er erscheint. Danach wird sofort veröffentlicht. Der Beschluss fiel mit neun zu
                zwei Stimmen.

                Die Koordinierungsstelle hat zugesagt, innerhalb von zwei Werktagen zu antworten.""",
                kind=GroupPostKind.DECISION,
            ),
            Post(
                "Carolin Weißgerber",
                21,
                "Test mit der Prüfgruppe: Das haben wir gelernt",
                """Sechs Menschen aus unserer Prüfgruppe für Leichte Sprache haben das Brett ausprobiert. Gut fanden
                sie die großen Wörter „Suche“ und „Biete“. Schwierig war das Wort „Kategorie“, besser ist „Worum geht
                es?“.

                Wunsch Nummer eins: eine Vorlesetaste. Wunsch Nummer zwei: weniger Abkürzungen. Das „e. V.“ hinter
                jedem Namen hat alle verwirrt.""",
            ),
            Post(
                "Jannik Rehberg",
                9,
                "Ankündigung: Werkstattabend mit Kaltgetränken",
                """Demnächst setzen wir uns zusammen und tragen gemeinsam Einträge ein, vor Ort oder per Video.
                Bringt mit, was bei euch am Schwarzen Brett hängt. Wer noch nie einen Eintrag geschrieben hat, geht
                mit einem fertigen nach Hause.""",
            ),
            Post(
                "Henrike Ahlers",
                2,
                "Fünfzig Einträge sind online",
                """Heute Morgen stand der fünfzigste Eintrag auf dem Brett. Am häufigsten gesucht werden helfende
                Hände, am häufigsten geboten wird Wissen. Das passt besser zusammen, als man denkt: Die ersten
                Zusagen sind da.""",
            ),
        ),
    ),
    WorkingGroup(
        "qualifizierung",
        "Qualifizierung",
        """Gute Vorsätze reichen nicht, wenn die Satzung geändert werden muss oder jemand umkippt. Wir fragen
        Vereine, was sie lernen wollen, und stellen daraus zweimal im Jahr ein Programm zusammen: Vereinsrecht,
        Fördermittel, Erste Hilfe, digitale Werkzeuge, Gesprächsführung.

        Unsere Kurse sind für Ehrenamtliche kostenlos. Zur Mitarbeit laden wir gezielt Menschen ein, die selbst
        unterrichten oder Kurse organisieren.""",
        "bildung gesundheit",
        JoinPolicy.INVITATION,
        ("Petra Löwenhagen", "Gerhard Möhring"),
        (
            "rettung",
            "besuch",
            "kanzlei",
            "Emre Yıldız",
            "hospiz",
            "Ulrike Zschoch",
            "sprachcafe",
            "Katrin Mühlbach",
            "energie",
        ),
        invited=("Fatima El Amrani", "gehoerlos"),
        posts=(
            Post(
                "Petra Löwenhagen",
                45,
                "Umfrage: Was wollt ihr lernen?",
                """58 Mitwirkende haben geantwortet. Ganz oben stehen Fördermittel (41 Nennungen), Vereinsrecht und
                Haftung (33), Erste Hilfe (29) und die Frage, wie man neue Menschen für den Vorstand gewinnt (27).

                Die gute Nachricht: Für fast alles gibt es im Netzwerk jemanden, der es kann.""",
            ),
            Post(
                "Gerhard Möhring",
                27,
                "Protokoll: Das erste Programm steht",
                """Vier Kurse im ersten Halbjahr, jeder mit höchstens zwanzig Plätzen, dazu ein Onlineabend.
                Unterrichtet wird abends oder am Samstagvormittag. Kinderbetreuung bieten wir an, sobald sich zwei
                Familien melden.

                Der Raum im Netzwerkbüro ist zu klein. Bürgerforum und Genossenschaft stellen uns ihre Säle zur
                Verfügung, vielen Dank dafür.""",
                kind=GroupPostKind.MINUTES,
                audience=PostAudience.GROUP,
            ),
            Post(
                "Petra Löwenhagen",
                12,
                "Beschluss: Eine Bescheinigung für jeden Kurs",
                """Wer einen Kurs besucht hat, bekommt eine Bescheinigung mit Inhalt und Stundenzahl. Jugendliche
                können sie für Bewerbungen nutzen, Vereine für den Nachweis bei Förderern. Die Vorlage liegt im
                Netzwerkbüro.""",
                kind=GroupPostKind.DECISION,
            ),
        ),
    ),
)
