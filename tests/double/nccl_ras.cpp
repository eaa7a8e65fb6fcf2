// The double's watch over its ranks, which answers as NCCL's does.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <thread>

#include "tests/double/nccl_double.hpp"

namespace shortfall::nccl_double {
namespace {

int port() {
  const char* const set = std::getenv("NCCL_RAS_ADDR");
  const std::string address = set != nullptr ? set : "localhost:28028";
  return std::stoi(address.substr(address.rfind(':') + 1));
}

std::string gpu_of(const Meeting& meeting, int rank) {
  const int process = meeting.process[static_cast<std::size_t>(rank)];
  if (process == 0) return " -- [process information not found]\n";
  return " -- GPU " + std::to_string(rank) + " managed by process " + std::to_string(process) +
         " on node double\n";
}

std::string about(const Meeting& meeting, int ranks, std::uint64_t mark) {
  std::ostringstream head;
  head << "NCCL version of the double\nCommunicators...\n#0-0 (" << std::hex << mark << ")\n";
  std::string text = head.str();
  long most = 0;
  for (int rank = 0; rank < ranks; ++rank) {
    const auto at = static_cast<std::size_t>(rank);
    if (meeting.has_come[at] == 0) {
      text += "  Missing communicator data from 1 rank\n  Rank " + std::to_string(rank) +
              gpu_of(meeting, rank);
    }
    most = std::max(most, meeting.launched[at].load());
  }
  const auto of_most = std::count_if(meeting.launched.begin(), meeting.launched.begin() + ranks,
                                     [&](const auto& launched) { return launched == most; });
  if (of_most == ranks) return text;
  text += "  Communicator ranks have different AllReduce operation counts\n";
  const bool are_several = of_most > 1;  // a single rank has a line of its own
  if (are_several) {
    text += "  " + std::to_string(of_most) + " ranks have launched up to operation " +
            std::to_string(most) + "\n";
  }
  for (int rank = 0; rank < ranks; ++rank) {
    const long launched = meeting.launched[static_cast<std::size_t>(rank)];
    if (launched == most && are_several) continue;
    text += "  Rank " + std::to_string(rank) + " has launched up to operation " +
            std::to_string(launched) + gpu_of(meeting, rank);
  }
  return text;
}

// A wish for another timeout is granted, a question answered, anything else refused.
void answer(int client, const std::string& text) {
  char heard[256];
  for (ssize_t length = 0; (length = recv(client, heard, sizeof heard, 0)) > 0;) {
    const std::string question(heard, static_cast<std::size_t>(length));
    const bool is_wish = question.starts_with("timeout ");
    const bool is_question = question == "verbose status\n";
    const std::string said = is_wish ? "OK\n" : is_question ? text : "ERROR: unknown command\n";
    send(client, said.data(), said.size(), MSG_NOSIGNAL);
    if (!is_wish) return;
  }
}

void serve(int listener, const std::shared_ptr<Meeting>& meeting, int ranks, std::uint64_t mark) {
  while (true) {
    const int client = accept(listener, nullptr, nullptr);
    if (client < 0) return;
    answer(client, about(*meeting, ranks, mark));
    close(client);
  }
}

}  // namespace

void answer_as_ras(std::shared_ptr<Meeting> meeting, int ranks, std::uint64_t mark) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_mine = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                       listen(listener, 8) == 0;
  if (!is_mine) {  // another process of the host answers already
    close(listener);
    return;
  }
  std::thread([listener, meeting = std::move(meeting), ranks, mark] {
    serve(listener, meeting, ranks, mark);
  }).detach();
}

}  // namespace shortfall::nccl_double
