// Work of libraries that know nothing of streams, on memory that a stream may still write.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "backends/device.hpp"

namespace shortfall {

// Lets go of it, and returns when all is done that was enqueued. Before the first time is taken,
// too: what is left of a held start would be in it.
void empty(Stream& stream);

// The same work, begun when all is done that was enqueued before; `note` says so in its details.
// What has arrived in `output` is there for its device before anybody looks at it.
std::unique_ptr<Prepared> after_stream(std::unique_ptr<Prepared> work, Buffer& output,
                                       Details::value_type note);

}  // namespace shortfall
