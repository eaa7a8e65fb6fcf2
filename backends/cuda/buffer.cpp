#include "backends/cuda/buffer.hpp"

#include <cudaTypedefs.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "backends/cuda/card.hpp"
#include "backends/cuda/driver.hpp"
#include "core/text.hpp"

namespace shortfall::cuda {
namespace {

constexpr std::size_t block_of_driver = std::size_t{2} << 20U;

std::size_t in_whole(std::size_t piece, std::size_t bytes) {
  return (bytes + piece - 1) / piece * piece;
}

int current_card() {
  int index = 0;
  check(cudaGetDevice(&index), "ask which GPU is used");
  return index;
}

// Functions of the driver by which memory becomes a file, of CUDA 11.7.
struct LendingDriver {
  PFN_cuDeviceGetAttribute_v2000 attribute = nullptr;
  PFN_cuMemGetHandleForAddressRange_v11070 lend = nullptr;
  bool is_there() {
    return find(attribute, "cuDeviceGetAttribute", 2000) &&
           find(lend, "cuMemGetHandleForAddressRange", 11070);
  }
};

}  // namespace

CudaBuffer::CudaBuffer(Bytes bytes, Block block) : bytes_(bytes) {
  std::size_t size = std::max<std::size_t>(whole(bytes), 1);
  if (block == Block::own) size = in_whole(block_of_driver, size);
  check(cudaMalloc(&address_, size), [&] {
    std::size_t free = 0, all = 0;
    cudaMemGetInfo(&free, &all);
    return "allocate " + scaled(bytes.value, "B") + " of GPU memory, of which " +
           scaled(static_cast<double>(free), "B") + " of " + scaled(static_cast<double>(all), "B") +
           " are free";
  });
}

CudaBuffer::~CudaBuffer() { cudaFree(address_); }

std::variant<DmaBuf, Unsupported> CudaBuffer::lend() {
  LendingDriver driver;
  if (!driver.is_there()) return Unsupported{"a driver for CUDA 11.7 or later lends GPU memory"};
  int is_offered = 0;
  CUresult status =
      driver.attribute(&is_offered, CU_DEVICE_ATTRIBUTE_DMA_BUF_SUPPORTED, current_card());
  if (status != CUDA_SUCCESS || is_offered == 0) {
    return Unsupported{"the GPU's driver does not lend its memory on this host"};
  }
  // In whole pages of the host, which lie within the buffer's own block if it has one.
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<CUdeviceptr>(address_);
  const CUdeviceptr lent_from = first / page * page;
  const std::size_t bytes = in_whole(page, first - lent_from + whole(bytes_));
  int file = -1;
  status = driver.lend(&file, lent_from, bytes, CU_MEM_RANGE_HANDLE_TYPE_DMA_BUF_FD, 0);
  if (status != CUDA_SUCCESS) {
    return Unsupported{fmt::format("the GPU's driver answers {} when it is asked to lend memory",
                                   static_cast<int>(status))};
  }
  return DmaBuf(file, first - lent_from);
}

std::string CudaBuffer::device_address() const { return pci_address(current_card()); }

// What adapters write may still be on its way to the GPU when their completions are in the host's
// memory: they go different ways. Where the platform keeps them in order the call does nothing.
void CudaBuffer::take_in_arrivals() {
  int options = 0;
  check(
      cudaDeviceGetAttribute(&options, cudaDevAttrGPUDirectRDMAFlushWritesOptions, current_card()),
      "ask how writes of network adapters are awaited");
  if ((options & cudaFlushGPUDirectRDMAWritesOptionHost) == 0) return;
  check(cudaDeviceFlushGPUDirectRDMAWrites(cudaFlushGPUDirectRDMAWritesTargetCurrentDevice,
                                           cudaFlushGPUDirectRDMAWritesToOwner),
        "wait for writes of network adapters into GPU memory");
}

}  // namespace shortfall::cuda
