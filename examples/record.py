#!/usr/bin/env python3
"""Records from Python: four processes hash and compress. Each thread writes to a file of its own; no lock is needed.

`Recorder` with `Lane` is all that the format needs; recorder/src/format.rs specifies it. A span is a row whose end stays blank
until the span ends, so a kill leaves an unfinished span. The column `seed` is an attribute of that name; an empty cell
gives none. Names here must not contain a comma or a quote.

    python3 examples/record.py records && waterfall --directory records
"""
import contextlib, hashlib, itertools, multiprocessing, os, platform, random, sys, threading, time, urllib.parse, zlib


class Recorder:
    def __init__(self, group, directory):
        host = urllib.parse.quote(platform.node(), safe="").replace(".", "%2E")
        self.process = os.path.join(directory, f"{host}.{os.getpid()}-{time.time_ns():x}")
        self.group, self.numbers, self.free, self.own = group, itertools.count(), [], threading.local()

    def file(self):
        if not hasattr(self.own, "lane"):
            self.own.lane = Lane(self)
        return self.own.lane.file

    @contextlib.contextmanager
    def span(self, task, seed=""):
        file, begin = self.file(), f"{self.group},{task},{stamp()},".encode()
        end_at = file.seek(0, os.SEEK_END) + len(begin)
        file.write(begin + f"{' ' * 35},,{seed}\r\n".encode())
        try:
            yield
        finally:
            file.seek(end_at)
            file.write(stamp().encode())


class Lane:
    """The file of a thread. When the thread ends, Python deletes this, and the next new thread continues the file."""

    def __init__(self, recorder):
        self.free = recorder.free
        try:
            self.file = self.free.pop()
        except IndexError:
            number = next(recorder.numbers)
            name = "main" if threading.current_thread() is threading.main_thread() else f"worker-{number}"
            self.file = open(f"{recorder.process}.{number}-{name}.0.csv", "xb", buffering=0)
            self.file.write(b"group,task,start,end,color,seed\r\n")

    def __del__(self):
        self.free.append(self.file)


def stamp():
    seconds, ns = divmod(time.time_ns(), 10**9)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{ns:09}+00:00"


def pack(directory, seed):
    recorder = Recorder("pack", directory)
    for _ in range(3):
        with recorder.span("file", seed):
            with recorder.span("generate"):
                data = bytes(random.Random(seed).choices(b"waterfall", k=400_000))
            with recorder.span("hash"):
                hashlib.pbkdf2_hmac("sha256", data, b"salt", 20_000)
            with recorder.span("compress"):
                zlib.compress(data, 9)


if __name__ == "__main__":
    records = os.environ.get("WATERFALL_DIR") or (sys.argv[1] if len(sys.argv) > 1 else "records")
    os.makedirs(records, exist_ok=True)
    with Recorder("main", records).span("all files"), multiprocessing.Pool(4, maxtasksperchild=1) as pool:
        pool.starmap(pack, [(records, seed) for seed in range(4)])
