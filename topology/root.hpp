// Where the kernel's files are, and how to read them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shortfall {

// What could not be read for lack of permission, by path, with the system's answer.
using Denials = std::map<std::string, std::string>;

// Stands before /sys and /proc, so that a test can survey a machine that does not exist.
struct Root {
  std::string path;
  std::shared_ptr<Denials> denials = {};  // where they are noted; nullptr: nobody asks for them

  // Instructions of the processor and libraries can be asked about this machine alone.
  bool is_this_machine() const { return path.empty(); }
};

// Each takes the path as on a real machine: "/proc/meminfo". What cannot be read is empty.
std::string text_of_file(const Root& root, std::string_view path);
std::string line_of_file(const Root& root, std::string_view path);  // the first, trimmed
std::optional<std::int64_t> number_in_file(const Root& root, std::string_view path);
std::vector<std::string> names_in_folder(const Root& root, std::string_view path);  // sorted
// Those behind `prefix` in such names, smallest first: "cpu0", "cpu12".
std::vector<int> numbers_in_folder(const Root& root, std::string_view path,
                                   std::string_view prefix = "");
std::string link_target(const Root& root, std::string_view path);       // as it is written
std::string link_target_name(const Root& root, std::string_view path);  // its last component

void note_denial(const Root& root, std::string_view path, std::string_view answer);

// Files of the same name that were denied alike stand in one entry: "/sys/.../config and 5 more".
std::vector<std::pair<std::string, std::string>> folded(const Denials& denials);

// What stands behind `beginning` in the first line that has it, trimmed; nothing: no line has it.
std::optional<std::string> text_after(std::string_view text, std::string_view beginning);

// The number after the line's first word: "MemTotal:  24684096 kB", "inactive_file 4096".
std::optional<std::int64_t> number_after(std::string_view text, std::string_view word);

}  // namespace shortfall
