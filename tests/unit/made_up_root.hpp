// A folder that stands for the /sys and /proc of a machine that does not exist.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "topology/root.hpp"

namespace shortfall {

class MadeUpRoot : public ::testing::Test {
 protected:
  MadeUpRoot() {
    std::string path = std::filesystem::temp_directory_path() / "shortfall_root_XXXXXX";
    root.path = mkdtemp(path.data());
  }
  ~MadeUpRoot() override {
    std::error_code ignored;
    std::filesystem::remove_all(root.path, ignored);
  }

  void file(std::string_view path, std::string_view text) const {
    const std::filesystem::path full = root.path + std::string(path);
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }
  void link(std::string_view path, std::string_view target) const {
    const std::filesystem::path full = root.path + std::string(path);
    std::filesystem::create_directories(full.parent_path());
    std::filesystem::create_symlink(target, full);
  }

  Root root;
};

}  // namespace shortfall
