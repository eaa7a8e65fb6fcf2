#include "backends/ucx/memory.hpp"

#include <cstring>

#include "backends/ucx/calls.hpp"

namespace shortfall::ucx {
namespace {

class OwnBuffer final : public Buffer {
 public:
  OwnBuffer(std::shared_ptr<const Context> context, std::size_t bytes)
      : memory_(std::make_shared<const Lent>(std::move(context), bytes)), bytes_(bytes) {}
  void* address() override { return memory_->address(); }
  Bytes size() const override { return {static_cast<double>(bytes_)}; }
  MemoryKind kind() const override { return MemoryKind::host; }
  const std::shared_ptr<const Lent>& memory() const { return memory_; }

 private:
  std::shared_ptr<const Lent> memory_;
  std::size_t bytes_;
};

ucs_memory_type_t type_of(MemoryKind kind) {
  return kind == MemoryKind::host ? UCS_MEMORY_TYPE_HOST : UCS_MEMORY_TYPE_CUDA;
}

}  // namespace

Lent::Lent(std::shared_ptr<const Context> context, Buffer& buffer)
    : context_(std::move(context)), address_(buffer.address()) {
  ucp_mem_map_params_t wanted{};
  wanted.field_mask = UCP_MEM_MAP_PARAM_FIELD_ADDRESS | UCP_MEM_MAP_PARAM_FIELD_LENGTH |
                      UCP_MEM_MAP_PARAM_FIELD_MEMORY_TYPE;
  wanted.address = address_;
  wanted.length = whole(buffer.size());
  wanted.memory_type = type_of(buffer.kind());
  const bool is_on_host = buffer.kind() == MemoryKind::host;
  check(ucp_mem_map(context_->handle(), &wanted, &handle_),
        is_on_host ? "register memory with UCX" : "register GPU memory with UCX");
}

Lent::Lent(std::shared_ptr<const Context> context, std::size_t bytes)
    : context_(std::move(context)) {
  ucp_mem_map_params_t wanted{};
  wanted.field_mask = UCP_MEM_MAP_PARAM_FIELD_FLAGS | UCP_MEM_MAP_PARAM_FIELD_LENGTH;
  wanted.flags = UCP_MEM_MAP_ALLOCATE;
  wanted.length = bytes;
  check(ucp_mem_map(context_->handle(), &wanted, &handle_), "allocate memory of UCX");
  ucp_mem_attr_t found{};
  found.field_mask = UCP_MEM_ATTR_FIELD_ADDRESS;
  check(ucp_mem_query(handle_, &found), "ask UCX where its memory lies");
  address_ = found.address;
}

Lent::~Lent() { ucp_mem_unmap(context_->handle(), handle_); }

std::string Lent::key() const {
  void* bytes = nullptr;
  std::size_t length = 0;
  check(ucp_rkey_pack(context_->handle(), handle_, &bytes, &length), "lend memory by UCX");
  const auto where = reinterpret_cast<std::uint64_t>(address_);
  std::string key(reinterpret_cast<const char*>(&where), sizeof where);
  key.append(static_cast<const char*>(bytes), length);
  ucp_rkey_buffer_release(bytes);
  return key;
}

Reached::Reached(std::shared_ptr<Engine> engine, ucp_ep_h lender, const std::string& key)
    : engine_(std::move(engine)) {
  std::memcpy(&address_, key.data(), sizeof address_);
  check(ucp_ep_rkey_unpack(lender, key.data() + sizeof address_, &key_),
        "reach the memory of another rank by UCX");
}

std::unique_ptr<Buffer> allocate(std::shared_ptr<const Context> context, std::size_t bytes) {
  return std::make_unique<OwnBuffer>(std::move(context), bytes);
}

std::shared_ptr<const Lent> lend(std::shared_ptr<const Context> context, Buffer& buffer) {
  if (const auto* const own = dynamic_cast<const OwnBuffer*>(&buffer)) return own->memory();
  return std::make_shared<const Lent>(std::move(context), buffer);
}

}  // namespace shortfall::ucx
