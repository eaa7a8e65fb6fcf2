// Functions of the driver, which is not linked: they are asked for by name when they are first
// needed.
#pragma once

namespace shortfall::cuda {

// As it is since a version of CUDA (11070: 11.7); nullptr: this driver has none such.
void* driver_function(const char* name, unsigned version);

template <class Function>
bool find(Function& function, const char* name, unsigned version) {
  function = reinterpret_cast<Function>(driver_function(name, version));
  return function != nullptr;
}

}  // namespace shortfall::cuda
