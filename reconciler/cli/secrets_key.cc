// The master key: made, checked against a state or a backup, replaced.
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <system_error>
#include <utility>

#include "reconciler/cli/secrets_arguments.h"
#include "reconciler/credentials/credential_mac.h"
#include "reconciler/secrets/rekey.h"

namespace writ::reconciler {
namespace {

void DeclareInit(Options& options, SecretsArguments& arguments) {
  DeclareSecretsCommon(options, arguments);
  options.Text("--key-file", arguments.key_file,
               "The key's file; made where it isn't there (default: the one "
               "that WRIT_MASTER_KEY_FILE names)");
}

void DeclareCheck(Options& options, SecretsArguments& arguments) {
  DeclareSecretsCommon(options, arguments);
  options.Positional("BACKUP", arguments.backup, false,
                     "A backup that `writ state backup` wrote, instead of the "
                     "state");
  options.Text("--key-file", arguments.key_file,
               "The key's file (default: the environment's key)");
}

void DeclareRekey(Options& options, SecretsArguments& arguments) {
  DeclareSecretsCommon(options, arguments);
  options.Text("--new-key-file", arguments.key_file, "The new key's file");
  options.Flag("--create", arguments.create, "Make that file first");
  options.Flag("--finish", arguments.finish,
               "End it: from then on only the new key opens the state");
}

Result<bool> SignRow(const KeyRing& ring, CredentialRecord& row) {
  if (!HasRightMac(ring, row)) return false;
  TRY(SignCredential(ring, row));
  return true;
}

Rekeying RekeyingOf(Session& session, StateStore& store) {
  return {store, session.clock, session.random, session.actor(), SignRow};
}

bool IsInside(const std::filesystem::path& file,
              const std::filesystem::path& folder) {
  const auto relative = file.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

// A key beside what it opens protects nothing, and one in a work tree is
// committed some day.
Status CheckKeyPlace(const std::string& file, const std::string& state) {
  std::error_code ignored;
  const auto path = std::filesystem::weakly_canonical(file, ignored);
  if (IsInside(path, std::filesystem::weakly_canonical(state, ignored))) {
    return Fail(ErrorCode::kUnsafe,
                file + " would lie in the state's folder, beside what it opens",
                "keep the key elsewhere");
  }
  for (auto folder = path.parent_path(); folder != folder.root_path();
       folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / ".git", ignored)) {
      return Fail(ErrorCode::kUnsafe,
                  file + " would lie in the git work tree " + folder.string(),
                  "keep the key outside, where nobody can commit it");
    }
  }
  return {};
}

Result<MasterKey> ReadOrMake(Session& session, const std::string& file,
                             StateStore& store) {
  struct stat facts = {};
  if (::lstat(file.c_str(), &facts) == 0) return ReadMasterKeyFile(file);
  if (!TRY(store.secrets().ReadKeyGenerations()).empty()) {
    return Fail(ErrorCode::kNotFound,
                "the state has a master key, and " + file + " isn't there",
                "name the file that holds it; a new key wouldn't open what is "
                "sealed");
  }
  TRY(CheckKeyPlace(file, store.folder()));
  return CreateMasterKeyFile(file, session.random);
}

Result<MasterKey> KeyForInit(Session& session,
                             const SecretsArguments& arguments,
                             StateStore& store) {
  if (!arguments.key_file.empty()) {
    return ReadOrMake(session, AbsolutePath(session, arguments.key_file),
                      store);
  }
  const auto file = session.variable(kMasterKeyFileVariable);
  if (file && !file->empty()) return ReadOrMake(session, *file, store);
  auto key = TRY(ReadMasterKey());
  if (key) return std::move(*key);
  return Fail(ErrorCode::kInvalidArgument, "no master key is named",
              "say where it is, or is to be: --key-file FILE");
}

Result<ExitCode> InitKey(Session& session, const SecretsArguments& arguments) {
  auto store = TRY(OpenSecretsState(session, arguments, OpenMode::kReadWrite));
  const MasterKey key = TRY(KeyForInit(session, arguments, *store));
  const bool made = TRY(InitializeKey(RekeyingOf(session, *store), key));
  Value done;
  done.Set("generation", 1);
  done.Set("created", made);
  done.Set("source", key.source);
  return TellSecrets(
      session, arguments, std::move(done),
      made ? "The state's master key is the one in " + key.source +
                 " (generation 1).\nKeep a copy of it where no backup of the "
                 "state lies: without it, the values are lost."
           : "The state has the master key in " + key.source + " already.");
}

// A backup is one file; a state is a folder. Removed with the copy.
class BackupFolder {
 public:
  static Result<std::unique_ptr<BackupFolder>> Copy(const std::string& backup) {
    std::error_code error;
    std::string pattern =
        (std::filesystem::temp_directory_path(error) / "writ-check-XXXXXX")
            .string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      return Fail(ErrorCode::kIo, "can't make a temporary folder");
    }
    auto folder = std::unique_ptr<BackupFolder>(new BackupFolder(pattern));
    const std::filesystem::path copy = folder->path_ / "state.db";
    std::filesystem::copy_file(backup, copy, error);
    if (error) {
      return Fail(ErrorCode::kNotFound,
                  "can't read the backup " + backup + ": " + error.message());
    }
    std::filesystem::permissions(copy, std::filesystem::perms(0600), error);
    return folder;
  }
  ~BackupFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  BackupFolder(const BackupFolder&) = delete;
  BackupFolder& operator=(const BackupFolder&) = delete;
  std::string path() const { return path_.string(); }

 private:
  explicit BackupFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

Result<KeyCheck> CheckOf(Session& session, const SecretsArguments& arguments,
                         const MasterKey& key) {
  if (arguments.backup.empty()) {
    auto store = TRY(OpenSecretsState(session, arguments, OpenMode::kReadOnly));
    return CheckKey(store->secrets(), key);
  }
  const auto folder =
      TRY(BackupFolder::Copy(AbsolutePath(session, arguments.backup)));
  auto store = TRY(OpenState(session, folder->path(), OpenMode::kReadOnly, ""));
  return CheckKey(store->secrets(), key);
}

std::string TellCheck(const KeyCheck& check, const std::string& what,
                      const std::string& source) {
  if (check.newest == 0) return what + " has no master key.";
  const std::string its = " (generation " + std::to_string(check.generation) +
                          " of " + std::to_string(check.newest) + ")";
  if (check.opens && check.is_rekeying) {
    return "The master key in " + source + " opens " + what + its +
           "; a rekey is under way.";
  }
  if (check.opens) {
    return "The master key in " + source + " opens " + what + its + ".";
  }
  if (check.generation > 0) {
    return "The master key in " + source + " opened " + what +
           " before a rekey" + its + "; it needs the newer one.";
  }
  return "The master key in " + source + " doesn't open " + what + ".";
}

Result<ExitCode> Check(Session& session, const SecretsArguments& arguments) {
  const MasterKey key = TRY(MasterKeyOf(arguments));
  const KeyCheck check = TRY(CheckOf(session, arguments, key));
  const ExitCode exit_code = check.opens ? ExitCode::kDone : ExitCode::kError;
  if (arguments.json) {
    Value found;
    found.Set("opens", check.opens);
    found.Set("generation", check.generation);
    found.Set("newest_generation", check.newest);
    found.Set("rekeying", check.is_rekeying);
    found.Set("source", key.source);
    return PrintResult(session, std::move(found), exit_code);
  }
  const std::string what =
      arguments.backup.empty() ? "the state" : "the backup";
  (check.opens ? session.out : session.err)
      << TellCheck(check, what, key.source) << "\n";
  return exit_code;
}

struct Total {
  std::int64_t rows = 0;
  std::vector<std::string> rejected;
};

Result<Total> ResealEverything(Session& session, const Rekeying& rekeying,
                               const KeyRing& ring) {
  Total total;
  while (true) {
    Resealed batch = TRY(ResealBatch(rekeying, ring));
    total.rows += batch.rows;
    total.rejected = std::move(batch.rejected);
    if (batch.done()) break;
    if (session.interrupted && session.interrupted()) {
      return Fail(ErrorCode::kInterrupted,
                  "interrupted; both keys open the state",
                  "go on with the same command");
    }
  }
  for (const std::string& row : total.rejected) {
    session.err << "warning: " << row
                << " is not what was written there, and stays under the old "
                   "key; set it anew or unset it\n";
  }
  return total;
}

ExitCode TellRekey(Session& session, const SecretsArguments& arguments,
                   std::int64_t generation, const Total& total, bool finished,
                   const std::string& sentence) {
  Value done;
  done.Set("generation", generation);
  done.Set("resealed", total.rows);
  done.Set("rejected", static_cast<std::int64_t>(total.rejected.size()));
  done.Set("finished", finished);
  return TellSecrets(session, arguments, std::move(done), sentence);
}

Result<ExitCode> FinishIt(Session& session, const SecretsArguments& arguments,
                          StateStore& store, const MasterKey& key) {
  const KeyCheck check = TRY(CheckKey(store.secrets(), key));
  if (check.opens && check.generation != check.newest) {
    return Fail(ErrorCode::kUnsafe,
                "the master key in " + key.source +
                    " is the old one, which would open nothing any more",
                "give every process the new key first, this one too");
  }
  const KeyRing ring = TRY(KeyRing::Open(store.secrets(), key));
  const Rekeying rekeying = RekeyingOf(session, store);
  const Total total = TRY(ResealEverything(session, rekeying, ring));
  const bool finished = TRY(FinishRekey(rekeying, ring));
  TRY(EmptyLog(session, store));
  return TellRekey(session, arguments, ring.newest(), total, true,
                   finished ? "The rekey is finished: only the new master key "
                              "opens the state (generation " +
                                  std::to_string(ring.newest()) + ")."
                            : "No rekey is under way.");
}

Result<MasterKey> NextKey(Session& session, const SecretsArguments& arguments,
                          const StateStore& store) {
  const std::string file = AbsolutePath(session, arguments.key_file);
  if (!arguments.create) return ReadMasterKeyFile(file);
  TRY(CheckKeyPlace(file, store.folder()));
  return CreateMasterKeyFile(file, session.random);
}

std::string TellSealed(const Total& total, std::int64_t generation,
                       const std::string& file) {
  return "Sealed " + std::to_string(total.rows) +
         " rows under the new master key (generation " +
         std::to_string(generation) +
         "). Either key opens the state until it is finished:\n"
         "  1. give every process the new key: WRIT_MASTER_KEY_FILE=" +
         file + "\n  2. with it: writ secrets rekey --finish";
}

Result<ExitCode> Rekey(Session& session, const SecretsArguments& arguments) {
  if (arguments.finish != arguments.key_file.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "rekey wants either --new-key-file FILE or --finish");
  }
  auto store = TRY(OpenSecretsState(session, arguments, OpenMode::kReadWrite));
  const MasterKey key = TRY(MasterKeyOf({}));
  if (arguments.finish) return FinishIt(session, arguments, *store, key);
  TRY(KeyRing::Open(store->secrets(), key));
  const MasterKey next = TRY(NextKey(session, arguments, *store));
  const Rekeying rekeying = RekeyingOf(session, *store);
  const std::int64_t generation = TRY(StartRekey(rekeying, key, next));
  const KeyRing ring = TRY(KeyRing::Open(store->secrets(), next));
  const Total total = TRY(ResealEverything(session, rekeying, ring));
  return TellRekey(
      session, arguments, generation, total, false,
      TellSealed(total, generation, AbsolutePath(session, arguments.key_file)));
}

}  // namespace

std::vector<Command> SecretsKeyCommands() {
  Command init = MakeCommand<SecretsArguments>(
      "init", "Give the state its master key", DeclareInit,
      RunReporting<SecretsArguments, InitKey>);
  init.examples = {"writ secrets init --key-file /etc/writ/master.key"};
  Command check = MakeCommand<SecretsArguments>(
      "check-key", "Say whether the master key opens the state, or a backup",
      DeclareCheck, RunReporting<SecretsArguments, Check>);
  check.examples = {"writ secrets check-key backups/2026-11-21.db"};
  Command rekey = MakeCommand<SecretsArguments>(
      "rekey", "Replace the master key without a moment's outage", DeclareRekey,
      RunReporting<SecretsArguments, Rekey>);
  rekey.examples = {
      "writ secrets rekey --new-key-file /etc/writ/new.key --create",
      "writ secrets rekey --finish"};
  return {std::move(init), std::move(check), std::move(rekey)};
}

}  // namespace writ::reconciler
