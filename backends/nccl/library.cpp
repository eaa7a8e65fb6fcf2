#include "backends/nccl/library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace shortfall::nccl {
namespace {

constexpr int oldest = NCCL_VERSION(2, 18, 1);  // whose non-blocking communicators are complete

int major_of(int code) { return code < 10000 ? code / 1000 : code / 10000; }

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
}

template <class Function>
void demand(void* library, const char* name, Function& function) {
  find(library, name, function);
  if (function == nullptr) throw Error("open NCCL", fmt::format("this one has no {}", name));
}

int version_of(void* library) {
  decltype(&ncclGetVersion) ask = nullptr;
  demand(library, "ncclGetVersion", ask);
  int version = 0;
  if (ask(&version) != ncclSuccess) throw Error("open NCCL", "it does not tell its version");
  return version;
}

void check_version(int found) {
  const std::string both =
      fmt::format("{} is NCCL {}, this build has the header of NCCL {}", library_name,
                  version_text(found), version_text(header_version));
  if (major_of(found) != major_of(header_version)) {
    throw Error("open NCCL", both + ": their functions are not the same");
  }
  if (found < oldest) {
    throw Error("open NCCL", fmt::format("{}; at least {} is needed", both, version_text(oldest)));
  }
}

}  // namespace

std::string version_text(int code) {
  const int unit = code < 10000 ? 1000 : 10000;
  return fmt::format("{}.{}.{}", code / unit, code % unit / 100, code % 100);
}

std::string Library::answer(ncclResult_t status, ncclComm_t ranks) const {
  std::string text = error_string(status);
  const char* const more = last_error(ranks);
  if (more != nullptr && *more != '\0') text += fmt::format(" ({})", more);
  return text;
}

std::shared_ptr<const Library> open_library() {
  void* const opened = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) {
    throw Error("open NCCL", fmt::format("{}. Python wheels put it into nvidia/nccl/lib: name that "
                                         "folder in LD_LIBRARY_PATH",
                                         dlerror()));
  }
  auto made = std::make_shared<Library>();
  made->version = version_of(opened);
  check_version(made->version);
  demand(opened, "ncclGetUniqueId", made->get_unique_id);
  demand(opened, "ncclCommInitRankConfig", made->init);
  demand(opened, "ncclCommDestroy", made->destroy);
  demand(opened, "ncclCommAbort", made->abort);
  demand(opened, "ncclCommGetAsyncError", made->async_error);
  demand(opened, "ncclGetErrorString", made->error_string);
  demand(opened, "ncclGetLastError", made->last_error);
  demand(opened, "ncclGroupStart", made->group_start);
  demand(opened, "ncclGroupEnd", made->group_end);
  demand(opened, "ncclSend", made->send);
  demand(opened, "ncclRecv", made->receive);
  demand(opened, "ncclAllReduce", made->all_reduce);
  demand(opened, "ncclReduce", made->reduce);
  demand(opened, "ncclBroadcast", made->broadcast);
  demand(opened, "ncclAllGather", made->all_gather);
  demand(opened, "ncclReduceScatter", made->reduce_scatter);
  find(opened, "ncclMemAlloc", made->allocate);
  find(opened, "ncclMemFree", made->free);
  find(opened, "ncclCommRegister", made->register_buffer);
  find(opened, "ncclCommDeregister", made->deregister_buffer);
  find(opened, "ncclCommWindowRegister", made->register_window);
  find(opened, "ncclCommWindowDeregister", made->deregister_window);
  find(opened, "ncclAlltoAll", made->all_to_all);
  find(opened, "ncclGather", made->gather);
  find(opened, "ncclScatter", made->scatter);
  return made;
}

}  // namespace shortfall::nccl
