"""Memory of the main process while many large bodies come in at once: `python benchmarks/fetching.py` (Linux).

64 hosts on loopback, two bodies each, 32 requests in flight: as they are, and as gzip bombs within and over the limit.
"""

import asyncio
import os
import resource
import subprocess
import sys
import time
import zlib
from collections import Counter

from crawler.download import Answer, Fetch, Hosts, crawl
from crawler.settings import Crawl

HOSTS = 64
KINDS = (("plain", 1_048_576), ("plain", 9_961_472), ("bomb", 9_961_472), ("bomb", 29_884_416))
PIECE = 65_536


async def serve(kind: str, size: int) -> None:
    """Answer every page with such a body, until killed; prints the ports."""
    if kind == "bomb":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        body = b"".join(packer.compress(b"0" * PIECE) for _ in range(size // PIECE)) + packer.flush()
    else:
        body = os.urandom(size)
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: %d\r\n" % len(body)
    head += b"Content-Encoding: gzip\r\n\r\n" if kind == "bomb" else b"\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        page = b"robots.txt" not in request and b"tdmrep" not in request
        writer.write(head + body if page else b"HTTP/1.1 404 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        try:
            await writer.drain()
        except ConnectionError:
            return
        writer.close()

    servers = [await asyncio.start_server(answer, "127.0.0.1", 0) for _ in range(HOSTS)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.Event().wait()


def measure(kind: str, size: int) -> None:
    """Ask for all of it and print what came and the peak; in a process of its own."""
    outcomes: Counter[str] = Counter()

    async def handle(answer: Answer) -> list[Fetch]:
        await asyncio.sleep(0.05)  # as cleaning would
        outcomes[str(answer.outcome or "read")] += 1
        return []

    with subprocess.Popen(
        [sys.executable, __file__, "serve", kind, str(size)], stdout=subprocess.PIPE, text=True
    ) as server:
        ports = server.stdout.readline().split() if server.stdout else []
        urls = [f"http://127.0.0.1:{port}/{n}" for n in range(2) for port in ports]
        fetches = [Fetch(url=url, outlet="o", kind="article") for url in urls]
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, time.monotonic()
        asyncio.run(crawl(fetches, handle, settings=Crawl(delay_s=0, allow_private_addresses=True), hosts=Hosts()))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        server.kill()
    counts = ", ".join(f"{n} {outcome}" for outcome, n in outcomes.items())
    print(f"{kind:5} {size:>10,} bytes: {counts}; {before} MB before, peak {peak} MB, {time.monotonic() - began:.0f} s")


def main(words: list[str]) -> None:
    """Run each kind in a process of its own: a peak is for life."""
    if words[:1] == ["serve"]:
        asyncio.run(serve(words[1], int(words[2])))
    elif words:
        measure(words[0], int(words[1]))
    else:
        for kind, size in KINDS:
            subprocess.run([sys.executable, __file__, kind, str(size)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
