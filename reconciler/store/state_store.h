// The live state: one folder with `state.db` (SQLite through SQLiteCpp; WAL,
// synchronous=FULL, STRICT tables, foreign keys). One state holds one
// environment; several repositories may own resources in it.
//
// Guarantees
//   - A transaction is all or nothing and durable when Commit returns. A crash
//     between two leaves the state as the last one left it.
//   - The lineage is fixed when a state is created or restored; the serial
//     moves by one with each change that a plan can depend on.
//   - Every write transaction of a lease's holder checks holder and token
//     inside that transaction (kLocked when lost).
//   - The folder is 0700 and its files 0600 under any umask; a wrong owner, a
//     symlink or a network file system is refused (T-15). Writers tighten loose
//     modes; readers refuse what others may write.
//   - Only kMigrate mode migrates, after a backup beside the file; an older
//     binary refuses a newer state (kUnsupported); readers understand every
//     older schema. Quick check on open after a crash (kCorrupt). Foreign
//     triggers and views are refused (T-13): trusted_schema=OFF, defensive.
//
// A store belongs to one thread; open another for another thread. Methods
// block on disk, writers for up to the busy timeout (kLocked past it). Errors:
// kIo (disk full, read-only), kCorrupt, kUnsupported, kPermission, kLocked,
// kNotFound, kConflict (a newer generation).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/state/snapshot.h"
#include "reconciler/clock.h"
#include "reconciler/store/credential_records.h"
#include "reconciler/store/rotation_records.h"
#include "reconciler/store/secret_records.h"
#include "schema/digest.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

enum class OpenMode : std::uint8_t {
  kReadOnly,  // no write at all, not even a migration or a -wal file's recovery
  kReadWrite,
  kMigrate,  // creates the state where there is none, migrates an older one
};

struct OpenOptions {
  std::string folder;
  OpenMode mode = OpenMode::kReadOnly;
  std::string environment;  // written on creation; checked when not empty
  const Clock* clock = nullptr;
  Random* random = nullptr;
  std::chrono::milliseconds busy_timeout{5000};
};

// What holds for everything of one owner since its last complete apply; lets
// the next plan look only at what differs (design, "The cost follows the
// change"). Any apply removes it first and a complete one writes it anew.
struct BaseRecord {
  std::string tree_id;  // git tree of the source's root
  std::string commit;
  Digest inputs;  // manifests::DesiredState::inputs
  std::string kind_tables;
  std::string writ_version;
  Digest policies;
  std::int64_t serial = 0;  // of the state when the apply was complete
  std::optional<Timestamp> valid_until;  // when time first changes an answer
  std::string desired_buckets;           // engine/state/desired_digest.h
  std::int64_t desired_count = 0;
  std::int64_t file_count = 0;

  bool operator==(const BaseRecord&) const = default;
};

// What is kept of a resource beside what decisions see.
struct StoredResource {
  engine::LiveResource live;
  // True when live says what was desired at the last complete apply; false
  // makes the next plan look at it.
  bool settled = false;
  std::string file;  // path in the source, for lookups by file; empty: none
  std::vector<Timestamp> time_edges;
  std::vector<ResourceId> references;  // dependencies, resolved; not the parent
};

struct AuditEntry {
  std::int64_t sequence = 0;  // from 1
  Timestamp at;
  std::string actor;    // "ana@runner-4", a token's id
  std::string action;   // "apply.create", "state.rm", "lock.break"
  std::string subject;  // an address, or empty
  std::string details;  // canonical JSON; never a value
  Digest previous;      // digest of the entry before; zeros for the first
  Digest digest;        // of all of the above
};

struct AuditHead {
  std::int64_t sequence = 0;
  Digest digest;
};

struct LeaseRecord {
  std::string holder;  // "ana@runner-4 (pid 4711)"
  std::string token;   // random; fences writes
  std::string operation;
  std::int64_t heartbeat = 0;
  Timestamp acquired_at;
  std::int64_t ttl_ms = 0;
};

enum class ApplyOutcome : std::uint8_t {
  kRunning,
  kComplete,
  kPartial,
  kInterrupted,
};

struct ApplyRecord {
  std::string id;
  std::string plan_digest;
  std::string owner;
  std::string commit;
  std::string actor;
  Timestamp started_at;
  std::optional<Timestamp> finished_at;
  ApplyOutcome outcome = ApplyOutcome::kRunning;
  std::int64_t planned = 0;
  std::int64_t done = 0;
  std::int64_t failed = 0;
  std::int64_t skipped = 0;
};

// One line of a resource's history: a journal entry of an apply.
struct JournalEntry {
  std::string apply_id;
  std::int64_t serial = 0;  // after it
  Timestamp at;
  std::string address;
  std::string action;  // engine::Name(Action)
  std::string reason;
  std::string actor;
  engine::Provenance provenance;
};

// A resource deleted within the last 7 days (T-12).
struct DeletedResource {
  StoredResource resource;
  Timestamp deleted_at;
};

struct StateFacts {
  std::string lineage;
  std::int64_t serial = 0;
  std::string environment;
  int schema_version = 0;
  Timestamp created_at;
  // Set by restore until `state restore --accept`: apply refuses meanwhile.
  bool restored = false;
  bool for_plan = false;  // a copy that ExportForPlan made; opens for no writer
  Timestamp high_water;   // latest wall clock time any writer saw (T-24)
  bool clock_behind = false;  // this clock is 5 s or more behind high_water
  std::int64_t resource_count = 0;
};

class WriteTransaction;

class StateStore {
 public:
  // kNotFound when there is no state and the mode doesn't create one.
  static Result<std::unique_ptr<StateStore>> Open(const OpenOptions& options);
  virtual ~StateStore() = default;

  // Reads of one thread between BeginRead and EndRead see one state.
  virtual Status BeginRead() = 0;
  virtual void EndRead() = 0;

  virtual Result<StateFacts> ReadFacts() = 0;
  virtual Result<std::optional<BaseRecord>> ReadBase(
      const std::string& owner) = 0;
  // What the owner's writ.yaml said of guards at its last complete apply
  // (T-04), as WriteGuards got it.
  virtual Result<std::optional<std::string>> ReadGuards(
      const std::string& owner) = 0;

  // All resources and references, without contents where `contents` is false.
  virtual Result<engine::Snapshot> ReadAll(bool contents) = 0;
  // Those of the addresses that are there, in address order.
  virtual Result<std::vector<engine::LiveResource>> ReadResources(
      std::span<const ResourceId> ids) = 0;
  // All of one kind, whoever owns them, in address order.
  virtual Result<std::vector<engine::LiveResource>> ReadKind(
      const std::string& kind) = 0;
  virtual Result<std::optional<StoredResource>> ReadStored(
      const ResourceId& id) = 0;
  // Addresses, each list in address order.
  virtual Result<std::vector<ResourceId>> DeclaredIn(
      const std::string& owner, std::span<const std::string> files) = 0;
  virtual Result<std::vector<ResourceId>> Unsettled(
      const std::string& owner) = 0;
  // References (parents included) out of and into the given resources.
  virtual Result<std::vector<engine::LiveReference>> ReferencesFrom(
      std::span<const ResourceId> ids) = 0;
  virtual Result<std::vector<engine::LiveReference>> ReferencesTo(
      std::span<const ResourceId> ids) = 0;
  // Children of a kind whose content, or the content last applied, has the text
  // as a part, in address order: for parents with thousands of children of
  // which few matter.
  virtual Result<std::vector<ResourceId>> ChildrenSaying(
      std::span<const ResourceId> parents, const std::string& kind,
      const std::string& text) = 0;
  virtual Result<std::int64_t> CountOwned(const std::string& owner) = 0;
  // (address, desired digest) of what the owner has in a bucket, by address.
  virtual Result<std::vector<std::pair<std::string, Digest>>> ReadBucket(
      const std::string& owner, std::uint32_t bucket) = 0;
  // The earliest time edge after `now` of what the owner has.
  virtual Result<std::optional<Timestamp>> NextTimeEdge(
      const std::string& owner, Timestamp now) = 0;
  // Earlier applied contents of an event schema, newest first; at most 100.
  virtual Result<std::vector<std::string>> ReadSchemaHistory(
      const ResourceId& id) = 0;

  // Newest first; follows the resource through the names that it had.
  virtual Result<std::vector<JournalEntry>> ReadHistory(const ResourceId& id,
                                                        int limit) = 0;
  virtual Result<std::vector<DeletedResource>> ReadDeleted() = 0;
  // Newest first.
  virtual Result<std::vector<ApplyRecord>> ReadApplies(int limit) = 0;
  virtual Result<std::optional<LeaseRecord>> ReadLease() = 0;
  virtual Result<AuditHead> ReadAuditHead() = 0;
  // Entries from `first` on, at most `limit`.
  virtual Result<std::vector<AuditEntry>> ReadAudit(std::int64_t first,
                                                    int limit) = 0;

  // What lies beside resources. Each lives as long as the store, reads at any
  // time and writes within the store's open WriteTransaction. An older state
  // has nothing of it.
  virtual CredentialTable& credentials() = 0;
  virtual SecretTable& secrets() = 0;
  virtual RotationTable& rotations() = 0;

  // Takes SQLite's write lock. With a lease token the transaction fails
  // (kLocked) unless the lease is still held by it; without one, writers
  // compare generations. At most one transaction at a time.
  virtual Result<std::unique_ptr<WriteTransaction>> BeginWrite(
      const std::string& lease_token) = 0;

  // Takes the lease, or kLocked naming its holder. A lease whose heartbeat
  // stood still for its TTL on this process's monotonic clock is taken over
  // (this call then blocks up to `timeout` to see that).
  virtual Result<LeaseRecord> AcquireLease(
      const std::string& holder, const std::string& operation,
      std::chrono::milliseconds ttl, std::chrono::milliseconds timeout) = 0;
  virtual Status Heartbeat(const std::string& lease_token) = 0;
  virtual Status ReleaseLease(const std::string& lease_token) = 0;
  // Removes somebody else's lease; the audit keeps who and why.
  virtual Status BreakLease(const std::string& lease_token,
                            const std::string& actor,
                            const std::string& reason) = 0;

  // Moves all that the log holds into the database and empties the log, so
  // that what was deleted is nowhere any more (T-15). kLocked where a reader
  // keeps it from doing so: try again later.
  virtual Status Checkpoint() = 0;
  // Online backup into a new file (0600); never over an existing one.
  virtual Status BackupTo(const std::string& file) = 0;
  // SQLite's own check, every digest, reference, bucket and the audit chain.
  // What is wrong, one sentence each; empty: nothing.
  virtual Result<std::vector<std::string>> Verify() = 0;

  virtual const std::string& folder() const = 0;
};

// Nothing stands until Commit; destruction rolls back. Ends before its store
// does.
class WriteTransaction {
 public:
  virtual ~WriteTransaction() = default;

  // Inserts, or replaces the resource of the same address; moves the serial
  // by one and the generation to the old one plus one (a resource that comes
  // back at an address goes on counting while the trash knows the old one).
  // `expected_generation` (0: not there) must hold, else kConflict. The content
  // digest is taken here; an empty uid keeps the old one, or gets a new one.
  virtual Status Put(const StoredResource& resource,
                     std::int64_t expected_generation) = 0;
  // Bookkeeping that no plan depends on: provenance, file, settled, desired
  // digest, applied content, edges, references. Serial and generation stay;
  // the rest of what is given is ignored. kNotFound.
  virtual Status Touch(const StoredResource& resource) = 0;
  // Into the trash for 7 days; serial moves.
  virtual Status Delete(const ResourceId& id,
                        std::int64_t expected_generation) = 0;
  // Renames a resource, keeping uid; and its children's parent part with it
  // ("Token/cart/x" → "Token/checkout/x"), and what refers to them. Serial
  // moves; each renamed one's generation too, and it isn't settled any more.
  // kConflict where an address is taken.
  virtual Status Rename(const ResourceId& from, const ResourceId& to,
                        std::int64_t expected_generation) = 0;
  // Out of the trash again. kNotFound, kConflict where the address is taken.
  virtual Status Undelete(const ResourceId& id) = 0;
  // Ends the trash's retention, in one bounded batch: resources deleted before
  // then, schemas' earlier contents, secrets' sealed values.
  virtual Status PurgeDeleted(Timestamp before, int limit) = 0;

  virtual Status AddSchemaVersion(const ResourceId& id,
                                  const std::string& content) = 0;
  virtual Status WriteBase(const std::string& owner,
                           const std::optional<BaseRecord>& base) = 0;
  virtual Status WriteGuards(const std::string& owner,
                             const std::string& guards) = 0;
  // Inserts, or replaces the one of the same id.
  virtual Status WriteApply(const ApplyRecord& record) = 0;
  virtual Status AppendJournal(const JournalEntry& entry) = 0;
  // Numbered and chained here; sequence, previous and digest are ignored.
  virtual Status AppendAudit(const AuditEntry& entry) = 0;
  virtual Status AcceptRestore() = 0;

  // A change inside the transaction: what was done since Mark can be undone
  // without the rest. One level; RollbackToMark and ReleaseMark end it.
  virtual Status Mark() = 0;
  virtual Status RollbackToMark() = 0;
  virtual Status ReleaseMark() = 0;

  virtual std::int64_t serial() const = 0;  // as it will be after Commit
  virtual Status Commit() = 0;
};

// Copies a backup into a folder as a new state: new lineage, marked restored,
// `writ state restore --accept` pending (T-10). Refuses an existing state.
Status RestoreState(const std::string& backup_file, const std::string& folder,
                    const Clock& clock, Random& random,
                    const std::string& actor);

// A copy for plan jobs: no sealed values, no digests of tokens or values, no
// events, no client addresses, no audit (T-06). It opens kReadOnly alone and
// can't be restored.
Status ExportForPlan(StateStore& store, const std::string& file);

}  // namespace writ::reconciler
