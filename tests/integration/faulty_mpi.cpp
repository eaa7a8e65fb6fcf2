// An MPI that goes wrong on purpose, preloaded in front of the real one. The environment variable
// SHORTFALL_TEST_FAULT says how, as CALL:FAULT, for example all_reduce:last_element. Only f32 data
// are harmed; the control plane, which calls PMPI directly, never is.
#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shortfall::faults {
namespace {

struct Exchange {  // one call on one rank, when the right result has arrived
  std::string_view name;
  std::span<const float> sent;
  std::span<float> received;
  MPI_Comm ranks;
  int rank = 0;
  int size = 1;
  int number = 1;  // of this call, from 1

  bool is_on_last_rank() const { return rank == size - 1; }
};

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

// The fault wanted for this kind of call; empty if there is none.
std::string_view fault_in(std::string_view call) {
  static const std::string wanted = variable("SHORTFALL_TEST_FAULT");
  const std::size_t colon = wanted.find(':');
  if (colon == std::string::npos || wanted.substr(0, colon) != call) return {};
  return std::string_view(wanted).substr(colon + 1);
}

// Tells the test that the fault has struck.
void leave_marker() {
  const std::string path = variable("SHORTFALL_TEST_MARKER");
  if (!path.empty()) std::ofstream(path) << "struck\n";
}

int next_number(std::string_view call) {
  static std::map<std::string_view, int> numbers;
  return ++numbers[call];
}

[[noreturn]] void hang() {
  leave_marker();
  while (true) pause();
}

void return_previous_result(const Exchange& e) {
  static std::map<std::size_t, std::vector<float>> results;  // by size
  std::vector<float> right(e.received.begin(), e.received.end());
  auto& previous = results[right.size()];
  if (!previous.empty()) std::ranges::copy(previous, e.received.begin());
  previous = std::move(right);
}

void count_first_rank_twice(const Exchange& e) {
  std::vector<float> first(e.sent.begin(), e.sent.end());
  PMPI_Bcast(first.data(), static_cast<int>(first.size()), MPI_FLOAT, 0, e.ranks);
  std::ranges::transform(e.received, first, e.received.begin(), std::plus<>{});
}

void swap_blocks(const Exchange& e) {
  const std::size_t block = e.received.size() / static_cast<std::size_t>(e.size);
  std::ranges::swap_ranges(e.received.subspan(0, block), e.received.subspan(block, block));
}

// Faults that every rank commits.
void harm_everywhere(const Exchange& e, std::string_view fault) {
  const auto count = static_cast<std::ptrdiff_t>(e.received.size());
  if (fault == "shifted") std::ranges::rotate(e.received, e.received.begin() + 100 % count);
  if (fault == "never_communicates") {
    std::ranges::transform(e.sent, e.received.begin(),
                           [&](float own) { return own * static_cast<float>(e.size); });
  }
  if (fault == "counted_twice") count_first_rank_twice(e);
}

void harm_last_rank(const Exchange& e, std::string_view fault) {
  float& middle = e.received[e.received.size() / 2];
  if (fault == "last_element") e.received.back() += 1;
  if (fault == "half_more") middle += 0.5F;
  if (fault == "nan") middle = std::numeric_limits<float>::quiet_NaN();
  if (fault == "after_50_calls" && e.number > 50) e.received.front() += 1;
  if (fault == "swapped_blocks") swap_blocks(e);
  if (fault == "previous_result") return_previous_result(e);
}

// What the caller is told.
int harmed(Exchange e) {
  PMPI_Comm_rank(e.ranks, &e.rank);
  PMPI_Comm_size(e.ranks, &e.size);
  const std::string_view fault = fault_in(e.name);
  harm_everywhere(e, fault);
  if (!e.is_on_last_rank()) return MPI_SUCCESS;
  harm_last_rank(e, fault);
  const bool fails = fault == "error" || (fault == "error_after_50_calls" && e.number > 50);
  return fails ? MPI_ERR_OTHER : MPI_SUCCESS;
}

bool is_harmless(std::string_view call, MPI_Datatype type) {
  return fault_in(call).empty() || type != MPI_FLOAT;
}

void perhaps_hang(std::string_view call, MPI_Comm ranks) {
  int rank = 0;
  int size = 1;
  PMPI_Comm_rank(ranks, &rank);
  PMPI_Comm_size(ranks, &size);
  if (fault_in(call) == "hang" && rank == size - 1) hang();
}

std::span<const float> floats(const void* from, int count) {
  return {static_cast<const float*>(from), static_cast<std::size_t>(count)};
}

std::span<float> floats(void* to, int count) {
  return {static_cast<float*>(to), static_cast<std::size_t>(count)};
}

}  // namespace
}  // namespace shortfall::faults

using namespace shortfall::faults;

extern "C" int MPI_Allreduce(const void* from, void* to, int count, MPI_Datatype type, MPI_Op op,
                             MPI_Comm ranks) {
  if (is_harmless("all_reduce", type)) return PMPI_Allreduce(from, to, count, type, op, ranks);
  perhaps_hang("all_reduce", ranks);
  const int status = PMPI_Allreduce(from, to, count, type, op, ranks);
  if (status != MPI_SUCCESS) return status;
  return harmed({.name = "all_reduce",
                 .sent = floats(from, count),
                 .received = floats(to, count),
                 .ranks = ranks,
                 .number = next_number("all_reduce")});
}

extern "C" int MPI_Alltoall(const void* from, int count, MPI_Datatype type, void* to, int to_count,
                            MPI_Datatype to_type, MPI_Comm ranks) {
  const auto call = [&] { return PMPI_Alltoall(from, count, type, to, to_count, to_type, ranks); };
  if (is_harmless("all_to_all", type)) return call();
  perhaps_hang("all_to_all", ranks);
  int size = 1;
  PMPI_Comm_size(ranks, &size);
  const int status = call();
  if (status != MPI_SUCCESS) return status;
  return harmed({.name = "all_to_all",
                 .sent = floats(from, count * size),
                 .received = floats(to, to_count * size),
                 .ranks = ranks,
                 .number = next_number("all_to_all")});
}
