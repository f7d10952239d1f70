// What the code hosts have in common, as writ needs it. Internal to
// reconciler/review.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/report/remark.h"
#include "reconciler/review/review.h"
#include "schema/result.h"

namespace writ::reconciler::review {

class CodeHostApi {
 public:
  virtual ~CodeHostApi() = default;

  // The id of the branch's newest commit.
  virtual Result<std::string> FindHead() = 0;
  // The first comment of writ's own identity that begins with the marker.
  virtual Result<std::optional<std::int64_t>> FindComment(
      const std::string& marker) = 0;
  // Puts the body there, or into a new comment.
  virtual Status WriteComment(std::optional<std::int64_t> known,
                              const std::string& body) = 0;
  virtual Status SetStatus(const std::string& commit,
                           const std::string& context, bool passes,
                           const std::string& description) = 0;
  // How many lines got one; those that were there already don't count.
  virtual Result<std::size_t> Annotate(
      const std::string& commit, const std::string& name, bool passes,
      const std::vector<engine::Remark>& remarks) = 0;
};

std::unique_ptr<CodeHostApi> MakeCodeHostApi(const ReviewPlace& place,
                                             ReviewEffects effects);

// "**writ** policy/x: message", and what finds it again, its first line: never
// one that a comment on the plan begins with.
std::string RemarkComment(const engine::Remark& remark);
std::string RemarkMarker(const engine::Remark& remark);

}  // namespace writ::reconciler::review
