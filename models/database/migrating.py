"""Migrations as Tortoise runs them, in a fraction of the time.

Tortoise makes every model anew, twice, at each operation of each migration: with more than a hundred operations that is
most of the time that a first start takes. Here a state makes a model when somebody asks for it, with those it refers
to, and forgets them when fields or models change; most states are never asked.
"""

from dataclasses import replace
from typing import Any, cast

from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.operations import DIRECT_RELATION_FIELDS
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.models import MetaInfo, Model

from models.database.private_names import look_for

# What an index or a constraint changes of a model, which concerns no other model.
_OF_THE_TABLE = ("indexes", "constraints", "unique_together")

look_for(
    StateApps, "they make models of a state's", "_init_relations", "_build_initial_querysets", "_default_connections"
)
look_for(State, "they make models anew", "_reload", "_find_related_models")
look_for(MetaInfo, "it makes columns of the fields of an index", "_resolve_index_expressions")
look_for(MigrationExecutor, "it is all migrations in order", "_full_plan")
look_for(MigrationExecutor, "they replay what is applied", "_project_state", "_project_state_cache")


class _Models(StateApps):
    """The models of a state, made when they are asked for."""

    def __init__(self, default_connections: dict[str, str], states: dict[tuple[str, str], ModelState]) -> None:
        super().__init__(default_connections)
        self._states = states
        self._made_of: dict[tuple[str, str], dict[str, Any]] = {}

    def forget(self) -> None:
        """Let them be made anew when they are asked for again."""
        self.apps.clear()
        self._made_of.clear()

    def unregister_model(self, app_label: str, model_name: str) -> None:
        """Forget all: others may refer to it."""
        self.forget()

    def get_model(self, app_label: str, model_name: str | None = None) -> type[Model]:
        """The model of that name. Raises `KeyError` where there is none."""
        self._make(self.split_reference(f"{app_label}.{model_name}" if model_name else app_label))
        return super().get_model(app_label, model_name)

    def _make(self, asked: tuple[str, str]) -> None:
        """Make it with all that it refers to, whatever of these isn't there yet."""
        wanted = [asked]
        for key in wanted:
            wanted += [one for one in _referred_to(self._states[key]) if one not in wanted and one in self._states]
        missing = [key for key in wanted if key not in self._made_of]
        for key in missing:
            self.register_model(key[0], self._states[key].render(self))
            self._made_of[key] = _beside_the_table(self._states[key])
        if missing:
            self._init_relations()
            self._build_initial_querysets()

    def alter(self, app_label: str, model_name: str) -> None:
        """Let a model follow the options of its state: by itself where only indexes and constraints differ."""
        key = (app_label, model_name)
        state = self._states[key]
        if key in self._made_of and self._made_of[key] != _beside_the_table(state):
            self.forget()
        if key not in self._made_of:
            return
        meta = self.apps[app_label][model_name]._meta
        altered = MetaInfo(cast(Any, type("Meta", (), state.options)))
        for name in _OF_THE_TABLE:
            setattr(meta, name, getattr(altered, name))
        meta._resolve_index_expressions()

    def of(self, states: dict[tuple[str, str], ModelState]) -> "_Models":
        """The same for other states."""
        return _Models(self._default_connections, states)


class _State(State):
    """What the models are at one point of the migrations."""

    apps: _Models

    @classmethod
    def empty(cls, default_connections: dict[str, str]) -> "_State":
        """Before the first migration."""
        models: dict[tuple[str, str], ModelState] = {}
        return cls(models, _Models(default_connections, models))

    def clone(self) -> "_State":
        """The same, to be altered by itself."""
        # No operation alters a field: it puts another one in its place.
        models = {
            key: replace(model, options=dict(model.options), fields=dict(model.fields))
            for key, model in self.models.items()
        }
        return _State(models, self.apps.of(models))

    def reload_model(self, app_label: str, model_name: str) -> None:
        """After its options have changed."""
        self.apps.alter(app_label, model_name)

    def _reload(self, models_to_reload: set[tuple[str, str]]) -> None:
        self.apps.forget()

    def _find_related_models(self, app_label: str, model_name: str) -> set[tuple[str, str]]:
        return set()  # all are made anew

    def validate_relations_initialized(self) -> None:
        """Raises `RuntimeError` where a model refers to one that was never made."""
        for state in self.models.values():
            missing = [one for one in _referred_to(state) if one not in self.models]
            if missing:
                raise RuntimeError(f"{state.name} refers to {missing[0][1]}, which no migration makes")


def _referred_to(state: ModelState) -> list[tuple[str, str]]:
    """The models that fields of this one refer to."""
    names = [str(field.model_name) for field in state.fields.values() if isinstance(field, DIRECT_RELATION_FIELDS)]
    return [(app, name) for app, _, name in (one.partition(".") for one in names)]


def _beside_the_table(state: ModelState) -> dict[str, Any]:
    """The options that concern more than the table itself."""
    return {name: option for name, option in state.options.items() if name not in _OF_THE_TABLE}


class Executor(MigrationExecutor):
    """Tortoise's executor, with such states."""

    async def _project_state(self, applied: set[MigrationKey], *, upto: MigrationKey | None = None) -> State:
        state, _before = await self._replayed(applied, upto)
        return state

    async def _project_state_cache(self, applied: set[MigrationKey]) -> dict[MigrationKey, State]:
        _state, before = await self._replayed(applied, None)
        return before

    async def _replayed(
        self, applied: set[MigrationKey], upto: MigrationKey | None
    ) -> tuple[State, dict[MigrationKey, State]]:
        """The state after what is applied, and that before each of it, without a word to the database."""
        connections = {
            label: app.get("default_connection", "default") for label, app in self.loader.apps_config.items()
        }
        state = _State.empty(connections)
        before: dict[MigrationKey, State] = {}
        for key in self._full_plan():
            if key not in applied:
                continue
            if key == upto:
                break
            before[key] = state.clone()
            migration = self.loader.graph.nodes[key]
            if migration is None:
                raise ValueError(f"There is no migration {key}")
            await migration.apply(state, dry_run=True, schema_editor=None)
        return state, before
