// What the kernel tells in files of one line.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace shortfall {

// Empty if there is no such file.
inline std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace shortfall
