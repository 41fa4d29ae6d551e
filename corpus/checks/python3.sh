# JSON, hashing, threads, a subprocess, exceptions, floating point, big integers.
python3 - <<'PY'
import hashlib, json, math, subprocess, sys, threading
found = []
def search(start):
    found.extend(n for n in range(start, start + 500) if n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1)))
threads = [threading.Thread(target=search, args=(start,)) for start in range(0, 2000, 500)]
for thread in threads: thread.start()
for thread in threads: thread.join()
digest = hashlib.sha256(json.dumps({"primes": sorted(found)}).encode()).hexdigest()[:16]
child = subprocess.run([sys.executable, "-c", "import sys; sys.exit(3)"]).returncode
print(len(found), digest, child, pow(7, 300, 10**9 + 7), round(math.sin(1) * 1e9))
PY
