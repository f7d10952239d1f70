#include "reconciler/gateway/access/live_credentials.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "reconciler/credentials/credential_mac.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/issue.h"
#include "reconciler/gateway/access/credential_snapshot.h"
#include "reconciler/store/generation_file.h"
#include "reconciler/store/revocation_log.h"
#include "reconciler/thread_name.h"
#include "schema/credential/token_format.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};
constexpr std::chrono::seconds kBlindFor{2};
constexpr int kRowsAtOnce = 1000;
// That the audit is still to be told of (T-20).
constexpr std::size_t kTamperedKept = 1000;
// A request waits for it.
constexpr std::chrono::milliseconds kBusyTimeout{250};

// Reads of one moment.
class OneMoment {
 public:
  static Result<std::unique_ptr<OneMoment>> Begin(StateStore& store) {
    TRY(store.BeginRead());
    return std::make_unique<OneMoment>(store);
  }
  explicit OneMoment(StateStore& store) : store_(store) {}
  ~OneMoment() { store_.EndRead(); }
  OneMoment(const OneMoment&) = delete;
  OneMoment& operator=(const OneMoment&) = delete;

 private:
  StateStore& store_;
};

}  // namespace

// What answers are made from. Readers see the snapshot and the atomics; the
// rest is the writer's.
struct LiveCredentials::View {
  // Odd, so that no generation that stands for a whole state equals it.
  static constexpr std::uint64_t kNothingKnown = ~std::uint64_t{0};

  std::shared_ptr<GenerationFile> generation;  // null: none can be mapped
  std::shared_ptr<CredentialSnapshot> credentials;
  std::shared_ptr<const RevocationLog> revocations;
  std::string lineage;
  std::int64_t sequence = 0;
  std::atomic<std::uint64_t> known{kNothingKnown};
  std::atomic<bool> is_restored{false};
  std::atomic<Timestamp::rep> high_water{0};

  View() = default;
  // With another table; everything else as it was.
  View(const View& other, std::shared_ptr<CredentialSnapshot> table)
      : generation(other.generation),
        credentials(std::move(table)),
        revocations(other.revocations),
        lineage(other.lineage),
        sequence(other.sequence),
        known(other.known.load()),
        is_restored(other.is_restored.load()),
        high_water(other.high_water.load()) {}

  // True where memory says what the database does.
  bool IsFresh() const {
    return generation != nullptr &&
           generation->Load() == known.load(std::memory_order_acquire);
  }
};

LiveCredentials::LiveCredentials(const LiveCredentialsOptions& options,
                                 KeyRing keys)
    : options_(options), keys_(std::move(keys)) {}

LiveCredentials::~LiveCredentials() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  wakeup_.notify_all();
}

Result<std::unique_ptr<LiveCredentials>> LiveCredentials::Open(
    const LiveCredentialsOptions& options, KeyRing keys) {
  std::unique_ptr<LiveCredentials> opened(
      new LiveCredentials(options, std::move(keys)));
  {
    const std::scoped_lock lock(opened->mutex_);
    TRY(opened->LoadAll());
    opened->last_seen_ = options.clock->Monotonic();
  }
  if (options.has_watch) {
    opened->thread_ =
        std::jthread([self = opened.get()](const std::stop_token& stop) {
          self->Watch(stop);
        });
  }
  return opened;
}

Authentication LiveCredentials::Check(std::string_view token,
                                      const IpAddress& client) {
  if (!IsWorthLookingUp(token)) return {Verdict::kMalformed, nullptr, true};
  if (!view_.Get()->IsFresh() && !Refresh()) {
    return {Verdict::kUnknown, nullptr, false};
  }
  const View& view = *view_.Get();
  const Digest digest = TokenDigest(token);
  const HeldCredential* held = view.credentials->Find(digest);
  if (held == nullptr) {
    return {JudgeUnknown(token, view, digest), nullptr, true};
  }
  held->Prefetch();
  const Timestamp high_water{Timestamp::duration(view.high_water.load())};
  const Timestamp now = std::max(options_.clock->Now(), high_water);
  return {held->JudgeAt(token, now, client, view.is_restored.load()),
          held->principal(), true};
}

Verdict LiveCredentials::JudgeUnknown(std::string_view token, const View& view,
                                      const Digest& digest) const {
  // Revoked before an older state was restored.
  if (view.revocations->Has(digest)) return Verdict::kRevoked;
  return ParseToken(token) ? Verdict::kUnknown : Verdict::kMalformed;
}

bool LiveCredentials::Refresh() {
  const std::scoped_lock lock(mutex_);
  // Somebody else who waited may have read it all.
  if (current_->IsFresh()) return true;
  ++counts_.reads;
  return ReadChanges().has_value();
}

Status LiveCredentials::ReadChanges() {
  if (watch_ && watch_->IsInPlace()) {
    const Status read = ReadRows(current_);
    if (read || read.error().code != ErrorCode::kStale) return read;
  }
  return LoadAll();
}

// REQUIRES: mutex_, here and in all that follows.
Status LiveCredentials::LoadAll() {
  OpenOptions options;
  options.folder = options_.folder;
  options.clock = options_.clock;
  options.busy_timeout = kBusyTimeout;
  auto view = std::make_shared<View>();
  watch_ = TRY(ChangeWatch::Open(options_.folder));
  // Where it can't be mapped, every check reads: slower, and as right.
  view->generation = OpenGeneration();
  agreed_ = TRY(Agreed(view->generation.get()));
  store_ = TRY(StateStore::Open(options));
  view->revocations = std::make_shared<const RevocationLog>(
      TRY(RevocationLog::Open(options_.folder)));
  view->credentials = std::make_shared<CredentialSnapshot>(0);
  TRY(ReadRows(view));
  ++counts_.reloads;
  return {};
}

Status LiveCredentials::ReadRows(std::shared_ptr<View> view) {
  // Before the rows: what is committed later has a higher one.
  const std::uint64_t generation =
      view->generation ? view->generation->Load() : View::kNothingKnown;
  const auto moment = TRY(OneMoment::Begin(*store_));
  const StateFacts facts = TRY(store_->ReadFacts());
  if (!view->lineage.empty() && view->lineage != facts.lineage) {
    return Fail(ErrorCode::kStale, "the state was restored");
  }
  view->lineage = facts.lineage;
  view->is_restored = facts.restored;
  view->high_water = facts.high_water.time_since_epoch().count();
  while (true) {
    const auto rows =
        TRY(store_->credentials().ReadNext(view->sequence, kRowsAtOnce));
    for (const CredentialRecord& record : rows) PutRow(view, record);
    if (rows.size() < kRowsAtOnce) break;
  }
  if (view->credentials->IsWasteful()) {
    view = std::make_shared<View>(*view, view->credentials->Compacted());
  }
  if (serial_ != facts.serial || lineage_ != facts.lineage) {
    serial_ = facts.serial;
    lineage_ = facts.lineage;
    ++revision_;
  }
  if (!GenerationFile::IsOdd(generation)) {
    view->known.store(generation, std::memory_order_release);
  }
  is_intact_ = view->credentials->tampered() == 0;
  if (view != current_) {
    current_ = view;
    view_.Set(std::move(view));
  }
  return {};
}

void LiveCredentials::PutRow(std::shared_ptr<View>& view,
                             const CredentialRecord& record) {
  if (!keys_.Has(record.key_generation)) {
    // A rekey went by. Where it can't be followed, the row isn't served.
    if (auto keys = keys_.Refreshed(store_->secrets())) {
      keys_ = *std::move(keys);
    }
  }
  const auto rights = ParseRights(record.rights);
  const bool is_revoked = record.status == CredentialStatus::kRevoked;
  const bool is_in_log = view->revocations->Has(record.digest);
  const bool is_authentic =
      HasRightMac(keys_, record) || (is_revoked && is_in_log);
  auto held = std::make_shared<const HeldCredential>(
      record, rights ? &*rights : nullptr, is_authentic);
  if (is_in_log) held->Revoke();
  if (!is_authentic && tampered_.size() < kTamperedKept &&
      !told_.contains(record.id)) {
    tampered_.emplace(record.id, record);
  }
  if (!view->credentials->Put(held)) {
    // Readers walk the old table meanwhile.
    view = std::make_shared<View>(*view, view->credentials->Compacted());
    view->credentials->Put(std::move(held));
  }
  view->sequence = record.sequence;
}

Result<std::optional<LiveCredentials::Agreement>> LiveCredentials::Agreed(
    const GenerationFile* generation) {
  const std::uint64_t before =
      generation != nullptr ? generation->Load() : View::kNothingKnown;
  const std::int64_t version = TRY(watch_->DataVersion());
  // With a commit in between, nobody can say which of them is whose.
  if (GenerationFile::IsOdd(before) || generation->Load() != before) {
    return std::optional<Agreement>();
  }
  return std::optional<Agreement>(Agreement{before, version});
}

Status LiveCredentials::CompareCommits() {
  if (!IsInPlaceNow()) {
    // A state that was put in the place of another, or a file that was removed.
    TRY(LoadAll());
    ++counts_.alarms;
    return {};
  }
  const auto now = TRY(Agreed(current_->generation.get()));
  if (!now) return {};
  // One that emptied the log moves the generation a moment later.
  if (suspect_ && *suspect_ == now->generation) ++counts_.alarms;
  suspect_.reset();
  if (agreed_ && now->generation == agreed_->generation &&
      now->data_version != agreed_->data_version) {
    suspect_ = now->generation;
    return LoadAll();
  }
  agreed_ = now;
  return {};
}

bool LiveCredentials::IsInPlaceNow() const {
  if (!watch_ || !watch_->IsInPlace()) return false;
  const auto& generation = current_->generation;
  return generation == nullptr || IsInPlace(*generation, options_.folder);
}

std::shared_ptr<GenerationFile> LiveCredentials::OpenGeneration() const {
  if (!options_.maps_generation) return nullptr;
  auto opened = GenerationFile::Open(options_.folder);
  if (!opened) return nullptr;
  return std::make_shared<GenerationFile>(*std::move(opened));
}

void LiveCredentials::LookAtGeneration() {
  if (current_->generation == nullptr) {
    // There may be one by now.
    if (OpenGeneration() != nullptr) static_cast<void>(LoadAll());
    return;
  }
  const std::uint64_t now = current_->generation->Load();
  const bool stayed_odd = odd_ == now;
  odd_.reset();
  if (!GenerationFile::IsOdd(now)) return;
  odd_ = now;
  if (!stayed_odd || !watch_) return;
  const auto mended = watch_->Mend(*current_->generation);
  if (mended && *mended) ++counts_.mended;
}

void LiveCredentials::Look() {
  const std::scoped_lock lock(mutex_);
  const bool read_database = CompareCommits().has_value();
  LookAtGeneration();
  const bool has_generation = current_->generation != nullptr && IsInPlaceNow();
  const std::chrono::nanoseconds now = options_.clock->Monotonic();
  if (read_database || has_generation) {
    last_seen_ = now;
    is_current_ = true;
  } else if (now - last_seen_ >= kBlindFor) {
    is_current_ = false;
  }
}

LiveCredentialsCounts LiveCredentials::counts() {
  const std::scoped_lock lock(mutex_);
  LiveCredentialsCounts counts = counts_;
  counts.held = static_cast<std::int64_t>(current_->credentials->size());
  counts.tampered =
      static_cast<std::int64_t>(current_->credentials->tampered());
  return counts;
}

// Over a store of its own: the audit is a write, and checks never wait for one.
void LiveCredentials::TellTampered() {
  std::map<std::string, CredentialRecord> found;
  {
    const std::scoped_lock lock(mutex_);
    found = tampered_;
  }
  if (found.empty()) return;
  OpenOptions options;
  options.folder = options_.folder;
  options.mode = OpenMode::kReadWrite;
  options.clock = options_.clock;
  SystemRandom random;
  options.random = &random;
  auto store = StateStore::Open(options);
  if (!store) return;
  Credentials credentials(**store, nullptr, *options_.clock, random);
  const Status told =
      Transact(**store, "", [&](WriteTransaction& transaction) -> Status {
        for (const auto& [id, record] : found) {
          TRY(credentials.AuditTampering(transaction, record,
                                         {"writ", "its MAC doesn't hold"}));
        }
        return {};
      });
  if (!told) return;
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, record] : found) {
    told_.insert(id);
    tampered_.erase(id);
  }
}

void LiveCredentials::Watch(const std::stop_token& stop) {
  NameThread("writ-tokens");
  while (!stop.stop_requested()) {
    Look();
    TellTampered();
    std::unique_lock lock(wakeup_mutex_);
    wakeup_.wait_for(lock, stop, kLookEvery, [] { return false; });
  }
}

}  // namespace writ::reconciler::gateway
