#include "gemm_bench/models.hpp"

#include <algorithm>
#include <array>

#include "core/error.hpp"

namespace shortfall {
namespace {

struct Layer {
  std::string name;
  Weights weights;
};

// What is computed from the same input is one product, as training code joins it.
struct Model {
  std::string name;
  std::array<Layer, 5> layers;
};

// Llama 3 (arXiv 2407.21783, table 3) and its configurations: 128,256 words, heads of 128, 8 heads
// of keys and of values; gate and up projection joined.
Model llama_3(std::string name, std::int64_t width, std::int64_t heads, std::int64_t inner) {
  constexpr std::int64_t words = 128256, key_heads = 8, of_head = 128;
  return {std::move(name),
          {{{"qkv", {width, (heads + 2 * key_heads) * of_head}},
            {"attention_out", {heads * of_head, width}},
            {"mlp_up", {width, 2 * inner}},
            {"mlp_down", {inner, width}},
            {"lm_head", {width, words}}}}};
}

// GPT-3 175B (arXiv 2005.14165, table 2.1): 96 heads of 128, an inner layer of 4 times the width,
// the 50,257 words of GPT-2.
Model gpt_3_175b() {
  constexpr std::int64_t width = 12288, words = 50257;
  return {"gpt-3-175b",
          {{{"qkv", {width, 3 * width}},
            {"attention_out", {width, width}},
            {"mlp_up", {width, 4 * width}},
            {"mlp_down", {4 * width, width}},
            {"lm_head", {width, words}}}}};
}

// DeepSeek-V3 (arXiv 2412.19437, section 4.2; vocabulary of its configuration). Its latent
// attention first makes 1,536 numbers for queries, 512 for keys and values and 64 for positions:
// qkv. The mlp is one expert's, gate and up projection joined.
Model deepseek_v3() {
  constexpr std::int64_t width = 7168, words = 129280, heads = 128, of_head = 128, expert = 2048;
  return {"deepseek-v3",
          {{{"qkv", {width, 1536 + 512 + 64}},
            {"attention_out", {heads * of_head, width}},
            {"mlp_up", {width, 2 * expert}},
            {"mlp_down", {expert, width}},
            {"lm_head", {width, words}}}}};
}

// Mixtral 8x7B (arXiv 2401.04088, table 1): 8 heads of keys and of values; the mlp is one expert's,
// gate and up projection joined.
Model mixtral_8x7b() {
  constexpr std::int64_t width = 4096, words = 32000, heads = 32, key_heads = 8, of_head = 128,
                         inner = 14336;
  return {"mixtral-8x7b",
          {{{"qkv", {width, (heads + 2 * key_heads) * of_head}},
            {"attention_out", {heads * of_head, width}},
            {"mlp_up", {width, 2 * inner}},
            {"mlp_down", {inner, width}},
            {"lm_head", {width, words}}}}};
}

std::vector<Model> models() {
  return {llama_3("llama-3-8b", 4096, 32, 14336), llama_3("llama-3-70b", 8192, 64, 28672),
          gpt_3_175b(), deepseek_v3(), mixtral_8x7b()};
}

template <class Items>
std::vector<std::string> names_in(const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name);
  return names;
}

template <class Items>
auto named(const std::string& name, const Items& items) {
  const auto found = std::ranges::find_if(items, [&](const auto& i) { return i.name == name; });
  if (found == items.end()) throw Error("look for the weights of a model", "no " + name);
  return *found;
}

}  // namespace

std::vector<std::string> model_names() { return names_in(models()); }

std::vector<std::string> expert_model_names() { return {"deepseek-v3", "mixtral-8x7b"}; }

std::vector<std::string> layer_names() { return names_in(gpt_3_175b().layers); }

Weights weights_of(const std::string& model, const std::string& layer) {
  return named(layer, named(model, models()).layers).weights;
}

}  // namespace shortfall
