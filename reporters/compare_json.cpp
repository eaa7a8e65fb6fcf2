#include "reporters/compare_json.hpp"

#include "core/json.hpp"

namespace shortfall {
namespace {

Json of(const std::optional<Culprit>& culprit) {
  if (!culprit) return nullptr;
  const auto or_null = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
  };
  return {{"rank", culprit->rank ? Json(*culprit->rank) : Json(nullptr)},
          {"host", or_null(culprit->host)},
          {"device", or_null(culprit->device)},
          {"link", or_null(culprit->link)},
          {"reason", culprit->reason},
          {"mfu_without", culprit->mfu_without}};
}

Json of(const MfuOfSide& side) {
  return {{"report", side.report},
          {"step_s", side.step.value},
          {"is_measured", side.is_measured},
          {"mfu", side.mfu}};
}

Json of(const MfuTerm& term) {
  return {{"id", term.id},
          {"label", term.label},
          {"change", term.change},
          {"baseline_ppt", term.baseline_ppt},
          {"candidate_ppt", term.candidate_ppt},
          {"culprit", of(term.culprit)}};
}

Json of(const Interval& interval) { return {interval.low.value, interval.high.value}; }

Json of(const SideTime& time) {
  return {{"n", time.n},
          {"median_s", time.median.value},
          {"ci95_s", time.ci95 ? of(*time.ci95) : Json(nullptr)},
          {"range_s", of(time.range)}};
}

Json of(const ComparedCase& one) {
  return {{"key", one.key},
          {"change", change_words[static_cast<std::size_t>(one.change)]},
          {"ratio", one.ratio},
          {"baseline", of(one.baseline)},
          {"candidate", of(one.candidate)}};
}

Json of(const OneSidedCase& one) {
  return {{"key", one.key},
          {"side", one.is_of_baseline ? "baseline" : "candidate"},
          {"is_wrong_on_the_other", one.is_wrong},
          {"reason", one.reason}};
}

template <class Values>
Json list_of(const Values& values) {
  Json all = Json::array();
  for (const auto& value : values) all.push_back(of(value));
  return all;
}

Json of(const std::optional<MfuComparison>& mfu) {
  if (!mfu) return nullptr;
  return {{"baseline", of(mfu->baseline)},
          {"candidate", of(mfu->candidate)},
          {"change", mfu->candidate.mfu - mfu->baseline.mfu},
          {"terms", list_of(mfu->terms)}};
}

}  // namespace

std::string json_of(const ReportComparison& comparison, int status) {
  Json counts = Json::object();
  for (const Change change : {Change::same, Change::slower, Change::faster, Change::unclear}) {
    counts[std::string(change_words[static_cast<std::size_t>(change)])] =
        count_of(comparison, change);
  }
  const Json document = {
      {"baseline", comparison.baseline},    {"candidate", comparison.candidate},
      {"floor", comparison.floor},          {"exit_status", status},
      {"mfu", of(comparison.mfu)},          {"counts", std::move(counts)},
      {"cases", list_of(comparison.cases)}, {"one_sided", list_of(comparison.one_sided)},
      {"remarks", comparison.remarks}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace shortfall
