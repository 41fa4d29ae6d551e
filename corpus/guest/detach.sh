# Runs in the VM, as root: detach.sh SERIAL
# Lets go of the disk, as far as attach.sh has come.
at=/run/corpus/$1
if [ -d "$at" ]; then
  for part in root disk; do
    if mountpoint -q "$at/$part"; then umount "$at/$part"; fi
    if [ -d "$at/$part" ]; then rmdir "$at/$part"; fi
  done
  rmdir "$at"
fi
