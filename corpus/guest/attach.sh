# Runs in the VM, as root: attach.sh SERIAL STATE FOLDER...
# Mounts the read-only disk with this serial, and over it what was written before into the folder STATE of the data
# disk. The whole is at /run/corpus/SERIAL/root, with each FOLDER below it: Docker binds none that is not there.
serial=$1
state=$2
shift 2
at=/run/corpus/$serial
device=
tries=300
while [ -z "$device" ] && [ "$tries" -gt 0 ]; do
  for file in /sys/block/vd*/serial; do
    [ "$(cat "$file")" = "$serial" ] || continue
    name=${file%/serial}
    device=/dev/${name##*/}
  done
  tries=$((tries - 1))
  [ -b "$device" ] || { device=; sleep 0.2; }
done
[ -n "$device" ] || { echo "no disk with serial $serial has appeared" >&2; exit 1; }
# What an interrupted configuration wrote is worth nothing: another one begins from the disk.
[ -e "$state/configured" ] || rm -rf "$state"
# The kernel's mark of an earlier volatile mount is in there, and nothing else.
rm -rf "$state/work"
mkdir -p "$at/disk" "$at/root" "$state/upper" "$state/work"
mount -t squashfs -o ro,nodev "$device" "$at/disk"
# volatile: programs' fsync, of which dpkg makes hundreds, does nothing; markConfigured syncs once instead.
mount -t overlay -o "lowerdir=$at/disk,upperdir=$state/upper,workdir=$state/work,volatile" overlay "$at/root"
for folder; do
  mkdir -p "$at/root/$folder"
done
