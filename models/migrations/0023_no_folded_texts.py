"""The folded texts go, which nothing reads since the search has an index of its own: 0014_search_index.

Taken back they are there again, and empty: what reads them came before that index.
"""

from tortoise import migrations

from models.migration_tools.operations import RemoveColumn


class Migration(migrations.Migration):
    dependencies = [("models", "0022_posts_and_terms")]

    operations = [
        RemoveColumn(model_name="Event", name="search_text"),
        RemoveColumn(model_name="Group", name="search_text"),
        RemoveColumn(model_name="Member", name="search_text"),
        RemoveColumn(model_name="Offer", name="search_text"),
        RemoveColumn(model_name="Offer", name="title_text"),
    ]
