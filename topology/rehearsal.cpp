#include "topology/rehearsal.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace shortfall {
namespace {

// Neither a handler of this program nor a core file is to tell of the copy's end.
void make_ends_quiet() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU}) {
    std::signal(signal, SIG_DFL);
  }
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
}

constexpr int has_thrown = 1;  // exit status of the copy

[[noreturn]] void act(const std::function<void()>& task, unsigned cpu_seconds) {
  make_ends_quiet();
  const rlimit time{cpu_seconds, cpu_seconds};
  setrlimit(RLIMIT_CPU, &time);
  try {
    task();
  } catch (...) {
    _exit(has_thrown);
  }
  _exit(0);
}

}  // namespace

End rehearse(const std::function<void()>& task, unsigned cpu_seconds) {
  const pid_t copy = fork();
  if (copy < 0) return End::returned;
  if (copy == 0) act(task, cpu_seconds);
  int status = 0;
  while (waitpid(copy, &status, 0) < 0) {
    // Without an answer: somebody else collects the children of this process.
    if (errno != EINTR) return End::returned;
  }
  if (!WIFEXITED(status)) return End::crashed;
  return WEXITSTATUS(status) == has_thrown ? End::threw : End::returned;
}

}  // namespace shortfall
