// Sizes, counts and lists as people type and read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

// "8", "64B", "4KiB", "16MiB", "1GiB", "2TiB" (also K, M, G, T and KB, MB, GB, TB: all powers of
// two). Nothing if it is no whole number of bytes or does not fit into 62 bits.
std::optional<std::int64_t> parse_size(std::string_view text);

// A whole decimal number; nothing if it is none or does not fit.
std::optional<std::int64_t> parse_integer(std::string_view text);

// "0.9", "1e-3"; nothing for anything else, infinity and NaN among it.
std::optional<double> parse_number(std::string_view text);

// "1 MiB", "24 KiB", "1000 B": exact, never rounded.
std::string size_text(std::int64_t bytes);

// Three significant digits with an SI prefix: "12.3 us", "4.56 GB/s", "511 GFLOP/s".
std::string scaled(double value, std::string_view unit);

std::string counted(std::int64_t count, std::string_view what);  // "1 rank", "8 ranks"

inline constexpr std::string_view blanks = " \t\r\n";
std::string_view trimmed(std::string_view text);  // without blanks around it

std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

// "0-3,8" and back, as the kernel writes CPUs and NUMA nodes; ascending. What is no such list is
// empty.
std::string cpu_list(std::vector<int> cpus);
std::vector<int> cpus_in(std::string_view list);

// The `names` that look most like `wanted`, best first: for "did you mean".
std::vector<std::string> nearest(const std::string& wanted, std::vector<std::string> names,
                                 std::size_t most = 3);

}  // namespace shortfall
