"""Marks, by which two changes of one number are told apart: of each change, and of the newest, where that is gone."""

from tortoise import fields, migrations

from models.migration_tools.operations import AddColumn


class Migration(migrations.Migration):
    dependencies = [("models", "0005_indexes")]

    operations = [
        AddColumn(
            model_name="Change",
            name="mark",
            field=fields.BigIntField(null=True),
        ),
        AddColumn(
            model_name="ChangeLog",
            name="head_mark",
            field=fields.BigIntField(null=True),
        ),
    ]
