# bash reads this for commands which sshd starts, besides interactive shells.
. /etc/profile.d/proxy.sh
