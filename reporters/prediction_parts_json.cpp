#include "reporters/prediction_parts_json.hpp"

#include "model/answers.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t whole_step = 1'000'000'000'000;  // shares are parts of it

Json of(const WaterfallRow& row, bool is_on_measured) {
  return {{"id", row.id},
          {"label", row.label},
          {"delta_s", row.delta.value},
          {"share_ppt", row.share},
          {"source", origin_of(row.id, is_on_measured)},
          {"culprit", nullptr}};
}

Json elasticity_of(const RunPrediction& prediction) {
  Json all = Json::object();
  double sum = 0;
  for (const Elasticity& one : prediction.elasticity) {
    all[std::string(name_of(one.resource))] = one.value;
    sum += one.value;
  }
  all["sum"] = sum;
  return all;
}

std::int64_t sum_of_shares(const RunPrediction& prediction) {
  std::int64_t sum = 0;
  for (const WaterfallRow& row : prediction.waterfall) sum += row.share;
  return sum;
}

}  // namespace

Json json_of(const Mfu& mfu) {
  return {{"causal", mfu.causal},     {"full", mfu.full},
          {"palm", mfu.palm},         {"hardware", mfu.hardware},
          {"weighted", mfu.weighted}, {"peak_used", mfu.peak_used.value}};
}

void add_account(Json& document, const RunPrediction& prediction) {
  Json waterfall = Json::array();
  for (const WaterfallRow& row : prediction.waterfall) {
    waterfall.push_back(of(row, prediction.is_on_measured));
  }
  document["waterfall"] = std::move(waterfall);
  document["sum_check_ppt"] = sum_of_shares(prediction) - whole_step;
  document["elasticity"] = elasticity_of(prediction);
}

}  // namespace shortfall
