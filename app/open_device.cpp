#include "app/open_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

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

// Collective: of the lowest rank that cannot use it, why.
Ballot vote_on(World& job, const Backend& backend) {
  const std::string mine = why_unusable(backend);
  return job.vote(mine.empty() ? Vote{} : Vote{Vote::Kind::fail, mine});
}

const Backend& usable_by_all(World& job, const std::vector<Backend>& all, const std::string& chosen,
                             std::string_view otherwise) {
  const Backend& backend = *std::ranges::find(all, chosen, &Backend::name);
  const Ballot ballot = vote_on(job, backend);
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

// The first two ranks that have one GPU between them.
struct Shared {
  int first, second;
  std::string host, address;
  std::size_t gpus;  // that ranks before the second one have
};

std::optional<Shared> shared_gpu(World& job, const DeviceFacts& device) {
  const auto all = gather(job, identity_of(device)), addresses = gather(job, device.address);
  std::map<std::string, int> holders;
  for (int rank = 0; rank < job.size(); ++rank) {
    const std::string& mine = all[static_cast<std::size_t>(rank)];
    if (mine.empty()) continue;
    const auto [holder, is_first] = holders.try_emplace(job.host(rank) + ' ' + mine, rank);
    if (is_first) continue;
    return Shared{holder->second, rank, job.host(rank), addresses[static_cast<std::size_t>(rank)],
                  holders.size()};
  }
  return std::nullopt;
}

Finding finding_of(const Shared& shared) {
  return {.severity = Finding::Severity::warn,
          .kind = "gpus_shared",
          .host = shared.host,
          .rank = shared.second,
          .device = shared.address,
          .reason = fmt::format("ranks {} and {} share the GPU at {}, as --share-gpus allows: they "
                                "measure each other, and no figure of this run means anything",
                                shared.first, shared.second, shared.address),
          .action =
              "take this run as a test of functions alone; to measure, start one rank for "
              "each GPU, without --share-gpus"};
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

const Backend* agreed_links(World& job, const std::vector<Backend>& all, const std::string& name) {
  const std::string chosen = agree(job, [&] {
    const Backend* const links = choose_links(all, name);
    return links != nullptr ? links->name : std::string();
  });
  if (!name.empty()) return &usable_by_all(job, all, chosen, "leave --links out");
  const auto backend = std::ranges::find(all, chosen, &Backend::name);
  if (backend == all.end()) return nullptr;
  return vote_on(job, *backend).vote.kind == Vote::Kind::ready ? &*backend : nullptr;
}

OpenedDevice open_device(World& job, const Backend& backend, int local_rank, bool may_share) {
  OpenedDevice opened{opened_by_all(job, backend, local_rank), {}};
  const auto shared = shared_gpu(job, opened.device->facts());
  if (!shared) return opened;
  if (may_share) {
    opened.findings.push_back(finding_of(*shared));
    return opened;
  }
  throw BadUsage(fmt::format(
      "--device={}: ranks {} and {} on {} would share the GPU at {}, and measure each other. "
      "Start one rank for each GPU that is visible (CUDA_VISIBLE_DEVICES), such as mpirun -n {}, "
      "or, to test functions alone, allow it: --share-gpus",
      backend.name, shared->first, shared->second, shared->host, shared->address, shared->gpus));
}

}  // namespace shortfall
