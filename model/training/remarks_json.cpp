#include "model/training/remarks_json.hpp"

#include "model/training/check_run.hpp"
#include "model/training/run_words.hpp"
#include "model/training/software_json.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t first_year = 1950, last_year = 2200;

// "H100 96GB HBM2e 2.4TB/s, 500 W limit": what makes a device another than its datasheet says.
void read_limits(const std::string& remarks, Fabric& fabric) {
  constexpr double least_w = 20, most_w = 5000, least_rate = 0.05, most_rate = 100, tera = 1e12;
  const auto watts = figure_before(remarks, "W");
  if (watts && *watts >= least_w && *watts <= most_w) fabric.power_limit_w = watts;
  const auto rate = figure_before(remarks, "TB/s");
  if (rate && *rate >= least_rate && *rate <= most_rate) fabric.memory = Bandwidth{*rate * tera};
}

}  // namespace

// What is told for people alone, but must be of its kind.
void read_remarks(const RunSection& row, TrainingRun& run) {
  run.model = row.name("model");
  for (const std::string_view key : {"source", "evidence", "notes"}) row.text(key);
  row.figure("params", most_parameters);
  if (row.tells("year")) row["year"].integer(first_year, last_year);
  const Node derived = row["derived"], reported = row["reported"];
  for (const Node* const times : {&derived, &reported}) {
    if (times->is_absent()) continue;
    const Node time = (*times)["iter_s"];
    if (time.is_absent() || run.measured) continue;
    if (time.number() <= 0) time.reject("a number of seconds greater than 0");
    run.measured = Seconds{time.number()};
  }
}

void read_software(const RunSection& row, TrainingRun& run, Untold& untold) {
  const std::string notes = row.text("notes"), source = row.text("source");
  const std::string remarks = row.name("id") + " " + notes;
  constexpr int present = 2024;  // whose software runs have that tell no year
  run.software =
      software_of({.year = static_cast<int>(row.count("year", last_year).value_or(present)),
                   .is_fp16 = run.precision == Precision::fp16,
                   .is_fp8 = run.precision == Precision::fp8,
                   .source = source,
                   .remarks = remarks});
  const Node told = row["software"];
  if (told.is_absent()) {
    row.assume("software", text_of(run.software));
  } else {
    run.software = software_from(told, run.software, untold);
  }
  if (run.software.keeps_every_second_product && run.recompute == Recompute::selective) {
    run.recompute = Recompute::operations;
  }
  read_limits(run.fabric.name + " " + notes, run.fabric);
}

}  // namespace shortfall
