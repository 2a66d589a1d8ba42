from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


class Migration(migrations.Migration):
    dependencies = [("models", "0002_network_id")]

    operations = [
        ops.CreateModel(
            name="BoardDay",
            fields=[
                ("day", fields.DateField(primary_key=True, unique=True, db_index=True)),
                ("seeking_count", fields.IntField()),
                ("providing_count", fields.IntField()),
            ],
            options={
                "table": "board_day",
                "app": "models",
                "pk_attr": "day",
                "table_description": "How many entries stood on the board when a day ended in the town: written once, after it, and never changed.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="BoardDay",
            constraint=CheckConstraint(
                check="seeking_count >= 0 AND providing_count >= 0", name="board_day_counts_not_negative"
            ),
        ),
    ]
