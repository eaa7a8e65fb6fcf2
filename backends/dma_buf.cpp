#include "backends/dma_buf.hpp"

#include <unistd.h>

namespace shortfall {

DmaBuf::~DmaBuf() {
  if (file_ >= 0) close(file_);
}

}  // namespace shortfall
