// Objects of libibverbs, destroyed in the order in which C++ destroys their owners: the reverse of
// that in which they were made, which is what the library asks for.
#pragma once

#include <infiniband/verbs.h>

#include <memory>

namespace shortfall::verbs {

template <class Object, int (*destroy)(Object*)>
struct Destroy {
  void operator()(Object* object) const { destroy(object); }  // refused: nothing can be done
};

template <class Object, int (*destroy)(Object*)>
using Handle = std::unique_ptr<Object, Destroy<Object, destroy>>;

using Context = Handle<ibv_context, ibv_close_device>;
using ProtectionDomain = Handle<ibv_pd, ibv_dealloc_pd>;
using MemoryRegion = Handle<ibv_mr, ibv_dereg_mr>;
using CompletionQueue = Handle<ibv_cq, ibv_destroy_cq>;
using CompletionChannel = Handle<ibv_comp_channel, ibv_destroy_comp_channel>;
using QueuePair = Handle<ibv_qp, ibv_destroy_qp>;
using AddressHandle = Handle<ibv_ah, ibv_destroy_ah>;

}  // namespace shortfall::verbs
