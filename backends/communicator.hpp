// The data plane: collectives and transfers among the ranks of a group on device buffers. This is
// what is measured.
#pragma once

#include "backends/device.hpp"

namespace shortfall {

class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual std::string name() const = 0;
  virtual bool accepts(MemoryKind kind) const = 0;
  // On all ranks of the group alike. Takes a Collective or a Transfer, or what is_by_link(): then
  // all ranks also destroy the result alike, since one of them may use memory of another. `on` must
  // outlive the result.
  virtual Preparation prepare(const Operation& operation, Operands& on) = 0;
  virtual void synchronize() = 0;     // all ranks of the group leave together, as well as it can
  virtual void abort() noexcept = 0;  // ends what the other ranks are waiting for, if it can
  virtual Details details() const { return {}; }  // library, version, transports
};

}  // namespace shortfall
