#include "backends/nccl/memory.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace shortfall::nccl {
namespace {

// Windows begin and end at these.
Bytes in_whole_pages(Bytes bytes) {
  constexpr std::size_t page = NCCL_WIN_REQUIRED_ALIGNMENT;
  const std::size_t size = std::max<std::size_t>(whole(bytes), 1);
  return {static_cast<double>((size + page - 1) / page * page)};
}

class NcclBuffer final : public Buffer {
 public:
  NcclBuffer(std::shared_ptr<const Library> library, Bytes bytes)
      : library_(std::move(library)), bytes_(bytes) {
    const ncclResult_t status = library_->allocate(&address_, whole(in_whole_pages(bytes)));
    if (status == ncclSuccess) return;
    throw OutOfMemory("allocate " + scaled(bytes.value, "B") + " by ncclMemAlloc",
                      library_->answer(status, nullptr));
  }
  ~NcclBuffer() override { library_->free(address_); }
  NcclBuffer(const NcclBuffer&) = delete;
  NcclBuffer& operator=(const NcclBuffer&) = delete;
  void* address() override { return address_; }
  Bytes size() const override { return bytes_; }
  MemoryKind kind() const override { return MemoryKind::cuda; }

 private:
  std::shared_ptr<const Library> library_;
  Bytes bytes_;
  void* address_ = nullptr;
};

class Registered final : public BufferRegistration {
 public:
  Registered(std::shared_ptr<NcclRanks> ranks, Buffer& buffer) : ranks_(std::move(ranks)) {
    ranks_->finish(ranks_->library().register_buffer(ranks_->handle(), buffer.address(),
                                                     whole(buffer.size()), &handle_),
                   "register a buffer with NCCL");
  }
  ~Registered() override {
    if (!ranks_->is_aborted()) ranks_->library().deregister_buffer(ranks_->handle(), handle_);
  }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 private:
  std::shared_ptr<NcclRanks> ranks_;
  void* handle_ = nullptr;
};

class Window final : public BufferRegistration {
 public:
  Window(std::shared_ptr<NcclRanks> ranks, Buffer& buffer) : ranks_(std::move(ranks)) {
    // NCCL may go on after its answer, and write the window then: into nothing that a failure
    // frees.
    auto window = std::make_unique<ncclWindow_t>(nullptr);
    const ncclResult_t status = ranks_->library().register_window(
        ranks_->handle(), buffer.address(), whole(in_whole_pages(buffer.size())), window.get(),
        NCCL_WIN_COLL_SYMMETRIC);
    ncclWindow_t* const written = window.release();
    ranks_->finish(status == ncclSuccess ? ncclInProgress : status,
                   "make a symmetric window of NCCL");
    window.reset(written);
    window_ = *window;
    if (window_ == nullptr) throw NoWindow();
  }
  ~Window() override {
    if (!ranks_->is_aborted()) ranks_->library().deregister_window(ranks_->handle(), window_);
  }
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

 private:
  std::shared_ptr<NcclRanks> ranks_;
  ncclWindow_t window_ = nullptr;
};

}  // namespace

std::unique_ptr<Buffer> allocate(std::shared_ptr<const Library> library, Bytes bytes) {
  return std::make_unique<NcclBuffer>(std::move(library), bytes);
}

std::unique_ptr<BufferRegistration> register_buffer(std::shared_ptr<NcclRanks> ranks, Buffer& buffer,
                                              bool is_symmetric) {
  if (is_symmetric) return std::make_unique<Window>(std::move(ranks), buffer);
  return std::make_unique<Registered>(std::move(ranks), buffer);
}

}  // namespace shortfall::nccl
