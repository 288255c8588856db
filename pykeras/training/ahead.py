"""Work that a thread does ahead of who needs its results."""

import queue
import threading


def ahead(items, size):
    """Yield ``items``, of which a thread makes up to ``size`` before they are asked for.

    An exception in ``items`` is raised here, after what came before it. The thread ends with ``items``, or when the
    generator is closed.

    Example:
        >>> list(ahead(iter("abc"), 2))
        ['a', 'b', 'c']
    """
    results = queue.Queue(max(size, 1))
    closed = threading.Event()

    def put(result):
        while not closed.is_set():
            try:
                results.put(result, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def work():
        try:
            for item in items:
                if not put((item, None, False)):
                    return
            put((None, None, True))
        except BaseException as error:
            put((None, error, True))

    thread = threading.Thread(target=work, name="pykeras-ahead", daemon=True)
    thread.start()
    try:
        while True:
            item, error, last = results.get()
            if error is not None:
                raise error
            if last:
                return
            yield item
    finally:
        closed.set()
        # a thread that waits for data of the user's may take its time; nobody should wait for it on Ctrl-C
        thread.join(0.5)
