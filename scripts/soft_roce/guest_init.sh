#!/bin/sh
# First process of a guest (busybox): loads modules, makes the machine's files its own, over which what
# is written stays in memory, and goes on with guest_main.sh there.
#
# The kernel passes SCRIPTS, the directory of these scripts, and OUT, that of --out, if any.
export PATH=/bin

give_up() {
  echo "soft-roce guest: $*" >/dev/console
  echo b >/proc/sysrq-trigger
}

share() {  # TAG DIRECTORY OPTIONS
  mount -t 9p -o "trans=virtio,version=9p2000.L,msize=512000,$3" "$1" "$2" || give_up "$1 cannot be mounted"
}

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in /modules/*; do
  case $module in
    *.dummy.ko) insmod "$module" numdummies=0 ;;
    *) insmod "$module" ;;
  esac || echo "soft-roce guest: $module was not loaded" >/dev/console
done

share host /host ro,cache=loose
mount -t tmpfs -o size=90% written /written
mkdir /written/files /written/work
mount -t overlay -o lowerdir=/host,upperdir=/written/files,workdir=/written/work root /root ||
  give_up "no overlay on the machine's files"
for directory in proc sys dev; do
  mount --move /$directory /root/$directory
done
mkdir -p /root/dev/pts /root/dev/shm
mount -t devpts -o ptmxmode=666 pts /root/dev/pts
mount -t tmpfs shm /root/dev/shm
mount -t tmpfs run /root/run
for link in fd: stdin:/0 stdout:/1 stderr:/2; do
  ln -sf "/proc/self/fd${link#*:}" "/root/dev/${link%:*}"
done
mkdir /root/run/soft-roce
share job /root/run/soft-roce ro,cache=loose
[ -z "$OUT" ] || share out "/root$OUT" cache=none
exec chroot /root /bin/bash "$SCRIPTS/guest_main.sh"
