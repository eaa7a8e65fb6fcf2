#include "app/progress.hpp"

#include <fmt/ostream.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace shortfall {

bool is_watched() {
  if (isatty(STDERR_FILENO) == 1) return true;
  // mpirun reads our standard error through a pipe and copies it to its own.
  std::error_code no;
  const auto target = std::filesystem::read_symlink(fmt::format("/proc/{}/fd/2", getppid()), no);
  return !no &&
         (target.string().starts_with("/dev/pts/") || target.string().starts_with("/dev/tty"));
}

void Progress::show(const std::string& what, std::size_t done, std::size_t all, Seconds elapsed,
                    Seconds limit) {
  if (!is_shown_) return;
  const double share =
      static_cast<double>(done) / static_cast<double>(std::max<std::size_t>(all, 1));
  const double by_share = done > 0 ? elapsed.value * (1 - share) / share : limit.value;
  const double left =
      limit.value > 0 ? std::min(by_share, std::max(limit.value - elapsed.value, 0.0)) : by_share;
  constexpr std::size_t width = 52;
  fmt::print(out_, "\r[{:>3}/{}] {:<{}} {:>4.0f} s", done + 1, all, what.substr(0, width), width,
             elapsed.value);
  if (left > 0) fmt::print(out_, ", about {:.0f} s left", left);
  fmt::print(out_, "   ");
  out_.flush();
}

void Progress::clear() {
  if (!is_shown_) return;
  fmt::print(out_, "\r{:<90}\r", "");
  out_.flush();
}

}  // namespace shortfall
