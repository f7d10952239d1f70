// What a dangling reference may have meant, in words for the caret.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/plan/pairing.h"
#include "schema/resource.h"

namespace writ::engine {

// "a Destination", "an App or Project".
std::string KindsInWords(const Reference& reference);

// "manifests/orders/destinations.yaml:4"; what is known of it.
std::string PlaceInWords(const Location& location);

// `did you mean "payments-slack" (manifests/orders/destinations.yaml:4)?`, or
// the whole address where only another parent has one of that name. Empty:
// nothing is near.
std::string SuggestTarget(const Pairing& pairing, const Resource& user,
                          const Reference& reference,
                          std::string_view workspace);

}  // namespace writ::engine
