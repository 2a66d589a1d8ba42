"""Clubs for sport, culture and music."""

from models import Audience
from resolvers.demo.shapes import Organisation

ORGANISATIONS = (
    Organisation(
        "tsv",
        "TSV Grün-Weiß Allerauen e. V.",
        "gw-allerauen.example",
        "vorsfelde",
        "sport jugend integration",
        """Breitensportverein mit 1.100 Mitgliedern in neun Abteilungen, vom Eltern-Kind-Turnen bis zum Walking
        Football. Unsere Sporthalle am Allerbogen steht vormittags auch anderen Gruppen offen.""",
        ("Aylin Kessler",),
        Audience.EVERYONE,
        phone="101",
        phone_audience=Audience.EVERYONE,
    ),
    Organisation(
        "rudern",
        "Ruderclub Kanalufer Fallersleben e. V.",
        "rc-kanalufer.example",
        "fallersleben",
        "sport jugend",
        """Wir rudern seit 1958 auf dem Mittellandkanal. Neben dem Training bieten wir Schulklassen Schnuppertage an
        und vermieten unser Ruderhaus für Vereinstreffen.""",
        ("Hanno Brüggemann",),
        Audience.EVERYONE,
    ),
    Organisation(
        "klettern",
        "Kletterfreunde Klieversberg e. V.",
        "kletterfreunde.example",
        "klieversberg",
        "sport inklusion jugend",
        """Klettern verbindet: Bei uns sichern sich Menschen mit und ohne Behinderung gegenseitig. Jeden Donnerstag
        gibt es eine offene Gruppe, Gurte und Schuhe leihen wir aus.""",
        ("Nils Harkenthal",),
    ),
    Organisation(
        "rolli",
        "Rollstuhlsport Allerwölfe e. V.",
        "allerwoelfe.example",
        "detmerode",
        "sport inklusion",
        """Rollstuhlbasketball und Rollstuhltanz für alle Altersgruppen. Wer mitspielen will, muss keinen eigenen
        Rollstuhl besitzen: Wir haben zwölf Sportrollstühle.""",
        ("Björn Kähler",),
        Audience.EVERYONE,
        phone="118",
    ),
    Organisation(
        "schach",
        "Schachfreunde Weißer Turm Wolfsburg",
        "weisser-turm.example",
        "wohltberg",
        "sport bildung senioren",
        """Ein kleiner Verein mit großem Herzen für alle, die anfangen. Wir leiten Schach-AGs an drei Grundschulen und
        spielen jeden Freitagabend mit allen, die vorbeikommen.""",
        ("Zoltán Bereczky",),
    ),
    Organisation(
        "judo",
        "Judo-Gemeinschaft Weidenzweig e. V.",
        "judo-weidenzweig.example",
        "laagberg",
        "sport jugend familie",
        """Fallen lernen, aufstehen lernen, Rücksicht lernen: Unsere jüngsten Judoka sind fünf, unsere ältesten 71.
        Kinder aus Familien mit kleinem Einkommen zahlen keinen Beitrag.""",
        email_audience=Audience.EVERYONE,
    ),
    Organisation(
        "tanz",
        "Tanzkreis Drehmoment e. V.",
        "tanzkreis-drehmoment.example",
        "rabenberg",
        "sport senioren kultur",
        """Tanzen im Sitzen, Kreistänze und Gesellschaftstanz. Am zweiten Sonntag im Monat laden wir zum Tanztee mit
        selbst gebackenem Kuchen.""",
        has_website=False,
    ),
    Organisation(
        "chor",
        "Chor Quersumme Ehmen e. V.",
        "chor-quersumme.example",
        "ehmen",
        "musik kultur",
        """Vierzig Stimmen zwischen 17 und 80, von Madrigal bis Musical. Wir singen auch dort, wo selten Konzerte
        stattfinden: in Pflegeheimen, auf Wochenmärkten und im Treppenhaus.""",
        ("Wiebke Harmsdorf",),
        Audience.EVERYONE,
    ),
    Organisation(
        "theater",
        "Theatergruppe Lampenfieber Heiligendorf",
        "lampenfieber.example",
        "heiligendorf",
        "kultur jugend",
        """Amateurtheater auf dem Dorf, seit 1987. Jedes Jahr bringen wir ein Stück auf die Bühne, dazu Improvisation
        für Jugendliche ab zwölf Jahren.""",
        ("Thorben Evers",),
    ),
    Organisation(
        "blas",
        "Blasorchester Klangwinkel e. V.",
        "blasorchester-klangwinkel.example",
        "hattorf",
        "musik jugend",
        """Wir spielen Märsche, Filmmusik und das, was unsere Jugend aussucht. Im Bläserkreis für alle, die neu
        anfangen, gibt es Leihinstrumente und viel Geduld.""",
        email_audience=Audience.EVERYONE,
    ),
    Organisation(
        "geschichte",
        "Geschichtswerkstatt Spurensuche e. V.",
        "geschichtswerkstatt-spurensuche.example",
        "hesslingen",
        "kultur bildung senioren",
        """Wir sammeln Fotos, Briefe und Erinnerungen aus den Stadtteilen und Dörfern und machen daraus Rundgänge,
        Ausstellungen und ein wachsendes Tonarchiv.""",
        ("Eberhard Plate",),
        Audience.EVERYONE,
    ),
    Organisation(
        "buecher",
        "Bücherschrank-Initiative Lesezeichen",
        "buecherschrank-lesezeichen.example",
        "moerse",
        "kultur nachbarschaft bildung",
        """Fünf Nachbarinnen und Nachbarn pflegen drei offene Bücherschränke: sortieren, reparieren und einmal im
        Monat daraus vorlesen.""",
        ("Ottilie Brandes",),
        has_website=False,
    ),
    Organisation(
        "atelier",
        "Offenes Atelier Schillerteich e. V.",
        "offenes-atelier.example",
        "schillerteich",
        "kultur integration inklusion",
        """Malen, Drucken und Töpfern ohne Anmeldung und ohne Vorkenntnisse. Wer mag, zeigt die Ergebnisse zweimal im
        Jahr in der Teichpassage.""",
        ("Franziska Lübbecke",),
    ),
    Organisation(
        "band",
        "Proberaum Nordkopf e. V.",
        "proberaum-nordkopf.example",
        "stadtmitte",
        "musik jugend",
        """Vier Proberäume, eine kleine Bühne und ein Mischpult, das manchmal raucht. Junge Bands proben bei uns zum
        Taschengeldpreis und lernen nebenbei, ein Konzert zu veranstalten.""",
        ("Volkan Demirtaş",),
        Audience.EVERYONE,
    ),
)
