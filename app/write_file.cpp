#include "app/write_file.hpp"

#include <fstream>

#include "core/error.hpp"

namespace shortfall {

void write_file(const std::string& option, const std::string& file, const std::string& content) {
  std::ofstream out(file);
  out << content;
  if (!out.flush()) throw BadUsage(option + "=" + file + ": cannot be written");
}

}  // namespace shortfall
