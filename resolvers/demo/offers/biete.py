"""Biete: what is being offered on the board."""

from models import OfferCategory as Kind
from models import OfferDirection, ResponseStatus
from resolvers.demo.shapes import Entry, Response

_PROVIDE = OfferDirection.PROVIDE

ENTRIES = (
    Entry(
        owner="repair",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Reparaturnachmittag in eurem Stadtteil",
        description="""Wir kommen mit Werkzeugkoffern, Lötstation und fünf Fachleuten. Ihr stellt Tische, Strom und
        Kaffee. Gut geeignet für Stadtteilfeste, Schulen und Seniorenkreise, etwa einmal im Monat haben wir dafür
        einen Termin frei.""",
        topics="umwelt nachbarschaft",
        days=50,
        district="westhagen",
        languages="de",
        responses=(
            Response(
                "senioren",
                47,
                "Bei uns stehen elf Radios, die keiner wegwerfen mag. Wann habt ihr Zeit?",
                ResponseStatus.ACCEPTED,
            ),
            Response("wohnen", 14, "Ein Nachmittag im Haus der Generationen wäre großartig, Räume stellen wir."),
        ),
    ),
    Entry(
        owner="Tobias Wendlandt",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Prüfung von Verlängerungskabeln und Lichterketten",
        description="""Vor dem nächsten Vereinsfest einmal durchmessen lassen: Ich prüfe ortsveränderliche Geräte und
        sage ehrlich, was in den Müll gehört. Für gemeinnützige Vereine kostenlos, etwa zwei Stunden je Vereinsheim.""",
        topics="nachbarschaft rettung-und-hilfe",
        days=28,
        hours=2,
    ),
    Entry(
        owner="stiftung",
        direction=_PROVIDE,
        category=Kind.FUNDING,
        title="Bis zu 500 Euro für Nachbarschaftsideen",
        description="""Straßenfest, Bank vor der Tür, Kräuterkübel: Für kleine Vorhaben genügt eine Seite
        Beschreibung. Wir entscheiden innerhalb von drei Wochen. Mindestens drei Haushalte sollten beteiligt sein.""",
        topics="nachbarschaft soziales",
        days=46,
        remote=True,
    ),
    Entry(
        owner="kanzlei",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Steuersprechstunde für Vereine",
        description="""Jeden ersten Mittwoch im Monat, 30 Minuten je Verein, kostenlos: Gemeinnützigkeit,
        Übungsleiterpauschale, Spendenbescheinigung, Vereinsfest. Bitte vorher die Satzung schicken.""",
        topics="bildung",
        days=39,
        district="fallersleben",
        remote=True,
        languages="de tr",
        group="qualifizierung",
        responses=(
            Response(
                "foerderverein",
                36,
                "Uns beschäftigt die Umsatzsteuer beim Kuchenverkauf. Geht das im nächsten Monat?",
                ResponseStatus.ACCEPTED,
            ),
            Response("imker", 12, "Wir verkaufen Honig und wissen nicht, ob das noch ein Zweckbetrieb ist."),
        ),
    ),
    Entry(
        owner="tsv",
        direction=_PROVIDE,
        category=Kind.ROOM,
        title="Sporthalle am Vormittag, montags bis donnerstags",
        description="""Zwischen 9 und 12 Uhr steht unsere Halle leer: 15 mal 27 Meter, Schwingboden, Duschen. Für
        gemeinnützige Gruppen ohne Miete, nur die Reinigung teilen wir uns.""",
        topics="sport senioren gesundheit",
        days=33,
        district="vorsfelde",
        place="vereinsheim",
        available=(7, 200),
        responses=(Response("tanz", 25, "Für das Tanzen im Sitzen bräuchten wir dienstags eine Stunde."),),
    ),
    Entry(
        owner="wohnen",
        direction=_PROVIDE,
        category=Kind.ROOM,
        title="Drei Räume im Haus der Generationen",
        description="""Ein Saal für 60, ein Gruppenraum für 16 und ein Beratungszimmer, alles stufenlos, mit Küche
        und Beamer. Gruppen aus dem Netzwerk nutzen sie kostenfrei, auch abends und am Wochenende.""",
        topics="nachbarschaft senioren",
        days=42,
        district="reislingen",
        place="mehrgenerationen",
    ),
    Entry(
        owner="buergerforum",
        direction=_PROVIDE,
        category=Kind.ROOM,
        title="Bürgerscheune für Versammlungen und kleine Konzerte",
        description="""Fachwerk, 90 Stühle, gute Akustik und eine Theke. Für Vereine kostet der Abend 40 Euro
        Pauschale, wer selbst putzt, zahlt die Hälfte. Dienstags und samstags ist meistens belegt.""",
        topics="kultur demokratie",
        days=30,
        district="vorsfelde",
        place="vorsfelde",
    ),
    Entry(
        owner="kirche",
        direction=_PROVIDE,
        category=Kind.ROOM,
        title="Gemeindehaus für Gruppen aus dem Stadtteil",
        description="""Zwei Räume und eine Küche, freie Zeiten am Montagabend und am Mittwochvormittag. Wir fragen
        nicht nach der Konfession, nur nach dem Müll: Der wird bitte wieder mitgenommen.""",
        topics="nachbarschaft soziales",
        days=18,
        district="kreuzheide",
        place="gemeindehaus",
        responses=(Response("jugendforum", 15, "Montags ab 18 Uhr wäre für unsere Sitzungen ideal."),),
    ),
    Entry(
        owner="band",
        direction=_PROVIDE,
        category=Kind.ROOM,
        title="Proberaum mit Schlagzeug für Nachwuchsbands",
        description="""Mittwochs und sonntags ist Raum 3 noch frei. Verstärker, Schlagzeug und Gesangsanlage stehen
        bereit, zwei Stunden kosten vier Euro je Band. Auf Wunsch hilft jemand beim ersten Aufbau.""",
        topics="musik jugend",
        days=11,
        district="stadtmitte",
        place="proberaum",
        minimum_age=14,
    ),
    Entry(
        owner="druckerei",
        direction=_PROVIDE,
        category=Kind.MATERIAL,
        title="Plakate und Handzettel aus Restpapier",
        description="""Viermal im Jahr drucken wir für Vereine, was auf unsere Restbögen passt: bis zu 100 Plakate in
        A3 oder 500 Handzettel. Die fertige Datei brauchen wir zehn Tage vorher, bei der Gestaltung helfen wir gern.""",
        topics="kultur umwelt",
        days=45,
        district="sandkamp",
        group="anerkennung",
        responses=(
            Response(
                "theater", 43, "Unsere Premiere rückt näher, 60 Plakate wären ein Traum.", ResponseStatus.ACCEPTED
            ),
            Response("blas", 8, "Gilt das Angebot auch für Programmhefte?"),
        ),
    ),
    Entry(
        owner="rudern",
        direction=_PROVIDE,
        category=Kind.MATERIAL,
        title="Anhänger und zwölf Schwimmwesten zu verleihen",
        description="""Unser Bootsanhänger (750 Kilo, ungebremst) steht unter der Woche herum, die Westen in
        Kindergrößen auch. Abholung am Ruderhaus, Pfand 50 Euro.""",
        topics="sport jugend",
        days=24,
        district="fallersleben",
        place="fallersleben",
    ),
    Entry(
        owner="feuer",
        direction=_PROVIDE,
        category=Kind.MATERIAL,
        title="Bierzeltgarnituren und zwei Pavillons für Feste",
        description="""Zwanzig Garnituren und zwei Pavillons, drei mal sechs Meter. Vereine leihen kostenlos und
        bringen alles sauber und vollzählig zurück. Einen Grill gibt es auf Nachfrage dazu.""",
        topics="nachbarschaft rettung-und-hilfe",
        days=16,
        district="almke",
        responses=(
            Response(
                "tunesisch",
                13,
                "Für unser Begegnungsfest bräuchten wir zwölf Garnituren. Wann können wir abholen?",
                ResponseStatus.ACCEPTED,
            ),
            Response("chor", 6, "Uns würden vier Garnituren für das Hofkonzert reichen."),
        ),
    ),
    Entry(
        owner="aller",
        direction=_PROVIDE,
        category=Kind.MATERIAL,
        title="Müllzangen, Handschuhe und Westen für Putzaktionen",
        description="""Ausrüstung für bis zu 40 Personen, dazu zehn Kinderzangen. Schulklassen und Nachbarschaften
        leihen kostenlos. Auf Wunsch kommt jemand mit und erklärt, was der Fluss mit einem Joghurtbecher macht.""",
        topics="umwelt bildung",
        days=7,
        district="alt-wolfsburg",
        event="putztag",
    ),
    Entry(
        owner="rettung",
        direction=_PROVIDE,
        category=Kind.TRAINING,
        title="Erste-Hilfe-Kurs bei euch im Vereinsheim",
        description="""Ab zehn Personen kommen wir zu euch: neun Unterrichtseinheiten an einem Samstag, anerkannt für
        Übungsleiterlizenz und Führerschein. Auch in Leichter Sprache oder mit Gebärdensprache.""",
        topics="gesundheit rettung-und-hilfe",
        days=50,
        group="qualifizierung",
        languages="de en",
        responses=(
            Response(
                "klettern", 48, "Zwölf von uns brauchen die Auffrischung, samstags passt.", ResponseStatus.ACCEPTED
            ),
        ),
    ),
    Entry(
        owner="seniorennetz",
        direction=_PROVIDE,
        category=Kind.TRAINING,
        title="Smartphone-Sprechstunde für Seniorenkreise",
        description="""Zwei Silbersurfer besuchen eure Gruppe und beantworten Fragen: Fotos verschicken, Fahrkarte
        kaufen, Betrug erkennen. Wir bleiben, bis die letzte Frage geklärt ist, und kommen auch ein zweites Mal.""",
        topics="digitales senioren",
        days=21,
        district="reislingen",
        responses=(Response("tanz", 19, "Nach dem Tanztee wäre bei uns genau die richtige Zeit dafür."),),
    ),
    Entry(
        owner="inklusiv",
        direction=_PROVIDE,
        category=Kind.TRAINING,
        title="Leichte Sprache: Schnupperkurs für Vereine",
        description="""Drei Stunden, nach denen eure Einladung verständlicher ist als vorher. Unterrichtet wird von
        Menschen, die Leichte Sprache selbst brauchen. Einen eigenen Text bitte mitbringen.""",
        topics="inklusion bildung",
        days=14,
        district="reislingen",
        place="mehrgenerationen",
    ),
    Entry(
        owner="imker",
        direction=_PROVIDE,
        category=Kind.TRAINING,
        title="Bienen zum Anfassen: Besuch am Lehrbienenstand",
        description="""Für Schulklassen und Jugendgruppen bis 25 Personen. Wir öffnen ein Volk, schleudern Honig und
        erklären, warum Brennnesseln nützlich sind. Schutzkleidung haben wir in Kindergrößen.""",
        topics="umwelt bildung jugend",
        days=9,
        district="sandkamp",
        minimum_age=6,
        group="schulen",
        responses=(Response("grundschule", 8, "Unsere Klasse 3b plant eine Projektwoche zu Insekten."),),
    ),
    Entry(
        owner="Fatima El Amrani",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Übersetzen bei Elterngesprächen: Arabisch und Französisch",
        description="""Ich begleite Familien zu Gesprächen in Schule und Kita und übersetze, was gesagt wird, nicht
        mehr und nicht weniger. Werktags ab 15 Uhr, auch per Video.""",
        topics="integration bildung familie",
        days=40,
        remote=True,
        languages="ar fr de",
        hours=3,
        responses=(
            Response(
                "gymnasium",
                32,
                "Im nächsten Monat haben wir drei Gespräche, bei denen wir dich bräuchten.",
                ResponseStatus.ACCEPTED,
            ),
        ),
    ),
    Entry(
        owner="Emre Yıldız",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Kassenprüfung für kleine Vereine",
        description="""Euer Kassenprüfer ist weggezogen? Ich sehe eure Bücher durch und schreibe den Bericht für die
        Mitgliederversammlung. Bis zu vier Vereine im Jahr, bitte zwei Monate Vorlauf.""",
        topics="bildung",
        days=32,
        remote=True,
        languages="de tr",
    ),
    Entry(
        owner="Jannik Rehberg",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Websites für Vereine: schlicht, schnell, ohne Werbung",
        description="""Ich richte eine Seite ein, die ihr danach selbst pflegen könnt, und bleibe ein halbes Jahr
        erreichbar. Zwei Vereine im Halbjahr schaffe ich neben dem Studium.""",
        topics="digitales",
        days=25,
        remote=True,
        languages="de en",
        hours=4,
        responses=(Response("buecher", 22, "Uns genügt eine Karte mit drei Bücherschränken. Hättest du Lust?"),),
    ),
    Entry(
        owner="Mohammed Al-Khatib",
        direction=_PROVIDE,
        category=Kind.HELPING_HANDS,
        title="Fahrräder reparieren, mittwochs im Nachbarschaftsladen",
        description="""Platten, Bremse, Licht: Bringt euer Rad zwischen 16 und 18 Uhr vorbei, wir reparieren
        zusammen. Ersatzteile zahlt ihr selbst, die Zeit gibt es geschenkt. Kinderräder haben Vorfahrt.""",
        topics="nachbarschaft integration",
        days=1,
        district="detmerode",
        place="detmerode",
        languages="ar de en",
        hours=2,
    ),
    Entry(
        owner="Leonie Bachstein",
        direction=_PROVIDE,
        category=Kind.HELPING_HANDS,
        title="Kinderschminken und Spiele auf eurem Fest",
        description="""Ich schminke Tiger, Elfen und ausnahmsweise Superhelden, dazu habe ich Spiele für zwanzig
        Kinder im Kopf. An Wochenenden, gegen Fahrgeld und ein Stück Kuchen.""",
        topics="jugend familie kultur",
        days=38,
        hours=4,
        responses=(
            Response("wiese", 35, "Unser Hüttenfest wäre genau das Richtige für dich!", ResponseStatus.ACCEPTED),
            Response(
                "judo",
                5,
                "Wir feiern an einem Sonntag im Vereinsheim, etwa dreißig Kinder.",
                ResponseStatus.DECLINED,
            ),
        ),
    ),
    Entry(
        owner="Björn Kähler",
        direction=_PROVIDE,
        category=Kind.EXPERTISE,
        title="Barriere-Check für Feste und Vereinsheime",
        description="""Ich rolle einmal durch, messe Türen und Rampen und schreibe auf, was mit wenig Geld besser
        wird. Vorher gefragt ist billiger als nachher umgebaut.""",
        topics="inklusion",
        days=36,
        responses=(
            Response(
                "buergerforum",
                34,
                "Unsere Scheune hat eine Schwelle, über die wir uns streiten.",
                ResponseStatus.ACCEPTED,
            ),
        ),
    ),
    Entry(
        owner="gesamtschule",
        direction=_PROVIDE,
        category=Kind.COOPERATION,
        title="Schulband und Veranstaltungstechnik-AG für eure Bühne",
        description="""Unsere Jugendlichen spielen, leuchten und mischen auf Festen im Stadtgebiet. Eine Lehrkraft
        begleitet sie, für den Transport braucht es einen Bulli. Bitte sechs Wochen vorher anfragen.""",
        topics="musik jugend bildung",
        days=13,
        district="fallersleben",
        place="gesamtschule",
        group="schulen",
    ),
    Entry(
        owner="Annegret Fuhse",
        direction=_PROVIDE,
        category=Kind.OTHER,
        title="Therapiehund Ole besucht Gruppen und Heime",
        description="""Ole ist neun, ein geprüfter Besuchshund und liebt ruhige Stimmen. Wir kommen für eine Stunde
        vorbei, zum Streicheln, Spazierengehen oder einfach Danebenliegen.""",
        topics="tierschutz senioren gesundheit",
        days=4,
        district="wendschott",
        hours=1,
        responses=(Response("besuch", 2, "Zwei unserer Damen hatten früher Hunde und würden sich sehr freuen."),),
    ),
)
