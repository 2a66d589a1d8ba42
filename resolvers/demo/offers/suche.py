"""Suche: what is being looked for on the board."""

from models import Commitment, OfferDirection, ResponseStatus
from models import OfferCategory as Kind
from resolvers.demo.shapes import Entry, Response

_SEEK = OfferDirection.SEEK

ENTRIES = (
    Entry(
        owner="repair",
        direction=_SEEK,
        category=Kind.HELPING_HANDS,
        title="Näherinnen und Näher für den Reparaturtreff",
        description="""An unserem Textiltisch stauen sich Jacken mit kaputten Reißverschlüssen. Gesucht wird, wer an
        jedem zweiten Samstag von 10 bis 13 Uhr mitnäht und anderen dabei zeigt, wie es geht. Zwei gute Maschinen
        sind da.""",
        topics="umwelt nachbarschaft",
        days=44,
        times="saturday 10:00-13:00",
        commitment=Commitment.REGULAR,
        district="westhagen",
        place="westhagen",
        hours=1.5,
        languages="de tr",
        responses=(
            Response(
                "Hülya Sarıkaya",
                40,
                "Ich nähe seit dreißig Jahren und könnte im Wechsel mit einer Freundin kommen. Passt euch das?",
                ResponseStatus.ACCEPTED,
            ),
            Response(
                "kleider",
                9,
                "Unsere Nähgruppe würde gern einmal im Quartal einen Termin übernehmen. Können wir telefonieren?",
            ),
        ),
    ),
    Entry(
        owner="lesepaten",
        direction=_SEEK,
        category=Kind.HELPING_HANDS,
        title="Vorlesen in der Grundschule: eine Stunde in der Woche",
        description="""Für drei Klassen in Detmerode fehlen uns Lesepatinnen und Lesepaten. Du liest mit einem Kind,
        hörst zu, wenn es selbst liest, und hast danach meistens gute Laune. Wir bereiten dich an einem Nachmittag
        vor.

        Ein erweitertes Führungszeugnis ist nötig; für Ehrenamtliche ist es kostenlos.""",
        topics="bildung jugend",
        days=49,
        commitment=Commitment.REGULAR,
        district="detmerode",
        minimum_age=18,
        hours=1,
        group="schulen",
        responses=(
            Response(
                "Ottilie Brandes",
                46,
                "Dienstags oder donnerstags am Vormittag habe ich Zeit und lese am liebsten Gedichte vor.",
                ResponseStatus.ACCEPTED,
            ),
        ),
    ),
    Entry(
        owner="tsv",
        direction=_SEEK,
        category=Kind.HELPING_HANDS,
        title="Übungsleitung für das Eltern-Kind-Turnen",
        description="""Freitags von 16 bis 17 Uhr toben bei uns zwanzig Kinder zwischen zwei und vier Jahren. Unsere
        Übungsleiterin geht in den Mutterschutz. Gesucht wird eine Vertretung, gern auch zu zweit. Die Lizenz bezahlt
        der Verein.""",
        topics="sport familie",
        days=31,
        times="friday 16:00-17:00",
        commitment=Commitment.REGULAR,
        district="vorsfelde",
        place="vereinsheim",
        minimum_age=16,
        hours=2,
        available=(14, 300),
    ),
    Entry(
        owner="lebensmittel",
        direction=_SEEK,
        category=Kind.HELPING_HANDS,
        title="Fahrerinnen und Fahrer für die Abendtour",
        description="""Montags und donnerstags sammeln wir ab 19 Uhr bei fünf Bäckereien ein, was übrig ist. Die Tour
        dauert anderthalb Stunden, gefahren wird ein Kleinbus (Führerschein Klasse B). Zu zweit macht es mehr Spaß.""",
        topics="soziales umwelt",
        days=12,
        times="monday 19:00-20:30, thursday 19:00-20:30",
        commitment=Commitment.REGULAR,
        district="hellwinkel",
        minimum_age=21,
        hours=3,
        responses=(Response("Mohammed Al-Khatib", 10, "Donnerstags kann ich fahren, den Führerschein habe ich."),),
    ),
    Entry(
        owner="besuch",
        direction=_SEEK,
        category=Kind.HELPING_HANDS,
        title="Jemand zum Schachspielen mit Herrn K.",
        description="""Ein 84-jähriger Herr in Rothenfelde sucht einen Gegner oder eine Gegnerin, gern jünger, gern
        besser. Er wohnt im zweiten Stock ohne Aufzug und kommt deshalb nicht mehr in den Verein. Einmal in der Woche
        wäre schön.""",
        topics="senioren nachbarschaft",
        days=19,
        commitment=Commitment.REGULAR,
        district="rothenfelde",
        hours=2,
        responses=(
            Response(
                "Zoltán Bereczky",
                18,
                "Gern! Freitagnachmittag vor dem Vereinsabend passt gut, ein Brett bringe ich mit.",
                ResponseStatus.ACCEPTED,
            ),
        ),
    ),
    Entry(
        owner="wiese",
        direction=_SEEK,
        category=Kind.HELPING_HANDS,
        title="Starke Arme: neuer Zaun für die Kaninchen",
        description="""Der alte Zaun hat mehr Löcher als Draht. An einem Samstag setzen wir 40 Pfosten neu. Material
        ist bestellt, es fehlen zehn Menschen mit Arbeitshandschuhen. Mittags gibt es Eintopf vom Lagerfeuer.""",
        topics="jugend umwelt tierschutz",
        days=6,
        times="saturday",
        commitment=Commitment.ONCE,
        district="westhagen",
        minimum_age=14,
        available=(10, 45),
    ),
    Entry(
        owner="gesamtschule",
        direction=_SEEK,
        category=Kind.COOPERATION,
        title="Einsatzstellen für das Fach „Verantwortung“",
        description="""Ab dem nächsten Halbjahr suchen 112 Jugendliche des achten Jahrgangs Aufgaben in Vereinen und
        Einrichtungen: zwei Stunden am Mittwochnachmittag, ein halbes Jahr lang. Wichtig ist uns eine feste
        Ansprechperson vor Ort. Versichert sind die Jugendlichen über die Schule.""",
        topics="bildung jugend",
        days=34,
        times="wednesday 13:00-17:00",
        commitment=Commitment.PROJECT,
        district="fallersleben",
        minimum_age=13,
        hours=2,
        group="schulen",
        responses=(
            Response("feuer", 30, "Unsere Kinderfeuerwehr nimmt gern vier Jugendliche als Betreuungshilfe auf."),
            Response("garten", 29, "Mittwochs ist bei uns Gartentag, sechs Plätze sind kein Problem."),
            Response(
                "hospiz",
                28,
                "Wir würden gern, fürchten aber, dass unser Thema für Vierzehnjährige zu schwer ist.",
                ResponseStatus.WITHDRAWN,
            ),
        ),
    ),
    Entry(
        owner="gymnasium",
        direction=_SEEK,
        category=Kind.COOPERATION,
        title="Vereine für unseren Sozialtag gesucht",
        description="""Einen Tag lang packen 300 Schülerinnen und Schüler mit an: streichen, kochen, vorlesen, Beete
        anlegen. Wer hat Aufgaben für Gruppen von fünf bis zwanzig Jugendlichen? Eine Lehrkraft ist immer dabei.""",
        topics="bildung demokratie jugend",
        days=22,
        commitment=Commitment.ONCE,
        district="steimker-berg",
        group="schulen",
        available=(60, 90),
    ),
    Entry(
        owner="gehoerlos",
        direction=_SEEK,
        category=Kind.COOPERATION,
        title="Vereine, die Gebärdensprache ausprobieren wollen",
        description="""Wir kommen zu euch: ein Abend, zwei Gehörlose, hundert Gebärden und viel Gelächter. Gesucht
        sind Vereine, die ihre Türen für gehörlose Mitglieder öffnen möchten und nicht wissen, wie man anfängt.""",
        topics="inklusion kultur",
        days=27,
        responses=(
            Response("theater", 21, "Wir wollten schon lange eine Vorstellung mit Gebärden wagen. Kommt ihr vorbei?"),
        ),
    ),
    Entry(
        owner="geschichte",
        direction=_SEEK,
        category=Kind.MATERIAL,
        title="Alte Fotos und Schmalfilme aus den Dörfern",
        description="""Für eine Ausstellung über das Leben vor der Eingemeindung suchen wir Bilder von Festen, Läden
        und Baustellen. Wir holen ab, digitalisieren und bringen alles unbeschadet zurück. Auch Erzählungen nehmen
        wir auf.""",
        topics="kultur senioren",
        days=41,
        district="hesslingen",
    ),
    Entry(
        owner="digital",
        direction=_SEEK,
        category=Kind.MATERIAL,
        title="Ausgediente Laptops, nicht älter als zehn Jahre",
        description="""Wir löschen die Daten nachweisbar, bauen um und geben die Geräte an Familien weiter, in denen
        sich drei Kinder einen Bildschirm teilen. Auch Netzteile und Arbeitsspeicher helfen. Abgabe donnerstags ab 17
        Uhr.""",
        topics="digitales bildung familie",
        days=37,
        times="thursday 17:00-",
        district="hellwinkel",
        group="suche-biete",
        responses=(
            Response(
                "kanzlei",
                33,
                "Wir tauschen gerade sieben Notebooks aus. Können Sie die Löschung schriftlich bestätigen?",
                ResponseStatus.ACCEPTED,
            ),
            Response("Karsten Döllinger", 5, "Zwei Geräte, eines ohne Akku. Ich bringe sie am Donnerstag vorbei."),
        ),
    ),
    Entry(
        owner="kleider",
        direction=_SEEK,
        category=Kind.MATERIAL,
        title="Schulranzen und Sportbeutel, gut erhalten",
        description="""Vor jedem Schuljahr fragen rund 40 Familien nach einem Ranzen. Wer hat einen im Keller stehen,
        bei dem Verschlüsse und Träger noch heil sind? Abgabe dienstags und freitags von 14 bis 18 Uhr.""",
        topics="soziales familie bildung",
        days=15,
        times="tuesday 14:00-18:00, friday 14:00-18:00",
        district="laagberg",
        place="laagberg",
    ),
    Entry(
        owner="theater",
        direction=_SEEK,
        category=Kind.MATERIAL,
        title="Ein Sofa, das auf der Bühne sterben darf",
        description="""Für unsere Kriminalkomödie brauchen wir ein Sofa im Stil der Siebziger. Es wird bespielt,
        beweint und in der letzten Szene zersägt. Abholung mit dem Anhänger ist kein Problem.""",
        topics="kultur",
        days=3,
        district="heiligendorf",
        available=(None, 60),
    ),
    Entry(
        owner="pfadfinder",
        direction=_SEEK,
        category=Kind.ROOM,
        title="Trockener Lagerplatz für Zelte und Kochkisten",
        description="""Unser Keller steht nach jedem Starkregen unter Wasser. Gesucht wird ein Raum oder eine halbe
        Garage, etwa zwölf Quadratmeter, am liebsten im Osten der Stadt. Miete können wir in Form von Gartenarbeit
        zahlen.""",
        topics="jugend umwelt",
        days=26,
        district="nordsteimke",
        responses=(
            Response(
                "feuer",
                24,
                "Im alten Spritzenhaus wäre Platz, allerdings ohne Strom.",
                ResponseStatus.DECLINED,
            ),
        ),
    ),
    Entry(
        owner="frauen",
        direction=_SEEK,
        category=Kind.ROOM,
        title="Halle oder Hof zum Fahrradfahrenlernen",
        description="""Zwölf Frauen, zwölf Leihräder, viel Mut: Für unseren Fahrradkurs suchen wir eine ebene,
        abgeschlossene Fläche, an der niemand zuschaut. Samstags zwischen 10 und 12 Uhr, acht Wochen lang.""",
        topics="integration sport",
        days=8,
        times="saturday 10:00-12:00",
        commitment=Commitment.PROJECT,
        district="westhagen",
        available=(12, 100),
        languages="de ar tr",
        responses=(Response("grundschule", 7, "Unser Schulhof ist samstags frei, das Tor lässt sich schließen."),),
    ),
    Entry(
        owner="ukraine",
        direction=_SEEK,
        category=Kind.ROOM,
        title="Zwei Klassenräume für die Samstagsschule",
        description="""Unsere Samstagsschule ist auf 38 Kinder gewachsen. Neben dem Saal in Heiligendorf brauchen wir
        zwei Räume mit Tafel, jeden Samstag von 9 bis 13 Uhr, möglichst mit dem Bus erreichbar.""",
        topics="integration bildung familie",
        days=17,
        times="saturday 09:00-13:00",
        commitment=Commitment.REGULAR,
        district="stadtmitte",
        languages="uk de ru",
    ),
    Entry(
        owner="foerderverein",
        direction=_SEEK,
        category=Kind.FUNDING,
        title="Patenschaften für das neue Klettergerüst",
        description="""Das alte Gerüst ist seit der Prüfung gesperrt, das neue kostet 18.400 Euro. Zwei Drittel haben
        wir zusammen. Wer einen Balken, ein Netz oder einen Meter Fallschutz übernimmt, bekommt ein Schild mit Namen
        daran.""",
        topics="bildung sport familie",
        days=35,
        district="detmerode",
    ),
    Entry(
        owner="rolli",
        direction=_SEEK,
        category=Kind.FUNDING,
        title="Zuschuss für zwei Kinder-Sportrollstühle",
        description="""Unsere Kindergruppe wächst, die Rollstühle wachsen leider nicht mit. Ein Sportrollstuhl für
        Kinder kostet rund 2.900 Euro. Wir freuen uns über Spenden, Hinweise auf Stiftungen und Hilfe beim
        Antragschreiben.""",
        topics="sport inklusion",
        days=23,
        district="detmerode",
        responses=(
            Response(
                "stiftung",
                20,
                "Ihr Anliegen passt zu unserem Förderschwerpunkt. Bitte rufen Sie uns an.",
                ResponseStatus.ACCEPTED,
            ),
        ),
    ),
    Entry(
        owner="chor",
        direction=_SEEK,
        category=Kind.EXPERTISE,
        title="Wer baut uns eine neue Website?",
        description="""Unsere Seite stammt von 2009 und kennt nur Windows. Termine, Fotos, Hörproben und ein Formular
        für neue Stimmen: Mehr muss sie nicht können. Die Texte schreiben wir selbst.""",
        topics="musik digitales",
        days=29,
        commitment=Commitment.PROJECT,
        remote=True,
    ),
    Entry(
        owner="garten",
        direction=_SEEK,
        category=Kind.EXPERTISE,
        title="Baumschnitt: Wer zeigt uns, wie es richtig geht?",
        description="""Fünf alte Apfelbäume, dreißig Meinungen. Gesucht wird jemand mit Ahnung, der mit uns schneidet
        und erklärt. Leiter und Scheren sind da, Apfelmus als Lohn ebenfalls.""",
        topics="umwelt nachbarschaft",
        days=13,
        district="teichbreite",
        place="garten",
        available=(None, 120),
        responses=(Response("Lennart Osterkamp", 11, "Obstbaumschnitt hatte ich im Studium, ich helfe gern."),),
    ),
    Entry(
        owner="freiraum",
        direction=_SEEK,
        category=Kind.EXPERTISE,
        title="Supervision für unsere Gruppenleitungen",
        description="""Sechs Ehrenamtliche leiten bei uns Gesprächsgruppen. Für vier Termine im Jahr suchen wir eine
        Fachkraft mit Ausbildung in Supervision, die uns unentgeltlich oder zu einem kleinen Honorar begleitet.""",
        topics="gesundheit soziales",
        days=10,
        commitment=Commitment.REGULAR,
        district="hageberg",
    ),
    Entry(
        owner="waerme",
        direction=_SEEK,
        category=Kind.EXPERTISE,
        title="Ärztin oder Arzt für eine Sprechstunde im Monat",
        description="""Viele unserer Gäste waren seit Jahren in keiner Praxis. Für zwei Stunden im Monat suchen wir
        jemanden, der zuhört, Wunden ansieht und weitervermittelt. Ein Raum mit Waschbecken ist da, Verbandsmaterial
        auch.""",
        topics="gesundheit soziales",
        days=5,
        commitment=Commitment.REGULAR,
        district="stadtmitte",
        hours=0.5,
    ),
    Entry(
        owner="blas",
        direction=_SEEK,
        category=Kind.TRAINING,
        title="Wie leitet man eine Jugendgruppe? Schulung gesucht",
        description="""Vier unserer Jugendlichen wollen den Bläserkreis mitleiten und die Juleica machen.
        Wer bietet einen Kurs an oder nimmt sie in einem bestehenden auf?""",
        topics="jugend musik bildung",
        days=20,
        district="hattorf",
        minimum_age=15,
        responses=(Response("pfadfinder", 16, "In unserem Kurs in den nächsten Ferien sind noch fünf Plätze frei."),),
    ),
    Entry(
        owner="sprachcafe",
        direction=_SEEK,
        category=Kind.HELPING_HANDS,
        title="Menschen, die gern auf Deutsch plaudern",
        description="""Dienstags und donnerstags von 18 bis 20 Uhr. Du sprichst Deutsch und kannst warten, bis jemand
        das richtige Wort gefunden hat? Dann bist du hier richtig. Unterrichten musst du nicht, erzählen genügt.""",
        topics="integration bildung",
        days=2,
        times="tuesday 18:00-20:00, thursday 18:00-20:00",
        commitment=Commitment.REGULAR,
        district="schillerteich",
        languages="de ar en fr uk",
        hours=2,
    ),
    Entry(
        owner="Dilan Aksoy",
        direction=_SEEK,
        category=Kind.OTHER,
        title="Erwachsene, die uns zuhören (und nicht dazwischenreden)",
        description="""Das Jugendforum lädt Menschen aus Politik, Vereinen und Betrieben zu einem umgekehrten
        Elternabend ein: Wir reden, ihr hört zu, danach wird gemeinsam gekocht. Wer traut sich?""",
        topics="jugend demokratie",
        days=4,
        district="kreuzheide",
        place="gemeindehaus",
        group="schulen",
        responses=(Response("buergerforum", 3, "Wir kommen zu dritt und versprechen zu schweigen."),),
    ),
)
