# A cluster of its own: a table, an index, a transaction rolled back, window functions, a clean stop.
program=$(echo /usr/lib/postgresql/*/bin)
folder=$(mktemp -d)
# Its own user is made when the package is configured; it refuses to run as root.
user=$(getent passwd postgres >/dev/null && echo postgres || echo nobody)
chown "$user" "$folder"
as() { setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env HOME="$folder" PGHOST="$folder" "$@"; }
cd "$folder"
as "$program/initdb" --pgdata=data --auth=trust --no-sync --encoding=UTF8 --locale=C >initdb.log
as "$program/pg_ctl" --pgdata=data --wait --timeout=600 --log=server.log \
  --options="-c listen_addresses='' -c unix_socket_directories=$folder -c fsync=off" start >start.log
as psql --no-psqlrc --quiet --tuples-only --no-align --dbname=postgres --set=ON_ERROR_STOP=1 <<'SQL' | tr '\n' ' '
CREATE TABLE visit AS SELECT 1 + i % 3 AS city, i AS days FROM generate_series(1, 3000) AS i;
CREATE INDEX ON visit(city);
BEGIN; DELETE FROM visit; ROLLBACK;
SELECT string_agg(city || '=' || total, ',' ORDER BY city) FROM (SELECT city, sum(days) AS total FROM visit GROUP BY city) AS t;
SELECT max(rank) FROM (SELECT rank() OVER (PARTITION BY city ORDER BY days) FROM visit) AS r;
SQL
as "$program/pg_ctl" --pgdata=data --wait --timeout=600 --mode=fast stop >stop.log
echo stopped
