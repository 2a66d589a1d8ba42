"""The log: structured, for people on a console or as JSON for programs; the libraries' messages too."""

import logging
import sys
from typing import Literal

import structlog
from structlog.types import Processor


def set_up_logs(style: Literal["console", "json"], level: str) -> None:
    """Send every log message to stderr in this style."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if style == "json"
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Says when it starts and stops; errors are wanted only.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    # Logs every refusal with a traceback: `schema.operations.error_masking.presentable` logs what is unexpected.
    logging.getLogger("strawberry.execution").disabled = True
    # Tells again and again, with a traceback, that the database is away: `models.database.outage_log` does so once.
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)
    for noisy in ("tortoise", "asyncio", "aiosqlite", "websockets"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
