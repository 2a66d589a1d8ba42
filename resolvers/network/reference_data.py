"""The town: its fields of engagement and its parts, stored at the first start."""

from models import District, Topic
from models.sql.slugs import slugify
from models.text.folding import sort_key
from subscriptions.outbox import Changes, Outbox

TOPICS = (
    "Jugend",
    "Familie",
    "Senioren",
    "Sport",
    "Kultur",
    "Musik",
    "Umwelt",
    "Tierschutz",
    "Soziales",
    "Nachbarschaft",
    "Integration",
    "Inklusion",
    "Bildung",
    "Gesundheit",
    "Digitales",
    "Demokratie",
    "Rettung und Hilfe",
)

DISTRICTS = (
    "Almke",
    "Alt-Wolfsburg",
    "Barnstorf",
    "Brackstedt",
    "Detmerode",
    "Ehmen",
    "Eichelkamp",
    "Fallersleben",
    "Hageberg",
    "Hattorf",
    "Hehlingen",
    "Heiligendorf",
    "Hellwinkel",
    "Heßlingen",
    "Hohenstein",
    "Kästorf",
    "Klieversberg",
    "Köhlerberg",
    "Kreuzheide",
    "Laagberg",
    "Mörse",
    "Neindorf",
    "Neuhaus",
    "Nordsteimke",
    "Rabenberg",
    "Reislingen",
    "Rothenfelde",
    "Sandkamp",
    "Schillerteich",
    "Stadtmitte",
    "Steimker Berg",
    "Sülfeld",
    "Teichbreite",
    "Tiergartenbreite",
    "Velstove",
    "Vorsfelde",
    "Warmenau",
    "Wendschott",
    "Westhagen",
    "Wohltberg",
)


async def store_town(outbox: Outbox) -> None:
    """Store topics and districts, each where the database has none yet. Two processes at once store them once."""

    async def work(changes: Changes) -> None:
        for model, names in ((Topic, TOPICS), (District, DISTRICTS)):
            if not await model.exists():
                rows = [model(slug=slugify(name), name=name, name_key=sort_key(name)) for name in names]
                await model.bulk_create(rows)  # type: ignore[arg-type]

    await outbox.write(work)
