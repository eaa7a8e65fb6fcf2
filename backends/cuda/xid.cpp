#include "backends/cuda/xid.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace shortfall {
namespace {

struct Known {
  int number;
  const char* words;
};

// After NVIDIA's "XID Errors"; the ones that clusters meet.
constexpr std::array known{
    Known{13, "a kernel made an illegal instruction or access"},
    Known{31, "a kernel or a copy touched memory that is not there"},
    Known{43, "GPU stopped working for one program"},
    Known{45, "a program was cleaned up, mostly after an earlier fault"},
    Known{48, "uncorrectable memory error"},
    Known{61, "warning of the GPU's internal controller"},
    Known{62, "GPU's internal controller halted"},
    Known{63, "a damaged page or row of memory was set aside"},
    Known{64, "a damaged page or row of memory could not be set aside"},
    Known{69, "a program used a graphics engine wrongly"},
    Known{74, "NVLink error"},
    Known{79, "GPU has fallen off the bus"},
    Known{92, "many correctable memory errors"},
    Known{94, "uncorrectable memory error, contained in one program"},
    Known{95, "uncorrectable memory error, not contained"},
    Known{109, "switching between programs took too long"},
    Known{119, "GPU's system processor did not answer"},
    Known{120, "fault of the GPU's system processor"},
    Known{140, "uncorrectable memory error, not recovered from"},
};

}  // namespace

std::string words_of_xid(int number) {
  const auto found = std::ranges::find(known, number, &Known::number);
  if (found == known.end()) return fmt::format("Xid {}", number);
  return fmt::format("Xid {}: {}", number, found->words);
}

std::optional<Xid> xid_in(std::string_view line) {
  constexpr std::string_view mark = "NVRM: Xid (PCI:", end_of_address = "): ";
  const std::size_t found = line.find(mark);
  if (found == line.npos) return std::nullopt;
  line.remove_prefix(found + mark.size());
  const std::size_t end = line.find(end_of_address);
  if (end == line.npos) return std::nullopt;
  Xid xid{.address = std::string(line.substr(0, end))};
  line.remove_prefix(end + end_of_address.size());
  const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), xid.number);
  const bool is_number = error == std::errc{} && xid.number > 0;
  const bool is_whole = rest == line.data() + line.size() || *rest == ',' || *rest == ' ';
  return is_number && is_whole ? std::optional(xid) : std::nullopt;
}

bool is_of(const Xid& xid, std::string_view address) {
  const std::string_view slot = address.substr(0, address.find('.'));
  const std::string_view told = std::string_view(xid.address).substr(0, xid.address.find('.'));
  return std::ranges::equal(slot, told, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

KernelLog::KernelLog(const std::filesystem::path& root)
    : file_(open((root / "dev/kmsg").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  if (file_ >= 0) lseek(file_, 0, SEEK_END);
}

KernelLog::~KernelLog() {
  if (file_ >= 0) close(file_);
}

std::optional<int> KernelLog::last_fault_of(std::string_view address) {
  // A record is read whole or not at all; the kernel makes none longer than this.
  std::array<char, 8192> record;
  std::optional<int> last;
  if (file_ < 0) return last;
  constexpr int most_records = 10'000;  // a log that grows faster than it is read has an end, too
  for (int i = 0; i < most_records; ++i) {
    const ssize_t length = read(file_, record.data(), record.size());
    if (length < 0 && errno == EPIPE) continue;  // records were overwritten before they were read
    if (length <= 0) break;
    rest_.append(record.data(), static_cast<std::size_t>(length));
    for (std::size_t end = rest_.find('\n'); end != rest_.npos; end = rest_.find('\n')) {
      const auto xid = xid_in(std::string_view(rest_).substr(0, end));
      if (xid && is_of(*xid, address)) last = xid->number;
      rest_.erase(0, end + 1);
    }
  }
  return last;
}

}  // namespace shortfall
