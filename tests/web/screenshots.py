"""Takes the README's pictures of playground and dashboard: `make screenshots`."""

import asyncio
import re
import tempfile
from pathlib import Path

from playwright.async_api import expect

from tests.web.browsers import browser, person, visit
from tests.web.server import ROOT, Server

SITE = "https://engagement.wolfsburg.example"
PICTURES = ROOT / "docs" / "screenshots"


async def take(url: str) -> None:
    """Both pages as a newcomer sees them, with the demonstration data."""
    PICTURES.mkdir(exist_ok=True)
    async with browser() as running:
        async with person(running) as someone, visit(someone) as visiting:
            page = visiting.page
            await page.goto(url)
            await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query Board")
            await page.get_by_role("button", name=re.compile("^Execute query")).click()
            await expect(page.locator(".graphiql-response")).to_contain_text("totalCount")
            await page.screenshot(path=PICTURES / "playground.png")
        size = {"width": 1920, "height": 1080}
        async with person(running, viewport=size, reduced_motion="reduce") as someone, visit(someone) as visiting:
            page = visiting.page
            await page.goto(f"{url}/dashboard")
            await expect(page.get_by_text("Live verbunden")).to_be_visible()
            await expect(page.locator("#seek-list li").first).to_be_visible()
            await expect(page.locator("#events-list li").first).to_be_visible()
            await page.screenshot(path=PICTURES / "dashboard.png")


def main() -> None:
    """Start a server with the demonstration, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "data", DEMO=1, SITE_URL=SITE) as server:
        asyncio.run(take(server.url))


if __name__ == "__main__":
    main()
