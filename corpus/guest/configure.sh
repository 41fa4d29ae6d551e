# Runs in a container of the system's own architecture, as root: configure.sh PROGRAM-PACKAGE...
# What is left of installing after unpacking, and a proof that dpkg and apt can go on from here.
export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true LC_ALL=C.UTF-8
# The system is made anew when the VM dies meanwhile: waiting for the disk after each step would gain nothing.
dpkg --force-unsafe-io --configure -a
unfinished=$(dpkg --audit)
[ -z "$unfinished" ] || { echo "$unfinished"; exit 1; }
apt-get check
apt-get --simulate --no-download install "$@"
