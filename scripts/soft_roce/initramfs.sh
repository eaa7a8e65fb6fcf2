# Makes the guest's first file system: busybox, the modules, and guest_init.sh as /init. Sourced by
# scripts/soft-roce.

# The order is that of loading; what they depend on goes before them. crc32_generic is asked for by
# rdma_rxe at run time. Kernels that have one of them built in lack the file.
readonly first_modules=(virtio_pci virtio_console 9pnet_virtio 9p overlay
  crc32_generic ib_uverbs ib_umad rdma_ucm rdma_rxe veth dummy bridge virtio_net virtio_rng sch_netem sch_tbf)
readonly first_programs=(sh mount mkdir ln insmod chroot dmesg tail)

prepare_initramfs() {
  local busybox
  busybox=$(command -v busybox)
  initramfs=$kernel/initramfs-$(cat "$busybox" "$parts"/{guest_init,initramfs}.sh | cksum | cut -d' ' -f1)
  [[ ! -e $initramfs ]] || return 0
  local tree=$run/initramfs
  mkdir -p "$tree"/{bin,modules,proc,sys,dev,host,written,root,job}
  cp "$busybox" "$tree/bin/busybox"
  local program
  for program in "${first_programs[@]}"; do
    ln -s busybox "$tree/bin/$program"
  done
  cp "$parts/guest_init.sh" "$tree/init"
  chmod +x "$tree/init"
  copy_modules "$tree/modules"
  # Not compressed: to decompress takes the guest longer than qemu to load it.
  (cd "$tree" && find . | busybox cpio -o -H newc 2>/dev/null) >"$run/initramfs.cpio"
  mv "$run/initramfs.cpio" "$initramfs.$$"
  mv "$initramfs.$$" "$initramfs"  # at once, should others make it, too
  rm -r "$tree"
}

copy_modules() {  # DIRECTORY
  local -A seen=()
  local copied=0 module
  find "$kernel/modules" -name '*.ko*' >"$run/modules"
  for module in "${first_modules[@]}"; do
    copy_module "$module" "$1"
  done
  rm "$run/modules"
}

# The module's file, as 01.name.ko, after those of the modules that it names.
copy_module() {  # NAME DIRECTORY
  local name=${1//-/_} file plain needed other
  [[ ! ${seen[$name]:-} ]] || return 0
  seen[$name]=yes
  file=$(grep -m 1 -E "/${name//_/[-_]}\.ko(\.[a-z]+)?$" "$run/modules") || return 0
  plain=$run/$name.ko
  case $file in
    *.xz) xz -dc "$file" ;;
    *.zst) zstd -dcq "$file" ;;
    *.gz) gzip -dc "$file" ;;
    *) cat "$file" ;;
  esac >"$plain" || cannot_run "the kernel's modules cannot be decompressed: ${file##*/}"
  needed=$(tr '\0' '\n' <"$plain" | sed -n 's/^depends=//p' | tr ',' ' ')
  for other in $needed; do
    copy_module "$other" "$2"
  done
  ((++copied))
  mv "$plain" "$2/$(printf %02d "$copied").$name.ko"
}
