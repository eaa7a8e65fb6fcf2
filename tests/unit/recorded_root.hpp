// The trees in tests/fixtures: /sys and /proc of real kinds of machines, each as one text file.
#pragma once

#include <functional>

#include "core/text.hpp"
#include "tests/unit/made_up_root.hpp"

namespace shortfall {

class RecordedRoot : public MadeUpRoot {
 protected:
  // Lines are "path<TAB>content", with \n, \t and \\ in it, and "path -> target" for links; those
  // that begin with # say what the tree is. `change` may alter each content.
  void expand(
      std::string_view name, const std::function<std::string(std::string)>& change =
                                 [](std::string text) { return text; }) const {
    const std::string path = SHORTFALL_SOURCE_DIR "/tests/fixtures/" + std::string(name) + ".txt";
    const std::string text = text_of_file({}, path);
    ASSERT_NE(text, "") << path;
    for (const std::string& line : split(text, '\n')) {
      if (line.empty() || line.starts_with('#')) continue;
      const std::size_t tab = line.find('\t');
      if (tab != std::string::npos) {
        file(line.substr(0, tab), change(unescaped(line.substr(tab + 1))));
        continue;
      }
      const std::size_t arrow = line.find(" -> ");
      ASSERT_NE(arrow, std::string::npos) << line;
      link(line.substr(0, arrow), line.substr(arrow + 4));
    }
  }

 private:
  static std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') {
        plain += text[i];
        continue;
      }
      const char code = text.at(++i);
      plain += code == 'n' ? '\n' : code == 't' ? '\t' : code;
    }
    return plain;
  }
};

}  // namespace shortfall
