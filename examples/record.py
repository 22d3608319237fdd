#!/usr/bin/env python3
"""Records from Python: four processes hash and compress. Each writes a file of its own; no lock is needed.

`Recorder` is all that the format needs; recorder/src/format.rs specifies it. A span is a row whose end stays blank
until the span ends, so a kill leaves an unfinished span. Names here must not contain a comma or a quote.

    python3 examples/record.py records && waterfall --directory records
"""
import contextlib, hashlib, multiprocessing, os, platform, random, sys, time, urllib.parse, zlib


class Recorder:
    def __init__(self, group, directory):
        host = urllib.parse.quote(platform.node(), safe="").replace(".", "%2E")
        name = f"{host}.{os.getpid()}-{time.time_ns():x}.0-main.0.csv"  # process, lane 0 of thread main, part 0
        self.group, self.file = group, open(os.path.join(directory, name), "xb", buffering=0)
        self.file.write(b"group,task,start,end,color\r\n")

    @contextlib.contextmanager
    def span(self, task):
        row = f"{self.group},{task},{stamp()},{' ' * 35},\r\n".encode()
        end_at = self.file.seek(0, os.SEEK_END) + len(row) - 38  # the blanks are followed by a comma, CR and LF
        self.file.write(row)
        try:
            yield
        finally:
            self.file.seek(end_at)
            self.file.write(stamp().encode())


def stamp():
    seconds, ns = divmod(time.time_ns(), 10**9)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{ns:09}+00:00"


def pack(directory, seed):
    recorder = Recorder("pack", directory)
    for _ in range(3):
        with recorder.span("file"):
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
