# A master and two workers: a file, a redirect, a page that is missing, and a request through nginx to itself.
cd "$(mktemp -d)"
chmod 755 .
mkdir site
seq 1 20000 >site/numbers.txt
cat >nginx.conf <<CONF
worker_processes 2;
pid $PWD/nginx.pid;
error_log $PWD/error.log;
events {}
http {
  access_log off;
  server {
    listen 127.0.0.1:8099;
    root $PWD/site;
    location /old { return 301 /numbers.txt; }
    location /through/ { proxy_pass http://127.0.0.1:8099/; }
  }
}
CONF
nginx -c "$PWD/nginx.conf" -g 'daemon off;' &
get() { curl --silent --max-time 60 "$@"; }
for _ in $(seq 300); do get -o /dev/null http://127.0.0.1:8099/numbers.txt && break; sleep 0.2; done
direct=$(get http://127.0.0.1:8099/numbers.txt | sha256sum | cut -c1-16)
through=$(get http://127.0.0.1:8099/through/numbers.txt | sha256sum | cut -c1-16)
moved=$(get -o /dev/null -w '%{http_code}' http://127.0.0.1:8099/old)
missing=$(get -o /dev/null -w '%{http_code}' http://127.0.0.1:8099/none)
kill -QUIT "$(cat nginx.pid)"
wait
echo "$direct $through $moved $missing"
