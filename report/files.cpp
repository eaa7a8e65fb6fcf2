// Files as a whole: written so that no reader ever sees half of one, read with a reason if they
// cannot be.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/error.hpp"
#include "report/json.hpp"

namespace shortfall {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = std::size_t{1} << 30U;  // ends the reading of /dev/zero

std::string reason(int error) { return std::generic_category().message(error); }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

struct Temporary {
  fs::path path;
  Descriptor descriptor;
};

// Beside `file`: a rename works only within one file system. Names left behind by a killed process
// that had our number are passed over.
Temporary create_beside(const fs::path& file) {
  for (int attempt = 0;; ++attempt) {
    fs::path path = file;
    path += fmt::format(".{}-{}.tmp", ::getpid(), attempt);
    Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (descriptor.number() >= 0) return {std::move(path), std::move(descriptor)};
    const int error = errno;
    if (error != EEXIST || attempt == 1000) throw Error("create " + path.string(), reason(error));
  }
}

void write_all(const Temporary& to, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(to.descriptor.number(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw Error("write " + to.path.string(), reason(errno));
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(to.descriptor.number()) != 0) throw Error("write " + to.path.string(), reason(errno));
}

// So that the new name, too, survives a power failure. Some network file systems cannot: then the
// file is as safe as it can be.
void flush_folder_of(const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.number() >= 0) ::fsync(descriptor.number());
}

}  // namespace

void write_atomically(const fs::path& file, std::string_view content) {
  const Temporary temporary = create_beside(file);
  try {
    write_all(temporary, content);
    if (::rename(temporary.path.c_str(), file.c_str()) != 0) {
      throw Error("rename " + temporary.path.string() + " to " + file.string(), reason(errno));
    }
  } catch (...) {
    ::unlink(temporary.path.c_str());
    throw;
  }
  flush_folder_of(file);
}

std::string read_file(const fs::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.number() < 0)
    throw BadUsage("cannot read " + file.string() + ": " + reason(errno));
  std::string content;
  std::string part(std::size_t{1} << 16U, '\0');
  while (true) {
    const ssize_t got = ::read(descriptor.number(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw BadUsage("cannot read " + file.string() + ": " + reason(errno));
    if (got == 0) return content;
    content.append(part, 0, static_cast<std::size_t>(got));
    if (content.size() > largest_file) throw BadUsage(file.string() + ": is larger than 1 GiB");
  }
}

}  // namespace shortfall
