#include "reconciler/egress/http_client.h"

#include <algorithm>

namespace writ::reconciler {

std::string_view HttpResponse::Header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(),
                   [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view() : found->second;
}

}  // namespace writ::reconciler
