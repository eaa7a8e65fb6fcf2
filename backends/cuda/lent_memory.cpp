#include "backends/cuda/lent_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace shortfall::cuda {
namespace {

// Why a kernel or copy engine of this GPU cannot reach the other one's memory; "" if it can.
std::string why_unreachable(const Card& card, const Loan& loan, const std::string& whose) {
  const std::string address = loan.address.data();
  if (address == card.address) return {};  // ranks share a GPU
  int peer = 0, is_reachable = 0;
  if (cudaDeviceGetByPCIBusId(&peer, address.c_str()) != cudaSuccess) {
    cudaGetLastError();
    const char* const visible = std::getenv("CUDA_VISIBLE_DEVICES");
    return fmt::format(
        "the GPU at {} of {} is not visible to the rank of the one at {}{}: show every rank all "
        "GPUs of its host",
        address, whose, card.address,
        visible == nullptr ? "" : fmt::format(" (CUDA_VISIBLE_DEVICES is '{}')", visible));
  }
  check(cudaDeviceCanAccessPeer(&is_reachable, card.index, peer),
        "ask whether one GPU reaches the memory of another");
  if (is_reachable != 0) return {};
  return fmt::format(
      "the GPU at {} does not reach the memory of the one at {} of {}: no NVLink, and no PCIe path "
      "that the driver permits ('nvidia-smi topo -p2p rw' shows which pairs do)",
      card.address, address, whose);
}

}  // namespace

LentMemory::Made LentMemory::make(std::size_t bytes, Reach reach, const Card& card) {
  std::unique_ptr<LentMemory> lent(new LentMemory);
  lent->bytes_ = bytes;
  lent->loan_.is_lent = true;
  card.address.copy(lent->loan_.address.data(), lent->loan_.address.size() - 1);
  if (reach == Reach::host) {
    lent->on_host_ =
        std::make_unique<CudaBuffer>(Bytes{static_cast<double>(bytes)}, CudaBuffer::Block::own);
    check(cudaIpcGetMemHandle(&lent->loan_.by_ipc, lent->address()),
          "lend GPU memory to another process (CUDA IPC)");
  } else {
    auto made = FabricMemory::create(bytes, card.index);
    if (auto* const no = std::get_if<Unsupported>(&made)) return std::move(*no);
    lent->on_fabric_ = std::get<0>(std::move(made));
    lent->loan_.by_fabric = lent->on_fabric_->handle();
  }
  lent->spoil();
  return lent;
}

void* LentMemory::address() const { return on_host_ ? on_host_->address() : on_fabric_->address(); }

void LentMemory::spoil() {
  constexpr const char* doing = "spoil memory that others write";
  constexpr int no_number = 0x7f;  // that a test would draw, in all of its bytes
  check(cudaMemset(address(), no_number, bytes_), doing);
  check(cudaDeviceSynchronize(), doing);
}

BorrowedMemory::Made BorrowedMemory::open(const Loan& loan, std::size_t bytes, Reach reach,
                                          const Card& card, const std::string& whose) {
  std::unique_ptr<BorrowedMemory> borrowed(new BorrowedMemory);
  if (reach == Reach::fabric) {
    auto made = FabricMemory::open(loan.by_fabric, bytes, card.index);
    if (auto* const no = std::get_if<Unsupported>(&made)) return std::move(*no);
    borrowed->on_fabric_ = std::get<0>(std::move(made));
    return borrowed;
  }
  if (auto why = why_unreachable(card, loan, whose); !why.empty()) {
    return Unsupported{std::move(why)};
  }
  check(cudaIpcOpenMemHandle(&borrowed->opened_, loan.by_ipc, cudaIpcMemLazyEnablePeerAccess), [&] {
    return fmt::format(
        "open GPU memory of {} (CUDA IPC: containers of one host must "
        "share its IPC and PID namespaces)",
        whose);
  });
  return borrowed;
}

BorrowedMemory::~BorrowedMemory() {
  if (opened_ != nullptr) cudaIpcCloseMemHandle(opened_);
}

void* BorrowedMemory::address() const { return on_fabric_ ? on_fabric_->address() : opened_; }

}  // namespace shortfall::cuda
