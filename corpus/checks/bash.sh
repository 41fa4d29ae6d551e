# Associative arrays, arithmetic, a pipeline of programs, a subshell's status, process substitution, a trap.
declare -A squares
for i in {1..100}; do squares[$i]=$((i * i)); done
sum=0
for i in "${!squares[@]}"; do ((sum += squares[$i])); done
words=$(printf '%s\n' delta alpha charlie bravo | sort | tr '\n' ' ')
status=0
(cd /tmp && exit 7) || status=$?
mapfile -t numbers < <(seq 1 50)
trapped=$(trap 'echo trapped' EXIT; true)
echo "$sum ${words}$status ${#numbers[@]} $trapped"
