// The live state as plans far away read it (GET /v1/state): whole, or what
// changed since a version that was handed out before. The rows of the last few
// versions are remembered by their marks alone.
//
// One thread. Blocks on disk.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "reconciler/store/plan_rows.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

class Snapshots {
 public:
  static Result<std::unique_ptr<Snapshots>> Open(const std::string& folder);

  struct Found {
    std::string version;
    // The document; empty where the asker has this version already.
    std::string text;
  };
  // `known`: the version that the asker has, as If-None-Match names it.
  // `since`: a version, or a serial of this lineage, to tell the changes of;
  // where nothing is known of it, the document is whole. Both may be empty.
  Result<Found> Find(std::string_view known, std::string_view since);

 private:
  Snapshots(std::string folder, std::unique_ptr<PlanRowsReader> reader)
      : folder_(std::move(folder)), reader_(std::move(reader)) {}
  Result<AppTotals> ReadTotals() const;
  const PlanCopyMarks* Remembered(std::string_view since,
                                  const PlanCopy& copy) const;
  void Remember(const std::string& version, const PlanCopy& copy);

  const std::string folder_;
  std::unique_ptr<PlanRowsReader> reader_;
  // Of the newest version that was read.
  std::int64_t data_version_ = 0;
  AppTotals totals_;
  std::string version_;
  std::deque<PlanCopyMarks> marks_;  // the newest first
};

}  // namespace writ::reconciler::gateway
