"""Mails are counted by their recipient."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0008_api_keys")]

    operations = [
        ops.AddIndex(model_name="Mail", index=Index(fields=["recipient", "created_at"])),
    ]
