// What is known of a call of format before it runs.
#include <algorithm>

#include "engine/cel/string_format.h"

namespace writ::engine::cel {
namespace {

using TypeKind = Type::Kind;

bool MayTake(char conversion, const Type& type) {
  switch (type.kind()) {
    case TypeKind::kDyn:
    case TypeKind::kParameter:
    case TypeKind::kInt:
    case TypeKind::kUint:
      return true;
    case TypeKind::kDouble:
      return std::string_view("sdfe").find(conversion) !=
             std::string_view::npos;
    case TypeKind::kBool:
      return conversion == 's' || conversion == 'b';
    case TypeKind::kString:
    case TypeKind::kBytes:
      return std::string_view("sxX").find(conversion) != std::string_view::npos;
    case TypeKind::kNull:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
    case TypeKind::kList:
    case TypeKind::kMap:
    case TypeKind::kObject:
    case TypeKind::kType:
      return conversion == 's';
    case TypeKind::kOptional:
    case TypeKind::kOpaque:
      return false;
  }
  return true;
}

}  // namespace

std::optional<FormatMistake> FindFormatMistake(std::string_view format,
                                               const std::vector<Type>& types) {
  std::size_t used = 0;
  for (;;) {
    format.remove_prefix(std::min(format.find('%'), format.size()));
    if (format.empty()) return std::nullopt;
    if (format.starts_with("%%")) {
      format.remove_prefix(2);
      continue;
    }
    const auto clause = ParseFormatClause(format);
    if (!clause) return FormatMistake{clause.error(), std::nullopt};
    if (used == types.size()) {
      return FormatMistake{TooFewFormatValues(used), std::nullopt};
    }
    if (!MayTake(clause->conversion, types[used])) {
      return FormatMistake{
          FormatMismatch(clause->conversion, types[used].ToText()), used};
    }
    format.remove_prefix(clause->size);
    ++used;
  }
}

}  // namespace writ::engine::cel
