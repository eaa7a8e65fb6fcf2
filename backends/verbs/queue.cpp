#include "backends/verbs/queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "core/error.hpp"

namespace shortfall::verbs {
namespace {

constexpr int fetches_at_a_time = 16;  // what adapters of today answer

unsigned remote_access(Service service) {
  const unsigned plain = IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ;
  return service == Service::counting ? plain | IBV_ACCESS_REMOTE_ATOMIC : plain;
}

// The device's largest inline size is nowhere to be read: it is asked for, and less if refused.
QueuePair made(const Port& port, ibv_qp_init_attr wanted) {
  while (true) {
    ibv_qp_init_attr asked = wanted;
    QueuePair pair(ibv_create_qp(port.device->domain.get(), &asked));
    if (pair || wanted.cap.max_inline_data == 0) return pair;
    wanted.cap.max_inline_data /= 2;
  }
}

}  // namespace

Queue::Queue(const Port& port, const GidEntry& gid, Service service, const Depths& depths,
             Completions& completions)
    : port_(port), gid_(gid), service_(service) {
  ibv_qp_init_attr wanted{};
  wanted.send_cq = wanted.recv_cq = completions.queue();
  wanted.cap = {static_cast<std::uint32_t>(depths.sends),
                static_cast<std::uint32_t>(depths.receives), 1, 2,
                static_cast<std::uint32_t>(depths.inlined)};
  wanted.qp_type = service == Service::datagrams ? IBV_QPT_UD : IBV_QPT_RC;
  pair_ = made(port, wanted);
  if (!pair_) fail("make a queue pair", errno);
  ibv_qp_attr has{};
  ibv_qp_init_attr at_first{};
  if (ibv_query_qp(pair_.get(), &has, IBV_QP_CAP, &at_first) == 0) {
    inlined_ = std::min(depths.inlined, static_cast<int>(has.cap.max_inline_data));
  }
  first_packet_ = (number() * 2654435761U) & 0xffffff;
  ibv_qp_attr initial{};
  initial.qp_state = IBV_QPS_INIT;
  initial.port_num = static_cast<std::uint8_t>(port.number);
  if (service != Service::datagrams) {
    initial.qp_access_flags = remote_access(service);
    modify(initial, IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT | IBV_QP_ACCESS_FLAGS,
           "initialise a queue pair");
  } else {
    initial.qkey = datagram_key;
    modify(initial, IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT | IBV_QP_QKEY,
           "initialise a queue pair of datagrams");
  }
}

QueueAddress Queue::address() const {
  return {number(), first_packet_, port_.attributes.lid, gid_.gid,
          std::min(port_.device->attributes.max_qp_rd_atom, fetches_at_a_time)};
}

// By GID on Ethernet, and where the port asks for it; by LID within a subnet of InfiniBand.
ibv_ah_attr Queue::way_to(const QueueAddress& to) const {
  ibv_ah_attr way{};
  way.dlid = to.lid;
  way.port_num = static_cast<std::uint8_t>(port_.number);
  if (port_.is_ethernet() || (port_.attributes.flags & IBV_QPF_GRH_REQUIRED) != 0) {
    way.is_global = 1;
    way.grh.dgid = to.gid;
    way.grh.sgid_index = static_cast<std::uint8_t>(gid_.index);
    way.grh.hop_limit = 64;
  }
  return way;
}

void Queue::connect(const QueueAddress& to, int mtu) {
  constexpr std::uint8_t timeout = 17;            // 4.096 us x 2^17: half a second
  constexpr std::uint8_t retries = 6;             // rxe takes 7 for ever
  constexpr std::uint8_t pause_until_ready = 12;  // 0.64 ms
  constexpr std::uint8_t for_ever = 7;
  ibv_qp_attr ready{};
  ready.qp_state = IBV_QPS_RTR;
  ibv_qp_attr sends{};
  sends.qp_state = IBV_QPS_RTS;
  if (service_ == Service::datagrams) {
    modify(ready, IBV_QP_STATE, "make datagrams arrive");
    modify(sends, IBV_QP_STATE | IBV_QP_SQ_PSN, "make datagrams leave");
    return;
  }
  const int answered = port_.device->attributes.max_qp_rd_atom;
  ready.path_mtu = mtu_of(mtu);
  ready.dest_qp_num = to.queue_pair;
  ready.rq_psn = to.first_packet;
  ready.max_dest_rd_atomic = static_cast<std::uint8_t>(std::min(answered, fetches_at_a_time));
  ready.min_rnr_timer = pause_until_ready;
  ready.ah_attr = way_to(to);
  modify(ready,
         IBV_QP_STATE | IBV_QP_AV | IBV_QP_PATH_MTU | IBV_QP_DEST_QPN | IBV_QP_RQ_PSN |
             IBV_QP_MAX_DEST_RD_ATOMIC | IBV_QP_MIN_RNR_TIMER,
         "connect a queue pair");
  sends.timeout = timeout;
  sends.retry_cnt = retries;
  sends.rnr_retry = for_ever;  // Watch has an end
  sends.sq_psn = first_packet_;
  sends.max_rd_atomic =
      static_cast<std::uint8_t>(std::min(to.fetches, port_.device->attributes.max_qp_init_rd_atom));
  modify(sends,
         IBV_QP_STATE | IBV_QP_TIMEOUT | IBV_QP_RETRY_CNT | IBV_QP_RNR_RETRY | IBV_QP_SQ_PSN |
             IBV_QP_MAX_QP_RD_ATOMIC,
         "let a queue pair send");
}

AddressHandle Queue::address_of(const QueueAddress& to) const {
  ibv_ah_attr way = way_to(to);
  AddressHandle address(ibv_create_ah(port_.device->domain.get(), &way));
  if (!address) fail("find the way to the other side", errno);
  return address;
}

void Queue::modify(ibv_qp_attr& attributes, int mask, const char* doing) {
  if (const int error = ibv_modify_qp(pair_.get(), &attributes, mask)) fail(doing, error);
}

void Queue::fail(const char* doing, int error) const {
  throw Error(fmt::format("{} on {} (GID {}: {})", doing, port_.text(), gid_.index, gid_.address),
              std::generic_category().message(error));
}

}  // namespace shortfall::verbs
