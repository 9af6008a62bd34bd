"""Headless Chromium over ChromeDriver's own HTTP protocol: what a page requests, says in its console, overflows."""

import base64
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"]}).then(result => done(result.violations
  .filter(found => ["serious", "critical"].includes(found.impact))
  .map(found => `${found.id}: ${found.nodes.length} x ${found.nodes[0].target.join(" ")} ${found.nodes[0].html.slice(0, 120)}`)));
"""
TOO_WIDE = """
return [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .filter(e => !e.closest(".scroll, .table-wrapper")).slice(-3).map(e => e.outerHTML.slice(0, 150));
"""
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


def missing() -> str:
    """Return why no browser can be started, or an empty string."""
    lacking = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


def missing_checks() -> str:
    """Return why accessibility cannot be checked, or an empty string."""
    return "" if AXE.exists() else "axe-core is absent: npm install --prefix tests --no-package-lock"


class Browser:
    """One Chromium window."""

    def __init__(self, driver: str, profile: Path) -> None:
        self._http = httpx.Client(base_url=driver, timeout=60)
        options = {"binary": shutil.which("chromium"), "args": [*FLAGS, f"--user-data-dir={profile}"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}  # fmt: skip
        self._session = ""
        self._session = f"/session/{self._post('/session', {'capabilities': {'alwaysMatch': wanted}})['sessionId']}"

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self._http.post(self._session + path, json=body).json()["value"]
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer

    def cdp(self, command: str, **parameters: Any) -> Any:
        """Run a command of the DevTools protocol."""
        return self._post("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def look(self, *, width: int, scheme: str = "light", height: int = 900) -> None:
        """Set the window's size and the reader's colour scheme."""
        self.cdp(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, url: str) -> None:
        """Load a page, forgetting what earlier pages said and asked for."""
        self._logs("browser")
        self._logs("performance")
        self._post("/url", {"url": url})

    def run(self, script: str, *arguments: object) -> Any:
        """Return what JavaScript returns."""
        return self._post("/execute/sync", {"script": script, "args": list(arguments)})

    def console(self) -> list[str]:
        """Return what the console has said since the page was opened, blocked scripts included."""
        return [entry["message"] for entry in self._logs("browser")]

    def requested(self) -> list[str]:
        """Return the addresses asked for since the page was opened."""
        events = [json.loads(entry["message"])["message"] for entry in self._logs("performance")]
        return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(self.run(OVERFLOW))

    def too_wide(self) -> list[str]:
        """Return the elements that make the page wider than the window."""
        return list(self.run(TOO_WIDE)) if self.overflow() else []

    def barriers(self) -> list[str]:
        """Return what axe-core calls a serious or critical barrier to readers."""
        self.run(AXE.read_text(encoding="utf-8"))
        return list(self._post("/execute/async", {"script": FINDINGS, "args": []}))

    def screenshot(self, path: Path) -> None:
        """Write the whole page as PNG."""
        height = self.run("return document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": self.run("return innerWidth"), "height": height, "scale": 1}
        shot = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _logs(self, kind: str) -> list[dict[str, Any]]:
        return list(self._post("/se/log", {"type": kind}))

    def close(self) -> None:
        """End the window."""
        self._http.delete(self._session)
        self._http.close()


@contextmanager
def started(folder: Path) -> Iterator[Browser]:
    """Start ChromeDriver and a browser with a fresh profile in `folder`; end both."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / "chromedriver.log").open("w") as log:
        driver = subprocess.Popen([str(shutil.which("chromedriver")), f"--port={port}"], stdout=log, stderr=log)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}", driver)
        browser = Browser(f"http://127.0.0.1:{port}", folder / "profile")
        try:
            yield browser
        finally:
            browser.close()
    finally:
        driver.terminate()
        driver.wait(10)


def _wait_until_ready(address: str, driver: subprocess.Popen[bytes]) -> None:
    transport = httpx.HTTPTransport(retries=10)  # ChromeDriver needs a moment until it listens
    with httpx.Client(transport=transport, timeout=30) as client:
        assert driver.poll() is None
        assert client.get(f"{address}/status").json()["value"]["ready"]
