# A server and its client over TCP: strings, counters, a list, a sorted set, a Lua script, a snapshot on disk.
cd "$(mktemp -d)"
redis-server --port 6399 --save '' --daemonize no >server.log 2>&1 &
server=$!
ask() { redis-cli -p 6399 "$@"; }
for _ in $(seq 300); do
  [ "$(ask PING 2>/dev/null)" = PONG ] && break
  kill -0 "$server" || { cat server.log >&2; exit 1; }
  sleep 0.2
done
ask SET greeting hello >/dev/null
for _ in 1 2 3; do ask INCRBY counter 14 >/dev/null; done
ask RPUSH letters a b c d >/dev/null
ask ZADD scores 3 three 1 one 2 two >/dev/null
ask SAVE >/dev/null
result="$(ask GET greeting) $(ask GET counter) $(ask LLEN letters) $(ask ZRANGE scores 0 0)"
result="$result $(ask EVAL 'local n = 0 for i = 1, 1000 do n = n + i end return n' 0) $(head -c 5 dump.rdb)"
ask SHUTDOWN NOSAVE >/dev/null 2>&1 || true
wait
echo "$result"
