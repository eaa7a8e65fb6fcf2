// Memory that other ranks reach without this one's doing.
#pragma once

#include <ucp/api/ucp.h>

#include <cstdint>
#include <memory>
#include <string>

#include "backends/ucx/context.hpp"
#include "backends/ucx/engine.hpp"

namespace shortfall::ucx {

// Made known to the devices, and to other ranks by what it tells of itself.
class Lent {
 public:
  Lent(std::shared_ptr<const Context> context, Buffer& buffer);
  // UCX's own, untouched: only that can be shared between the processes of a host.
  Lent(std::shared_ptr<const Context> context, std::size_t bytes);
  ~Lent();
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  void* address() const { return address_; }
  // What Reached is made from: bytes.
  std::string key() const;

 private:
  std::shared_ptr<const Context> context_;
  ucp_mem_h handle_ = nullptr;
  void* address_ = nullptr;
};

// What another rank has lent.
class Reached {
 public:
  Reached(std::shared_ptr<Engine> engine, ucp_ep_h lender, const std::string& key);
  ~Reached() { ucp_rkey_destroy(key_); }
  Reached(const Reached&) = delete;
  Reached& operator=(const Reached&) = delete;

  std::uint64_t address() const { return address_; }
  ucp_rkey_h key() const { return key_; }

 private:
  std::shared_ptr<Engine> engine_;
  std::uint64_t address_ = 0;
  ucp_rkey_h key_ = nullptr;
};

// For the operands of puts and gets.
std::unique_ptr<Buffer> allocate(std::shared_ptr<const Context> context, std::size_t bytes);

// A buffer of allocate() as it is, or any other one, made known.
std::shared_ptr<const Lent> lend(std::shared_ptr<const Context> context, Buffer& buffer);

}  // namespace shortfall::ucx
