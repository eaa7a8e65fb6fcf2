#include "backends/world.hpp"

namespace shortfall {

std::string broadcast(World& world, std::string mine, int from) {
  mine.resize(broadcast(world, mine.size(), from));
  world.broadcast(std::as_writable_bytes(std::span(mine)), from);
  return mine;
}

std::vector<std::string> World::collect(const std::string& mine) {
  auto all = shortfall::gather(*this, mine);
  if (rank() != 0) all.clear();
  return all;
}

std::vector<std::string> gather(World& world, const std::string& mine) {
  const std::vector<std::size_t> sizes = gather(world, mine.size());
  const std::size_t widest = *std::ranges::max_element(sizes);
  std::string padded = mine;
  padded.resize(widest);
  const std::vector<std::byte> raw = world.gather(std::as_bytes(std::span(padded)));
  std::vector<std::string> all;
  for (std::size_t rank = 0; rank < sizes.size(); ++rank) {
    all.emplace_back(reinterpret_cast<const char*>(raw.data()) + rank * widest, sizes[rank]);
  }
  return all;
}

std::vector<std::string> hosts_of_ranks(const World& world) {
  std::vector<std::string> hosts;
  for (int rank = 0; rank < world.size(); ++rank) hosts.push_back(world.host(rank));
  return hosts;
}

}  // namespace shortfall
