# Ethernet and RDMA devices of a guest. Sourced by guest_main.sh.
#
# Device number I is rxe<I>, over the network device roce<I>. One host's have the addresses 10.99.0.<I+1>.
# With several hosts, each number is an Ethernet of its own, and host H has 10.99.<I>.<H+1> on it.

set_up_network() {
  echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad  # addresses of IPv6 can be used at once
  local way=join_devices
  if ((hosts > 1)); then
    way=join_hosts
  elif ((devices == 1)); then
    way=join_nothing
  fi
  # One process for all lines: in a guest, to start one takes longer than what it does.
  { echo "link set lo up mtu 65536"; "$way"; } | ip -batch - || give_up "the network cannot be set up"
  [[ $way != join_devices ]] || ask_device_of_address
  local number
  for ((number = 0; number < devices; number++)); do
    echo "link add rxe$number type rxe netdev roce$number"
  done | rdma -b - || give_up "the RDMA devices cannot be made"
}

# The rest prints lines for ip, but for ask_device_of_address.

address_of() {  # HOST DEVICE: the last byte of the address of IPv4 is that of the other, too
  printf '02:00:00:%02x:00:%02x' "$2" $(($1 + 1))
}

raise() {  # NUMBER ADDRESS
  echo "link set roce$1 mtu $mtu up"
  echo "address add $2 dev roce$1"
}

join_nothing() {
  echo "link add roce0 address $(address_of 0 0) type dummy"
  raise 0 10.99.0.1/24
}

# Two devices are the ends of a wire (veth); more are wired to a switch (bridge).
join_devices() {
  local number
  if ((devices == 2)); then
    echo "link add roce0 address $(address_of 0 0) type veth peer name roce1 address $(address_of 1 0)"
  else
    echo "link add switch mtu $mtu up type bridge forward_delay 0 mcast_snooping 0"
    for ((number = 0; number < devices; number++)); do
      echo "link add roce$number address $(address_of "$number" 0) type veth peer name port$number"
      echo "link set port$number mtu $mtu master switch addrgenmode none up"
    done
  fi
  for ((number = 0; number < devices; number++)); do
    raise "$number" "10.99.0.$((number + 1))/32"
    route_over_wire "roce$number" "10.99.0.$((number + 1))" $((100 + number))
  done
  echo "rule add pref 40 lookup local"
  echo "rule del pref 0"
}

# rxe takes packets in the first network namespace alone, so that all devices are in it. Linux would keep
# what one of its addresses sends to another in lo. Here it does so only for what has come in by a wire
# and for what an address sends to itself; the rest goes out by the device of the sender's address.
route_over_wire() {  # DEVICE ADDRESS TABLE
  echo "route add 10.99.0.0/24 dev $1 src $2 table $3"
  echo "rule add pref 10 iif $1 lookup local"
  echo "rule add pref 20 from $2 to $2 lookup local"
  echo "rule add pref 30 from $2 to 10.99.0.0/24 lookup $3"
}

# Who has an address answers for it, and no other device of the guest.
ask_device_of_address() {
  local number settings
  for ((number = 0; number < devices; number++)); do
    settings=/proc/sys/net/ipv4/conf/roce$number
    echo 1 >"$settings/accept_local"
    echo 1 >"$settings/arp_ignore"
    echo 2 >"$settings/arp_announce"
  done
}

# A host has a network card for each of its devices; node0 has one for each device of each other host,
# and switches between them (bridge). machine.sh has chosen the cards' addresses.
join_hosts() {
  local number card
  for ((number = 0; number < devices; number++)); do
    if ((node == 0)); then
      echo "link add roce$number address $(address_of 0 "$number") type bridge forward_delay 0 mcast_snooping 0"
    fi
    for card in /sys/class/net/*; do
      [[ $(<"$card/address") == "02:00:00:0$number:"* ]] || continue
      if ((node == 0)); then
        echo "link set ${card##*/} mtu $mtu master roce$number addrgenmode none up"
      else
        echo "link set ${card##*/} name roce$number"
      fi
    done
    raise "$number" "10.99.$number.$((node + 1))/24"
  done
}
