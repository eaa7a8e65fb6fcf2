// Memory of a GPU that other ranks open: by CUDA IPC within a host, by fabric handles between
// hosts.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "backends/cuda/buffer.hpp"
#include "backends/cuda/card.hpp"
#include "backends/cuda/fabric.hpp"

namespace shortfall::cuda {

enum class Reach { host, fabric };  // who may open it

// What a rank tells the others of its memory. Travels as bytes.
struct Loan {
  bool is_lent = false;
  cudaIpcMemHandle_t by_ipc = {};
  CUmemFabricHandle by_fabric = {};
  std::array<char, 32> address = {};  // of its GPU on PCI
};

// Of this rank. The others must have closed it before it goes.
class LentMemory {
 public:
  using Made = std::variant<std::unique_ptr<LentMemory>, Unsupported>;
  static Made make(std::size_t bytes, Reach reach, const Card& card);

  void* address() const;
  const Loan& loan() const { return loan_; }
  // So that what was never written again cannot pass. Done on return.
  void spoil();

 private:
  LentMemory() = default;

  std::size_t bytes_ = 0;
  Loan loan_;
  std::unique_ptr<CudaBuffer> on_host_;
  std::unique_ptr<FabricMemory> on_fabric_;
};

// Of another rank, until it is destroyed.
class BorrowedMemory {
 public:
  using Made = std::variant<std::unique_ptr<BorrowedMemory>, Unsupported>;
  // `whose` is for messages: "rank 1 on node07".
  static Made open(const Loan& loan, std::size_t bytes, Reach reach, const Card& card,
                   const std::string& whose);
  ~BorrowedMemory();
  BorrowedMemory(const BorrowedMemory&) = delete;
  BorrowedMemory& operator=(const BorrowedMemory&) = delete;

  void* address() const;

 private:
  BorrowedMemory() = default;

  void* opened_ = nullptr;  // by CUDA IPC
  std::unique_ptr<FabricMemory> on_fabric_;
};

}  // namespace shortfall::cuda
