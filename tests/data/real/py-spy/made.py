import threading, time, zlib


def compress():
    end = time.time() + 0.7
    data = bytes(200_000)
    while time.time() < end:
        zlib.compress(data, 9)


def sleepy():
    time.sleep(0.7)


def busy():
    end = time.time() + 0.7
    while time.time() < end:
        inner()


def inner():
    return sum(range(5000))


if __name__ == "__main__":
    threads = [
        threading.Thread(target=compress, name='zlib;1'),
        threading.Thread(target=sleepy, name='sleepy, "x"'),
    ]
    for thread in threads:
        thread.start()
    busy()
    for thread in threads:
        thread.join()
