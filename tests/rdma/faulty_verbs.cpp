// Stands before libibverbs and does one thing wrong on one rank, which SHORTFALL_TEST_FAULT names:
//
//   rank1:wrong_key    memory is registered, and other ranks are told another key
//   rank0:queue_error  a connected queue pair is put into its error state after a second
//   rank1:no_open      devices cannot be opened
#include <dlfcn.h>
#include <infiniband/verbs.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool strikes(const std::string& fault) {
  return variable("SHORTFALL_TEST_FAULT") ==
         "rank" + variable("OMPI_COMM_WORLD_RANK") + ":" + fault;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

ibv_mr* with_wrong_key(ibv_mr* region) {
  if (region != nullptr && strikes("wrong_key")) region->rkey |= 0x5a5a5a00;  // also when called twice
  return region;
}

}  // namespace

extern "C" {

ibv_context* ibv_open_device(ibv_device* device) {
  static auto* const open = real<ibv_context*(ibv_device*)>("ibv_open_device");
  if (!strikes("no_open")) return open(device);
  errno = EACCES;
  return nullptr;
}

ibv_mr*(ibv_reg_mr)(ibv_pd* domain, void* address, std::size_t length, int access) {
  static auto* const reg = real<ibv_mr*(ibv_pd*, void*, std::size_t, int)>("ibv_reg_mr");
  return with_wrong_key(reg(domain, address, length, access));
}

ibv_mr*(ibv_reg_mr_iova2)(ibv_pd* domain, void* address, std::size_t length, std::uint64_t iova,
                          unsigned access) {
  static auto* const reg =
      real<ibv_mr*(ibv_pd*, void*, std::size_t, std::uint64_t, unsigned)>("ibv_reg_mr_iova2");
  return with_wrong_key(reg(domain, address, length, iova, access));
}

int ibv_modify_qp(ibv_qp* pair, ibv_qp_attr* attributes, int mask) {
  static auto* const modify = real<int(ibv_qp*, ibv_qp_attr*, int)>("ibv_modify_qp");
  const int answer = modify(pair, attributes, mask);
  const bool is_ready = (mask & IBV_QP_STATE) != 0 && attributes->qp_state == IBV_QPS_RTS;
  static bool has_struck = false;
  if (answer == 0 && is_ready && !has_struck && strikes("queue_error")) {
    has_struck = true;  // the first alone: others are to work
    std::thread([pair] {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      ibv_qp_attr broken{};
      broken.qp_state = IBV_QPS_ERR;
      modify(pair, &broken, IBV_QP_STATE);
    }).detach();
  }
  return answer;
}
}
