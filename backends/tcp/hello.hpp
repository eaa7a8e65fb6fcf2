// What a rank says of itself when it comes to the first rank of its star.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shortfall::tcp {

inline constexpr int protocol = 2;  // the version of all that ranks say to each other

struct Hello {
  std::string job;  // the same on all ranks that belong together, and on no others
  int rank = 0;
  int size = 1;
  std::string host = {};
  int version = protocol;
};

std::string text_of(const Hello& hello);
std::optional<Hello> hello_from(std::string_view text);  // nothing if it is none

struct RankSeat {  // of a rank of a star
  int rank_in_job = 0;
  std::string host = {};     // empty if not known
  std::string address = {};  // where it can be reached from here; empty if not known
};

// "rank 3 on node07", "rank 3" where the host is not known.
std::string name_of(const RankSeat& seat);
// "rank 3, rank 5 and 20 more".
std::string some_of(std::vector<std::string> names);

}  // namespace shortfall::tcp
