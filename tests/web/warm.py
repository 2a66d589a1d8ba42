"""What a process that servers are forked from has loaded and computed: what each of them would do for itself."""

import re
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import main
import resolvers.demo
from models.search.analysis import analyse
from resolvers.translation import LANGUAGES, translate
from web.process.startup_errors import CannotStartError
from web.settings import read_settings

# What a server loads when it first needs it, and most tests' servers do.
for name in (
    "auth.json_web_tokens",
    "models.database.migrating",
    "models.database.postgres.pooler",
    "models.database.postgres.client",
):
    import_module(name)
import_module("rapidfuzz.distance")
for language in LANGUAGES:
    translate(language, "")
with suppress(CannotStartError):  # what is set is this process' own; it is for what reading it imports
    read_settings()

for module in Path(str(resolvers.demo.__file__)).parent.glob("*.py"):
    for word in set(re.findall(r"\w+", module.read_text())):
        analyse(word)

__all__ = ["main"]
