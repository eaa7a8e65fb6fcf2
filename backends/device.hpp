// A memory with arithmetic beside it: the host, or one GPU.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "backends/dma_buf.hpp"
#include "backends/monitor.hpp"
#include "backends/stream.hpp"
#include "core/device_facts.hpp"
#include "core/handicap.hpp"
#include "core/pattern.hpp"

namespace shortfall {

enum class MemoryKind { host, cuda };

struct Unsupported {
  std::string reason;
};

// Freed on destruction, which must come before that of its device.
class Buffer {
 public:
  virtual ~Buffer() = default;
  virtual void* address() = 0;
  virtual Bytes size() const = 0;
  virtual MemoryKind kind() const = 0;

  // For network adapters, which reach memory without its device's doing.
  // The memory as a file that drivers of other devices take; or why its own driver gives none.
  virtual std::variant<DmaBuf, Unsupported> lend() {
    return Unsupported{"nobody lends such memory to other devices"};
  }
  // Of the device whose memory it is, on PCI: "0000:17:00.0". "": it has none, or nobody tells.
  virtual std::string device_address() const { return {}; }
  // What adapters have written here by now is what this buffer's device reads from now on. Throws
  // Error.
  virtual void take_in_arrivals() {}
};

struct Operands {  // as core's layout() lists them
  std::vector<std::unique_ptr<Buffer>> inputs;
  std::unique_ptr<Buffer> output;
};

// How a library will do it, for the report: {"implementation", "brg:avx512_core"}, {"threads",
// "2"}.
using Details = std::vector<std::pair<std::string, std::string>>;

// What a case tells beside its times, with the unit in the name: {"longest_detour_s", 12e-6}.
struct Figure {
  std::string name;
  double value = 0;
};

// One operation made ready on fixed buffers: plans, graphs and registrations are paid for before.
class Prepared {
 public:
  virtual ~Prepared() = default;
  // The timed path: must not allocate. Blocking libraries have done the work on return.
  virtual void enqueue(Stream& stream) = 0;
  // Called, untimed, after inputs were filled anew: a library that works on a rearranged copy of a
  // constant operand (packed weights) makes it here.
  virtual void refresh() {}
  // Called, untimed, after the last call and before the output is compared: a result that lies
  // elsewhere is brought there, and spoiled where it lay.
  virtual void collect() {}
  virtual Details details() const { return {}; }
  // After the last call, of this rank; the names are the same on all ranks that took part.
  virtual std::vector<Figure> figures() const { return {}; }
};

using Preparation = std::variant<std::unique_ptr<Prepared>, Unsupported>;

// Used by one thread. Every call throws Error when the library refuses.
class Device {
 public:
  virtual ~Device() = default;
  virtual std::string name() const = 0;
  virtual MemoryKind kind() const = 0;
  virtual DeviceFacts facts() const { return {}; }  // of a GPU: which one it is
  // What may still lie in caches when a call comes again; 0 = not told.
  virtual Bytes cache() const { return {}; }
  virtual std::unique_ptr<Stream> open_stream() = 0;
  // Why so much memory cannot lie there; nothing if it can.
  virtual std::optional<Unsupported> refuses(const Placement& placement, Bytes) const {
    if (placement.pages == Pages::huge && placement.node == local_node) return std::nullopt;
    return Unsupported{name() + " does not choose the pages and nodes of its memory"};
  }
  // Touched: no page fault is timed. Of another kind than the device's where it is to lie on the
  // host.
  virtual std::unique_ptr<Buffer> allocate(Bytes bytes, const Placement& placement = {}) = 0;
  // `on` must outlive what is prepared. Never for operations between ranks.
  virtual Preparation prepare(const Operation& operation, Operands& on) = 0;
  // The same on other buffers: what `first` has found out by trying need not be tried again.
  virtual Preparation prepare_alike(const Operation& operation, Operands& on,
                                    const Prepared& /*first*/) {
    return prepare(operation, on);
  }
  // Each is done on return. `pattern.count` elements from the buffer's start.
  virtual void fill(Buffer& buffer, const Pattern& pattern) = 0;
  virtual std::optional<Mismatch> compare(Buffer& buffer, const Pattern& pattern) = 0;
  virtual std::uint64_t fingerprint(Buffer& buffer, Bytes bytes) = 0;  // equal for equal bytes
  // nullptr: nobody tells how it is doing.
  virtual std::unique_ptr<DeviceMonitor> open_monitor() { return nullptr; }
  virtual Details details() const { return {}; }  // libraries and their versions
  // Of those libraries that multiply, in this rank. May take as long as some products.
  virtual std::vector<Handicap> handicaps() { return {}; }
};

}  // namespace shortfall
