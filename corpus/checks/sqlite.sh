# A database on disk: a transaction, an index, a join with aggregates, a recursive query, an integrity check.
database=$(mktemp)
sqlite3 "$database" <<'SQL' | tr '\n' ' '
CREATE TABLE city(id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE visit(city INTEGER REFERENCES city(id), days REAL);
BEGIN;
INSERT INTO city(name) VALUES ('Oslo'), ('Lima'), ('Pune');
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
  INSERT INTO visit SELECT 1 + i % 3, i / 4.0 FROM n;
COMMIT;
CREATE INDEX visit_city ON visit(city);
SELECT name || '=' || CAST(sum(days) AS INTEGER) FROM city JOIN visit ON city = id GROUP BY name ORDER BY name;
PRAGMA integrity_check;
SQL
echo
