#include "harness/first_wrong.hpp"

namespace shortfall {

std::optional<WrongData> first_wrong(World& job, const std::optional<Mismatch>& mine) {
  const auto worst = job.vote({mine ? Vote::Kind::fail : Vote::Kind::ready, {}});
  if (worst.vote.kind == Vote::Kind::ready) return std::nullopt;
  const Mismatch told = broadcast(job, mine.value_or(Mismatch{}), worst.rank);
  return WrongData{worst.rank, job.host(worst.rank), told};
}

}  // namespace shortfall
