// Takes secrets out of text that is about to be shown: what a server or a
// program answered may repeat what it was given (T-07, T-17). Each value goes
// in every form that it's likely to come back in: plain, base64 at each of the
// three alignments and in both alphabets, hexadecimal, percent-encoded,
// escaped for JSON, for HTML; and its beginning, where the text breaks off.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/egress/http_client.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

using SecretViews = std::vector<std::reference_wrapper<const SecretValue>>;

// The text with "(not shown)" where a value stood.
std::string Scrub(std::string_view text, const SecretViews& secrets);

// A line about what somebody answered: scrubbed, control characters as spaces,
// then cut to `limit` bytes.
std::string Excerpt(std::string_view text, const SecretViews& secrets,
                    std::size_t limit = 200);

}  // namespace writ::reconciler
