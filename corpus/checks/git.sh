# A repository with two branches merged, packed, checked, and cloned.
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
cd "$(mktemp -d)"
git init --quiet --initial-branch=main repository
cd repository
seq 1 100 >numbers
git add numbers
git commit --quiet -m 'Count'
git switch --quiet -c other
echo more >other
git add other
git commit --quiet -m 'More'
git switch --quiet main
echo 101 >>numbers
git commit --quiet -am 'Go on'
git merge --quiet -m 'Join' other
git gc --quiet
git fsck --strict 2>&1 | grep -v '^Checking' || true
git clone --quiet . ../clone
cd ../clone
echo "$(git log --oneline | wc -l) $(git rev-parse 'HEAD^{tree}' | cut -c1-16) $(wc -l <numbers)"
