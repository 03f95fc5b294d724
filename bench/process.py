"""Runs whole processes and measures them."""
import collections, os, shlex, subprocess, sys, tempfile, time

Run = collections.namedtuple("Run", "wall cpu mib output")


def measure(command, allowed=(0,), stdin=os.devnull, keep=False):
    """Runs a command: wall and CPU seconds, MiB of peak memory, and what it printed, if that is to be kept. Another exit code than those allowed ends everything."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(stdin) as given:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=given, stdout=out if keep else subprocess.DEVNULL, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in allowed:
            sys.exit("%s: exit %d of %s\n%s" % (os.path.basename(sys.argv[0]), process.returncode, shlex.join(command), err.read().decode()[-2000:]))
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read().decode())


def verdict(text, value, limit):
    """Prints whether a bound holds.

    Returns 1 where it does not.
    """
    print("%-6s %.6g of %.6g  %s" % ("holds" if value <= limit else "BROKEN", value, limit, text))
    return int(value > limit)
