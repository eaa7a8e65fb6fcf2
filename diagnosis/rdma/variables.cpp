#include "diagnosis/rdma/variables.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace shortfall {
namespace {

bool takes(const std::string& list, const NicPort& at) {
  const bool excludes = list.starts_with('^');
  const std::string rest = list.substr(excludes ? 1 : 0);
  const bool is_exact = rest.starts_with('=');
  const auto names = split(rest.substr(is_exact ? 1 : 0), ',');
  const bool is_named = std::ranges::any_of(names, [&](const std::string& word) {
    const std::size_t colon = word.find(':');
    const std::string device = word.substr(0, colon);
    const auto number =
        colon == word.npos ? std::nullopt : parse_integer(std::string_view(word).substr(colon + 1));
    const bool is_port = colon == word.npos || number == at.port->number;
    const bool is_device =
        is_exact ? at.nic->name == device : !device.empty() && at.nic->name.starts_with(device);
    return is_port && is_device;
  });
  return is_named != excludes;
}

}  // namespace

std::string value_of(const Host& host, std::string_view variable) {
  const auto found = std::ranges::find(host.environment, variable, &Variables::value_type::first);
  return found != host.environment.end() ? found->second : "";
}

bool is_left_to_nccl(const NicPort& at, const Host& host) {
  const std::string list = value_of(host, "NCCL_IB_HCA");
  return list.empty() || takes(list, at);
}

}  // namespace shortfall
