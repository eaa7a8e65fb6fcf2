#include "topology/environment.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace shortfall {
namespace {

bool is_wanted(std::string_view name) {
  constexpr std::array<std::string_view, 7> prefixes{"NCCL_",     "UCX_",  "OMPI_", "OMP_",
                                                     "OPENBLAS_", "BLIS_", "SLURM_"};
  return name == "CUDA_VISIBLE_DEVICES" ||
         std::ranges::any_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); });
}

bool may_be_secret(std::string_view name) {
  // The transports' precondition is Open MPI's name for the key by which its ranks know each other.
  constexpr std::array<std::string_view, 9> words{"TOKEN", "KEY",  "SECRET",
                                                  "PASSW", "AUTH", "CREDENTIAL",
                                                  "JWT",   "CERT", "PRECONDITION_TRANSPORTS"};
  std::string upper(name);
  std::ranges::transform(upper, upper.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  return std::ranges::any_of(words, [&](auto word) { return upper.find(word) != upper.npos; });
}

}  // namespace

std::vector<std::pair<std::string, std::string>> allowed_environment(const char* const* entries) {
  std::vector<std::pair<std::string, std::string>> found;
  for (; entries != nullptr && *entries != nullptr; ++entries) {
    const std::string_view entry = *entries;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = entry.substr(0, equals);
    if (is_wanted(name) && !may_be_secret(name)) found.emplace_back(name, entry.substr(equals + 1));
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace shortfall
