/*
 * What runs in the folder server's own mount namespace, as shell scripts that get every value as an argument. The
 * namespace begins as a copy of the host's; on `root` it has a small file system of its own, in which each share has a
 * folder, and of which alone the server knows. A share's folder there has a name without spaces: virtiofsd 1.13 does not
 * find mounts which /proc/self/mountinfo has to write with escapes.
 */

/**
 * Arguments: root, then the server's argument vector, which takes the shell's place. `unbindable`: a share around `root`
 * shall not hold itself. The file limit goes as high as the person's own does: the server keeps a file open for every
 * one that the guest's kernel remembers.
 */
export const enterNamespace = `
  set -eu
  mount -t tmpfs -o mode=755,size=1m,nosuid,nodev,noexec foredeck "$1"
  mount --make-unbindable "$1"
  shift
  ulimit -n "$(ulimit -Hn)"
  exec "$@"
`;

/**
 * Arguments: root, a folder which must not be seen, how many names of shares follow that go, those names, then the
 * shares as five words each: `new` or `old`; `w`, `r`, or `l` for a symbolic link; name; path; where the link leads, else
 * empty. All are listed for the guest.
 *
 * What a folder holds comes along, other mounts included. In a writable one they come and go as on the host, since the
 * namespace is its slave; a read-only one keeps what it has, all of it read-only, since what came later would not be.
 */
export const changeShares = `
  set -eu
  root=$1 hidden=$2 going=$3
  shift 3

  mounts() {
    while read -r _ _ _ _ at options _; do
      at=$(printf '%b.' "$at")
      case "\${at%.}" in "$1"|"$1"/*) printf '%s\\n%s\\n' "$options" "\${at%.}" ;; esac
    done </proc/self/mountinfo
  }

  share() {
    target=$root/$2
    if [ "$1" = l ]; then
      ln -s "$4" "$target"
      return
    fi
    [ -d "$3" ] || { echo "$3 is not there" >&2; exit 1; }
    mkdir "$target"
    mount --rbind "$3" "$target"
    case "$hidden" in
      "$3"/*) mount -t tmpfs -o ro,mode=555,size=4k foredeck-hidden "$target\${hidden#"$3"}" ;;
    esac
    [ "$1" = r ] || return 0
    mount --make-rprivate "$target"
    # A user namespace does not let a flag go, so those which the mount has are named again.
    mounts "$target" | while IFS= read -r options && IFS= read -r at; do
      mount -o "remount,bind,ro\${options#r[wo]}" "$at"
    done
  }

  mount -o remount,bind,rw "$root"
  trap 'mount -o remount,bind,ro "$root"' EXIT
  while [ "$going" -gt 0 ]; do
    going=$((going - 1))
    if [ -L "$root/$1" ]; then
      rm "$root/$1"
    elif [ -d "$root/$1" ]; then
      umount -l "$root/$1" || true
      rmdir "$root/$1"
    fi
    shift
  done
  : >"$root/list"
  while [ $# -ge 5 ]; do
    [ "$1" = old ] || share "$2" "$3" "$4" "$5"
    printf '%s %s %s\\n' "$2" "$3" "$4" >>"$root/list"
    shift 5
  done
`;
