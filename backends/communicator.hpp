// The data plane: collectives and transfers among the ranks of a group on device buffers. This is
// what is measured.
#pragma once

#include "backends/device.hpp"
#include "core/error.hpp"

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
  // Where it wants memory of its own for the operands, of the kind of the device's; nullptr: the
  // device's will do.
  virtual std::unique_ptr<Buffer> allocate(const Operation&, Bytes, MemoryKind) { return nullptr; }
  virtual void synchronize() = 0;  // all ranks of the group leave together, as well as it can
  // The same for what is enqueued on their streams from now on.
  virtual void line_up(Stream&) { synchronize(); }

  // On all ranks alike, untimed, after the last calls before they do something else: what others
  // may still need of this rank's library is done.
  virtual void settle() {}

  // For those who wait. poll() throws what went wrong here since it was last asked: Forsaken if it
  // went wrong elsewhere. hung() is what to throw when an operation does not end.
  virtual void poll() {}
  virtual FaultOf hung(Seconds waited) const;
  // Ends what the ranks are waiting for, if it can; returns why it cannot.
  virtual std::string abort() noexcept = 0;
  // Whether they can vote and go on, with another Communicator, after that.
  virtual bool survives_abort() const { return false; }
  virtual Details details() const { return {}; }  // library, version, transports
};

}  // namespace shortfall
