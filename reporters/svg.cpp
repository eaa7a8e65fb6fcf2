#include "reporters/svg.hpp"

#include <fmt/format.h>

namespace shortfall {

std::string xml_text(std::string_view text) {
  std::string spelled;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '<') {
      spelled += "&lt;";
    } else if (c == '>') {
      spelled += "&gt;";
    } else if (c == '&') {
      spelled += "&amp;";
    } else if (c == '"') {
      spelled += "&quot;";
    } else {
      spelled += code < ' ' ? ' ' : c;
    }
  }
  return spelled;
}

void Picture::box(const Box& box, std::string_view kind) {
  shapes_ += fmt::format(
      "<rect class=\"{}\" x=\"{:.0f}\" y=\"{:.0f}\" width=\"{:.0f}\" height=\"{:.0f}\" "
      "rx=\"6\"/>\n",
      kind, box.corner.x, box.corner.y, box.width, box.height);
}

void Picture::line(Point from, Point to, std::string_view kind) {
  shapes_ +=
      fmt::format("<line class=\"{}\" x1=\"{:.0f}\" y1=\"{:.0f}\" x2=\"{:.0f}\" y2=\"{:.0f}\"/>\n",
                  kind, from.x, from.y, to.x, to.y);
}

void Picture::text(Point at, std::string_view text, std::string_view kind) {
  if (text.empty()) return;
  shapes_ += fmt::format("<text class=\"{}\" x=\"{:.0f}\" y=\"{:.0f}\">{}</text>\n", kind, at.x,
                         at.y, xml_text(text));
}

std::string Picture::document(double width, double height, std::string_view style) const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\">\n<style>{2}</style>\n"
      "<rect class=\"paper\" width=\"{0:.0f}\" height=\"{1:.0f}\"/>\n{3}</svg>\n",
      width, height, style, shapes_);
}

}  // namespace shortfall
