#include "reconciler/fetching/source_url.h"

#include <algorithm>
#include <array>
#include <optional>

namespace writ::reconciler {
namespace {

struct Prefix {
  std::string_view text;
  SourceScheme scheme;
};
constexpr std::array<Prefix, 4> kPrefixes = {{
    {"https://", SourceScheme::kHttps},
    {"http://", SourceScheme::kHttp},
    {"ssh://", SourceScheme::kSsh},
    {"file://", SourceScheme::kFile},
}};

// "git@host:path": a colon before any slash, with a user before it.
bool IsScpLike(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::size_t at = text.find('@');
  return colon != std::string_view::npos && at < colon && at > 0 &&
         text.substr(0, colon).find('/') == std::string_view::npos;
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

bool IsLoopback(std::string_view host) {
  if (host.starts_with("[::1]")) return true;
  const std::string_view name = host.substr(0, host.find(':'));
  return name == "localhost" || name == "127.0.0.1";
}

tl::unexpected<Error> NoUrl(std::string_view text) {
  return Fail(ErrorCode::kInvalidArgument,
              "\"" + std::string(text) + "\" is no address of a repository",
              "write it like https://git.example.org/acme/config or "
              "git@git.example.org:acme/config");
}

Result<SourceUrl> CheckParts(SourceUrl url, std::string_view user,
                             std::string_view path) {
  // A dash would be an option to whoever starts a program with it.
  const bool is_one = !url.host.empty() && !url.host.starts_with('-') &&
                      !url.host.starts_with(':') && !path.empty() &&
                      !user.starts_with('-');
  if (!is_one) return NoUrl(url.text);
  return url;
}

}  // namespace

bool IsSourceUrl(std::string_view text) {
  return text.find("://") != std::string_view::npos || IsScpLike(text);
}

Result<SourceUrl> ParseSourceUrl(std::string_view text) {
  SourceUrl url;
  url.text = text;
  const auto* prefix = std::find_if(
      kPrefixes.begin(), kPrefixes.end(),
      [&](const Prefix& each) { return text.starts_with(each.text); });
  if (prefix == kPrefixes.end() && !IsScpLike(text)) {
    return Fail(ErrorCode::kUnsupported,
                "sources are fetched by https, ssh or file, not from there",
                "write it like https://git.example.org/acme/config");
  }
  const bool is_scp = prefix == kPrefixes.end();
  url.scheme = is_scp ? SourceScheme::kSsh : prefix->scheme;
  const std::string_view rest =
      is_scp ? text : text.substr(prefix->text.size());
  const std::size_t end = rest.find(is_scp ? ':' : '/');
  std::string_view place = rest.substr(0, end);
  std::string_view path =
      end == std::string_view::npos ? "" : rest.substr(end + 1);
  std::string_view user;
  if (const std::size_t at = place.rfind('@'); at != std::string_view::npos) {
    user = place.substr(0, at);
    place.remove_prefix(at + 1);
  }
  const bool is_http =
      url.scheme == SourceScheme::kHttps || url.scheme == SourceScheme::kHttp;
  if (user.find(':') != std::string_view::npos || (is_http && !user.empty())) {
    return Fail(ErrorCode::kInvalidArgument,
                "the address of the source holds a user or password, which "
                "would end in logs",
                "leave it out, and put a token into WRIT_GIT_TOKEN");
  }
  if (!IsPrintable(text)) return NoUrl("?");
  if (path.find_first_of("?#") != std::string_view::npos) return NoUrl("?");
  if (url.scheme == SourceScheme::kFile) {
    if (!place.empty() || path.empty()) return NoUrl(text);
    return url;
  }
  url.host = place;
  if (url.scheme == SourceScheme::kHttp && !IsLoopback(place)) {
    return Fail(ErrorCode::kInvalidArgument,
                "plain http lets anybody on the way change what is applied",
                "use https");
  }
  return CheckParts(std::move(url), user, path);
}

}  // namespace writ::reconciler
