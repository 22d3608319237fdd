"""Two threads, an asyncio loop and a child process, with VizTracer's own events: what the file at hand was made of."""
import asyncio
import os
import threading
import time

from viztracer import get_tracer


def compress(name, level):
    with get_tracer().log_event(f'compress "{name}", level {level}'):
        total = sum([i * i for i in range(2000)])
    get_tracer().log_instant("compressed", args={"name": name, "bytes": total, "nested": {"level": level}})
    return total


async def fetch(url):
    await asyncio.sleep(0.002)
    return url


async def main():
    await asyncio.gather(fetch("https://example.org/ä?b=1,2"), fetch("</script>"))


def child():
    compress("in the child", 9)


if __name__ == "__main__":
    get_tracer().log_var("rows", 17)
    worker = threading.Thread(target=compress, args=("a.bin", 6), name="compress;1")
    worker.start()
    worker.join()
    asyncio.run(main())
    pid = os.fork()
    if pid == 0:
        child()
        get_tracer().stop()
        get_tracer().save()
        os._exit(0)
    os.waitpid(pid, 0)
    time.sleep(0.001)
