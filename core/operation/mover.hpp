// Who moves data to, from and between accelerators.
#pragma once

namespace shortfall {

// A copy engine works beside the multiprocessors; a kernel keeps them all busy.
enum class Mover { copy_engine, kernel };

}  // namespace shortfall
