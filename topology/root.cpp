#include "topology/root.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/text.hpp"

namespace shortfall {
namespace {

std::string full_path(const Root& root, std::string_view path) {
  return root.path + std::string(path);
}

// Does not wait for a writer where somebody has put a pipe in place of a file.
struct File {
  explicit File(const std::string& path)
      : number(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (number >= 0) close(number);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int number;  // negative: reading fails, too
};

void note_if_denied(const Root& root, std::string_view path, int error) {
  const bool is_denied = error == EACCES || error == EPERM;
  if (is_denied) note_denial(root, path, std::generic_category().message(error));
}

}  // namespace

std::string text_of_file(const Root& root, std::string_view path) {
  // A survey reads thousands of small files, on which streams spend more than the kernel does.
  const File file(full_path(root, path));
  if (file.number < 0) note_if_denied(root, path, errno);
  std::string text;
  std::array<char, 4096> piece;
  ssize_t count = 0;
  while ((count = read(file.number, piece.data(), piece.size())) > 0) {
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  if (count < 0) note_if_denied(root, path, errno);
  return text;
}

std::string line_of_file(const Root& root, std::string_view path) {
  const std::string text = text_of_file(root, path);
  return std::string(trimmed(std::string_view(text).substr(0, text.find('\n'))));
}

std::optional<std::int64_t> number_in_file(const Root& root, std::string_view path) {
  return parse_integer(line_of_file(root, path));
}

std::vector<std::string> names_in_folder(const Root& root, std::string_view path) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(full_path(root, path), error), end;
       !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  note_if_denied(root, path, error.value());
  std::ranges::sort(names);
  return names;
}

std::vector<int> numbers_in_folder(const Root& root, std::string_view path,
                                   std::string_view prefix) {
  constexpr std::int64_t most = 1 << 30;  // the kernel's largest are those of processes: 2^22
  std::vector<int> numbers;
  for (const std::string& name : names_in_folder(root, path)) {
    if (!name.starts_with(prefix)) continue;
    const auto number = parse_integer(std::string_view(name).substr(prefix.size()));
    if (number && *number >= 0 && *number < most) numbers.push_back(static_cast<int>(*number));
  }
  std::ranges::sort(numbers);
  return numbers;
}

std::string link_target(const Root& root, std::string_view path) {
  std::error_code error;
  return std::filesystem::read_symlink(full_path(root, path), error).string();
}

std::string link_target_name(const Root& root, std::string_view path) {
  return std::filesystem::path(link_target(root, path)).filename().string();
}

void note_denial(const Root& root, std::string_view path, std::string_view answer) {
  if (root.denials) root.denials->emplace(path, answer);
}

std::vector<std::pair<std::string, std::string>> folded(const Denials& denials) {
  struct Alike {
    std::string first;
    int more = 0;
  };
  std::map<std::pair<std::string, std::string>, Alike> groups;  // by name of the file and answer
  for (const auto& [path, answer] : denials) {
    const std::string name = std::filesystem::path(path).filename().string();
    const auto [group, is_new] = groups.try_emplace({name, answer}, Alike{path});
    if (!is_new) ++group->second.more;
  }
  std::vector<std::pair<std::string, std::string>> entries;
  for (const auto& [key, alike] : groups) {
    const std::string more =
        alike.more > 0 ? " and " + std::to_string(alike.more) + " more" : std::string();
    entries.emplace_back(alike.first + more, key.second);
  }
  return entries;
}

std::optional<std::string> text_after(std::string_view text, std::string_view beginning) {
  for (const std::string& line : split(text, '\n')) {
    if (!line.starts_with(beginning)) continue;
    return std::string(trimmed(std::string_view(line).substr(beginning.size())));
  }
  return std::nullopt;
}

std::optional<std::int64_t> number_after(std::string_view text, std::string_view word) {
  for (const std::string& line : split(text, '\n')) {
    if (!line.starts_with(word)) continue;
    const std::string_view rest = std::string_view(line).substr(word.size());
    if (rest.empty() || blanks.find(rest.front()) == std::string_view::npos) continue;
    const std::string_view number = trimmed(rest);
    return parse_integer(number.substr(0, number.find_first_of(blanks)));
  }
  return std::nullopt;
}

}  // namespace shortfall
