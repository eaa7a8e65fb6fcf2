#include "app/host_watch.hpp"

#include <algorithm>
#include <map>

#include "app/backends_in_use.hpp"
#include "diagnosis/drift/drift.hpp"
#include "topology/devices/loaded_links.hpp"
#include "topology/encode.hpp"
#include "topology/facts.hpp"
#include "topology/survey.hpp"

namespace shortfall {
namespace {

bool is_first_of_its_host(const World& job) {
  const std::string own = job.host(job.rank());
  for (int rank = 0; rank < job.rank(); ++rank) {
    if (job.host(rank) == own) return false;
  }
  return true;
}

void take_loaded_links(Host& into, const Host& seen) {
  for (std::size_t i = 0; i < into.gpus.size() && i < seen.gpus.size(); ++i) {
    into.gpus[i].slot.loaded = seen.gpus[i].slot.loaded;
  }
  for (std::size_t i = 0; i < into.nics.size() && i < seen.nics.size(); ++i) {
    into.nics[i].slot.loaded = seen.nics[i].slot.loaded;
  }
}

}  // namespace

HostWatch::HostWatch(const World& job, const std::vector<Backend>& backends) {
  if (!is_first_of_its_host(job)) return;
  Host host = survey_host();
  host.name = job.host(job.rank());
  for (const Backend& backend : backends) {
    if (!why_unusable(backend).empty()) continue;
    if (backend.device_facts) add_facts(host, backend.device_facts());
    if (!backend.versions) continue;
    for (auto& version : backend.versions()) host.os.versions.push_back(std::move(version));
  }
  std::ranges::sort(host.os.versions);
  host_ = std::move(host);
}

void HostWatch::begin() {
  if (host_) before_ = read_counters();
}

void HostWatch::after_case() {
  if (host_) note_links(*host_);
}

void HostWatch::report_to(World& job, Machine& machine) {
  std::string links, counters;
  if (host_) {
    links = encode(*host_);
    counters = encode(changes(before_, read_counters(), host_->name));
  }
  const auto all_links = job.collect(links), all_counters = job.collect(counters);
  std::map<std::string, Host*> hosts;
  for (Host& host : machine.hosts) hosts[host.name] = &host;
  for (const std::string& text : all_links) {
    if (text.empty()) continue;
    const Host seen = decode_host(text);
    const auto found = hosts.find(seen.name);
    if (found != hosts.end()) take_loaded_links(*found->second, seen);
  }
  for (const std::string& text : all_counters) {
    if (text.empty()) continue;
    for (CounterChange& change : decode_changes(text)) {
      machine.counters.push_back(std::move(change));
    }
  }
  machine.drift = drift_of(machine.hosts);  // links under load count
}

}  // namespace shortfall
