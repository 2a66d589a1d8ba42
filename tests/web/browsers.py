"""A real browser: Debian's `chromium`, driven by Playwright's library, and what it asked for."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.servers import NO_BROWSER

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Nothing that the browser does by itself may look like something that a page did.
_QUIET = (
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
# Waiting costs nothing where a machine is quick; on one that does much else a page takes its time.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """The browser. Without one the test is skipped; in CI it fails."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=_QUIET)
        yield running
        await running.close()


@dataclass
class Visit:
    """A page, and what it asked for and complained about since it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def violations(self, *, without: str | None = None) -> list[str]:
        """What axe finds wrong with the page for WCAG 2.2 AA, the part that this selector names left out."""
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = await Axe().run(
            self.page,
            {"exclude": [[without]]} if without else None,
            {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": rules}},
        )
        return [
            f"{violation['id']}: {node['html']}"
            for violation in found.response["violations"]
            for node in violation["nodes"]
        ]


@asynccontextmanager
async def person(running: Browser, **options: Any) -> AsyncIterator[BrowserContext]:
    """A person who was never here before, German-speaking unless said otherwise."""
    options = {"viewport": {"width": 1280, "height": 800}, "locale": "de-DE", **options}
    async with await running.new_context(**options) as context:
        context.set_default_timeout(PATIENCE)
        yield context


@asynccontextmanager
async def visit(context: BrowserContext) -> AsyncIterator[Visit]:
    """A new tab of that person's browser."""
    async with await context.new_page() as page:
        visiting = Visit(page)
        page.on("request", lambda request: visiting.requests.append(request.url))
        page.on("websocket", lambda socket: visiting.requests.append(socket.url))
        page.on("console", lambda message: _note(visiting, message.type, message.text))
        page.on("pageerror", lambda error: visiting.complaints.append(str(error)))
        yield visiting


def _note(visiting: Visit, kind: str, text: str) -> None:
    if kind in ("error", "warning"):  # among them every breach of the Content-Security-Policy
        visiting.complaints.append(text)
