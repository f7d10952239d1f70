// The live state as plans far away read it (GET /v1/state): whole, or what
// changed since a version that was handed out before. The rows of the last few
// versions are remembered by their marks alone. In a state with several
// workspaces, each sees what is its own or nobody's.
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
  // `workspace_uid`: of the asker's workspace; empty: all of the state.
  Result<Found> Find(std::string_view known, std::string_view since,
                     const std::string& workspace_uid);

  // T-20: of so many workspaces versions are remembered.
  static constexpr std::size_t kMaxViews = 8;

 private:
  Snapshots(std::string folder, std::unique_ptr<PlanRowsReader> reader)
      : folder_(std::move(folder)), reader_(std::move(reader)) {}
  Result<AppTotals> ReadTotals() const;

  // What was handed out to those of one workspace.
  struct View {
    std::string workspace_uid;
    // Of the newest version that was read.
    std::int64_t data_version = 0;
    AppTotals totals;
    std::string version;
    std::deque<PlanCopyMarks> marks;  // the newest first
  };
  View& ViewOf(const std::string& workspace_uid);
  static const PlanCopyMarks* Remembered(const View& view,
                                         std::string_view since,
                                         const PlanCopy& copy);
  static void Remember(View& view, const PlanCopy& copy);

  const std::string folder_;
  std::unique_ptr<PlanRowsReader> reader_;
  std::deque<View> views_;  // the one asked for last first
};

}  // namespace writ::reconciler::gateway
