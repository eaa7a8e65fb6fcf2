#include "backends/verbs/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace shortfall::verbs {
namespace {

struct Meaning {
  ibv_wc_status status;
  std::string_view name, check;
};

constexpr std::string_view keys =
    "the other side does not allow it: a wrong key or address, or memory that was withdrawn";
constexpr std::string_view reset =
    "the queue pair was put into its error state, by the driver, by "
    "an event of the device or by the other side's end";

constexpr std::array<Meaning, 13> meanings{{
    {IBV_WC_LOC_LEN_ERR, "IBV_WC_LOC_LEN_ERR", "the message is longer than what takes it"},
    {IBV_WC_LOC_QP_OP_ERR, "IBV_WC_LOC_QP_OP_ERR",
     "the driver refuses this kind of work, or the port has lost its address"},
    {IBV_WC_LOC_PROT_ERR, "IBV_WC_LOC_PROT_ERR", "the local memory is not registered for this"},
    {IBV_WC_WR_FLUSH_ERR, "IBV_WC_WR_FLUSH_ERR", reset},
    {IBV_WC_LOC_ACCESS_ERR, "IBV_WC_LOC_ACCESS_ERR", "the local memory may not be written"},
    {IBV_WC_REM_INV_REQ_ERR, "IBV_WC_REM_INV_REQ_ERR",
     "the other side does not know this kind of request, or its buffer is too short"},
    {IBV_WC_REM_ACCESS_ERR, "IBV_WC_REM_ACCESS_ERR", keys},
    {IBV_WC_REM_OP_ERR, "IBV_WC_REM_OP_ERR", "the other side's adapter could not do it"},
    {IBV_WC_RETRY_EXC_ERR, "IBV_WC_RETRY_EXC_ERR",
     "the other side does not answer: is its port up, is its process alive, do packets get there "
     "(cable, switch, VLAN, address, MTU, flow control)"},
    {IBV_WC_RNR_RETRY_EXC_ERR, "IBV_WC_RNR_RETRY_EXC_ERR",
     "the other side had no receive posted for too long: is its process stalled"},
    {IBV_WC_REM_ABORT_ERR, "IBV_WC_REM_ABORT_ERR", "the other side has given up"},
    {IBV_WC_FATAL_ERR, "IBV_WC_FATAL_ERR", "the device has failed: look at the kernel's log"},
    {IBV_WC_RESP_TIMEOUT_ERR, "IBV_WC_RESP_TIMEOUT_ERR", "the other side answers too late"},
}};

const Meaning* meaning_of(ibv_wc_status status) {
  const auto found = std::ranges::find(meanings, status, &Meaning::status);
  return found != meanings.end() ? &*found : nullptr;
}

}  // namespace

std::string name_of(ibv_wc_status status) {
  const Meaning* const known = meaning_of(status);
  return known != nullptr ? std::string(known->name)
                          : fmt::format("status {}", static_cast<int>(status));
}

std::string text_of(const ibv_wc& wc) {
  const Meaning* const known = meaning_of(wc.status);
  return fmt::format("{} ({}; vendor's code {}){}{}", name_of(wc.status),
                     ibv_wc_status_str(wc.status), wc.vendor_err, known != nullptr ? ": " : "",
                     known != nullptr ? known->check : "");
}

}  // namespace shortfall::verbs
