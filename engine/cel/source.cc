#include "engine/cel/source.h"

#include <cstddef>

namespace writ::engine::cel {

Position Source::PositionOf(std::uint32_t offset) const {
  Position position;
  for (std::size_t i = 0; i < offset && i < text_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text_[i]);
    if (byte == '\n') {
      ++position.line;
      position.column = 1;
    } else if ((byte & 0xC0U) != 0x80U) {
      ++position.column;
    }
  }
  return position;
}

}  // namespace writ::engine::cel
