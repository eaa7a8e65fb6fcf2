// Xids: the numbers under which the NVIDIA driver reports faults of a GPU to the kernel's log.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace shortfall {

struct Xid {
  int number = 0;
  std::string address = {};  // "0000:17:00", without the function
  friend bool operator==(const Xid&, const Xid&) = default;
};

// "Xid 79: GPU has fallen off the bus"; of a number that is not in the list the number alone.
std::string words_of_xid(int number);

// Of a line like "NVRM: Xid (PCI:0000:17:00): 79, pid=...", whatever stands before it.
std::optional<Xid> xid_in(std::string_view line);

// Whether a device's address, "0000:17:00.0", is that of the fault.
bool is_of(const Xid& xid, std::string_view address);

// The kernel's log from now on. Without the right to read it, it is empty.
class KernelLog {
 public:
  explicit KernelLog(const std::filesystem::path& root);  // "/", but in tests
  ~KernelLog();
  KernelLog(const KernelLog&) = delete;
  KernelLog& operator=(const KernelLog&) = delete;

  // The last fault of this device since the last call. Never waits.
  std::optional<int> last_fault_of(std::string_view address);

 private:
  int file_;
  std::string rest_;  // a line that is not whole yet
};

}  // namespace shortfall
