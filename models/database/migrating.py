"""Migrations as Tortoise runs them, in a fraction of the time.

Tortoise makes every model anew, twice, at each operation of each migration: with more than a hundred operations that is
most of the time that a first start takes. Here a state makes its models when somebody asks for one, and forgets them
when fields or models change; most states are never asked.
"""

from typing import Any, cast

from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey
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

    def make(self) -> None:
        """Make them, unless they are there."""
        if self.apps or not self._states:
            return
        for key, state in self._states.items():
            self.register_model(key[0], state.render(self))
            self._made_of[key] = _beside_the_table(state)
        self._init_relations()
        self._build_initial_querysets()

    def forget(self) -> None:
        """Let them be made anew when they are asked for again."""
        self.apps.clear()

    def get_model(self, app_label: str, model_name: str | None = None) -> type[Model]:
        """The model of that name. Raises `KeyError` where there is none."""
        self.make()
        return super().get_model(app_label, model_name)

    def alter(self, app_label: str, model_name: str) -> None:
        """Let a model follow the options of its state: by itself where only indexes and constraints differ."""
        state = self._states[(app_label, model_name)]
        if self._made_of.get((app_label, model_name)) != _beside_the_table(state):
            self.forget()
        if model_name not in self.apps.get(app_label, ()):
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
        models = {key: model.clone() for key, model in self.models.items()}
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
        self.apps.make()
        super().validate_relations_initialized()


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
