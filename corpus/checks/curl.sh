# A file fetched in ranges and put together again, and an URL with a query encoded by curl itself.
cd "$(mktemp -d)"
seq 1 20000 >source
curl --silent --show-error --fail -r 0-49999 "file://$PWD/source" -o first
curl --silent --show-error --fail -r 50000- "file://$PWD/source" -o second
cat first second | cmp - source && joined=joined
features=$(curl --version | grep -c -E '^(Features|Protocols):.*(SSL|https)')
echo "$joined $features $(sha256sum source | cut -c1-16)"
