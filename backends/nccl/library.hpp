// NCCL, opened when it is first needed: the program runs on machines that do not have it.
#pragma once

#include <nccl.h>

#include <memory>
#include <string>

#include "core/error.hpp"

namespace shortfall::nccl {

// "2.28.9" of 22809
std::string version_text(int code);
inline constexpr const char* library_name = "libnccl.so.2";
inline constexpr int header_version = NCCL_VERSION_CODE;

// The functions that are used. What is younger than the oldest NCCL that is taken is nullptr where
// the library does not have it.
struct Library {
  int version = 0;  // as ncclGetVersion() codes it

  decltype(&ncclGetUniqueId) get_unique_id;
  decltype(&ncclCommInitRankConfig) init;
  decltype(&ncclCommDestroy) destroy;
  decltype(&ncclCommAbort) abort;
  decltype(&ncclCommGetAsyncError) async_error;
  decltype(&ncclGetErrorString) error_string;
  decltype(&ncclGetLastError) last_error;
  decltype(&ncclGroupStart) group_start;
  decltype(&ncclGroupEnd) group_end;
  decltype(&ncclSend) send;
  decltype(&ncclRecv) receive;
  decltype(&ncclAllReduce) all_reduce;
  decltype(&ncclReduce) reduce;
  decltype(&ncclBroadcast) broadcast;
  decltype(&ncclAllGather) all_gather;
  decltype(&ncclReduceScatter) reduce_scatter;

  decltype(&ncclMemAlloc) allocate;  // and these three: 2.19
  decltype(&ncclMemFree) free;
  decltype(&ncclCommRegister) register_buffer;
  decltype(&ncclCommDeregister) deregister_buffer;
  decltype(&ncclCommWindowRegister) register_window;  // and this: 2.27
  decltype(&ncclCommWindowDeregister) deregister_window;
  decltype(&ncclAlltoAll) all_to_all;  // and these two: 2.28
  decltype(&ncclGather) gather;
  decltype(&ncclScatter) scatter;

  std::string name() const { return "NCCL " + version_text(version); }
  // "unhandled cuda error", and what NCCL adds about `ranks`, which may be nullptr.
  std::string answer(ncclResult_t status, ncclComm_t ranks) const;
};

// Throws Error, with what was looked for, if it is not here, of another
// major version than the header of this build, or too old.
std::shared_ptr<const Library> open_library();

}  // namespace shortfall::nccl
