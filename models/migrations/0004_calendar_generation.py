from tortoise import fields, migrations

from models.migration_tools.operations import AddColumn


class Migration(migrations.Migration):
    dependencies = [("models", "0003_board_day")]

    operations = [
        AddColumn(
            model_name="Account",
            name="calendar_generation",
            field=fields.IntField(default=1, db_default=1),
        ),
    ]
