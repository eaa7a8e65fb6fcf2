#include "backends/cuda/fabric.hpp"

#include <cudaTypedefs.h>
#include <fmt/format.h>

#include "backends/cuda/driver.hpp"
#include "backends/cuda/error.hpp"

namespace shortfall::cuda {

struct FabricDriver {
  PFN_cuDeviceGetAttribute_v2000 attribute = nullptr;
  PFN_cuMemGetAllocationGranularity_v10020 granularity = nullptr;
  PFN_cuMemCreate_v10020 create = nullptr;
  PFN_cuMemRelease_v10020 release = nullptr;
  PFN_cuMemExportToShareableHandle_v10020 share = nullptr;
  PFN_cuMemImportFromShareableHandle_v10020 import = nullptr;
  PFN_cuMemAddressReserve_v10020 reserve = nullptr;
  PFN_cuMemAddressFree_v10020 forget = nullptr;
  PFN_cuMemMap_v10020 map = nullptr;
  PFN_cuMemUnmap_v10020 unmap = nullptr;
  PFN_cuMemSetAccess_v10020 allow = nullptr;
};

namespace {

constexpr CUmemAllocationHandleType fabric = CU_MEM_HANDLE_TYPE_FABRIC;

// nullptr: this driver does not have all of them.
std::shared_ptr<const FabricDriver> driver_for_fabric() {
  constexpr unsigned since = 10020;
  FabricDriver d;
  const bool has_all =
      find(d.attribute, "cuDeviceGetAttribute", 2000) &&
      find(d.granularity, "cuMemGetAllocationGranularity", since) &&
      find(d.create, "cuMemCreate", since) && find(d.release, "cuMemRelease", since) &&
      find(d.share, "cuMemExportToShareableHandle", since) &&
      find(d.import, "cuMemImportFromShareableHandle", since) &&
      find(d.reserve, "cuMemAddressReserve", since) && find(d.forget, "cuMemAddressFree", since) &&
      find(d.map, "cuMemMap", since) && find(d.unmap, "cuMemUnmap", since) &&
      find(d.allow, "cuMemSetAccess", since);
  return has_all ? std::make_shared<const FabricDriver>(d) : nullptr;
}

void check(CUresult status, const char* doing,
           std::source_location at = std::source_location::current()) {
  if (status == CUDA_SUCCESS) return;
  if (status == CUDA_ERROR_OUT_OF_MEMORY) throw OutOfMemory(doing, "out of memory", at);
  throw Error(doing, fmt::format("the driver answers {}", static_cast<int>(status)), at);
}

Unsupported not_granted(const char* doing, CUresult status) {
  return Unsupported{fmt::format(
      "ranks of different hosts: the driver does not {} (answer {}). NVLink must join the hosts, "
      "nvidia-imex must run on each of them, and a container must see a channel below "
      "/dev/nvidia-caps-imex-channels",
      doing, static_cast<int>(status))};
}

// What is not there, or not for this process: nothing is wrong with the call.
bool is_refusal(CUresult status) {
  return status == CUDA_ERROR_NOT_PERMITTED || status == CUDA_ERROR_NOT_SUPPORTED;
}

// Nor with a handle that says nothing to this host, because NVLink or nvidia-imex does not join the
// two: the driver calls it wrong. A wrong argument of ours would be told when memory is made.
bool is_foreign(CUresult status) {
  return status == CUDA_ERROR_INVALID_VALUE || status == CUDA_ERROR_INVALID_HANDLE;
}

CUmemLocation on_gpu(int index) {
  CUmemLocation location{};
  location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  location.id = index;
  return location;
}

CUmemAllocationProp lendable(int index) {
  CUmemAllocationProp properties{};
  properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.requestedHandleTypes = fabric;
  properties.location = on_gpu(index);
  return properties;
}

std::size_t in_whole_pieces(const FabricDriver& driver, std::size_t bytes, int index) {
  std::size_t piece = 0;
  const CUmemAllocationProp properties = lendable(index);
  check(driver.granularity(&piece, &properties, CU_MEM_ALLOC_GRANULARITY_RECOMMENDED),
        "ask in what pieces memory is lent to other hosts");
  return (bytes + piece - 1) / piece * piece;
}

std::variant<std::shared_ptr<const FabricDriver>, Unsupported> usable_driver(int index) {
  auto driver = driver_for_fabric();
  if (!driver) {
    return Unsupported{"ranks of different hosts: this driver cannot lend memory to other hosts"};
  }
  int is_offered = 0;
  const CUresult status =
      driver->attribute(&is_offered, CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_FABRIC_SUPPORTED, index);
  if (status != CUDA_SUCCESS || is_offered == 0) {
    return Unsupported{
        "ranks of different hosts: this GPU does not lend memory to other hosts (no NVLink between "
        "hosts, or a driver before 550)"};
  }
  return driver;
}

}  // namespace

FabricMemory::FabricMemory(std::shared_ptr<const FabricDriver> driver)
    : driver_(std::move(driver)) {}

FabricMemory::Made FabricMemory::create(std::size_t bytes, int index) {
  auto driver = usable_driver(index);
  if (auto* const no = std::get_if<Unsupported>(&driver)) return std::move(*no);
  std::unique_ptr<FabricMemory> made(new FabricMemory(std::get<0>(std::move(driver))));
  const FabricDriver& does = *made->driver_;
  const CUmemAllocationProp properties = lendable(index);
  const std::size_t size = in_whole_pieces(does, bytes, index);
  CUresult status = does.create(&made->memory_, size, &properties, 0);
  if (is_refusal(status)) return not_granted("give memory that other hosts may open", status);
  check(status, "allocate GPU memory that other hosts may open");
  made->is_held_ = true;
  status = does.share(&made->handle_, made->memory_, fabric, 0);
  if (is_refusal(status)) return not_granted("lend memory to other hosts", status);
  check(status, "lend memory to other hosts");
  made->map(size, index);
  return made;
}

FabricMemory::Made FabricMemory::open(const CUmemFabricHandle& handle, std::size_t bytes,
                                      int index) {
  auto driver = usable_driver(index);
  if (auto* const no = std::get_if<Unsupported>(&driver)) return std::move(*no);
  std::unique_ptr<FabricMemory> made(new FabricMemory(std::get<0>(std::move(driver))));
  made->handle_ = handle;
  const CUresult status = made->driver_->import(&made->memory_, &made->handle_, fabric);
  if (is_refusal(status) || is_foreign(status)) {
    return not_granted("open memory of another host", status);
  }
  check(status, "open memory of another host");
  made->is_held_ = true;
  made->map(in_whole_pieces(*made->driver_, bytes, index), index);
  return made;
}

void FabricMemory::map(std::size_t bytes, int index) {
  constexpr const char* doing = "map memory that hosts share";
  size_ = bytes;
  check(driver_->reserve(&address_, size_, 0, 0, 0), doing);
  check(driver_->map(address_, size_, 0, memory_, 0), doing);
  is_mapped_ = true;
  CUmemAccessDesc access{};
  access.location = on_gpu(index);
  access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
  check(driver_->allow(address_, size_, &access, 1), doing);
}

FabricMemory::~FabricMemory() {
  if (is_mapped_) driver_->unmap(address_, size_);
  if (address_ != 0) driver_->forget(address_, size_);
  if (is_held_) driver_->release(memory_);
}

}  // namespace shortfall::cuda
