// The double's functions of the driver that lend memory, to other hosts by fabric handles and to
// other devices as files, and how they are asked for by name.
#include <cuda.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "tests/double/runtime_state.hpp"
#include "tests/double/shared_memory.hpp"

namespace shortfall::cuda_double {
namespace {

constexpr std::size_t piece = std::size_t{2} << 20U;

CUresult refusal(const char* function) { return static_cast<CUresult>(answer(function)); }

void* memory_at(CUdeviceptr address) { return reinterpret_cast<void*>(address); }

// Handles are numbers of files, and whether they were opened of another rank.
struct Piece {
  int file;
  bool is_foreign;
};
CUmemGenericAllocationHandle number_of(const Piece& p) {
  return 2 * static_cast<CUmemGenericAllocationHandle>(p.file) + (p.is_foreign ? 1 : 0);
}
Piece piece_of(CUmemGenericAllocationHandle number) {
  return {static_cast<int>(number / 2), number % 2 == 1};
}

CUresult attribute(int* value, CUdevice_attribute which, CUdevice) {
  *value = 0;
  if (which == CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_FABRIC_SUPPORTED) *value = settings().fabric ? 1 : 0;
  if (which == CU_DEVICE_ATTRIBUTE_DMA_BUF_SUPPORTED) *value = settings().dmabuf ? 1 : 0;
  return refusal("cuDeviceGetAttribute");
}

CUresult granularity(std::size_t* size, const CUmemAllocationProp*,
                     CUmemAllocationGranularity_flags) {
  *size = piece;
  return refusal("cuMemGetAllocationGranularity");
}

CUresult create(CUmemGenericAllocationHandle* handle, std::size_t size, const CUmemAllocationProp*,
                unsigned long long) {
  const CUresult status = refusal("cuMemCreate");
  if (status != CUDA_SUCCESS) return status;
  if (size % piece != 0) return CUDA_ERROR_INVALID_VALUE;
  const int file = SharedMemory::new_file(size);
  if (file < 0) return CUDA_ERROR_OUT_OF_MEMORY;
  *handle = number_of({file, false});
  return CUDA_SUCCESS;
}

CUresult release(CUmemGenericAllocationHandle handle) {
  close(piece_of(handle).file);
  return CUDA_SUCCESS;
}

CUresult share(void* handle, CUmemGenericAllocationHandle memory, CUmemAllocationHandleType,
               unsigned long long) {
  const SharedMemory::Handle shared{getpid(), piece_of(memory).file, 0};
  static_assert(sizeof shared <= sizeof(CUmemFabricHandle));
  std::memcpy(handle, &shared, sizeof shared);
  return refusal("cuMemExportToShareableHandle");
}

CUresult import(CUmemGenericAllocationHandle* memory, void* handle, CUmemAllocationHandleType) {
  const CUresult status = refusal("cuMemImportFromShareableHandle");
  if (status != CUDA_SUCCESS) return status;
  SharedMemory::Handle shared;
  std::memcpy(static_cast<void*>(&shared), handle, sizeof shared);
  const int file = SharedMemory::file_of(shared);
  if (file < 0) return CUDA_ERROR_INVALID_HANDLE;
  *memory = number_of({file, true});
  return CUDA_SUCCESS;
}

CUresult reserve(CUdeviceptr* address, std::size_t size, std::size_t, CUdeviceptr,
                 unsigned long long) {
  void* const place = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
  *address = reinterpret_cast<CUdeviceptr>(place);
  return refusal("cuMemAddressReserve");
}

CUresult forget(CUdeviceptr address, std::size_t size) {
  munmap(memory_at(address), size);
  return CUDA_SUCCESS;
}

CUresult map(CUdeviceptr address, std::size_t size, std::size_t,
             CUmemGenericAllocationHandle handle, unsigned long long) {
  const CUresult status = refusal("cuMemMap");
  if (status != CUDA_SUCCESS) return status;
  const Piece from = piece_of(handle);
  void* const place =
      mmap(memory_at(address), size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, from.file, 0);
  if (place == MAP_FAILED) return CUDA_ERROR_INVALID_VALUE;
  make_visible(place, {size, from.is_foreign});
  return CUDA_SUCCESS;
}

CUresult unmap(CUdeviceptr address, std::size_t size) {
  wait_for_all();
  make_invisible(memory_at(address));
  mmap(memory_at(address), size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  return CUDA_SUCCESS;
}

CUresult allow(CUdeviceptr, std::size_t, const CUmemAccessDesc*, std::size_t) {
  return refusal("cuMemSetAccess");
}

// Files of the double begin where allocations do; the driver's begin anywhere.
CUresult lend(void* file, CUdeviceptr address, std::size_t size, CUmemRangeHandleType,
              unsigned long long) {
  const CUresult status = refusal("cuMemGetHandleForAddressRange");
  if (status != CUDA_SUCCESS) return status;
  const auto page = static_cast<std::size_t>(getpagesize());
  if (address % page != 0 || size % page != 0) return CUDA_ERROR_INVALID_VALUE;
  const int lent = SharedMemory::lend(memory_at(address), size);
  if (lent < 0) return CUDA_ERROR_NOT_SUPPORTED;
  std::memcpy(file, &lent, sizeof lent);
  return CUDA_SUCCESS;
}

template <class Function>
void* pointer(Function* function) {
  return reinterpret_cast<void*>(function);
}

const std::map<std::string, void*>& functions() {
  static const std::map<std::string, void*> all{
      {"cuDeviceGetAttribute", pointer(attribute)},
      {"cuMemGetAllocationGranularity", pointer(granularity)},
      {"cuMemCreate", pointer(create)},
      {"cuMemRelease", pointer(release)},
      {"cuMemExportToShareableHandle", pointer(share)},
      {"cuMemImportFromShareableHandle", pointer(import)},
      {"cuMemAddressReserve", pointer(reserve)},
      {"cuMemAddressFree", pointer(forget)},
      {"cuMemMap", pointer(map)},
      {"cuMemUnmap", pointer(unmap)},
      {"cuMemSetAccess", pointer(allow)},
      {"cuMemGetHandleForAddressRange", pointer(lend)}};
  return all;
}

}  // namespace
}  // namespace shortfall::cuda_double

cudaError_t cudaGetDriverEntryPointByVersion(const char* name, void** function, unsigned,
                                             unsigned long long,
                                             cudaDriverEntryPointQueryResult* status) {
  const auto& all = shortfall::cuda_double::functions();
  const auto found = all.find(name);
  *function = found == all.end() ? nullptr : found->second;
  *status = found == all.end() ? cudaDriverEntryPointSymbolNotFound : cudaDriverEntryPointSuccess;
  return shortfall::cuda_double::answer("cudaGetDriverEntryPointByVersion");
}
