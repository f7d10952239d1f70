#include "engine/cel/issue.h"

namespace writ::engine::cel {

std::string Describe(const Issues& issues) {
  std::string text;
  for (const Issue& issue : issues) {
    if (!text.empty()) text += '\n';
    text += std::to_string(issue.position.line) + ':' +
            std::to_string(issue.position.column) + ": " + issue.message;
    if (!issue.hint.empty()) text += " (" + issue.hint + ')';
  }
  return text;
}

}  // namespace writ::engine::cel
