// Shapes of an SVG picture. Coordinates in pixels, y down.
#pragma once

#include <string>
#include <string_view>

namespace shortfall {

// "<", "&" and quotes spelled so that they may stand in XML; control characters become blanks.
std::string xml_text(std::string_view text);

struct Point {
  double x = 0, y = 0;
};

struct Box {
  Point corner;
  double width = 0, height = 0;

  Point top() const { return {corner.x + width / 2, corner.y}; }
  Point bottom() const { return {corner.x + width / 2, corner.y + height}; }
};

class Picture {
 public:
  // `kind` is a class of the style sheet.
  void box(const Box& box, std::string_view kind);
  void line(Point from, Point to, std::string_view kind);
  // Centred on `at`.
  void text(Point at, std::string_view text, std::string_view kind);

  // The whole document, as large as given.
  std::string document(double width, double height, std::string_view style) const;

 private:
  std::string shapes_;
};

}  // namespace shortfall
