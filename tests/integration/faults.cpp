#include "faults.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace shortfall::faults {
namespace {

using Bytes = std::vector<std::byte>;

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

int rank_in(MPI_Comm ranks) {
  int rank = 0;
  PMPI_Comm_rank(ranks, &rank);
  return rank;
}

int size_of(MPI_Comm ranks) {
  int size = 1;
  PMPI_Comm_size(ranks, &size);
  return size;
}

std::size_t size_of(MPI_Datatype type) {
  int size = 1;
  PMPI_Type_size(type, &size);
  return static_cast<std::size_t>(size);
}

std::span<std::byte> bytes_of(const Exchange& e) {
  return {static_cast<std::byte*>(e.received), e.count * size_of(e.type)};
}
std::span<float> floats_of(const Exchange& e) { return {static_cast<float*>(e.received), e.count}; }

template <class T>
void add_one(std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  value = static_cast<T>(value + 1);
  std::memcpy(at, &value, sizeof value);
}

void add_one_to(const Exchange& e, std::size_t index) {
  std::byte* const at = bytes_of(e).data() + index * size_of(e.type);
  if (e.type == MPI_FLOAT) return add_one<float>(at);
  if (e.type == MPI_DOUBLE) return add_one<double>(at);
  if (e.type == MPI_INT32_T) return add_one<std::int32_t>(at);
  *at ^= std::byte{1};  // any other type: another number
}

void return_previous_result(const Exchange& e) {
  static std::map<std::size_t, Bytes> results;  // by size
  const auto received = bytes_of(e);
  Bytes right(received.begin(), received.end());
  Bytes& previous = results[right.size()];
  if (!previous.empty()) std::ranges::copy(previous, received.begin());
  previous = std::move(right);
}

void count_first_rank_twice(const Exchange& e) {
  const auto* const sent = static_cast<const float*>(e.sent);
  std::vector<float> first(sent, sent + e.count);
  PMPI_Bcast(first.data(), static_cast<int>(first.size()), MPI_FLOAT, 0, e.ranks);
  const auto received = floats_of(e);
  std::ranges::transform(received, first, received.begin(), std::plus<>{});
}

void multiply_own(const Exchange& e) {
  const auto* const sent = static_cast<const float*>(e.sent);
  const auto times = static_cast<float>(size_of(e.ranks));
  std::transform(sent, sent + e.count, floats_of(e).begin(),
                 [&](float own) { return own * times; });
}

void swap_blocks(const Exchange& e) {
  const auto received = bytes_of(e);
  const std::size_t block = received.size() / static_cast<std::size_t>(size_of(e.ranks));
  std::ranges::swap_ranges(received.subspan(0, block), received.subspan(block, block));
}

// Faults that every rank commits.
void harm_everywhere(const Exchange& e, std::string_view fault) {
  if (fault == "shifted") {
    const auto received = bytes_of(e);
    const std::size_t by = 100 % e.count * size_of(e.type);
    std::ranges::rotate(received, received.begin() + static_cast<std::ptrdiff_t>(by));
  }
  if (fault == "never_communicates") multiply_own(e);
  if (fault == "counted_twice") count_first_rank_twice(e);
}

void harm_one(const Exchange& e, std::string_view fault, int number) {
  if (fault == "last_element") add_one_to(e, e.count - 1);
  if (fault == "half_more") floats_of(e)[e.count / 2] += 0.5F;
  if (fault == "nan") floats_of(e)[e.count / 2] = std::numeric_limits<float>::quiet_NaN();
  if (fault == "after_50_calls" && number > 50) add_one_to(e, 0);
  if (fault == "swapped_blocks") swap_blocks(e);
  if (fault == "previous_result") return_previous_result(e);
}

// The last of the ranks that receive: the root where nobody else does.
bool is_the_one(const Exchange& e) {
  const bool has_root = e.name == "reduce" || e.name == "gather";
  return rank_in(e.ranks) == (has_root ? 0 : size_of(e.ranks) - 1);
}

}  // namespace

bool is_wanted(std::string_view call, MPI_Comm ranks) {
  const std::string_view fault = fault_in(call);
  if (fault == "hang" && rank_in(ranks) == size_of(ranks) - 1) hang();
  return !fault.empty();
}

int harmed(const Exchange& e) {
  const std::string_view fault = fault_in(e.name);
  const int number = next_number(e.name);
  if (!e.received || e.count == 0) return MPI_SUCCESS;
  harm_everywhere(e, fault);
  if (!is_the_one(e)) return MPI_SUCCESS;
  harm_one(e, fault, number);
  const bool fails = fault == "error" || (fault == "error_after_50_calls" && number > 50);
  return fails ? MPI_ERR_OTHER : MPI_SUCCESS;
}

}  // namespace shortfall::faults
