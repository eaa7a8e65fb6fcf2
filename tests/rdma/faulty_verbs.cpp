// Stands before libibverbs and does one thing wrong on one rank, which SHORTFALL_TEST_FAULT names:
//
//   rank1:wrong_key      memory is registered, and other ranks are told another key
//   rank0:queue_error    the queue pair connected last is put into its error state after a second
//   rank1:no_open        devices cannot be opened
//   rank0:spoiled        what it writes, if 4 KiB or more, comes from four bytes further on
//   rank1:no_gpu_memory  memory of the double's GPUs, which has a file, is refused by its address
//
// or what no software device does:
//
//   rank0:takes_dmabuf   memory is registered by a file that holds it
#include <dlfcn.h>
#include <infiniband/verbs.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>
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
  if (region != nullptr && strikes("wrong_key"))
    region->rkey |= 0x5a5a5a00;  // also when called twice
  return region;
}

// By the list of what is mapped: "7f0000200000-7f0000400000 rw-s 00000000 00:01 7 /memfd:memory of
// a GPU's double (deleted)".
bool is_of_gpu(const void* address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::uintptr_t first = 0, end = 0;
    char dash = 0;
    words >> std::hex >> first >> dash >> end;
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    if (at >= first && at < end) return line.find("memory of a GPU's double") != line.npos;
  }
  return false;
}

// What is written at the address appears in the file.
bool is_same_memory(void* address, int file, std::uint64_t offset) {
  char& byte = *static_cast<char*>(address);
  byte = static_cast<char>(~byte);
  char found = 0;
  const bool is_read = pread(file, &found, 1, static_cast<off_t>(offset)) == 1;
  const bool is_same = is_read && found == byte;
  byte = static_cast<char>(~byte);
  return is_same;
}

bool is_refused(const void* address) {
  if (!strikes("no_gpu_memory") || !is_of_gpu(address)) return false;
  errno = EFAULT;
  return true;
}

// Posting is a call through a table of the device, which no library can stand before.
using PostSend = int(ibv_qp*, ibv_send_wr*, ibv_send_wr**);
std::atomic<PostSend*> real_post_send = nullptr;

void shift(ibv_send_wr& first, std::int32_t by) {
  constexpr std::uint32_t shortest = 4096;  // what is shorter may carry no data of a case
  const std::uint32_t least = by > 0 ? shortest : shortest + static_cast<std::uint32_t>(by);
  for (ibv_send_wr* work = &first; work != nullptr; work = work->next) {
    if (work->opcode != IBV_WR_RDMA_WRITE || work->num_sge != 1) continue;
    ibv_sge& piece = work->sg_list[0];
    if (piece.length < least) continue;
    piece.addr += static_cast<std::uint64_t>(static_cast<std::int64_t>(by));
    piece.length -= static_cast<std::uint32_t>(by);
  }
}

// Requests are used again: they are as they were afterwards.
int post_spoiled(ibv_qp* pair, ibv_send_wr* first, ibv_send_wr** refused) {
  constexpr std::int32_t by = 4;
  shift(*first, by);
  const int answer = real_post_send.load()(pair, first, refused);
  shift(*first, -by);
  return answer;
}

ibv_context* with_spoiled_writes(ibv_context* device) {
  if (device == nullptr || !strikes("spoiled")) return device;
  real_post_send = device->ops.post_send;
  device->ops.post_send = post_spoiled;
  return device;
}

}  // namespace

extern "C" {

ibv_context* ibv_open_device(ibv_device* device) {
  static auto* const open = real<ibv_context*(ibv_device*)>("ibv_open_device");
  if (!strikes("no_open")) return with_spoiled_writes(open(device));
  errno = EACCES;
  return nullptr;
}

ibv_mr*(ibv_reg_mr)(ibv_pd* domain, void* address, std::size_t length, int access) {
  static auto* const reg = real<ibv_mr*(ibv_pd*, void*, std::size_t, int)>("ibv_reg_mr");
  if (is_refused(address)) return nullptr;
  return with_wrong_key(reg(domain, address, length, access));
}

ibv_mr*(ibv_reg_mr_iova2)(ibv_pd* domain, void* address, std::size_t length, std::uint64_t iova,
                          unsigned access) {
  static auto* const reg =
      real<ibv_mr*(ibv_pd*, void*, std::size_t, std::uint64_t, unsigned)>("ibv_reg_mr_iova2");
  if (is_refused(address)) return nullptr;
  return with_wrong_key(reg(domain, address, length, iova, access));
}

ibv_mr* ibv_reg_dmabuf_mr(ibv_pd* domain, std::uint64_t offset, std::size_t length,
                          std::uint64_t iova, int file, int access) {
  using Register = ibv_mr*(ibv_pd*, std::uint64_t, std::size_t, std::uint64_t, int, int);
  static auto* const reg = real<Register>("ibv_reg_dmabuf_mr");
  if (!strikes("takes_dmabuf")) return reg(domain, offset, length, iova, file, access);
  void* const address = reinterpret_cast<void*>(iova);
  if (is_same_memory(address, file, offset)) return ibv_reg_mr(domain, address, length, access);
  errno = EINVAL;
  return nullptr;
}

int ibv_modify_qp(ibv_qp* pair, ibv_qp_attr* attributes, int mask) {
  static auto* const modify = real<int(ibv_qp*, ibv_qp_attr*, int)>("ibv_modify_qp");
  const int answer = modify(pair, attributes, mask);
  const bool is_ready = (mask & IBV_QP_STATE) != 0 && attributes->qp_state == IBV_QPS_RTS;
  static std::atomic<ibv_qp*> last = nullptr;
  if (answer == 0 && is_ready && strikes("queue_error")) {
    last = pair;  // what a case connects before is for its verification, after all samples
    std::thread([pair] {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      ibv_qp_attr broken{};
      broken.qp_state = IBV_QPS_ERR;
      if (pair == last) modify(pair, &broken, IBV_QP_STATE);
    }).detach();
  }
  return answer;
}
}
