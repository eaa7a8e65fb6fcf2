#include "app/open_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/agree.hpp"
#include "app/backends_in_use.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

std::unique_ptr<Device> opened_by_all(World& job, const Backend& backend, int local_rank) {
  std::unique_ptr<Device> device;
  Vote mine;
  try {
    device = backend.open_device(local_rank);
  } catch (const std::exception& e) {
    mine = {Vote::Kind::fail, e.what()};
  }
  const Ballot ballot = job.vote(mine);
  if (ballot.vote.kind == Vote::Kind::ready) return device;
  throw Error(
      fmt::format("rank {} on {}: open {}", ballot.rank, job.host(ballot.rank), backend.name),
      ballot.vote.reason);
}

const Backend& usable_by_all(World& job, const std::vector<Backend>& all, const std::string& chosen,
                             std::string_view otherwise) {
  const Backend& backend = *std::ranges::find(all, chosen, &Backend::name);
  const std::string mine = why_unusable(backend);
  const Ballot ballot = job.vote(mine.empty() ? Vote{} : Vote{Vote::Kind::fail, mine});
  if (ballot.vote.kind == Vote::Kind::ready) return backend;
  throw Error(fmt::format("use {} on rank {} of {}, as on rank 0", chosen, ballot.rank,
                          job.host(ballot.rank)),
              fmt::format("{}. Leave that host out, or {}", ballot.vote.reason, otherwise));
}

// Nothing for the host, which ranks share as a matter of course, and for parts of a GPU (MIG),
// which may go by the identity of the whole.
std::string identity_of(const DeviceFacts& facts) {
  if (facts.name.find("MIG") != facts.name.npos) return {};
  return facts.serial.empty() ? facts.address : facts.serial;
}

void refuse_sharing(World& job, const Backend& backend, const DeviceFacts& device) {
  const auto all = gather(job, identity_of(device)), addresses = gather(job, device.address);
  std::map<std::string, int> holders;
  for (int rank = 0; rank < job.size(); ++rank) {
    const std::string& mine = all[static_cast<std::size_t>(rank)];
    if (mine.empty()) continue;
    const auto [holder, is_first] = holders.try_emplace(job.host(rank) + ' ' + mine, rank);
    if (is_first) continue;
    throw BadUsage(fmt::format(
        "--device={}: ranks {} and {} on {} would share the GPU at {}, and measure each other. "
        "Start one rank for each GPU that is visible (CUDA_VISIBLE_DEVICES), such as mpirun -n {}",
        backend.name, holder->second, rank, job.host(rank),
        addresses[static_cast<std::size_t>(rank)], holders.size()));
  }
}

}  // namespace

const Backend& agreed_device(World& job, const std::vector<Backend>& all, const std::string& name) {
  return usable_by_all(job, all, agree(job, [&] { return choose_device(all, name).name; }),
                       "measure the hosts alone: --device host");
}

const Backend& agreed_collectives(World& job, const std::vector<Backend>& all,
                                  const std::string& name, MemoryKind memory) {
  return usable_by_all(job, all,
                       agree(job, [&] { return choose_collectives(all, name, memory).name; }),
                       "choose another backend by --collectives");
}

std::unique_ptr<Device> open_device(World& job, const Backend& backend, int local_rank) {
  auto device = opened_by_all(job, backend, local_rank);
  refuse_sharing(job, backend, device->facts());
  return device;
}

}  // namespace shortfall
