// What the state keeps of rotations: the record of each as JSON
// (engine/rotation), and the log of its steps, an intent before each effect
// and its outcome after. A token has one open rotation at most.
//
// Part of a StateStore: same thread, same transactions. Errors as there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

struct RotationRecord {
  std::string id;         // "r_…"; the idempotency token everywhere
  ResourceId token;       // follows the resource's renames
  std::string token_uid;  // stays
  std::string phase;      // engine::Name(Phase)
  std::string state;      // canonical JSON
  // The record came back with an older backup: the world may be ahead of it,
  // so every target is looked at before anything is done (T-10).
  bool observe = false;
  std::int64_t revision = 0;  // counts writes; given by the table
  Timestamp opened_at;
  std::optional<Timestamp> next_at;   // when to look again; absent: a person
  std::optional<Timestamp> ended_at;  // absent: open

  bool operator==(const RotationRecord&) const = default;
};

enum class StepKind : std::uint8_t { kIntent, kOutcome, kNote };

struct RotationStep {
  std::int64_t id = 0;  // given by the table, rising
  std::string rotation;
  StepKind kind = StepKind::kNote;
  Timestamp at;
  std::string step;     // name of the effect: "put"
  std::string target;   // address, or empty
  std::string details;  // canonical JSON; never a value

  bool operator==(const RotationStep&) const = default;
};

class RotationTable {
 public:
  virtual ~RotationTable() = default;

  virtual Result<std::optional<RotationRecord>> FindById(
      const std::string& id) = 0;
  virtual Result<std::optional<RotationRecord>> FindOpen(
      const ResourceId& token) = 0;
  // Open ones, by next_at and those without last; `all` adds ended ones, by
  // opened_at.
  virtual Result<std::vector<RotationRecord>> ReadAll(bool all) = 0;
  // Of one token, newest first.
  virtual Result<std::vector<RotationRecord>> ReadOf(
      const ResourceId& token) = 0;
  // The earliest next_at of open ones.
  virtual Result<std::optional<Timestamp>> NextAt() = 0;
  // In the order they were written.
  virtual Result<std::vector<RotationStep>> ReadSteps(
      const std::string& rotation) = 0;

  // A value on its way to targets, sealed; nothing where there is none.
  virtual Result<std::optional<std::string>> FindPendingValue(
      const std::string& credential) = 0;

  // REQUIRES of all below: a write transaction of the store is open; they are
  // part of it.

  // kConflict where the token has an open one, or the id is there.
  virtual Status Insert(const RotationRecord& record) = 0;
  // Moves the revision by one. kConflict unless it is record.revision: another
  // driver was here.
  virtual Status Update(const RotationRecord& record) = 0;
  virtual Status AppendStep(const RotationStep& step) = 0;
  // Inserts or replaces.
  virtual Status WritePendingValue(const std::string& rotation,
                                   const std::string& credential,
                                   const std::string& sealed) = 0;
  // All of a rotation's; StateStore::Checkpoint, after the commit, takes what
  // the log and free pages still hold.
  virtual Status ErasePendingValues(const std::string& rotation) = 0;
};

}  // namespace writ::reconciler
