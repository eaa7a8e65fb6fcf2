#include "model/training/software_json.hpp"

#include <algorithm>
#include <array>

namespace shortfall {
namespace {

// By AttentionKernel.
constexpr std::array<std::string_view, 4> kernels{"separate", "flash_1", "flash_2", "flash_3"};

struct Flag {
  std::string_view key;
  bool Software::*value;
};
constexpr std::array<Flag, 7> flags{
    {{"fuses_passes", &Software::fuses_passes},
     {"fuses_loss", &Software::fuses_loss},
     {"has_dropout", &Software::has_dropout},
     {"hides_tensor_exchange", &Software::hides_tensor_exchange},
     {"keeps_every_second_product", &Software::keeps_every_second_product},
     {"hides_data_exchange", &Software::hides_data_exchange},
     {"is_in_sequence", &Software::is_in_sequence}}};

AttentionKernel kernel_from(const Node& node) {
  const auto found = std::ranges::find(kernels, node.text());
  if (found == kernels.end()) node.reject("separate, flash_1, flash_2 or flash_3");
  return static_cast<AttentionKernel>(found - kernels.begin());
}

std::string_view name_of(AttentionKernel kernel) {
  return kernels[static_cast<std::size_t>(kernel)];
}

}  // namespace

Software software_from(const Node& node, const Software& usual, Untold& untold) {
  const RunSection section(node, "software.", untold,
                           {"attention", flags[0].key, flags[1].key, flags[2].key, flags[3].key,
                            flags[4].key, flags[5].key, flags[6].key});
  Software software = usual;
  if (section.tells("attention")) {
    software.attention = kernel_from(section["attention"]);
  } else {
    section.assume("attention", std::string(name_of(usual.attention)));
  }
  for (const Flag& flag : flags) {
    software.*flag.value = section.flag_or(flag.key, usual.*flag.value);
  }
  return software;
}

Json json_of(const Software& software) {
  Json all{{"attention", name_of(software.attention)}};
  for (const Flag& flag : flags) all[std::string(flag.key)] = software.*flag.value;
  return all;
}

}  // namespace shortfall
