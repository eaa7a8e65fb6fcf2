// The keys of a machine, each named once: for report.json, for sending a host to rank 0, and for
// telling hosts apart. A visitor `each` takes
//   each(key, member)          a value, or one marked as core/marks.hpp says
//   each.object(key, inner)    an object whose keys inner(visitor) lists
// Lists of things that are told apart by a name of their own have a label_of().
#pragma once

#include "core/marks.hpp"
#include "topology/machine.hpp"
#include "topology/words.hpp"

namespace shortfall {

void fields(auto& each, Is<Cache> auto& cache) {
  each("level", cache.level);
  each("size_bytes", cache.size);
  each("shared_by_threads", cache.shared);
}

void fields(auto& each, Is<Cpu> auto& cpu) {
  each("model", cpu.model);
  each("vendor", cpu.vendor);
  each("family", cpu.family);
  each("model_number", cpu.model_number);
  each("isa", cpu.isa);
  each("features", cpu.features);
  each("sockets", cpu.sockets);
  each("cores", cpu.cores);
  each("threads", cpu.threads);
  each("nominal_clock_hz", or_null(cpu.nominal_clock));
  each("nominal_clock_source", or_null(cpu.nominal_clock_source));
  each("highest_clock_hz", or_null(cpu.highest_clock));
  each("governor", or_null(cpu.governor));
  each("smt", or_null(cpu.smt));
  each("microcode", or_null(cpu.microcode));
  each("caches", or_empty(cpu.caches));
}

void fields(auto& each, Is<OpsPerCycle> auto& ops) {
  each("dtype", ops.type);
  each("value", ops.value);
  each("source", ops.source);
}

void fields(auto& each, Is<NumaNode> auto& node) {
  each("number", node.number);
  each("cpus", or_null(node.cpus));
  each("memory_bytes", or_null(node.memory));
  each("distances", or_empty(node.distances));
}

void fields(auto& each, Is<PcieLink> auto& link) {
  each("transfers_per_s", or_null(link.per_lane));
  each("lanes", or_null(link.lanes));
}

void fields(auto& each, Is<PciSlot> auto& slot) {
  each("address", or_null(slot.address));
  each("bridges", or_empty(slot.bridges));
  each("numa_node", slot.numa_node);
  each("current", slot.current);
  each("loaded", slot.loaded);
  each("maximum", slot.maximum);
  each("port_maximum", slot.port_maximum);
  each("acs", slot.acs);
}

void fields(auto& each, Is<DeviceFacts> auto& facts) {
  each("name", or_null(facts.name));
  each("architecture", or_null(facts.architecture));
  each("units", facts.units);
  each("clock_hz", facts.clock);
  each("memory_clock_hz", facts.memory_clock);
  each("memory_bus_bits", facts.memory_bus_bits);
  each("memory_bytes", facts.memory);
  each("memory_available_bytes", its_own(facts.memory_available));
  each("ecc", facts.ecc);
  each("mig", facts.mig);
  each("nvlinks", facts.nvlinks);
  each("nvlinks_up", facts.nvlinks_up);
  each("power_limit_w", facts.power_limit_w);
  each("serial", its_own(or_null(facts.serial)));
  each("firmware", or_null(facts.firmware));
  each("driver_version", or_null(facts.driver_version));
  each("runtime_version", or_null(facts.runtime_version));
}

void fields(auto& each, Is<Gpu> auto& gpu) {
  each("name", or_null(gpu.name));
  each("vendor", or_null(gpu.vendor));
  each("driver", or_null(gpu.driver));
  each("slot", gpu.slot);
  each("nearest_nic", or_null(gpu.nearest_nic));
  each("facts", gpu.facts);
}

void fields(auto& each, Is<Gid> auto& gid) {
  each("index", gid.index);
  each("type", or_null(gid.type));
  each("address", its_own(gid.address));
}

void fields(auto& each, Is<RdmaPort> auto& port) {
  each("number", port.number);
  each("state", or_null(port.state));
  each("physical_state", or_null(port.physical_state));
  each("link_layer", or_null(port.link_layer));
  each("rate_bits_per_s", or_null(port.rate));
  each("mtu_bytes", port.mtu);
  each("gids", or_empty(port.gids));
  each("lanes", or_null(port.lanes));
  each("lane_speed", or_null(port.lane_speed));
}

void fields(auto& each, Is<Interface> auto& interface) {
  each("name", interface.name);
  each("state", or_null(interface.state));
  each("rate_bits_per_s", or_null(interface.rate));
  each("mtu_bytes", or_null(interface.mtu));
  each("master", or_null(interface.master));
}

void fields(auto& each, Is<Nic> auto& nic) {
  each("name", nic.name);
  each("is_rdma_hardware", nic.is_rdma_hardware);
  each("vendor", or_null(nic.vendor));
  each("model", or_null(nic.model));
  each("driver", or_null(nic.driver));
  each("firmware", or_null(nic.firmware));
  each("board", or_null(nic.board));
  each("verbs_node", its_own(or_null(nic.verbs_node)));
  each("verbs_refusal", its_own(or_null(nic.verbs_refusal)));
  each("is_virtual_function", nic.is_virtual_function);
  each("node_type", or_null(nic.node_type));
  each("slot", nic.slot);
  each("ports", or_empty(nic.ports));
  each("interfaces", or_empty(nic.interfaces));
}

void fields(auto& each, Is<HugePages> auto& pages) {
  each("size_bytes", pages.size);
  each("total", pages.total);
  each("free", its_own(pages.free));
}

void fields(auto& each, Is<Limits> auto& limits) {
  each("cpus", limits.cpus);
  each("memory_bytes", limits.memory);
  each("locked_memory", or_null(limits.locked_memory));
  each("locks_without_limit", limits.locks_without_limit);
  each("shared_memory_bytes", limits.shared_memory);
  each("shared_memory_free_bytes", its_own(limits.shared_memory_free));
  each("huge_pages", or_empty(limits.huge_pages));
  each("transparent_huge_pages", or_null(limits.transparent_huge_pages));
  each("container", or_null(limits.container));
}

void fields(auto& each, Is<System> auto& os) {
  each("distribution", or_null(os.distribution));
  each("kernel", or_null(os.kernel));
  each("hypervisor", or_null(os.hypervisor));
  each("iommu", or_null(os.iommu));
  each("is_translated", os.is_translated);
  each("nvidia_module", or_null(os.nvidia_module));
  each("versions", or_empty(os.versions));
}

void fields(auto& each, Is<OtherProcess> auto& process) {
  each("pid", process.pid);
  each("name", process.name);
  each("is_running", process.is_running);
  each("memory_bytes", process.memory);
  each("gpus", or_empty(process.gpus));
}

void fields(auto& each, Is<Host> auto& host) {
  each("name", its_own(host.name));
  each("ranks", host.ranks);
  each("cpu", host.cpu);
  each("ops_per_cycle", or_empty(host.ops_per_cycle));
  each.object("numa", [&](auto& numa) {
    numa("nodes", host.cpu.numa_nodes);
    numa("list", or_empty(host.numa));
  });
  each("memory_bytes", or_null(host.memory));
  each("memory_available_bytes", its_own(or_null(host.memory_available)));
  each("gpus", or_empty(host.gpus));
  each("nics", or_empty(host.nics));
  each("limits", host.limits);
  each("os", host.os);
  each("other_processes", its_own(or_empty(host.others)));
  each("environment", or_empty(host.environment));
  each("unread", its_own(or_empty(host.unread)));
}

void fields(auto& each, Is<Binding> auto& binding) {
  each("rank", binding.rank);
  each("host", binding.host);
  each("found", binding.found);
  each("set", binding.set);
  each("by", binding.by);
  each("cpus", binding.cpus);
  each("is_shared", binding.is_shared);
  each("gpu", or_null(binding.gpu));
  each("cores", or_null(binding.cores));
}

void fields(auto& each, Is<Datasheet> auto& datasheet) {
  each("name", or_null(datasheet.name));
  each("source", or_null(datasheet.source));
  each("confidence", or_null(datasheet.confidence));
  each("peak_flop_per_s", or_empty(datasheet.peak));
  each("further_peak_flop_per_s", or_empty(datasheet.further_peak));
  each("tensor_clock_hz", datasheet.tensor_clock);
  each("clock_hz", datasheet.clock);
  each("memory_bytes_per_s", datasheet.memory);
}

void fields(auto& each, Is<GpuDatasheet> auto& sheet) {
  each("gpu", or_null(sheet.gpu));
  each("datasheet", sheet.datasheet);
}

void fields(auto& each, Is<Link> auto& link) {
  each("kind", link.kind);
  each("host", link.host);
  each("from", link.from);
  each("to", link.to);
  each("distance", link.distance);
  each("raw_bytes_per_s", link.raw);
  each("payload_bytes_per_s", link.payload);
  each("source", or_null(link.source));
}

void fields(auto& each, Is<Drift> auto& drift) {
  each("attribute", drift.attribute);
  each("host", drift.host);
  each("value", drift.value);
  each("majority", or_null(drift.majority));
  each("sharing", drift.sharing);
  each("hosts", drift.hosts);
  each("differing", drift.differing);
  each("kind", drift.kind);
  each("device", or_null(drift.device));
}

void fields(auto& each, Is<CounterChange> auto& counter) {
  each("host", counter.host);
  each("device", counter.device);
  each("name", counter.name);
  each("kind", counter.kind);
  each("change", counter.change);
  each("is_error", counter.is_error);
}

void fields(auto& each, Is<Machine> auto& machine) {
  each("hosts", machine.hosts);
  each("bindings", or_empty(machine.bindings));
  each("links", or_empty(machine.links));
  each("drift", or_empty(machine.drift));
  each("counters", or_empty(machine.counters));
  each("environment", or_empty(machine.environment));
  each("datasheet", machine.datasheet);
  each("gpu_datasheets", or_empty(machine.gpu_datasheets));
}

// Where an element of a list is the same on every host although its place in the list is not.
inline const std::string& label_of(const Gpu& gpu) { return gpu.slot.address; }
inline const std::string& label_of(const Nic& nic) { return nic.name; }
inline const std::string& label_of(const Interface& interface) { return interface.name; }

}  // namespace shortfall
