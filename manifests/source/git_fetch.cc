#include "manifests/source/git_fetch.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "manifests/source/git_origin.h"
#include "manifests/source/git_repository.h"
#include "manifests/source/source_path.h"

namespace writ::manifests {
namespace {

using git::Handle;
using RemoteHandle = Handle<git_remote, git_remote_free>;
using RepositoryHandle = Handle<git_repository, git_repository_free>;

constexpr char kBase64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Without padding, as fingerprints are written; `padded` for keys.
std::string Base64(const unsigned char* bytes, std::size_t size, bool padded) {
  std::string text;
  for (std::size_t i = 0; i < size; i += 3) {
    const std::size_t left = size - i;
    const std::uint32_t group =
        static_cast<std::uint32_t>(bytes[i]) << 16 |
        static_cast<std::uint32_t>(left > 1 ? bytes[i + 1] : 0) << 8 |
        static_cast<std::uint32_t>(left > 2 ? bytes[i + 2] : 0);
    text += kBase64[group >> 18 & 63];
    text += kBase64[group >> 12 & 63];
    if (left > 1) text += kBase64[group >> 6 & 63];
    if (left > 2) text += kBase64[group & 63];
    if (padded && left < 3) text.append(3 - left, '=');
  }
  return text;
}

// The name of the key's type, which its bytes begin with.
std::string KeyType(std::string_view blob) {
  constexpr std::size_t kLength = 4;
  if (blob.size() < kLength) return "?";
  const auto size = static_cast<unsigned char>(blob[3]);
  return Harmless(blob.substr(kLength, size));
}

bool IsRsaKeyFile(const std::string& path) {
  std::string text;
  std::getline(std::ifstream(path + ".pub"), text);
  if (text.starts_with("ssh-rsa")) return true;
  std::getline(std::ifstream(path), text);
  return text.find("BEGIN RSA PRIVATE KEY") != std::string::npos;
}

// What the callbacks see of the fetch, and why they ended it.
class Conversation {
 public:
  Conversation(const FetchOrder& order, const git::OriginGuard& origin,
               const FetchProgress& progress)
      : order_(order), origin_(origin), progress_(progress) {}

  git_remote_callbacks Callbacks() {
    git_remote_callbacks callbacks;
    git_remote_init_callbacks(&callbacks, GIT_REMOTE_CALLBACKS_VERSION);
    callbacks.payload = this;
    callbacks.certificate_check = [](git_cert* certificate, int valid,
                                     const char* host, void* self) {
      return static_cast<Conversation*>(self)->CheckHost(certificate,
                                                         valid != 0, host);
    };
    callbacks.credentials = [](git_credential** out, const char* /*url*/,
                               const char* user, unsigned allowed, void* self) {
      return static_cast<Conversation*>(self)->GiveCredential(
          out, user == nullptr ? "" : user, allowed);
    };
    callbacks.transfer_progress = [](const git_indexer_progress* stats,
                                     void* self) {
      return static_cast<Conversation*>(self)->Count(*stats);
    };
    return callbacks;
  }

  void WaitFor(const std::string& what) const { progress_(what); }

  // Why it failed: what a callback found, or what libgit2 says.
  tl::unexpected<Error> Failure(int code) const;

 private:
  int CheckHost(git_cert* certificate, bool valid, const char* host);
  int GiveCredential(git_credential** out, const std::string& user,
                     unsigned allowed);
  int Count(const git_indexer_progress& stats);
  int End(ErrorCode code, std::string message, std::string remedy) {
    found_ = Error{code, std::move(message), std::move(remedy), {}};
    return GIT_EUSER;
  }
  std::string RsaHint() const;
  const FetchOrder& order_;
  const git::OriginGuard& origin_;
  const FetchProgress& progress_;
  std::optional<Error> found_;
  int given_ = 0;
  std::uint64_t told_ = 0;
};

int Conversation::CheckHost(git_cert* certificate, bool valid,
                            const char* host) {
  const bool is_ssh = certificate != nullptr &&
                      certificate->cert_type == GIT_CERT_HOSTKEY_LIBSSH2;
  if (valid) return 0;
  const std::string name = order_.host.empty()
                               ? Harmless(host == nullptr ? "?" : host)
                               : order_.host;
  if (!is_ssh) {
    return End(ErrorCode::kPermission,
               "the certificate of " + name +
                   " is not one of an authority that is known here",
               "name the authority's file: WRIT_CA_FILE=FILE");
  }
  const auto* key = reinterpret_cast<const git_cert_hostkey*>(certificate);
  std::string message = "the host key of " + name +
                        " is not among the known hosts, or is another one";
  if ((key->type & GIT_CERT_SSH_SHA256) != 0) {
    message += ": SHA256:" + Base64(key->hash_sha256, 32, false);
  }
  std::string remedy = "compare it with what the host's operator says";
  if ((key->type & GIT_CERT_SSH_RAW) != 0) {
    const auto* blob = reinterpret_cast<const unsigned char*>(key->hostkey);
    remedy += "; then add to known_hosts: " + name + " " +
              KeyType({key->hostkey, key->hostkey_len}) + " " +
              Base64(blob, key->hostkey_len, true);
  }
  return End(ErrorCode::kPermission, std::move(message), std::move(remedy));
}

std::string Conversation::RsaHint() const {
  if (order_.ssh_key_file.empty() || !IsRsaKeyFile(order_.ssh_key_file)) {
    return "";
  }
  return "this is an RSA key, which libssh2 uses with SHA-1 signatures that "
         "OpenSSH has refused since 8.8; make another: ssh-keygen -t ed25519";
}

// libgit2 asks again after a refusal, for ever.
int Conversation::GiveCredential(git_credential** out, const std::string& user,
                                 unsigned allowed) {
  const bool over_ssh = (allowed & GIT_CREDENTIAL_SSH_KEY) != 0;
  const std::string name = user.empty() ? "git" : user;
  if (++given_ > 1) {
    if (over_ssh) {
      const std::string hint = RsaHint();
      return End(ErrorCode::kPermission,
                 "the other side takes none of our ssh keys for user " + name,
                 hint.empty() ? "name one: WRIT_SSH_KEY_FILE=FILE" : hint);
    }
    return End(ErrorCode::kPermission, "the other side doesn't take our token",
               "see that WRIT_GIT_TOKEN may read the repository");
  }
  if (over_ssh && !order_.ssh_key_file.empty()) {
    // Its public half is made from it.
    return git_credential_ssh_key_new(out, name.c_str(), nullptr,
                                      order_.ssh_key_file.c_str(), "");
  }
  if (over_ssh) return git_credential_ssh_key_from_agent(out, name.c_str());
  if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0 &&
      !order_.token.empty()) {
    const std::string token(order_.token.Reveal());
    return git_credential_userpass_plaintext_new(out, order_.user.c_str(),
                                                 token.c_str());
  }
  if ((allowed & GIT_CREDENTIAL_USERNAME) != 0) {
    --given_;
    return git_credential_username_new(out, name.c_str());
  }
  return End(ErrorCode::kPermission, "the other side wants to know who we are",
             "give a token that may read the repository: WRIT_GIT_TOKEN");
}

int Conversation::Count(const git_indexer_progress& stats) {
  if (stats.received_bytes > order_.max_bytes) {
    return End(ErrorCode::kLimit,
               "the repository is larger than " +
                   std::to_string(order_.max_bytes >> 20) +
                   " MiB, the limit of a fetch",
               "raise it, where that is what it should be: --fetch-limit MIB");
  }
  constexpr std::uint64_t kStep = 256u << 10;
  if (stats.received_bytes >= told_) {
    told_ = stats.received_bytes + kStep;
    WaitFor("objects, after " + std::to_string(stats.received_bytes >> 10) +
            " KiB");
  }
  return 0;
}

tl::unexpected<Error> Conversation::Failure(int code) const {
  if (found_) return tl::unexpected(*found_);
  const git_error* last = git_error_last();
  const std::string message =
      Harmless(last == nullptr || last->message == nullptr ? "no reason given"
                                                           : last->message);
  const int what = last == nullptr ? 0 : last->klass;
  const auto has = [&](std::string_view part) {
    return message.find(part) != std::string::npos;
  };
  if (what == GIT_ERROR_HTTP && has("404")) {
    return Fail(ErrorCode::kNotFound,
                "there is no repository there, or not for everybody",
                "see the address; where it wants a token: WRIT_GIT_TOKEN");
  }
  if (has("redirect")) {
    const std::string& to = origin_.led_to();
    return Fail(ErrorCode::kPermission,
                "the address leads elsewhere" +
                    (to.empty() ? "" : ", to " + to) +
                    ", and writ doesn't follow: credentials are for one "
                    "scheme, host and port",
                "say where the repository is now");
  }
  if (what == GIT_ERROR_SSH && given_ > 0) {
    const std::string hint = RsaHint();
    return Fail(
        ErrorCode::kPermission, "the other side doesn't let us in: " + message,
        hint.empty() ? "name a key that it takes: WRIT_SSH_KEY_FILE" : hint);
  }
  if (code == GIT_EAUTH) {
    return Fail(ErrorCode::kPermission, "we may not read it: " + message,
                "see that WRIT_GIT_TOKEN may read the repository");
  }
  if (code == GIT_ENOTFOUND || has("not found") || has("does not appear") ||
      has("failed to resolve path")) {
    return Fail(ErrorCode::kNotFound,
                "there is no repository there: " + message, "see the address");
  }
  const bool ours = what == GIT_ERROR_ODB || what == GIT_ERROR_REFERENCE ||
                    what == GIT_ERROR_REPOSITORY || what == GIT_ERROR_CONFIG ||
                    what == GIT_ERROR_OBJECT;
  return Fail(ours ? ErrorCode::kCorrupt : ErrorCode::kIo, message);
}

Result<RepositoryHandle> OpenOrMake(const std::string& folder) {
  git_repository* raw = nullptr;
  constexpr unsigned kHere =
      GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE;
  int code = git_repository_open_ext(&raw, folder.c_str(), kHere, nullptr);
  if (code == GIT_ENOTFOUND) {
    git_repository_init_options options;
    git_repository_init_options_init(&options,
                                     GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH |
                    GIT_REPOSITORY_INIT_NO_REINIT;
    code = git_repository_init_ext(&raw, folder.c_str(), &options);
  }
  if (code != 0) {
    const git_error* last = git_error_last();
    return Fail(ErrorCode::kCorrupt,
                "can't open the copy in " + folder + ": " +
                    (last == nullptr ? "no reason given" : last->message));
  }
  return RepositoryHandle(raw);
}

// Nobody asks for what the copy's refs say is here already.
Status CheckTips(git_repository* repository) {
  git_reference_iterator* raw = nullptr;
  if (git_reference_iterator_new(&raw, repository) != 0) {
    return Fail(ErrorCode::kCorrupt, "can't read the copy's refs");
  }
  const Handle<git_reference_iterator, git_reference_iterator_free> all(raw);
  git_reference* next = nullptr;
  int code = 0;
  while ((code = git_reference_next(&next, raw)) == 0) {
    const Handle<git_reference, git_reference_free> reference(next);
    git_object* tip = nullptr;
    // A tag may name anything; the rest are commits.
    const git_object_t wanted =
        git_reference_is_tag(next) == 1 ? GIT_OBJECT_ANY : GIT_OBJECT_TREE;
    if (git_reference_peel(&tip, next, wanted) != 0) {
      return Fail(ErrorCode::kCorrupt, "the copy lacks what its refs name: " +
                                           Harmless(git_reference_name(next)));
    }
    git_object_free(tip);
  }
  if (code == GIT_ITEROVER) return {};
  return Fail(ErrorCode::kCorrupt, "can't read the copy's refs");
}

// HEAD as there; where that can't be told, or has no commit, it stays.
Status TakeDefaultBranch(git_repository* repository, git_remote* remote) {
  git_buf name = GIT_BUF_INIT;
  if (git_remote_default_branch(&name, remote) != 0) return {};
  const std::string branch(name.ptr, name.size);
  git_buf_dispose(&name);
  const int code = git_repository_set_head(repository, branch.c_str());
  if (code != 0) {
    return Fail(ErrorCode::kCorrupt, "can't set HEAD of the copy");
  }
  return {};
}

Status Transfer(git_repository* repository, git_remote* remote,
                const FetchOrder& order, Conversation& conversation) {
  git_fetch_options options;
  git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
  options.callbacks = conversation.Callbacks();
  options.prune = GIT_FETCH_PRUNE;
  options.update_fetchhead = 0;
  options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;  // a refspec has them
  options.proxy_opts.type = GIT_PROXY_NONE;
  options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;

  std::vector<std::string> specs = {"+refs/heads/*:refs/heads/*",
                                    "+refs/tags/*:refs/tags/*"};
  if (!order.ref.empty()) specs.push_back("+" + order.ref + ":" + order.ref);
  std::vector<char*> pointers;
  for (std::string& spec : specs) pointers.push_back(spec.data());
  const git_strarray refspecs = {pointers.data(), pointers.size()};

  conversation.WaitFor("a connection and the list of refs");
  git_remote_callbacks callbacks = conversation.Callbacks();
  const git_proxy_options& proxy = options.proxy_opts;
  git_remote_connect_options connecting;
  git_remote_connect_options_init(&connecting,
                                  GIT_REMOTE_CONNECT_OPTIONS_VERSION);
  connecting.callbacks = callbacks;
  connecting.proxy_opts = proxy;
  connecting.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
  int code = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &connecting);
  if (code != 0) return conversation.Failure(code);
  conversation.WaitFor("objects");
  code = git_remote_download(remote, &refspecs, &options);
  if (code == 0) {
    code = git_remote_update_tips(remote, &callbacks, /*update_fetchhead=*/0,
                                  GIT_REMOTE_DOWNLOAD_TAGS_NONE, "fetch");
  }
  if (code == 0) code = git_remote_prune(remote, &callbacks);
  if (code != 0) return conversation.Failure(code);
  TRY(TakeDefaultBranch(repository, remote));
  return CheckTips(repository);
}

}  // namespace

Status FetchInto(const FetchOrder& order, const FetchProgress& progress) {
  const git::Library library;
  for (const int level :
       {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
        GIT_CONFIG_LEVEL_PROGRAMDATA}) {
    git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
  }
  if (!order.ca_file.empty() &&
      git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, order.ca_file.c_str(),
                       nullptr) != 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "can't read the authorities in " + order.ca_file,
                "a PEM file with their certificates is wanted");
  }
  const RepositoryHandle repository = TRY(OpenOrMake(order.folder));
  git_remote* raw = nullptr;
  const int code =
      git_remote_create_anonymous(&raw, repository.get(), order.url.c_str());
  if (code != 0) {
    return Fail(ErrorCode::kInvalidArgument, "this is no address of git's");
  }
  const RemoteHandle remote(raw);
  const git::OriginGuard origin(order.url);
  Conversation conversation(order, origin, progress);
  return Transfer(repository.get(), remote.get(), order, conversation);
}

}  // namespace writ::manifests
