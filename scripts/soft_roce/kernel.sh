# Gets a kernel of Debian and unpacks of it what a guest needs, once. Sourced by scripts/soft-roce.
#
# In the cache, a directory for each package:
#   vmlinux   the kernel
#   modules/  those of the kernel's modules from which the first file system takes some

cache=${SHORTFALL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/shortfall}/soft-roce

# Directories and files of modules; some kernels have them below /usr.
wanted_modules() {
  local kernel='*/modules/*/kernel' part
  for part in crypto lib fs/9p fs/overlayfs fs/configfs fs/netfs fs/fscache \
    drivers/infiniband/core drivers/infiniband/sw drivers/virtio drivers/char \
    net/9p net/802 net/bridge net/core net/ipv4 net/ipv6 net/llc net/sched; do
    echo "$kernel/$part/*"
  done
  for part in veth dummy virtio_net net_failover; do
    echo "$kernel/drivers/net/$part.ko*"
  done
}

prepare_kernel() {
  local wish=${SHORTFALL_KERNEL:-default}
  wish=${wish##*/}
  kernel=$cache/kernel-${wish%.deb}
  [[ ! -e $kernel/vmlinux ]] || return 0
  mkdir -p "$kernel" 2>/dev/null || cannot_run "the cache $cache cannot be written (SHORTFALL_CACHE names another)"
  local lock
  exec {lock}>"$cache/lock"
  flock "$lock"
  if [[ ! -e $kernel/vmlinux ]]; then  # nobody else has made it meanwhile
    unpack_kernel
  fi
  exec {lock}>&-
}

# In a directory of its own, moved to its place when it is whole.
unpack_kernel() {
  local package new=$kernel/new
  needs dpkg-deb dpkg
  rm -rf "${kernel:?}"/*
  mkdir "$new"
  package=$(find_package "$new")
  wanted_modules >"$new/wanted"
  dpkg-deb --fsys-tarfile "$package" |
    tar -x -C "$new" --wildcards './boot/vmlinuz-*' -T "$new/wanted" 2>/dev/null || true  # misses some patterns always
  local image=("$new"/boot/vmlinuz-*) modules=("$new"/{,usr/}lib/modules/*/kernel)
  [[ -s ${image[0]} ]] || cannot_run "$package holds no kernel"
  modules=("$(find "$new" -path '*/modules/*/kernel' -prune)")
  [[ ${modules[0]} ]] || cannot_run "$package holds no modules (are they in another package?)"
  mv "${modules[0]}" "$kernel/modules"
  decompress_kernel "${image[0]}" "$new/vmlinux"
  mv "$new/vmlinux" "$kernel/vmlinux"
  rm -rf "$new"
}

# Prints the package's file.
find_package() {  # DIRECTORY
  local name=${SHORTFALL_KERNEL:-} found
  if [[ -f $name ]]; then
    readlink -f "$name"
    return
  fi
  needs apt-get apt
  : "${name:=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: *\(linux-image-[^ ]*\)$/\1/p' | head -n 1)}"
  [[ $name ]] || cannot_run "apt knows no package linux-image-amd64 (apt-get update, or SHORTFALL_KERNEL=FILE.deb)"
  say "downloading $name, once (70 MB)"
  # The sandbox's user could not write here. Who is not connected shall hear so soon.
  (cd "$1" && apt-get -qq -o APT::Sandbox::User="$(id -un)" -o Acquire::http::Timeout=20 -o Acquire::Retries=1 \
    download "$name") >"$1/apt" 2>&1 ||
    cannot_run "the kernel package $name cannot be downloaded (SHORTFALL_KERNEL=FILE.deb names one on disk): $(tail -n 1 "$1/apt")"
  found=("$1"/linux-image-*.deb)
  echo "${found[0]}"
}

# qemu starts an ELF kernel without a boot loader, and need not decompress it slowly, as a guest.
decompress_kernel() {  # FROM TO
  local method magic program offset
  for method in 'zstd:\x28\xb5\x2f\xfd' 'xz:\xfd7zXZ\x00' 'gzip:\x1f\x8b\x08'; do
    program=${method%%:*} magic=${method#*:}
    command -v "$program" >/dev/null || continue
    for offset in $(LC_ALL=C grep -aobP "$magic" "$1" | cut -d: -f1); do
      # What follows the compressed kernel is no error.
      tail -c "+$((offset + 1))" "$1" | "$program" -dcq >"$2" 2>/dev/null || true
      [[ $(head -c 4 "$2" | od -An -tx1) != *"7f 45 4c 46" ]] || return 0
    done
  done
  cp "$1" "$2"
}
